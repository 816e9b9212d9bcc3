//! What reports cost: a run's share of wall time for everything that is written while it goes
//! and at its end, and the page of sixty scenarios in Chromium. `cargo bench --bench report`
//! certifies the reference PBX first, which takes about 35 s.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot set its scene has failed")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pbxcert::record::{Run, Scenario};
use pbxcert::report::{RENDERINGS, SCENARIO_RENDERINGS, html, html_so_far, read_json, write_json};

/// Scenarios of the large record.
const MANY: usize = 60;

fn main() {
    let run = certified();
    share(&run);
    sixty(&run);
}

/// A run of the reference PBX with a defect, so that there are findings.
fn certified() -> Run {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-report");
    let _ = std::fs::remove_dir_all(&out);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pbxcert"));
    command.args(["run", "--quiet", "--talk", "1s", "--defect", "silent-hold", "--out"]).arg(&out);
    let _ = command.output().unwrap();
    let folder = std::fs::read_dir(out.join("reference")).unwrap().next().unwrap().unwrap().path();
    read_json(&std::fs::read_to_string(folder.join("run.json")).unwrap()).unwrap()
}

/// Everything that a run writes beside its evidence, against the run's wall time.
fn share(run: &Run) {
    let began = Instant::now();
    let mut bytes = 0;
    let mut so_far = Run { scenarios: Vec::new(), ..run.clone() };
    for scenario in &run.scenarios {
        let files = SCENARIO_RENDERINGS.iter().map(|one| (one.render)(&so_far, scenario).len());
        bytes += files.sum::<usize>();
        so_far.scenarios.push(scenario.clone());
        bytes += write_json(&so_far).len() + html_so_far(&so_far, run.scenarios.len()).len();
    }
    let as_it_goes = began.elapsed().as_secs_f64();
    for rendering in RENDERINGS {
        let began = Instant::now();
        let length = (rendering.render)(run).len();
        bytes += length;
        let ms = began.elapsed().as_secs_f64() * 1e3;
        println!("{:<18} {ms:>8.1} ms {:>8.1} kB", rendering.name, length as f64 / 1e3);
    }
    let all = began.elapsed().as_secs_f64();
    println!(
        "{} scenarios: {:.0} ms as they end and {:.0} ms at the end, {:.2} % of {:.1} s (goal: 2 %); {:.1} MB",
        run.scenarios.len(),
        as_it_goes * 1e3,
        (all - as_it_goes) * 1e3,
        100.0 * all / run.wall_s,
        run.wall_s,
        bytes as f64 / 1e6
    );
}

/// A record of sixty scenarios, rendered and opened.
fn sixty(run: &Run) {
    let scenarios: Vec<Scenario> = run.scenarios.iter().cycle().take(MANY).cloned().collect();
    let many = Run { scenarios, ..run.clone() };
    let began = Instant::now();
    let page = html(&many);
    println!(
        "{MANY} scenarios: page in {:.0} ms (goal: 1000), {:.2} MB (goal: 3)",
        began.elapsed().as_secs_f64() * 1e3,
        page.len() as f64 / 1e6
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("sixty.html");
    std::fs::write(&file, page).unwrap();
    let node = folder.join("browser");
    if !node.join("node_modules").is_dir() {
        println!("not opened: `cargo test --features lab --test browser` installs what it needs");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/interactive.mjs");
    let copied = node.join("interactive.mjs");
    std::fs::copy(script, &copied).unwrap();
    let opened = Command::new("node").arg(copied).arg(&file).output().unwrap();
    print!("{}", String::from_utf8_lossy(&opened.stdout));
    print!("{}", String::from_utf8_lossy(&opened.stderr));
}
