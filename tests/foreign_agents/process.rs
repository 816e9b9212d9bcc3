//! A program that runs beside the test and never outlives it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(program: &str, arguments: &[&str], log: &Path) -> Self {
        let output = File::create(log).unwrap();
        let child = Command::new(program)
            .args(arguments)
            // SIPp's own logs go to its folder.
            .current_dir(log.parent().unwrap())
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stderr(output.try_clone().unwrap())
            .stdout(output)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        Self { child, log: log.to_owned() }
    }

    /// Waits for its end and gives what it printed.
    pub(crate) fn finish(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.output())
    }

    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
