//! Session timers (RFC 4028): we ask for none by ourselves, but keep what the peer, or
//! the user's headers, agreed on.

use std::time::Duration;

use super::task::{Alarm, Phase, Task};
use crate::sip::Message;

/// The longest head start of the BYE over the expiry (RFC 4028 §10).
const HEAD_START: Duration = Duration::from_secs(32);

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refresh {
    seconds: u32,
    /// Whether refreshing is our part.
    ours: bool,
}

/// Seconds and `refresher` of a Session-Expires.
fn session_expires(message: &Message) -> Option<(u32, Option<String>)> {
    let value = message.get("Session-Expires").or_else(|| message.get("x"))?;
    let mut parts = value.split(';').map(str::trim);
    let seconds = parts.next()?.parse().ok()?;
    let refresher = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim().to_ascii_lowercase())
    });
    Some((seconds, refresher))
}

impl Task {
    /// As UAC of the request whose 2xx this is (§7.2).
    pub(super) fn agree_on_refresh(&mut self, response: &Message) {
        let agreed = session_expires(response).map(|(seconds, refresher)| Refresh {
            seconds,
            ours: refresher.as_deref() != Some("uas"),
        });
        self.set_refresh(agreed);
    }

    /// As UAS: the headers of our 2xx to this request (§9).
    pub(super) fn accept_refresh(&mut self, request: &Message) -> Vec<(&'static str, String)> {
        let Some((seconds, refresher)) = session_expires(request) else {
            self.set_refresh(None);
            return Vec::new();
        };
        let peer_can = request.lists("Supported", "timer") || request.lists("Require", "timer");
        let ours = match refresher.as_deref() {
            Some(refresher) => refresher == "uas",
            None => !peer_can,
        };
        self.set_refresh(Some(Refresh { seconds, ours }));
        let refresher = if ours { "uas" } else { "uac" };
        let mut headers = vec![("Session-Expires", format!("{seconds};refresher={refresher}"))];
        if !ours {
            headers.push(("Require", "timer".to_owned()));
        }
        headers
    }

    /// The headers by which our next re-INVITE or UPDATE goes on as agreed (§7.4).
    pub(super) fn keep_refresh(&self) -> Vec<(&'static str, String)> {
        let Some(Refresh { seconds, ours }) = self.refresh else { return Vec::new() };
        let refresher = if ours { "uac" } else { "uas" };
        vec![("Session-Expires", format!("{seconds};refresher={refresher}"))]
    }

    fn set_refresh(&mut self, agreed: Option<Refresh>) {
        self.refresh = agreed;
        self.alarms.stop(Alarm::Refresh);
        self.alarms.stop(Alarm::Expire);
        if let Some(Refresh { seconds, ours }) = agreed {
            let interval = Duration::from_secs(seconds.max(1).into());
            if ours {
                self.alarms.start(Alarm::Refresh, interval / 2);
            }
            self.alarms.start(Alarm::Expire, interval.saturating_sub(HEAD_START.min(interval / 3)));
        }
    }

    /// UPDATE where the peer allows it, else a re-INVITE with the same description.
    pub(super) async fn refresh_session(&mut self) {
        if self.phase != Phase::Established {
            return;
        }
        if self.is_offering() || self.their_invite.is_some() || self.unacked.is_some() {
            // Whatever is going on refreshes the session itself, or fails soon.
            return self.alarms.start(Alarm::Refresh, self.timers.t1 * 4);
        }
        if self.peer_updates {
            self.send_update(None, None).await;
        } else {
            let offer = self.local_sdp.clone();
            self.send_reinvite(offer, 0, None).await;
        }
    }

    /// Nobody refreshed in time.
    pub(super) async fn session_expired(&mut self) {
        self.give_up("the session was not refreshed in time").await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Method;

    #[test]
    fn session_expires_is_read_with_or_without_refresher() {
        let with = |value: &str| {
            session_expires(
                &Message::request(Method::Invite, "sip:x").with("Session-Expires", value),
            )
        };
        assert_eq!(with("1800"), Some((1800, None)));
        assert_eq!(with("90 ; Refresher=UAS"), Some((90, Some("uas".to_owned()))));
        assert_eq!(with("soon"), None);
    }
}
