//! From where the PBX was tested (guide 3), in a line.

use crate::record::Run;

use super::clean::short;

/// Addresses are short; whoever made up a longer one is cut.
const ADDRESS: usize = 60;

/// Our own address as each side sees it; empty if the softphone was not tried.
pub(super) fn in_a_line(run: &Run) -> String {
    let Some(vantage) = &run.vantage else { return String::new() };
    let address = |text: &str| short(text, ADDRESS);
    let mut sides = vec![address(&vantage.own)];
    sides.push(match (&vantage.mapped, &vantage.stun_server) {
        (Some(mapped), Some(server)) => {
            format!("{} by STUN of {}", address(mapped), address(server))
        }
        (None, Some(server)) => format!("STUN of {} told nothing", address(server)),
        (_, None) => "no STUN server".to_owned(),
    });
    sides.extend(vantage.seen.as_ref().map(|seen| format!("{} to the PBX", address(seen))));
    sides.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Vantage;

    #[test]
    fn every_side_is_named_and_a_run_without_a_softphone_says_nothing() {
        let vantage = Vantage {
            own: "10.0.0.2:5070".into(),
            stun_server: Some("192.0.2.9:3478".into()),
            mapped: Some("203.0.113.1:40000".into()),
            seen: Some("203.0.113.1:40001".into()),
            pbx: "192.0.2.1:5060".into(),
        };
        let of = |vantage: &Vantage| {
            in_a_line(&Run { vantage: Some(vantage.clone()), ..Run::default() })
        };
        let whole = "10.0.0.2:5070, 203.0.113.1:40000 by STUN of 192.0.2.9:3478, \
                     203.0.113.1:40001 to the PBX";
        assert_eq!(of(&vantage), whole);
        let silent = Vantage { mapped: None, seen: None, ..vantage.clone() };
        assert_eq!(of(&silent), "10.0.0.2:5070, STUN of 192.0.2.9:3478 told nothing");
        let without = Vantage { stun_server: None, ..silent };
        assert_eq!(of(&without), "10.0.0.2:5070, no STUN server");
        assert_eq!(in_a_line(&Run::default()), "");
    }
}
