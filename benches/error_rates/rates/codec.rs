//! Codecs as other programs write and read them, frame by frame, so that frames can be lost
//! on the way.

use super::program::{ProgramError, bytes_of, filter, samples_of};

/// Samples of a frame of 20 ms at 8 kHz.
pub(crate) const FRAME: usize = 160;

/// A codec between the two G.711 legs of the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// G.711 A-law by FFmpeg.
    Alaw,
    /// G.711 µ-law by FFmpeg.
    Mulaw,
    /// G.722 at 64 kbit/s by FFmpeg.
    G722,
    /// Opus at 24 kbit/s for speech, by libopus in FFmpeg.
    Opus,
    /// GSM 06.10 full rate by sox.
    Gsm,
}

/// How 8 kHz samples of 16 bits are named to FFmpeg and to sox.
const FFMPEG_PCM: [&str; 6] = ["-f", "s16le", "-ar", "8000", "-ac", "1"];
const SOX_PCM: [&str; 9] = ["-t", "raw", "-r", "8000", "-e", "signed-integer", "-b", "16", "-c1"];

impl Foreign {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alaw => "A-law",
            Self::Mulaw => "µ-law",
            Self::G722 => "G.722",
            Self::Opus => "Opus",
            Self::Gsm => "GSM",
        }
    }

    /// Whether the goal speaks of it.
    pub(crate) const fn is_of_goal(self) -> bool {
        matches!(self, Self::Alaw | Self::Mulaw | Self::G722)
    }

    /// What comes out where `lost` (by frame) does not arrive. In its place stand zeros or,
    /// where `repeated` says so, the frame before once more.
    pub(crate) fn pass(
        self,
        samples: &[i16],
        lost: &[bool],
        repeated: &[bool],
    ) -> Result<Vec<i16>, ProgramError> {
        let encoded = self.encode(samples)?;
        let (head, frames) = self.frames(&encoded);
        let mut arrived = head.to_vec();
        for (n, frame) in frames.iter().enumerate() {
            // Some codecs end with a frame more than they were given.
            if !lost.get(n).copied().unwrap_or(false) {
                arrived.extend_from_slice(frame);
            }
        }
        let mut decoded = self.decode(&arrived)?.into_iter();
        let mut out: Vec<i16> = Vec::with_capacity(samples.len());
        for (&lost, &repeated) in lost.iter().zip(repeated) {
            if lost && repeated && out.len() >= FRAME {
                out.extend_from_within(out.len() - FRAME..);
                continue;
            }
            let filled = out.len() + FRAME;
            if !lost {
                out.extend(decoded.by_ref().take(FRAME));
            }
            out.resize(filled, 0);
        }
        out.truncate(samples.len());
        Ok(out)
    }

    fn encode(self, samples: &[i16]) -> Result<Vec<u8>, ProgramError> {
        let to: &[&str] = match self {
            Self::Gsm => {
                let arguments = [&SOX_PCM[..], &["-", "-t", "gsm", "-"]].concat();
                return filter("sox", &arguments, &bytes_of(samples));
            }
            Self::Alaw => &["-c:a", "pcm_alaw", "-f", "alaw"],
            Self::Mulaw => &["-c:a", "pcm_mulaw", "-f", "mulaw"],
            Self::G722 => &["-ar", "16000", "-c:a", "g722", "-f", "g722"],
            // A page for each packet, so that a packet can be left out.
            Self::Opus => &[
                "-c:a",
                "libopus",
                "-b:a",
                "24k",
                "-application",
                "voip",
                "-frame_duration",
                "20",
                "-compression_level",
                "3",
                "-page_duration",
                "20000",
                "-f",
                "ogg",
            ],
        };
        ffmpeg(&[&FFMPEG_PCM[..], &["-i", "pipe:0"], to].concat(), &bytes_of(samples))
    }

    fn decode(self, encoded: &[u8]) -> Result<Vec<i16>, ProgramError> {
        let from: &[&str] = match self {
            Self::Gsm => {
                let from = ["-t", "gsm", "-r", "8000", "-c1", "-"];
                let arguments = [&from[..], &SOX_PCM[..], &["-"]].concat();
                return Ok(samples_of(&filter("sox", &arguments, encoded)?));
            }
            Self::Alaw => &["-f", "alaw", "-ar", "8000", "-ac", "1"],
            Self::Mulaw => &["-f", "mulaw", "-ar", "8000", "-ac", "1"],
            Self::G722 => &["-f", "g722"],
            Self::Opus => &["-f", "ogg", "-c:a", "libopus"],
        };
        let arguments = [from, &["-i", "pipe:0"], &FFMPEG_PCM[..]].concat();
        let mut samples = samples_of(&ffmpeg(&arguments, encoded)?);
        if self == Self::Opus {
            // The decoder leaves out the 6.5 ms that the encoder looked ahead: the first
            // frame is so much shorter than the others.
            samples.splice(0..0, [0; 52]);
        }
        Ok(samples)
    }

    /// What precedes the frames, and each frame.
    fn frames(self, encoded: &[u8]) -> (&[u8], Vec<&[u8]>) {
        match self {
            Self::Alaw | Self::Mulaw | Self::G722 => (&[], encoded.chunks(160).collect()),
            Self::Gsm => (&[], encoded.chunks(33).collect()),
            Self::Opus => {
                let mut pages = ogg_pages(encoded);
                // Two pages of headers (RFC 7845 §3).
                let head = pages.drain(..pages.len().min(2)).map(<[u8]>::len).sum();
                (&encoded[..head], pages)
            }
        }
    }
}

fn ffmpeg(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ProgramError> {
    const QUIET: [&str; 4] = ["-v", "error", "-threads", "1"];
    filter("ffmpeg", &[&QUIET[..], arguments, &["pipe:1"]].concat(), input)
}

/// The pages of an Ogg stream (RFC 3533 §6).
fn ogg_pages(mut stream: &[u8]) -> Vec<&[u8]> {
    let mut pages = Vec::new();
    while stream.len() > 27 && stream.starts_with(b"OggS") {
        let segments = usize::from(stream[26]);
        let body: usize = stream.iter().skip(27).take(segments).map(|&l| usize::from(l)).sum();
        let (page, rest) = stream.split_at((27 + segments + body).min(stream.len()));
        pages.push(page);
        stream = rest;
    }
    pages
}
