//! INVITE server transaction (RFC 3261 §17.2.1, figure 7, as changed by RFC 6026 §7.1).

use std::time::Duration;

use super::{Action, Timer, Timers};

/// States of the figure; `Accepted` is RFC 6026's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No final response yet.
    Proceeding,
    /// A 2xx has been sent; the user retransmits it and gets the ACKs.
    Accepted,
    /// Another final response has been sent, and is retransmitted until its ACK.
    Completed,
    /// ACK has come; its copies are absorbed.
    Confirmed,
    /// Over.
    Terminated,
}

/// What happens to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The INVITE again.
    Request,
    /// The user responds with this status.
    Respond(u16),
    /// An ACK that matches this transaction.
    Ack,
    /// A timer ran out.
    Fired(Timer),
    /// The transport could not send.
    TransportError,
}

/// The machine.
#[derive(Debug)]
pub struct InviteServer {
    state: State,
    timers: Timers,
    reliable: bool,
    g: Duration,
    responded: bool,
}

impl InviteServer {
    /// The machine in Proceeding. Its driver has sent nothing: the endpoint responds
    /// with 100 at once, since humans take longer than 200 ms (§17.2.1).
    pub fn start(timers: Timers, reliable: bool) -> Self {
        Self { state: State::Proceeding, timers, reliable, g: timers.t1, responded: false }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Feeds one input.
    pub fn on(&mut self, input: Input) -> Vec<Action> {
        use State::{Accepted, Completed, Confirmed, Proceeding};
        match (self.state, input) {
            (Proceeding, Input::Request) if self.responded => vec![Action::Send],
            (Proceeding, Input::Respond(100..=199)) => {
                self.responded = true;
                vec![Action::Send]
            }
            (Proceeding, Input::Respond(200..=299)) => {
                self.state = Accepted;
                vec![Action::Send, Action::Start(Timer::L, self.timers.patience())]
            }
            (Proceeding, Input::Respond(300..)) => {
                self.state = Completed;
                let mut actions =
                    vec![Action::Send, Action::Start(Timer::H, self.timers.patience())];
                if !self.reliable {
                    actions.push(Action::Start(Timer::G, self.g));
                }
                actions
            }
            (Accepted, Input::Respond(200..=299)) | (Completed, Input::Request) => {
                vec![Action::Send]
            }
            (Accepted, Input::Ack) => vec![Action::Deliver],
            (Completed, Input::Fired(Timer::G)) => {
                self.g = self.timers.next(self.g);
                vec![Action::Send, Action::Start(Timer::G, self.g)]
            }
            (Completed, Input::Ack) => {
                self.state = Confirmed;
                let mut actions = vec![Action::Stop(Timer::G), Action::Stop(Timer::H)];
                if self.reliable {
                    actions.extend(self.end(&[]));
                } else {
                    actions.push(Action::Start(Timer::I, self.timers.t4));
                }
                actions
            }
            (Completed, Input::Fired(Timer::H)) => self.end(&[Action::TimedOut]),
            (Proceeding | Completed, Input::TransportError) => self.end(&[Action::TransportFailed]),
            (Accepted, Input::Fired(Timer::L)) | (Confirmed, Input::Fired(Timer::I)) => {
                self.end(&[])
            }
            _ => Vec::new(),
        }
    }

    fn end(&mut self, first: &[Action]) -> Vec<Action> {
        self.state = State::Terminated;
        let mut actions = first.to_vec();
        actions.push(Action::Terminate);
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T1: Duration = Duration::from_millis(10);

    fn started() -> InviteServer {
        InviteServer::start(Timers::scaled(T1), false)
    }

    #[test]
    fn a_repeated_invite_gets_the_latest_response_again() {
        let mut machine = started();
        assert_eq!(machine.on(Input::Request), [], "nothing to repeat yet");
        assert_eq!(machine.on(Input::Respond(100)), [Action::Send]);
        assert_eq!(machine.on(Input::Respond(180)), [Action::Send]);
        assert_eq!(machine.on(Input::Request), [Action::Send]);
    }

    #[test]
    fn a_refusal_is_repeated_until_its_ack() {
        let mut machine = started();
        machine.on(Input::Respond(486));
        for factor in [2, 4, 8, 8] {
            assert_eq!(
                machine.on(Input::Fired(Timer::G)),
                [Action::Send, Action::Start(Timer::G, T1 * factor)]
            );
        }
        assert_eq!(machine.on(Input::Ack).last(), Some(&Action::Start(Timer::I, T1 * 10)));
        assert_eq!(machine.on(Input::Fired(Timer::G)), []);
        assert_eq!(machine.on(Input::Ack), []);
        assert_eq!(machine.on(Input::Fired(Timer::I)), [Action::Terminate]);
    }

    #[test]
    fn a_missing_ack_is_reported() {
        let mut machine = started();
        machine.on(Input::Respond(486));
        assert_eq!(machine.on(Input::Fired(Timer::H)), [Action::TimedOut, Action::Terminate]);
    }

    #[test]
    fn after_2xx_the_user_repeats_and_invites_are_absorbed() {
        let mut machine = started();
        machine.on(Input::Respond(200));
        assert_eq!(machine.state(), State::Accepted);
        assert_eq!(machine.on(Input::Request), []);
        assert_eq!(machine.on(Input::Respond(200)), [Action::Send]);
        assert_eq!(machine.on(Input::Respond(486)), []);
        assert_eq!(machine.on(Input::Ack), [Action::Deliver]);
        assert_eq!(machine.on(Input::Fired(Timer::L)), [Action::Terminate]);
    }
}
