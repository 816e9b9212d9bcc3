//! What a scenario leaves behind: messages, what was heard, figures, and the files that
//! prove them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::{Call, Phone, Stage};
use crate::record::{Evidence, HearingTrack, Message as Recorded, Party, StreamStats};
use crate::sip::{Message, masked};
use crate::wire::{Clock, Datagram, Way, is_stun, write_pcap};

/// Whose messages those of probes are.
pub const PROBING: &str = "Bridge";

/// All of a scenario's evidence, with files already written.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Who took part.
    pub parties: Vec<Party>,
    /// SIP messages in order of time, credentials masked.
    pub messages: Vec<Recorded>,
    /// What each leg heard.
    pub hearing: Vec<HearingTrack>,
    /// Figures of each leg.
    pub streams: Vec<StreamStats>,
    /// Files, relative to the run's folder.
    pub files: Vec<Evidence>,
    /// What could not be written, and why.
    pub problems: Vec<String>,
}

/// Takes what the tap kept under `label` and what the phones' legs heard. Files go to
/// `folder/name`; none are written without a folder. Of the Call-IDs that are set aside, only the
/// pcap has something. Blocks on the disk.
pub fn gather(
    stage: &Stage,
    label: &str,
    phones: &[Phone],
    set_aside: &BTreeSet<String>,
    folder: Option<&Path>,
    name: &str,
) -> Gathered {
    let datagrams = stage.tap().take(label);
    let messages = messages(&datagrams, phones, set_aside, stage.clock());
    let mut gathered = Gathered { messages, ..Gathered::default() };
    let folder = folder.filter(|folder| match std::fs::create_dir_all(folder.join(name)) {
        Ok(()) => true,
        Err(error) => {
            gathered.problems.push(format!("{}: {error}", folder.join(name).display()));
            false
        }
    });
    if let Some(folder) = folder {
        let path = format!("{name}/wire.pcap");
        match write_pcap(&folder.join(&path), &datagrams, &stage.clock()) {
            Ok(()) => gathered.files.push(Evidence { path, title: "SIP and RTP".to_owned() }),
            Err(error) => gathered.problems.push(format!("{path}: {error}")),
        }
    }
    for phone in phones {
        let mut identity = None;
        let kept = |call: &Call| !set_aside.contains(call.call_id());
        for (n, call) in phone.calls().iter().filter(|call| kept(call)).enumerate() {
            let leg = call.leg();
            let windows = leg.windows(0);
            let number = leg.identity().number();
            identity.get_or_insert(number);
            gathered.hearing.push(HearingTrack::fold(phone.name(), number, &windows));
            gathered.streams.push(leg.stats());
            let recording = leg.recording();
            let Some(folder) = folder.filter(|_| !recording.is_empty()) else { continue };
            let slug = phone.name().to_lowercase().replace(' ', "-");
            let path = format!("{name}/{slug}-{}.wav", n + 1);
            match recording.write_wav(&folder.join(&path)) {
                Ok(()) => gathered.files.push(Evidence {
                    path,
                    title: format!("{}: sent (left), heard (right)", phone.name()),
                }),
                Err(error) => gathered.problems.push(format!("{path}: {error}")),
            }
        }
        gathered.parties.push(Party {
            name: phone.name().to_owned(),
            address: phone.local_address().to_string(),
            account: phone.user().to_owned(),
            identity,
        });
    }
    gathered
}

/// Writes what no scenario claimed to `path`; nothing if there is nothing.
pub fn write_rest(stage: &Stage, path: &Path) -> std::io::Result<()> {
    let rest = stage.tap().take_rest();
    if rest.is_empty() {
        return Ok(());
    }
    write_pcap(path, &rest, &stage.clock()).map_err(std::io::Error::other)
}

fn messages(
    datagrams: &[Datagram],
    phones: &[Phone],
    set_aside: &BTreeSet<String>,
    clock: Clock,
) -> Vec<Recorded> {
    let owners: HashMap<String, &str> = phones
        .iter()
        .flat_map(|phone| phone.call_ids().into_iter().map(|id| (id, phone.name())))
        .collect();
    let mut before = HashSet::new();
    datagrams
        .iter()
        .filter(|datagram| is_sip(datagram))
        .filter_map(|datagram| {
            let read = Message::parse(datagram.bytes.clone());
            let (call_id, oddities) = match &read {
                Ok(message) => (message.call_id().to_owned(), message.oddities.clone()),
                Err(error) => (String::new(), vec![error.to_string()]),
            };
            if set_aside.contains(&call_id) {
                return None;
            }
            let sent = datagram.way == Way::Sent;
            // What is no phone's was sent by a probe, on behalf of the bridge.
            let probing = if call_id.is_empty() { "" } else { PROBING };
            let party = owners.get(&call_id).copied().unwrap_or(probing);
            Some(Recorded {
                at_us: (clock.seconds_at(datagram.at) * 1e6) as u64,
                party: party.to_owned(),
                sent,
                remote: datagram.remote.to_string(),
                retransmission: !before.insert((sent, datagram.remote, datagram.bytes.clone())),
                oddities,
                text: masked(&datagram.bytes),
            })
        })
        .collect()
}

/// RTP and RTCP begin with version 2 in the two highest bits; keep-alives are blank, and STUN
/// has a softphone's port too.
fn is_sip(datagram: &Datagram) -> bool {
    let first = datagram.bytes.first().copied().unwrap_or_default();
    let blank = datagram.bytes.trim_ascii().is_empty();
    first & 0xc0 != 0x80 && !blank && !is_stun(&datagram.bytes)
}
