//! INVITE client transaction (RFC 3261 §17.1.1, figure 5, as changed by RFC 6026 §7.2).

use std::time::Duration;

use super::{Action, Timer, Timers};

/// States of the figure; `Accepted` is RFC 6026's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing has come back.
    Calling,
    /// A provisional response has.
    Proceeding,
    /// A 2xx has; more 2xx go to the user.
    Accepted,
    /// Another final response has; its retransmissions are acknowledged.
    Completed,
    /// Over.
    Terminated,
}

/// What happens to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A response with this status.
    Response(u16),
    /// A timer ran out.
    Fired(Timer),
    /// The transport could not send, or said that nobody listens.
    TransportError,
    /// A CANCEL has been sent for it (§9.1).
    Cancelled,
}

/// The machine.
#[derive(Debug)]
pub struct InviteClient {
    state: State,
    timers: Timers,
    reliable: bool,
    a: Duration,
}

impl InviteClient {
    /// The machine in Calling, and the first actions. `reliable` transports do not
    /// retransmit and do not linger.
    pub fn start(timers: Timers, reliable: bool) -> (Self, Vec<Action>) {
        let mut actions = vec![Action::Send, Action::Start(Timer::B, timers.patience())];
        if !reliable {
            actions.push(Action::Start(Timer::A, timers.t1));
        }
        (Self { state: State::Calling, timers, reliable, a: timers.t1 }, actions)
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Feeds one input.
    pub fn on(&mut self, input: Input) -> Vec<Action> {
        use State::{Accepted, Calling, Completed, Proceeding};
        match (self.state, input) {
            (Calling, Input::Fired(Timer::A)) => {
                self.a *= 2;
                vec![Action::Send, Action::Start(Timer::A, self.a)]
            }
            (Calling | Proceeding, Input::Fired(Timer::B)) => self.end(&[Action::TimedOut]),
            (Calling | Proceeding, Input::TransportError) => self.end(&[Action::TransportFailed]),
            (Calling, Input::Response(100..=199)) => {
                self.state = Proceeding;
                vec![Action::Stop(Timer::A), Action::Stop(Timer::B), Action::Deliver]
            }
            (Proceeding, Input::Response(100..=199)) => vec![Action::Deliver],
            (Proceeding, Input::Cancelled) => {
                vec![Action::Start(Timer::B, self.timers.patience())]
            }
            (Calling | Proceeding, Input::Response(200..=299)) => {
                self.state = Accepted;
                vec![
                    Action::Stop(Timer::A),
                    Action::Stop(Timer::B),
                    Action::Deliver,
                    Action::Start(Timer::M, self.timers.patience()),
                ]
            }
            (Calling | Proceeding, Input::Response(300..)) => {
                let acts = [Action::Stop(Timer::A), Action::Stop(Timer::B), Action::SendAck];
                self.state = Completed;
                let mut actions = acts.to_vec();
                actions.push(Action::Deliver);
                if self.reliable {
                    actions.extend(self.end(&[]));
                } else {
                    actions.push(Action::Start(Timer::D, self.timers.d()));
                }
                actions
            }
            (Accepted, Input::Response(200..=299)) => vec![Action::Deliver],
            (Accepted, Input::Fired(Timer::M)) | (Completed, Input::Fired(Timer::D)) => {
                self.end(&[])
            }
            (Completed, Input::Response(300..)) => vec![Action::SendAck],
            // The user has its answer already; only the lingering ends.
            (Completed, Input::TransportError) => self.end(&[]),
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

    fn started() -> InviteClient {
        InviteClient::start(Timers::scaled(T1), false).0
    }

    #[test]
    fn retransmissions_double_without_limit_until_timer_b() {
        let (mut machine, first) = InviteClient::start(Timers::scaled(T1), false);
        assert_eq!(
            first,
            [Action::Send, Action::Start(Timer::B, T1 * 64), Action::Start(Timer::A, T1)]
        );
        for factor in [2, 4, 8, 16, 32] {
            assert_eq!(
                machine.on(Input::Fired(Timer::A)),
                [Action::Send, Action::Start(Timer::A, T1 * factor)]
            );
        }
        assert_eq!(machine.on(Input::Fired(Timer::B)), [Action::TimedOut, Action::Terminate]);
        assert_eq!(machine.on(Input::Response(200)), []);
    }

    #[test]
    fn a_provisional_response_stops_retransmission_and_timeout() {
        let mut machine = started();
        let actions = machine.on(Input::Response(180));
        assert!(actions.contains(&Action::Stop(Timer::A)));
        assert!(actions.contains(&Action::Stop(Timer::B)));
        assert_eq!(machine.on(Input::Fired(Timer::A)), []);
        assert_eq!(machine.on(Input::Response(183)), [Action::Deliver]);
    }

    #[test]
    fn refusals_are_acknowledged_each_time_but_delivered_once() {
        let mut machine = started();
        let actions = machine.on(Input::Response(486));
        assert!(actions.contains(&Action::SendAck) && actions.contains(&Action::Deliver));
        assert_eq!(machine.state(), State::Completed);
        assert_eq!(machine.on(Input::Response(486)), [Action::SendAck]);
        assert_eq!(machine.on(Input::Fired(Timer::D)), [Action::Terminate]);
    }

    #[test]
    fn every_2xx_is_delivered_until_timer_m() {
        let mut machine = started();
        machine.on(Input::Response(200));
        assert_eq!(machine.state(), State::Accepted);
        assert_eq!(machine.on(Input::Response(200)), [Action::Deliver]);
        assert_eq!(machine.on(Input::Response(180)), []);
        assert_eq!(machine.on(Input::Fired(Timer::M)), [Action::Terminate]);
    }

    #[test]
    fn a_cancelled_invite_does_not_wait_for_ever() {
        let mut machine = started();
        assert_eq!(machine.on(Input::Cancelled), [], "no CANCEL before a provisional response");
        machine.on(Input::Response(180));
        assert_eq!(machine.on(Input::Cancelled), [Action::Start(Timer::B, T1 * 64)]);
        assert_eq!(machine.on(Input::Fired(Timer::B)), [Action::TimedOut, Action::Terminate]);
    }

    #[test]
    fn reliable_transports_neither_retransmit_nor_linger() {
        let (mut machine, first) = InviteClient::start(Timers::scaled(T1), true);
        assert!(!first.iter().any(|a| matches!(a, Action::Start(Timer::A, _))));
        assert_eq!(machine.on(Input::Response(404)).last(), Some(&Action::Terminate));
    }

    #[test]
    fn a_dead_peer_is_known_at_once() {
        assert_eq!(
            started().on(Input::TransportError),
            [Action::TransportFailed, Action::Terminate]
        );
    }
}
