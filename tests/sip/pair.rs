//! The two ends of a call.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use pbxcert::sip::endpoint::{Endpoint, EndpointConfig, Incoming, ServerTransaction};
use pbxcert::sip::session::{InviteSpec, Session, SessionEvent, SessionEvents};
use pbxcert::sip::transaction::Timers;
use pbxcert::wire::{Channel, Tap};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// Longer than anything takes with T1 at 8 ms: 64·T1 is half a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
pub(crate) const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub(crate) const T1: Duration = Duration::from_millis(8);

/// A session description; what it says does not matter here.
pub(crate) fn sdp(name: &str) -> Bytes {
    Bytes::from(format!("v=0\r\no={name} 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"))
}

pub(crate) struct Side {
    pub(crate) endpoint: Endpoint,
    pub(crate) incoming: UnboundedReceiver<Incoming>,
}

impl Side {
    pub(crate) fn new(name: &str) -> Self {
        Self::with_timers(name, Timers::scaled(T1))
    }

    pub(crate) fn with_timers(name: &str, timers: Timers) -> Self {
        Self::over(Channel::udp(ANYWHERE, Tap::on()).unwrap(), name, timers)
    }

    pub(crate) fn over(channel: Channel, name: &str, timers: Timers) -> Self {
        let user_agent = name.to_owned();
        let config = EndpointConfig { user_agent, timers, server: false, external: None };
        let (endpoint, incoming) = Endpoint::start(channel, config);
        Self { endpoint, incoming }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint.local_addr()
    }

    pub(crate) fn contact(&self) -> String {
        format!("<sip:me@{}>", self.address())
    }

    pub(crate) fn spec(&self, to: SocketAddr) -> InviteSpec {
        InviteSpec {
            request_uri: format!("sip:you@{to}"),
            to: format!("<sip:you@{to}>"),
            from: format!("\"Me, myself\" <sip:me@{}>", self.address()),
            contact: self.contact(),
            destination: to,
            credentials: None,
            headers: Vec::new(),
            route: Vec::new(),
            offer: Some(sdp("offer")),
            call_id: None,
        }
    }

    pub(crate) fn call(&self, to: SocketAddr) -> Leg {
        Leg::of(Session::invite(&self.endpoint, self.spec(to)))
    }

    pub(crate) async fn request(&mut self) -> ServerTransaction {
        match timeout(PATIENCE, self.incoming.recv()).await.unwrap().unwrap() {
            Incoming::Request(transaction) => transaction,
            other @ Incoming::Garbage { .. } => panic!("{other:?}"),
        }
    }

    pub(crate) async fn take(&mut self) -> Leg {
        let transaction = self.request().await;
        Leg::of(Session::incoming(&self.endpoint, transaction, self.contact()))
    }
}

pub(crate) struct Leg {
    pub(crate) session: Session,
    pub(crate) events: SessionEvents,
}

impl Leg {
    pub(crate) fn of((session, events): (Session, SessionEvents)) -> Self {
        Self { session, events }
    }

    /// The next event but for 1xx and for what only tells of a further round.
    pub(crate) async fn next(&mut self) -> SessionEvent {
        loop {
            match self.any().await {
                SessionEvent::Progress(_)
                | SessionEvent::Challenged(_)
                | SessionEvent::AnswerRepeated
                | SessionEvent::Identified(_)
                | SessionEvent::OfferPostponed => {}
                other => return other,
            }
        }
    }

    pub(crate) async fn any(&mut self) -> SessionEvent {
        timeout(PATIENCE, self.events.recv()).await.unwrap().unwrap()
    }

    /// `Ended`, and nothing after it once the handles are gone.
    pub(crate) async fn ended(mut self) -> pbxcert::record::Ender {
        let by = match self.next().await {
            SessionEvent::Ended { by, .. } => by,
            other => panic!("{other:?}"),
        };
        drop(self.session);
        let rest = timeout(PATIENCE, self.events.recv()).await.unwrap();
        assert!(rest.is_none(), "{rest:?}");
        by
    }
}

/// Asserts the kind of an event and gives what is in it.
macro_rules! must_be {
    ($event:expr, $pattern:pat => $value:expr) => {
        match $event {
            $pattern => $value,
            other => panic!("instead of {}: {other:?}", stringify!($pattern)),
        }
    };
}
pub(crate) use must_be;

/// An established call: caller's side and leg, callee's side and leg.
pub(crate) async fn established() -> (Side, Leg, Side, Leg) {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let mut b = callee.take().await;
    b.session.answer(Some(sdp("answer")));
    must_be!(a.next().await, SessionEvent::Answered(m) => assert_eq!(m.body, sdp("answer")));
    must_be!(b.next().await, SessionEvent::Acked(m) => assert!(m.body.is_empty()));
    (caller, a, callee, b)
}
