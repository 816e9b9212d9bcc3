//! Non-INVITE client transaction (RFC 3261 §17.1.2, figure 6).

use std::time::Duration;

use super::{Action, Timer, Timers};

/// States of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing has come back.
    Trying,
    /// A provisional response has.
    Proceeding,
    /// A final response has; retransmissions of it are absorbed.
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
}

/// The machine.
#[derive(Debug)]
pub struct RequestClient {
    state: State,
    timers: Timers,
    reliable: bool,
    e: Duration,
}

impl RequestClient {
    /// The machine in Trying, and the first actions.
    pub fn start(timers: Timers, reliable: bool) -> (Self, Vec<Action>) {
        let mut actions = vec![Action::Send, Action::Start(Timer::F, timers.patience())];
        if !reliable {
            actions.push(Action::Start(Timer::E, timers.t1));
        }
        (Self { state: State::Trying, timers, reliable, e: timers.t1 }, actions)
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Feeds one input.
    pub fn on(&mut self, input: Input) -> Vec<Action> {
        use State::{Completed, Proceeding, Trying};
        match (self.state, input) {
            (Trying, Input::Fired(Timer::E)) => {
                self.e = self.timers.next(self.e);
                vec![Action::Send, Action::Start(Timer::E, self.e)]
            }
            (Proceeding, Input::Fired(Timer::E)) => {
                vec![Action::Send, Action::Start(Timer::E, self.timers.t2)]
            }
            (Trying | Proceeding, Input::Fired(Timer::F)) => self.end(&[Action::TimedOut]),
            (Trying | Proceeding, Input::TransportError) => self.end(&[Action::TransportFailed]),
            (Trying | Proceeding, Input::Response(100..=199)) => {
                self.state = Proceeding;
                vec![Action::Deliver]
            }
            (Trying | Proceeding, Input::Response(200..)) => {
                self.state = Completed;
                let mut actions =
                    vec![Action::Stop(Timer::E), Action::Stop(Timer::F), Action::Deliver];
                if self.reliable {
                    actions.extend(self.end(&[]));
                } else {
                    actions.push(Action::Start(Timer::K, self.timers.t4));
                }
                actions
            }
            (Completed, Input::Fired(Timer::K)) => self.end(&[]),
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

    #[test]
    fn retransmissions_double_up_to_t2_until_timer_f() {
        let (mut machine, _) = RequestClient::start(Timers::scaled(T1), false);
        for factor in [2, 4, 8, 8, 8] {
            assert_eq!(
                machine.on(Input::Fired(Timer::E)),
                [Action::Send, Action::Start(Timer::E, T1 * factor)]
            );
        }
        assert_eq!(machine.on(Input::Fired(Timer::F)), [Action::TimedOut, Action::Terminate]);
    }

    #[test]
    fn after_a_provisional_response_it_goes_on_at_t2() {
        let (mut machine, _) = RequestClient::start(Timers::scaled(T1), false);
        assert_eq!(machine.on(Input::Response(100)), [Action::Deliver]);
        assert_eq!(
            machine.on(Input::Fired(Timer::E)),
            [Action::Send, Action::Start(Timer::E, T1 * 8)]
        );
    }

    #[test]
    fn one_final_response_is_delivered_and_its_copies_absorbed() {
        let (mut machine, _) = RequestClient::start(Timers::scaled(T1), false);
        assert!(machine.on(Input::Response(200)).contains(&Action::Deliver));
        assert_eq!(machine.state(), State::Completed);
        assert_eq!(machine.on(Input::Response(200)), []);
        assert_eq!(machine.on(Input::Fired(Timer::K)), [Action::Terminate]);
    }

    #[test]
    fn a_dead_peer_is_known_at_once() {
        let (mut machine, _) = RequestClient::start(Timers::scaled(T1), false);
        assert_eq!(machine.on(Input::TransportError), [Action::TransportFailed, Action::Terminate]);
    }
}
