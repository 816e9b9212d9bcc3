//! The PBX's host as the bridge has to resolve it: NAPTR, SRV, A and AAAA (RFC 3263).

use std::net::IpAddr;
use std::time::Duration;

use super::Site;
use crate::record::{NameFailure, ProbeFact};
use crate::wire::{NameError, NameRecords, Names};

/// How long DNS may take for one question. All are asked at once, and again for the
/// servers that SRV records name.
const LIMIT: Duration = Duration::from_secs(3);

/// Looks up the SIP proxy of the profile, or else its SIP domain, and notes what came.
pub async fn look_up(site: &Site) {
    let pbx = &site.profile().pbx;
    let host = pbx.target().host;
    let address = site.pbx().map(|address| address.to_string()).ok();
    if host.parse::<IpAddr>().is_ok() {
        return site.note(ProbeFact::Resolved {
            host: host.to_owned(),
            literal: true,
            records: Vec::new(),
            address: address.unwrap_or_default(),
        });
    }
    // A port in the profile rules out all but addresses (RFC 3263 §4.2).
    let port_given = pbx.target().port.is_some();
    let found = match Names::of_this_machine(LIMIT) {
        Ok(names) => records(&names, host, port_given).await,
        Err(error) => Err(error),
    };
    site.note(fact(host, address, found));
}

async fn records(names: &Names, host: &str, port_given: bool) -> Result<NameRecords, NameError> {
    if port_given {
        let addresses = names.addresses(host).await?;
        return Ok(NameRecords { addresses, ..NameRecords::default() });
    }
    names.survey(host).await
}

fn fact(host: &str, address: Option<String>, found: Result<NameRecords, NameError>) -> ProbeFact {
    let host = host.to_owned();
    match (found, address) {
        (Ok(records), Some(address)) => {
            ProbeFact::Resolved { host, literal: false, records: in_words(&records), address }
        }
        (Ok(records), None) => ProbeFact::Unresolved {
            host,
            failure: NameFailure::NoAddress,
            reason: format!("DNS has {}, but no A or AAAA", in_words(&records).join(", ")),
            known_here: None,
        },
        (Err(error), known_here) => {
            let failure = match error {
                NameError::NoSuchName => NameFailure::NoSuchName,
                NameError::NoRecord => NameFailure::NoAddress,
                NameError::TimedOut(_) => NameFailure::TimedOut,
                NameError::Failed(_) => NameFailure::Failed,
            };
            ProbeFact::Unresolved { host, failure, reason: error.to_string(), known_here }
        }
    }
}

fn in_words(records: &NameRecords) -> Vec<String> {
    let addresses = records.addresses.iter().map(|address| match address {
        IpAddr::V4(v4) => format!("A {v4}"),
        IpAddr::V6(v6) => format!("AAAA {v6}"),
    });
    let naptr = records.naptr.iter().map(|naptr| {
        let (order, preference) = (naptr.order, naptr.preference);
        format!("NAPTR {order} {preference} {} {}", naptr.services, naptr.replacement)
    });
    let srv = records.srv.iter().map(|srv| {
        let addresses: Vec<String> = srv.addresses.iter().map(ToString::to_string).collect();
        let addresses =
            if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
        format!("SRV {} → {}:{} ({addresses})", srv.service, srv.target, srv.port)
    });
    naptr.chain(srv).chain(addresses).collect()
}
