//! The codecs of a softphone with all of them enabled (guide 3.1).

use super::CodecSpec;

/// A codec of the list.
#[derive(Debug, Clone, Copy)]
pub struct Enabled {
    /// Payload type.
    pub format: u8,
    /// Value of `a=rtpmap` behind the payload type: `opus/48000/2`.
    pub encoding: &'static str,
    /// Value of `a=fmtp` behind the payload type, if there is one.
    pub parameters: Option<&'static str>,
}

const fn plain(format: u8, encoding: &'static str) -> Enabled {
    Enabled { format, encoding, parameters: None }
}

const fn with(format: u8, encoding: &'static str, parameters: &'static str) -> Enabled {
    Enabled { format, encoding, parameters: Some(parameters) }
}

/// The list, `telephone-event` among it.
pub const EVERY_CODEC: &[Enabled] = &[
    with(96, "opus/48000/2", "useinbandfec=1"),
    plain(9, "G722/8000"),
    plain(8, "PCMA/8000"),
    plain(0, "PCMU/8000"),
    plain(97, "SILK/24000"),
    plain(98, "SILK/16000"),
    plain(99, "SILK/12000"),
    plain(100, "SILK/8000"),
    plain(102, "speex/16000"),
    plain(103, "speex/8000"),
    plain(104, "speex/32000"),
    with(105, "iLBC/8000", "mode=30"),
    plain(3, "GSM/8000"),
    with(18, "G729/8000", "annexb=no"),
    plain(4, "G723/8000"),
    plain(106, "AMR/8000"),
    plain(107, "AMR-WB/16000"),
    with(108, "G7221/16000", "bitrate=32000"),
    with(109, "G7221/32000", "bitrate=48000"),
    plain(110, "L16/44100"),
    plain(111, "L16/44100/2"),
    plain(112, "L16/16000"),
    plain(113, "L16/8000"),
    with(101, "telephone-event/8000", "0-16"),
    plain(120, "telephone-event/16000"),
    plain(121, "telephone-event/48000"),
];

/// Those of the list that are speech and that nobody of `spoken` is, each once.
pub fn beyond(spoken: &[CodecSpec]) -> Vec<CodecSpec> {
    let mut more: Vec<CodecSpec> = Vec::new();
    for enabled in EVERY_CODEC {
        let value = format!("{} {}", enabled.format, enabled.encoding);
        let Some(codec) = CodecSpec::from_rtpmap(&value) else { continue };
        let known = spoken.iter().chain(&more).any(|other| other.same_encoding(&codec));
        if !known && !codec.is_auxiliary() {
            more.push(codec);
        }
    }
    more
}

/// The row of a codec in the list.
pub(super) fn enabled(codec: &CodecSpec) -> Option<&'static Enabled> {
    EVERY_CODEC.iter().find(|enabled| {
        let value = format!("{} {}", enabled.format, enabled.encoding);
        CodecSpec::from_rtpmap(&value).is_some_and(|known| known == *codec)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_codec_under_a_payload_type_of_its_own() {
        let mut formats: Vec<u8> = EVERY_CODEC.iter().map(|enabled| enabled.format).collect();
        formats.sort_unstable();
        formats.dedup();
        assert_eq!(formats.len(), EVERY_CODEC.len());
        let g711 = [CodecSpec::pcmu(), CodecSpec::pcma()];
        let more = beyond(&g711);
        assert_eq!(more.len(), 20, "{more:?}");
        assert!(more.iter().all(|codec| enabled(codec).is_some()));
        assert!(!more.iter().any(|codec| g711.iter().any(|own| own.same_encoding(codec))));
    }
}
