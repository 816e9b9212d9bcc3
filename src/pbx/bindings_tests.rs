use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::config::Registration;
use super::{Asked, Bindings, Refused, Request};

fn ask(value: &str) -> Asked {
    Asked::read(value).unwrap()
}

fn request<'a>(contacts: &'a [Asked], call_id: &'a str, cseq: u32) -> Request<'a> {
    let source = SocketAddr::from(([127, 0, 0, 1], 5062));
    Request { contacts, all: false, expires: None, call_id, cseq, source }
}

#[test]
fn contacts_are_read_with_their_parameters() {
    let asked = ask("\"a <b>\" <sip:1001@h:5062;ob>;+sip.instance=\"<urn:x;y>\";Expires=60;q=0.5");
    assert_eq!(asked.uri, "sip:1001@h:5062;ob");
    assert_eq!(asked.params, ";+sip.instance=\"<urn:x;y>\";q=0.5");
    assert_eq!(asked.expires, Some(60));
    assert_eq!(ask("sip:1001@h;expires=5").uri, "sip:1001@h");
    assert_eq!(Asked::read(" "), None);
}

#[test]
fn users_behind_one_address_are_kept_apart_and_removed_alone() {
    let mut table = Bindings::new(Registration::default());
    let now = Instant::now();
    let phones = ["<sip:1001@h:5062>", "<sip:1002@h:5062>"];
    for (cseq, phone) in phones.iter().enumerate() {
        let asked = [ask(phone)];
        table.register(0, &request(&asked, "c", cseq as u32), now).unwrap();
    }
    let contacts: Vec<String> =
        table.current(0, now).iter().map(|binding| binding.contact(now)).collect();
    assert_eq!(contacts, ["<sip:1001@h:5062>;expires=3600", "<sip:1002@h:5062>;expires=3600"]);
    let gone = [ask("<sip:1001@h:5062>;expires=0")];
    table.register(0, &request(&gone, "c", 7), now).unwrap();
    assert_eq!(table.current(0, now).len(), 1);
    assert!(table.current(1, now).is_empty());
}

#[test]
fn brief_and_stale_requests_are_refused_and_bindings_expire() {
    let mut table = Bindings::new(Registration::default());
    let now = Instant::now();
    let brief = [ask("<sip:a@h>;expires=30")];
    assert_eq!(table.register(0, &request(&brief, "c", 1), now), Err(Refused::TooBrief(60)));
    let good = [ask("<sip:a@h>;expires=60")];
    table.register(0, &request(&good, "c", 5), now).unwrap();
    assert_eq!(table.register(0, &request(&good, "c", 5), now), Err(Refused::OutOfOrder));
    assert!(table.register(0, &request(&good, "other", 1), now).is_ok());
    assert_eq!(table.current(0, now + Duration::from_secs(59)).len(), 1);
    assert!(table.current(0, now + Duration::from_mins(1)).is_empty());
    let star = Request { all: true, ..request(&[], "c", 6) };
    assert_eq!(table.register(0, &star, now), Err(Refused::BadWildcard));
    table.register(0, &Request { expires: Some(0), ..star }, now).unwrap();
    assert!(table.current(0, now).is_empty());
}

#[test]
fn the_oldest_contact_makes_room() {
    let mut table = Bindings::new(Registration { max_contacts: 2, ..Registration::default() });
    let now = Instant::now();
    for n in 0..3_u32 {
        let asked = [ask(&format!("<sip:a@h:{n}>"))];
        let at = now + Duration::from_secs(u64::from(n));
        table.register(0, &request(&asked, "c", n), at).unwrap();
    }
    let left: Vec<String> = table.current(0, now).into_iter().map(|b| b.uri).collect();
    assert_eq!(left, ["sip:a@h:1", "sip:a@h:2"]);
}
