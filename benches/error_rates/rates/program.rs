//! Programs of others, run as filters: bytes in, bytes out.

use std::io::Write;
use std::process::{Command, Stdio};

/// Why a program gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ProgramError {
    /// It is not installed.
    #[error("{0} is not installed (Debian: apt-get install {0})")]
    Missing(&'static str),
    /// It could not do what it was asked to.
    #[error("{program} failed: {why}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// What it said.
        why: String,
    },
}

/// What the program writes when it is given `input`.
pub(crate) fn filter(
    program: &'static str,
    arguments: &[&str],
    input: &[u8],
) -> Result<Vec<u8>, ProgramError> {
    let failed = |why: String| ProgramError::Failed { program, why };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ProgramError::Missing(program),
            _ => failed(error.to_string()),
        })?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // A filter that has heard enough closes its end: what it says of that counts.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    })
    .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

/// Samples of 16 bits as bytes, least significant first.
pub(crate) fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The samples in such bytes.
pub(crate) fn samples_of(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}
