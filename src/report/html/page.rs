//! The page itself: template, style and script put together.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use crate::record::Run;

use super::legend::LEGEND;
use super::raw::Raw;
use super::template::{CHART_STYLE, COLOURS, PAGE_STYLE, environment};
use super::view::Page;

const SCRIPT: &str = include_str!("script.js");

/// The run as one page: verdict, plan, findings, ladders, strips, figures, recordings. It
/// opens from a file and asks for nothing but the recordings beside it.
pub fn html(run: &Run) -> String {
    let mut raw = Raw::new(run);
    let page = Page::new(run, &mut raw);
    rendered(&page, &raw)
}

/// The page of a run that goes on, of which so many scenarios are planned: for whoever
/// watches, and what is left should it be killed.
pub fn html_so_far(run: &Run, planned: usize) -> String {
    let mut raw = Raw::new(run);
    let page = Page::so_far(run, planned, &mut raw);
    rendered(&page, &raw)
}

fn rendered(page: &Page, raw: &Raw) -> String {
    render(page, raw).unwrap_or_else(|error| {
        // Only a fault of our templates leads here; the record is whole.
        format!("<!doctype html><title>pbxcert</title><p>No page could be made: {:?}", error.kind())
    })
}

fn render(page: &Page, raw: &Raw) -> Result<String, minijinja::Error> {
    environment()?.get_template("page")?.render(context! {
        title => page.title(),
        page => Value::from(Serde(page)),
        style => Value::from_safe_string([COLOURS, CHART_STYLE, PAGE_STYLE].concat()),
        legend => Value::from(Serde(LEGEND)),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        policy => policy(),
        messages => Value::from_safe_string(raw.json()),
    })
}

/// What the browser may do with the page: run our script and no other, fetch nothing but
/// recordings. Should an escape ever fail, injected script still does not run.
fn policy() -> String {
    let digest = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; \
         media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Scenario, Verdict};
    use crate::report::sample;

    #[test]
    fn the_page_is_whole_and_asks_for_nothing() {
        for run in [sample::passing(), sample::failing(), sample::heard(), Run::default()] {
            let page = html(&run);
            assert!(page.starts_with("<!doctype html>"), "{page}");
            assert!(page.trim_end().ends_with("</html>"), "{page}");
            for outside in ["http://", "https://", "src=\"//", "@import", "url(//"] {
                assert!(!page.contains(outside), "{outside}");
            }
        }
    }

    #[test]
    fn a_failing_run_shows_what_to_change() {
        let page = html(&sample::failing());
        for part in [
            "FAILED: 1 of 3 scenarios",
            "hold-silent",
            "switch on music on hold for the trunk",
            "href=\".&#x2f;7.1.3&#x2f;wire.pcap\"",
            "1.520 INVITE sdp ↻, PBX to External 1, retransmission",
            "id=\"s-7.1.3\"",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn a_run_that_goes_on_says_so_and_is_no_certificate() {
        let page = html_so_far(&sample::passing(), 15);
        assert!(page.contains("UNFINISHED: 1 of 15 scenarios has ended, all passed"), "{page}");
        assert!(page.contains("Reload") && page.contains("not a certificate"), "{page}");
        let page = html_so_far(&sample::failing(), 15);
        assert!(page.contains("3 of 15 scenarios have ended, 1 fail, 1 warn, 1 pass"), "{page}");
    }

    #[test]
    fn no_text_of_the_wire_becomes_markup() {
        let mut run = sample::hostile();
        let evil =
            "\"><img src=x onerror=alert(1)></title></style></svg><script>alert(2)</script>'";
        run.pbx_model = evil.to_owned();
        for scenario in &mut run.scenarios {
            scenario.evidence = vec![crate::record::Evidence {
                path: format!("{evil}.wav"),
                title: evil.to_owned(),
            }];
            for message in &mut scenario.messages {
                evil.clone_into(&mut message.party);
                message.text = format!("{evil} {}\r\n\r\n{}", "x".repeat(65_536), message.text);
            }
            scenario.streams =
                vec![crate::record::StreamStats { party: evil.to_owned(), ..Default::default() }];
        }
        let page = html(&run);
        assert!(!page.contains("<img") && !page.contains("<script>alert"), "{page}");
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("href=\"javascript"));
        sample::assert_harmless("index.html", &page);
        assert!(page.len() < 200_000, "{}", page.len());
    }

    #[test]
    fn a_certificate_is_claimed_only_where_it_is_one() {
        assert!(html(&sample::passing()).contains("Certificate of interoperability"));
        let failed = html(&sample::failing());
        assert!(failed.contains("not a certificate"));
        assert!(!failed.contains("Certificate of interoperability"));
    }

    #[test]
    fn sixty_scenarios_fit() {
        let one = sample::heard().scenarios.remove(0);
        let message = |n: u64| crate::record::Message {
            at_us: n * 1000,
            party: "User A".to_owned(),
            sent: n.is_multiple_of(2),
            text: (0..14)
                .map(|line| format!("Header-{line}: some value {n} of a usual length {line}"))
                .collect::<Vec<_>>()
                .join("\r\n"),
            ..Default::default()
        };
        let busy = Scenario { messages: (0..50).map(message).collect(), ..one };
        let run = Run { scenarios: vec![busy; 60], verdict: Verdict::Pass, ..sample::passing() };
        let page = html(&run);
        assert!(page.len() < 3_000_000, "{}", page.len());
    }
}
