//! `-v`: what the program does, to standard error. Nothing is logged that holds a
//! secret; SIP is logged by method and status only.

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings always, more with each `-v`; RUST_LOG overrides.
/// Colour only where the console wants it: a log in a file is plain text.
pub(super) fn start(verbose: u8, color: bool) {
    let level = match verbose {
        0 => "warn",
        1 => "pbxcert=info",
        _ => "pbxcert=debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(color)
        .compact()
        .try_init();
}
