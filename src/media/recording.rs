//! Both directions of a leg as sound, for ears and for the report.

use std::path::Path;

use super::MediaError;
use super::codec::RATE;

/// What a leg sent and heard, 16 bit at 8 kHz, both from the moment the leg opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// What it sent; zeros where nothing was sent.
    pub sent: Vec<i16>,
    /// What it heard; zeros where nothing arrived.
    pub heard: Vec<i16>,
}

impl Recording {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.heard.is_empty()
    }

    /// Length of the longer direction, s.
    pub fn seconds(&self) -> f64 {
        self.sent.len().max(self.heard.len()) as f64 / f64::from(RATE)
    }

    /// Writes a stereo WAV: left what was sent, right what was heard.
    pub fn write_wav(&self, path: &Path) -> Result<(), MediaError> {
        let failed = |source| MediaError::Recording { path: path.to_owned(), source };
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let length = self.sent.len().max(self.heard.len());
        let mut writer = hound::WavWriter::create(path, spec).map_err(failed)?;
        let mut samples = writer.get_i16_writer(2 * length as u32);
        for n in 0..length {
            samples.write_sample(self.sent.get(n).copied().unwrap_or_default());
            samples.write_sample(self.heard.get(n).copied().unwrap_or_default());
        }
        samples.flush().map_err(failed)?;
        writer.finalize().map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_is_sent_and_right_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leg.wav");
        let recording = Recording { sent: vec![1, 2, 3], heard: vec![-1] };
        recording.write_wav(&path).unwrap();
        let mut wav = hound::WavReader::open(&path).unwrap();
        assert_eq!(wav.spec().channels, 2);
        assert_eq!(wav.spec().sample_rate, 8000);
        let samples: Vec<i16> = wav.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [1, -1, 2, 0, 3, 0]);
    }

    #[test]
    fn an_unwritable_folder_is_named() {
        let error = Recording::default().write_wav(Path::new("/no/such/x.wav")).unwrap_err();
        assert!(error.to_string().contains("/no/such/x.wav"), "{error}");
    }
}
