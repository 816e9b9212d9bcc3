//! `messages.ndjson`: the run as Cucumber Messages, one envelope on each line, for the
//! tools that read them (<https://github.com/cucumber/messages>).
//!
//! The record knows more than Cucumber does: six verdicts become its statuses, and
//! findings, ladders and links to evidence become attachments.

mod document;
mod execution;
mod moment;
mod stream;

pub use stream::cucumber_messages;
