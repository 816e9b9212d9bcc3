//! Non-INVITE server transaction (RFC 3261 §17.2.2, figure 8).

use super::{Action, Timer, Timers};

/// States of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No response yet.
    Trying,
    /// A provisional response has been sent.
    Proceeding,
    /// A final response has been sent and is repeated on request.
    Completed,
    /// Over.
    Terminated,
}

/// What happens to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The request again.
    Request,
    /// The user responds with this status.
    Respond(u16),
    /// A timer ran out.
    Fired(Timer),
    /// The transport could not send.
    TransportError,
}

/// The machine.
#[derive(Debug)]
pub struct RequestServer {
    state: State,
    timers: Timers,
    reliable: bool,
}

impl RequestServer {
    /// The machine in Trying.
    pub fn start(timers: Timers, reliable: bool) -> Self {
        Self { state: State::Trying, timers, reliable }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Feeds one input.
    pub fn on(&mut self, input: Input) -> Vec<Action> {
        use State::{Completed, Proceeding, Trying};
        match (self.state, input) {
            (Trying | Proceeding, Input::Respond(100..=199)) => {
                self.state = Proceeding;
                vec![Action::Send]
            }
            (Trying | Proceeding, Input::Respond(200..)) => {
                self.state = Completed;
                let mut actions = vec![Action::Send];
                if self.reliable {
                    actions.extend(self.end(&[]));
                } else {
                    actions.push(Action::Start(Timer::J, self.timers.patience()));
                }
                actions
            }
            (Proceeding | Completed, Input::Request) => vec![Action::Send],
            (Proceeding | Completed, Input::TransportError) => self.end(&[Action::TransportFailed]),
            (Completed, Input::Fired(Timer::J)) => self.end(&[]),
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_response_is_repeated_on_request_until_timer_j() {
        let t1 = Duration::from_millis(10);
        let mut machine = RequestServer::start(Timers::scaled(t1), false);
        assert_eq!(machine.on(Input::Request), [], "a repeat in Trying is discarded");
        assert_eq!(
            machine.on(Input::Respond(200)),
            [Action::Send, Action::Start(Timer::J, t1 * 64)]
        );
        assert_eq!(machine.on(Input::Request), [Action::Send]);
        assert_eq!(machine.on(Input::Respond(500)), [], "one final response only");
        assert_eq!(machine.on(Input::Fired(Timer::J)), [Action::Terminate]);
        assert_eq!(machine.state(), State::Terminated);
    }

    #[test]
    fn reliable_transports_do_not_linger() {
        let mut machine = RequestServer::start(Timers::default(), true);
        assert_eq!(machine.on(Input::Respond(200)), [Action::Send, Action::Terminate]);
    }
}
