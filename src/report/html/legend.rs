//! What the patterns of the strips mean.

/// Class of each pattern and what a leg that it stands for can hear.
pub(super) const LEGEND: &[(&str, &str)] = &[
    ("own", "another party, by name"),
    ("echo", "its own echo"),
    ("stranger", "a stranger"),
    ("music", "music"),
    ("ringback", "ringback or busy"),
    ("tone", "steady tone"),
    ("noise", "noise"),
    ("silence", "silence"),
    ("nortp", "no RTP"),
    ("brief", "a moment's passage"),
];
