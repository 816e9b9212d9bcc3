//! Reliable provisional responses (RFC 3262): as UAS where the caller requires them, as
//! UAC where the peer does.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use super::task::{Alarm, Task};
use crate::sip::Message;
use crate::sip::endpoint::ServerTransaction;

/// What both roles keep.
#[derive(Debug, Default)]
pub(super) struct Reliable {
    /// UAS: the INVITE requires 100rel.
    pub(super) required: bool,
    /// UAS: a 200 that waits for a PRACK.
    pub(super) held_answer: Option<Option<Bytes>>,
    /// UAS: the response that waits for its PRACK, and the ones behind it.
    queue: VecDeque<(u32, Message)>,
    last_sent: u32,
    interval: Duration,
    /// UAC: the last RSeq of each early dialog, by its tag (RFC 3262 §4).
    last_heard: HashMap<String, u32>,
    /// UAC: a reliable response held the answer to our offer, or an offer.
    pub(super) answered: bool,
}

impl Reliable {
    /// UAC: whether a reliable response is new, and not one that comes again.
    pub(super) fn is_news(&mut self, tag: String, number: u32) -> bool {
        let last = self.last_heard.entry(tag).or_insert(0);
        let news = number > *last;
        *last = number.max(*last);
        news
    }

    /// Whether a response waits for its PRACK.
    pub(super) fn is_busy(&self) -> bool {
        !self.queue.is_empty()
    }
}

impl Task {
    /// UAS: one at a time, in order.
    pub(super) fn send_reliably(&mut self, response: Message) {
        self.reliable.last_sent += 1;
        let number = self.reliable.last_sent;
        let response = response.with("Require", "100rel").with("RSeq", number);
        self.reliable.queue.push_back((number, response));
        if self.reliable.queue.len() == 1 {
            self.send_first_reliable();
        }
    }

    fn send_first_reliable(&mut self) {
        let (Some((_, response)), Some(invite)) = (self.reliable.queue.front(), self.ringing())
        else {
            return;
        };
        self.respond(invite, response.clone());
        self.reliable.interval = self.timers.t1;
        self.alarms.start(Alarm::RepeatReliable, self.timers.t1);
        self.alarms.start(Alarm::PrackMissing, self.timers.patience());
    }

    pub(super) fn repeat_reliable(&mut self) {
        let (Some((_, response)), Some(invite)) = (self.reliable.queue.front(), self.ringing())
        else {
            return;
        };
        self.respond(invite, response.clone());
        self.reliable.interval *= 2;
        self.alarms.start(Alarm::RepeatReliable, self.reliable.interval);
    }

    /// RFC 3262 §3: the INVITE is refused with a 5xx.
    pub(super) fn prack_missing(&mut self) {
        self.reliable.queue.clear();
        self.reject(504, "Server Time-out");
    }

    /// The peer's PRACK.
    pub(super) fn pracked(&mut self, prack: &ServerTransaction) {
        let number = prack
            .request
            .get("RAck")
            .and_then(|value| value.split_whitespace().next()?.parse::<u32>().ok());
        let waiting = self.reliable.queue.front().map(|(number, _)| *number);
        if waiting.is_none() || waiting != number {
            return self.say(prack, 481, "Call/Transaction Does Not Exist");
        }
        self.say(prack, 200, "OK");
        self.reliable.queue.pop_front();
        self.alarms.stop(Alarm::RepeatReliable);
        self.alarms.stop(Alarm::PrackMissing);
        if self.reliable.is_busy() {
            self.send_first_reliable();
        } else if let Some(sdp) = self.reliable.held_answer.take() {
            self.answer(sdp);
        }
    }
}
