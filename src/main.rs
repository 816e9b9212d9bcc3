//! The binary: everything is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else, so that start-up time is measured too.
    let clock = pbxcert::wire::Clock::start();
    pbxcert::cli::main(clock)
}
