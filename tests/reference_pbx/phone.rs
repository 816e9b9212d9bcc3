//! A phone with one line, made of an endpoint, sessions and a UDP socket for RTP.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use pbxcert::media::Suite;
use pbxcert::record::Direction;
use pbxcert::sip::digest::Credentials;
use pbxcert::sip::endpoint::{Endpoint, EndpointConfig, Incoming, ServerTransaction};
use pbxcert::sip::sdp::{Agreed, CodecSpec, Encryption, Local, Negotiation, SuiteSpec};
use pbxcert::sip::session::{InviteSpec, Session, SessionEvent, SessionEvents};
use pbxcert::sip::transaction::Timers;
use pbxcert::sip::{Message, Method};
use pbxcert::wire::{Channel, Tap};
use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::site::ANY;

/// Longer than anything takes; only a failed test waits for it.
const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) struct Phone {
    pub(crate) endpoint: Endpoint,
    incoming: UnboundedReceiver<Incoming>,
    pub(crate) pbx: SocketAddr,
    pub(crate) user: String,
    credentials: Option<Credentials>,
    cseq: u32,
    /// What its Contact says in place of its address.
    elsewhere: Option<String>,
}

impl Phone {
    pub(crate) fn new(pbx: SocketAddr, user: &str, password: &str) -> Self {
        Self::over(Channel::udp(ANY, Tap::off()).unwrap(), pbx, user, password)
    }

    pub(crate) fn over(channel: Channel, pbx: SocketAddr, user: &str, password: &str) -> Self {
        let config = EndpointConfig {
            user_agent: "test phone".to_owned(),
            timers: Timers::default(),
            server: false,
            external: None,
        };
        let (endpoint, incoming) = Endpoint::start(channel, config);
        let credentials = (!password.is_empty()).then(|| Credentials::new(user, password));
        Self {
            endpoint,
            incoming,
            pbx,
            user: user.to_owned(),
            credentials,
            cseq: 0,
            elsewhere: None,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint.local_addr()
    }

    /// From now on its Contact has this address.
    pub(crate) fn says_that_it_is_at(&mut self, address: &str) {
        self.elsewhere = Some(address.to_owned());
    }

    /// Closes its socket and every connection.
    pub(crate) async fn leave(mut self) {
        self.endpoint.close();
        drop(self.endpoint);
        while self.incoming.recv().await.is_some() {}
    }

    pub(crate) fn contact(&self) -> String {
        let at = self.elsewhere.clone().unwrap_or_else(|| self.address().to_string());
        format!("<sip:{}@{at};line=1>", self.user)
    }

    pub(crate) async fn register(&mut self, expires: u32) -> Message {
        let contact = format!("{};+x.mark=\"a;b\"", self.contact());
        self.register_as(&contact, expires).await
    }

    pub(crate) async fn register_as(&mut self, contact: &str, expires: u32) -> Message {
        self.cseq += 10;
        let address = format!("<sip:{}@{}>", self.user, self.pbx);
        let request = Message::request(Method::Register, format!("sip:{}", self.pbx))
            .with("From", format!("{address};tag=t{}", self.user))
            .with("To", address)
            .with("Call-ID", format!("{}-{}", self.user, self.address()))
            .with("CSeq", format!("{} REGISTER", self.cseq))
            .with("Contact", contact)
            .with("Expires", expires);
        let sent = self.endpoint.send_authenticated(request, self.pbx, self.credentials.as_ref());
        timeout(PATIENCE, sent).await.unwrap().unwrap()
    }

    pub(crate) async fn call(&self, number: &str) -> Call {
        self.call_from(number, &self.user).await
    }

    /// Calls with this user part in From.
    pub(crate) async fn call_from(&self, number: &str, from: &str) -> Call {
        let mut media = CallMedia::open(&[CodecSpec::pcma(), CodecSpec::pcmu()]).await;
        let offer = media.negotiation.offer(Direction::SendRecv);
        self.invite(number, from, media, Some(Bytes::from(offer)))
    }

    /// Calls with an offer of this much encryption.
    pub(crate) async fn call_encrypted(&self, number: &str, encryption: Encryption) -> Call {
        let mut media = CallMedia::open(&[CodecSpec::pcma()]).await;
        media.encrypt(encryption);
        let offer = media.negotiation.offer(Direction::SendRecv);
        self.invite(number, &self.user, media, Some(Bytes::from(offer)))
    }

    /// Calls without an offer.
    pub(crate) async fn call_late(&self, number: &str) -> Call {
        let media = CallMedia::open(&[CodecSpec::pcma()]).await;
        self.invite(number, &self.user, media, None)
    }

    fn invite(&self, number: &str, from: &str, media: CallMedia, offer: Option<Bytes>) -> Call {
        let spec = InviteSpec {
            request_uri: format!("sip:{number}@{}", self.pbx),
            to: format!("<sip:{number}@{}>", self.pbx),
            from: format!("<sip:{from}@{}>", self.pbx),
            contact: self.contact(),
            destination: self.pbx,
            credentials: self.credentials.clone(),
            headers: Vec::new(),
            route: Vec::new(),
            offer,
            call_id: None,
        };
        let (session, events) = Session::invite(&self.endpoint, spec);
        Call { session, events, media }
    }

    /// Waits for an INVITE.
    pub(crate) async fn invited(&mut self) -> ServerTransaction {
        loop {
            match timeout(PATIENCE, self.incoming.recv()).await.expect("no INVITE").unwrap() {
                Incoming::Request(tx) if tx.request.method() == Some(&Method::Invite) => return tx,
                Incoming::Request(tx) => self.endpoint.answer_default(tx),
                Incoming::Garbage { .. } => {}
            }
        }
    }

    /// Waits for an INVITE and rings.
    pub(crate) async fn ring(&mut self) -> Call {
        self.ring_with(&[CodecSpec::pcma(), CodecSpec::pcmu()]).await
    }

    pub(crate) async fn ring_with(&mut self, codecs: &[CodecSpec]) -> Call {
        let invited = self.invited().await;
        let media = CallMedia::open(codecs).await;
        let (session, events) = Session::incoming(&self.endpoint, invited, self.contact());
        session.ring(180, "Ringing", None);
        Call { session, events, media }
    }

    /// Whether an INVITE has come.
    pub(crate) async fn is_rung_within(&mut self, wait: Duration) -> bool {
        timeout(wait, self.incoming.recv()).await.is_ok()
    }
}

pub(crate) struct CallMedia {
    pub(crate) negotiation: Negotiation,
    pub(crate) rtp: UdpSocket,
    sequence: u16,
}

impl CallMedia {
    async fn open(codecs: &[CodecSpec]) -> Self {
        let rtp = UdpSocket::bind(ANY).await.unwrap();
        let at = rtp.local_addr().unwrap();
        let negotiation = Negotiation::new(Local {
            codecs: codecs.to_vec(),
            ..Local::g711(at.ip(), at.port(), at.port() + 1)
        });
        Self { negotiation, rtp, sequence: 0 }
    }

