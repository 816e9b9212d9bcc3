//! `pbxcert pbx`: the reference PBX alone, for any phone.

use std::fmt::Write as _;

use super::args::PbxArgs;
use super::{Console, Exit, UsageError};
use crate::pbx::{Config, Defects, ReferencePbx};
use crate::sip::transaction::Timers;

/// Serves until Ctrl-C.
pub(super) fn serve(args: &PbxArgs, console: &Console) -> Result<Exit, UsageError> {
    let config = match &args.config {
        Some(path) => Config::read(path),
        None => Config::builtin(),
    }
    .map_err(|error| UsageError(error.to_string()))?;
    let defects = Defects::named(&args.defects).map_err(|error| UsageError(error.to_string()))?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| UsageError(format!("the runtime cannot start: {error}")))?;
    runtime.block_on(async {
        let pbx = ReferencePbx::start_with(config, args.listen, defects, Timers::default())
            .map_err(|error| UsageError(error.to_string()))?;
        let mut out = format!("reference PBX at {} (Ctrl-C ends it)\n", pbx.address());
        let _ = writeln!(out, "{:<14} {:<10} {:<16} password", "name", "username", "number");
        for account in pbx.users() {
            let number = account.number.as_deref().unwrap_or(&account.extension);
            let _ = writeln!(
                out,
                "{:<14} {:<10} {:<16} {}",
                account.name, account.username, number, account.password
            );
        }
        console.out(&out);
        // Without a handler for Ctrl-C the process ends by it, which is as good.
        let _ = tokio::signal::ctrl_c().await;
        pbx.shutdown().await;
        Ok(Exit::Passed)
    })
}
