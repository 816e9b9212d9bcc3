//! The receiver: every datagram goes to its transaction, its dialog or the user.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::client::ClientMail;
use super::core::{Core, DialogInput};
use super::server::{self, ServerMail, ServerTransaction};
use super::{Incoming, arrival};
use crate::sip::{Message, Method};
use crate::wire::{Datagram, Refused};

/// Errors in a row after which the socket is taken for dead.
const HOPELESS: u32 = 1000;

/// Receives until the endpoint closes.
pub(crate) async fn receive(core: Arc<Core>) {
    let mut errors = 0;
    loop {
        let received = tokio::select! {
            () = core.closed.cancelled() => return,
            received = core.channel.recv() => received,
        };
        match received {
            Ok(datagram) => {
                errors = 0;
                take(&core, datagram);
            }
            Err(error) => {
                if let Some(Refused(remote)) = Refused::in_error(&error) {
                    refused(&core, remote, &error);
                }
                errors += 1;
                if errors > HOPELESS {
                    tracing::error!(%error, "the SIP socket is of no use any more");
                    return;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}

/// Nobody listens at `remote`: its client transactions need not wait (§17.1.4).
fn refused(core: &Core, remote: SocketAddr, error: &std::io::Error) {
    for entry in core.tables().clients.values().filter(|entry| entry.remote == remote) {
        let _ = entry.mail.send(ClientMail::Refused(error.to_string()));
    }
}

fn take(core: &Arc<Core>, datagram: Datagram) {
    let Datagram { remote, bytes, .. } = datagram;
    // Keep-alives (RFC 5626 §3.5.1 and what phones make of it).
    if bytes.len() <= 4 && bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)) {
        return;
    }
    match Message::parse(bytes.clone()) {
        Ok(message) if message.is_request() => request(core, message, remote, bytes),
        Ok(message) => response(core, message),
        Err(error) => {
            let _ =
                core.incoming.send(Incoming::Garbage { remote, bytes, problem: error.to_string() });
        }
    }
}

fn response(core: &Core, response: Message) {
    let Some(key) = arrival::client_key(&response) else { return };
    let response = {
        let tables = core.tables();
        match tables.clients.get(&key) {
            Some(entry) => {
                if response.cseq().is_some_and(|(_, method)| method == Method::Register) {
                    core.answered.store(true, Ordering::Relaxed);
                }
                match entry.mail.send(ClientMail::Response(response)) {
                    Ok(()) => return,
                    Err(failed) => failed.0,
                }
            }
            None => ClientMail::Response(response),
        }
    };
    let ClientMail::Response(response) = response else { return };
    // A 2xx of an INVITE whose transaction is gone: its dialog acknowledges it again.
    let is_2xx = response.status().is_some_and(|status| (200..300).contains(&status));
    if is_2xx && response.cseq().is_some_and(|(_, method)| method == Method::Invite) {
        let tag = response.from_tag().unwrap_or_default();
        to_dialog(core, response.call_id(), &tag, |()| DialogInput::Stray2xx(response.clone()));
    }
}

fn request(core: &Arc<Core>, mut request: Message, remote: SocketAddr, bytes: Bytes) {
    let Some(key) = arrival::server_key(&request) else {
        let problem = "Via, CSeq or Call-ID is missing or unreadable".to_owned();
        reject_broken(core, &request, remote);
        let _ = core.incoming.send(Incoming::Garbage { remote, bytes, problem });
        return;
    };
    let transaction = core.tables().servers.get(&key).cloned();
    match (request.method(), transaction) {
        (Some(Method::Ack), Some(transaction)) => {
            let _ = transaction.send(ServerMail::Ack(request));
        }
        (Some(Method::Ack), None) => to_dialog_ack(core, request),
        (Some(Method::Cancel), invite) => {
            arrival::stamp_source(&mut request, remote);
            let own = format!("{key}|CANCEL");
            let again = core.tables().servers.get(&own).cloned();
            if let Some(again) = again {
                let _ = again.send(ServerMail::Again);
                return;
            }
            let cancel = server::start(core, request, remote, own);
            match invite {
                Some(invite) => {
                    let _ = invite.send(ServerMail::Cancel(cancel));
                }
                None => unknown_dialog(&cancel),
            }
        }
        (_, Some(transaction)) => {
            let _ = transaction.send(ServerMail::Again);
        }
        (_, None) => {
            arrival::stamp_source(&mut request, remote);
            let transaction = server::start(core, request, remote, key);
            fresh(core, transaction);
        }
    }
}

/// A new request: to its dialog, or to the user.
fn fresh(core: &Core, transaction: ServerTransaction) {
    let Some(tag) = transaction.request.to_tag() else {
        // Nobody takes it: dropped, it answers 500.
        let _ = core.incoming.send(Incoming::Request(transaction));
        return;
    };
    let id = (transaction.request.call_id().to_owned(), tag);
    let dialog = core.tables().dialogs.get(&id).cloned();
    match dialog {
        Some(dialog) => {
            if let Err(failed) = dialog.send(DialogInput::Request(transaction))
                && let DialogInput::Request(transaction) = failed.0
            {
                unknown_dialog(&transaction);
            }
        }
        None => unknown_dialog(&transaction),
    }
}

/// 481 (§12.2.2).
pub(crate) fn unknown_dialog(transaction: &ServerTransaction) {
    let request = &transaction.request;
    transaction.respond(Message::response(request, 481, "Call/Transaction Does Not Exist"));
}

/// An ACK that acknowledges a 2xx; one for nobody is dropped, since an ACK is never
/// answered.
pub(crate) fn to_dialog_ack(core: &Core, ack: Message) {
    let tag = ack.to_tag().unwrap_or_default();
    to_dialog(core, ack.call_id(), &tag, |()| DialogInput::Ack(ack.clone()));
}

fn to_dialog(core: &Core, call_id: &str, tag: &str, input: impl FnOnce(()) -> DialogInput) {
    let id = (call_id.to_owned(), tag.to_owned());
    if let Some(dialog) = core.tables().dialogs.get(&id) {
        let _ = dialog.send(input(()));
    }
}

/// 400 without a transaction, if there is a Via to answer to (§8.2.7).
fn reject_broken(core: &Arc<Core>, request: &Message, remote: SocketAddr) {
    if request.get("Via").is_none() || request.method() == Some(&Method::Ack) {
        return;
    }
    let response = Message::response(request, 400, "Bad Request");
    let reliable = core.channel.protocol_to(remote).is_reliable();
    let to = arrival::response_address(request, remote, reliable);
    let core = Arc::clone(core);
    tokio::spawn(async move { core.send(&response, to).await });
}
