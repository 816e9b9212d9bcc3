"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const data = JSON.parse(byId("messages").textContent);

  // Text goes in as text, never as markup.
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  // The raw message behind an arrow.
  const drawer = byId("drawer");
  let shown = null;

  const arrows = (arrow) => all(".m", arrow.closest("svg"));

  const change = (difference) => {
    if (difference === undefined) return [];
    if (difference === null) return [make("p", "First session description of this side of the call.")];
    const [gone, came] = difference;
    if (gone.length + came.length === 0) {
      return [make("p", "Session description unchanged since the last one of this side.")];
    }
    return [
      make("p", "Session description, changed since the last one of this side:"),
      ...gone.map((line) => make("code", "− " + data.lines[line], "gone")),
      ...came.map((line) => make("code", "+ " + data.lines[line], "came")),
    ];
  };

  const show = (arrow) => {
    const message = data.scenarios[arrow.closest("svg").dataset.scenario]?.[arrow.dataset.n];
    if (!message) return;
    shown?.classList.remove("shown");
    shown = arrow;
    arrow.classList.add("shown");
    byId("drawer-title").textContent = message.t;
    byId("drawer-remarks").replaceChildren(...(message.o ?? []).map((text) => make("li", text)));
    byId("drawer-change").replaceChildren(...change(message.d));
    byId("drawer-text").textContent = message.x.map((line) => data.lines[line]).join("\n");
    byId("drawer-cut").textContent = message.c
      ? `${message.c} more bytes are not shown here; the capture has all of them.`
      : "";
    const list = arrows(arrow);
    const index = list.indexOf(arrow);
    all("[data-go]", drawer).forEach((button) => {
      const by = Number(button.dataset.go);
      button.disabled = by !== 0 && !list[index + by];
    });
    if (!drawer.open) {
      drawer.show();
      byId("drawer-title").focus();
    }
    drawer.scrollTop = 0;
  };

  const hide = () => {
    if (!drawer.open) return;
    drawer.close();
    shown?.classList.remove("shown");
    shown?.focus();
  };

  // One stop for the tabulator in each ladder, as in a toolbar.
  const step = (arrow, by) => {
    const list = arrows(arrow);
    const next = list[by === -Infinity ? 0 : by === Infinity ? list.length - 1 : list.indexOf(arrow) + by];
    if (!next) return null;
    list.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return next;
  };

  document.addEventListener("click", (event) => {
    const arrow = event.target.closest(".m");
    if (arrow) {
      step(arrow, 0);
      show(arrow);
      return;
    }
    const go = event.target.closest("[data-go]");
    if (!go) return;
    if (go.dataset.go === "0") return hide();
    const next = shown && step(shown, Number(go.dataset.go));
    if (next) show(next);
  });

  const moves = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const arrow = event.target.closest(".m");
    if (!arrow) return;
    if (event.key === "Enter" || event.key === " ") {
      show(arrow);
    } else if (event.key in moves) {
      step(arrow, moves[event.key])?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  // Filter by verdict.
  const filters = all("[data-filter]");
  const filter = (verdict) => {
    filters.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.filter === verdict)));
    let count = 0;
    all("[data-verdict]").forEach((element) => {
      element.hidden = verdict !== "" && element.dataset.verdict !== verdict;
      if (!element.hidden && element.matches("article")) count += 1;
    });
    all(".plan tbody").forEach((body) => {
      body.hidden = !all("[data-verdict]", body).some((row) => !row.hidden);
    });
    byId("shown").textContent = `${count} scenarios are shown`;
  };
  filters.forEach((button) => button.addEventListener("click", () => filter(button.dataset.filter)));

  all("[data-fold]").forEach((button) =>
    button.addEventListener("click", () =>
      all(".scenario > details").forEach((details) => {
        details.open = button.dataset.fold === "open";
      })
    )
  );

  // A link to a scenario opens it.
  const follow = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.matches(".scenario")) return;
    if (target.hidden) filter("");
    target.querySelector("details").open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();
  });
  follow();

  // What fits needs no scroll bar of its own.
  const fit = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const drawn = Math.max(0, ...all("svg", target).map((one) => one.getBoundingClientRect().width));
    target.classList.toggle("fits", drawn <= target.clientWidth);
  }));
  all(".scroll.wide").forEach((one) => fit.observe(one));

  // One recording at a time.
  document.addEventListener("play", (event) => {
    all("audio").forEach((audio) => audio === event.target || audio.pause());
  }, true);
})();