    /// From the first exchange on, keys are offered or taken as this says.
    pub(crate) fn encrypt(&mut self, encryption: Encryption) {
        let suite =
            |suite: Suite| SuiteSpec { name: suite.name().to_owned(), material: suite.material() };
        let local = self.negotiation.local().clone();
        let suites = Suite::ALL.map(suite).to_vec();
        self.negotiation = Negotiation::new(Local { encryption, suites, ..local });
    }
}

/// A call of a phone.
pub(crate) struct Call {
    pub(crate) session: Session,
    pub(crate) events: SessionEvents,
    pub(crate) media: CallMedia,
}

impl Call {
    pub(crate) async fn next(&mut self) -> SessionEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("no event").expect("no more events")
    }

    /// Skips events until `wanted` picks one.
    pub(crate) async fn until<T>(&mut self, wanted: impl Fn(SessionEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next().await) {
                return found;
            }
        }
    }

    /// Waits for this provisional response.
    pub(crate) async fn progress(&mut self, status: u16) -> Message {
        self.until(|event| match event {
            SessionEvent::Progress(message) if message.status() == Some(status) => Some(message),
            SessionEvent::Failed { status, .. } => panic!("refused with {status}"),
            _ => None,
        })
        .await
    }

    /// Waits for the refusal of our INVITE and gives its status.
    pub(crate) async fn refused(&mut self) -> u16 {
        self.until(|event| match event {
            SessionEvent::Failed { status, .. } => Some(status),
            SessionEvent::Answered(_) => panic!("answered"),
            _ => None,
        })
        .await
    }

    /// Waits for the answer to our INVITE and gives what was agreed.
    pub(crate) async fn answered(&mut self) -> Agreed {
        let message = self
            .until(|event| match event {
                SessionEvent::Answered(message) => Some(message),
                SessionEvent::Failed { status, .. } => panic!("refused with {status}"),
                _ => None,
            })
            .await;
        self.media.negotiation.accept(&message.sdp().unwrap()).unwrap()
    }

    /// Answers the INVITE that we got and waits for the ACK.
    pub(crate) async fn answer(&mut self) -> Agreed {
        let offer = self.session.invite_request().sdp().unwrap();
        let (answer, agreed) = self.media.negotiation.answer(&offer, Direction::SendRecv).unwrap();
        self.session.answer(Some(Bytes::from(answer)));
        self.until(|event| matches!(event, SessionEvent::Acked(_)).then_some(())).await;
        agreed
    }

    /// Waits for the end that the PBX makes.
    pub(crate) async fn ended(&mut self) {
        self.until(|event| matches!(event, SessionEvent::Ended { .. }).then_some(())).await;
    }

    /// re-INVITE with this direction.
    pub(crate) async fn change(&mut self, direction: Direction) -> Agreed {
        let offer = self.media.negotiation.offer(direction);
        let response = self.session.reinvite(Some(Bytes::from(offer))).await.unwrap();
        assert_eq!(response.status(), Some(200));
        self.media.negotiation.accept(&response.sdp().unwrap()).unwrap()
    }

    pub(crate) async fn hang_up(&mut self) {
        let response = timeout(PATIENCE, self.session.bye()).await.expect("BYE unanswered");
        assert_eq!(response.unwrap().status(), Some(200));
    }

    /// User part of the From of the INVITE that we got.
    pub(crate) fn shows(&self) -> String {
        self.session.invite_request().from().unwrap().uri.user().unwrap().to_owned()
    }

    /// Sends a packet of this, over and over to 20 ms, in the codec agreed on.
    pub(crate) async fn say(&mut self, word: [u8; 4]) -> Vec<u8> {
        let agreed = self.media.negotiation.agreed().unwrap();
        let payload = word.repeat(40);
        self.media.sequence += 1;
        let packet = RtpPacketBuilder::new()
            .payload_type(agreed.codec.pt)
            .sequence(Seq::from(self.media.sequence))
            .timestamp(u32::from(self.media.sequence) * 160)
            .ssrc(77)
            .payload(&payload)
            .build()
            .unwrap();
        self.media.rtp.send_to(&packet, agreed.remote).await.unwrap();
        payload
    }

    /// The payload of the next RTP packet that comes within the time.
    pub(crate) async fn hear(&mut self, wait: Duration) -> Option<Vec<u8>> {
        let mut buffer = [0; 2048];
        let (length, _) = timeout(wait, self.media.rtp.recv_from(&mut buffer)).await.ok()?.unwrap();
        Some(RtpReader::new(&buffer[..length]).unwrap().payload().to_vec())
    }

    /// Whether the packets that `self` sends arrive at `other` unchanged.
    pub(crate) async fn reaches(&mut self, other: &mut Self) -> bool {
        // A few, since the relay learns of a new route a moment after the phones; and no two
        // alike, so that none is taken for an earlier one.
        let [high, low] = self.media.rtp.local_addr().unwrap().port().to_be_bytes();
        let mut said = Vec::new();
        for _ in 0..20 {
            let [sequence_high, sequence_low] = self.media.sequence.to_be_bytes();
            said.push(self.say([high, low, sequence_high, sequence_low]).await);
            while let Some(heard) = other.hear(Duration::from_millis(25)).await {
                if said.contains(&heard) {
                    return true;
                }
            }
        }
        false
    }

    /// Throws away what has come so far.
    pub(crate) fn drain(&mut self) {
        while self.media.rtp.try_recv_from(&mut [0; 2048]).is_ok() {}
    }
}

/// Whether both hear each other.
pub(crate) async fn talk(a: &mut Call, b: &mut Call) -> bool {
    a.drain();
    b.drain();
    a.reaches(b).await && b.reaches(a).await
}
