//! `-v`: what the program does, to standard error. Nothing is logged that holds a
//! secret; SIP is logged by method and status only.

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings always, more with each `-v`; RUST_LOG overrides.
pub(super) fn start(verbose: u8) {
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
        .compact()
        .try_init();
}
