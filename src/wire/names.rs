//! DNS beyond addresses: the records by which a SIP server is found (RFC 3263).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::Protocol;

/// Servers of SRV records that are looked up, at most.
const MOST_TARGETS: usize = 8;

/// A name that cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// NXDOMAIN.
    #[error("the name does not exist (NXDOMAIN)")]
    NoSuchName,
    /// It exists, but there is no such record.
    #[error("the name exists, but has no address")]
    NoRecord,
    /// No server answered.
    #[error("no DNS server answered within {:.1} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// A server refused, or this machine has none.
    #[error("DNS failed: {0}")]
    Failed(String),
}

/// A NAPTR record (RFC 3403).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naptr {
    /// Lower comes first.
    pub order: u16,
    /// Lower comes first among equals.
    pub preference: u16,
    /// `SIP+D2U`, `SIPS+D2T`…
    pub services: String,
    /// The name to ask for next.
    pub replacement: String,
}

/// An SRV record (RFC 2782) with its server's addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Srv {
    /// Lower comes first.
    pub priority: u16,
    /// More gets more.
    pub weight: u16,
    /// The name asked for: `_sip._udp.example.com`.
    pub service: String,
    /// The server.
    pub target: String,
    /// Its port.
    pub port: u16,
    /// Its addresses; empty if it has none.
    pub addresses: Vec<IpAddr>,
}

/// All that DNS says of a SIP host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameRecords {
    /// NAPTR, best first.
    pub naptr: Vec<Naptr>,
    /// SRV of every SIP service, best first.
    pub srv: Vec<Srv>,
    /// A and AAAA.
    pub addresses: Vec<IpAddr>,
}

/// A DNS resolver with a time limit.
#[derive(Debug, Clone)]
pub struct Names {
    resolver: TokioResolver,
    limit: Duration,
}

impl Names {
    /// Asks the servers of this machine, each question for at most `limit`.
    pub fn of_this_machine(limit: Duration) -> Result<Self, NameError> {
        let failed = |error: NetError| NameError::Failed(error.to_string());
        let builder = TokioResolver::builder_tokio().map_err(failed)?;
        Self::with(builder, limit)
    }

    /// Asks one server.
    pub fn at(server: SocketAddr, limit: Duration) -> Result<Self, NameError> {
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let server = NameServerConfig::new(server.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let provider = TokioRuntimeProvider::default();
        Self::with(TokioResolver::builder_with_config(config, provider), limit)
    }

    fn with(
        mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>,
        limit: Duration,
    ) -> Result<Self, NameError> {
        let options = builder.options_mut();
        options.timeout = limit / 2;
        options.attempts = 1;
        options.cache_size = 0;
        let resolver = builder.build().map_err(|error| NameError::Failed(error.to_string()))?;
        Ok(Self { resolver, limit })
    }

    /// The addresses of a name, or why there are none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NameError> {
        // A final dot: no search list of this machine may help.
        let asked = self.resolver.lookup_ip(format!("{}.", host.trim_end_matches('.')));
        let answered = self.bounded(asked).await?;
        let found: Vec<IpAddr> = answered.iter().collect();
        if found.is_empty() { Err(NameError::NoRecord) } else { Ok(found) }
    }

    /// Everything about a host, asked at once. The error is that of its addresses, where no
    /// SRV record leads to another one.
    pub async fn survey(&self, host: &str) -> Result<NameRecords, NameError> {
        let services = ["_sip._udp", "_sip._tcp", "_sips._tcp"];
        let of_services = services.map(|service| self.srv(format!("{service}.{host}")));
        let (addresses, naptr, srv) = tokio::join!(
            self.addresses(host),
            self.naptr(host),
            futures::future::join_all(of_services)
        );
        let mut srv: Vec<Srv> = srv.into_iter().flatten().collect();
        srv.sort();
        let addresses = match addresses {
            Ok(addresses) => addresses,
            Err(_) if srv.iter().any(|srv| !srv.addresses.is_empty()) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(NameRecords { naptr, srv, addresses })
    }

    /// The server of a domain that SRV records name for a protocol, best first: where a NAPTR
    /// record leads for it, else at its usual name (RFC 3263 §4.1, §4.2). `None` if there is no
    /// such record, or none with an address. Of equal priority the heaviest, not one by chance:
    /// a run is to be repeatable.
    pub async fn server(&self, domain: &str, protocol: Protocol) -> Option<SocketAddr> {
        let (service, wanted) = match protocol {
            Protocol::Udp => ("_sip._udp", "SIP+D2U"),
            Protocol::Tcp => ("_sip._tcp", "SIP+D2T"),
            Protocol::Tls => ("_sips._tcp", "SIPS+D2T"),
        };
        let usual = format!("{service}.{domain}");
        let (naptr, of_usual) = tokio::join!(self.naptr(domain), self.srv(usual.clone()));
        let led = naptr.into_iter().find(|naptr| naptr.services.eq_ignore_ascii_case(wanted));
        let led = led.map(|naptr| naptr.replacement.trim_end_matches('.').to_owned());
        let mut servers = match led {
            Some(name) if !name.eq_ignore_ascii_case(&usual) => self.srv(name).await,
            _ => of_usual,
        };
        servers.sort_by_key(|srv| (srv.priority, std::cmp::Reverse(srv.weight)));
        servers.iter().find_map(|srv| Some(SocketAddr::new(*srv.addresses.first()?, srv.port)))
    }

    async fn naptr(&self, host: &str) -> Vec<Naptr> {
        let mut found: Vec<Naptr> = self
            .records(host, RecordType::NAPTR)
            .await
            .into_iter()
            .filter_map(|data| match data {
                RData::NAPTR(naptr) => Some(Naptr {
                    order: naptr.order,
                    preference: naptr.preference,
                    services: String::from_utf8_lossy(&naptr.services).into_owned(),
                    replacement: naptr.replacement.to_string(),
                }),
                _ => None,
            })
            .collect();
        found.sort();
        found
    }

    async fn srv(&self, service: String) -> Vec<Srv> {
        let records = self.records(&service, RecordType::SRV).await;
        let found = records.into_iter().filter_map(|data| match data {
            RData::SRV(srv) => Some(srv),
            _ => None,
        });
        let with_addresses = found.take(MOST_TARGETS).map(|srv| {
            let service = service.clone();
            async move {
                let target = srv.target.to_string();
                Srv {
                    priority: srv.priority,
                    weight: srv.weight,
                    port: srv.port,
                    addresses: self.addresses(&target).await.unwrap_or_default(),
                    target: target.trim_end_matches('.').to_owned(),
                    service,
                }
            }
        });
        futures::future::join_all(with_addresses).await
    }

    /// The records of a kind; none where there are none, for whatever reason.
    async fn records(&self, name: &str, kind: RecordType) -> Vec<RData> {
        let name = format!("{}.", name.trim_end_matches('.'));
        let asked = self.resolver.lookup(name, kind);
        let answered = self.bounded(asked).await;
        answered.map_or_else(
            |_| Vec::new(),
            |lookup| lookup.answers().iter().map(|record| record.data.clone()).collect(),
        )
    }

    async fn bounded<T>(
        &self,
        asked: impl Future<Output = Result<T, NetError>>,
    ) -> Result<T, NameError> {
        let silent = NameError::TimedOut(self.limit);
        match tokio::time::timeout(self.limit, asked).await {
            Err(_) | Ok(Err(NetError::Timeout)) => Err(silent),
            Ok(Err(error)) if error.is_nx_domain() => Err(NameError::NoSuchName),
            Ok(Err(error)) if error.is_no_records_found() => Err(NameError::NoRecord),
            Ok(Err(error)) => Err(NameError::Failed(error.to_string())),
            Ok(Ok(answer)) => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;
    use std::time::Instant;

    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
    use hickory_resolver::proto::rr::{Name, Record};
    use tokio::net::UdpSocket;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(800);

    /// A DNS server that answers with what `records` has, or with `code`.
    async fn server(
        code: ResponseCode,
        records: impl Fn(&str, RecordType) -> Vec<RData> + Send + 'static,
    ) -> Names {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let asked = Message::from_vec(&buffer[..length]).unwrap();
                let query = asked.queries[0].clone();
                let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
                answer.metadata.response_code = code;
                answer.metadata.recursion_available = true;
                for data in records(&query.name.to_string(), query.query_type) {
                    answer.add_answer(Record::from_rdata(query.name.clone(), 60, data));
                }
                answer.add_query(query);
                socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
            }
        });
        Names::at(address, LIMIT).unwrap()
    }

    #[tokio::test]
    async fn a_silent_server_a_missing_name_and_a_refusal_are_told_apart() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let names = Names::at(silent.local_addr().unwrap(), LIMIT).unwrap();
        let start = Instant::now();
        let error = names.survey("pbx.example.com").await.unwrap_err();
        assert_eq!(error, NameError::TimedOut(LIMIT));
        assert!(start.elapsed() < 3 * LIMIT, "{:?}", start.elapsed());
        let of = async |code| {
            let names = server(code, |_, _| Vec::new()).await;
            names.survey("pbx.example.com").await.unwrap_err()
        };
        assert_eq!(of(ResponseCode::NXDomain).await, NameError::NoSuchName);
        assert_eq!(of(ResponseCode::NoError).await, NameError::NoRecord);
        assert!(matches!(of(ResponseCode::Refused).await, NameError::Failed(_)));
    }

    #[tokio::test]
    async fn srv_and_naptr_lead_to_a_server_where_the_name_itself_has_no_address() {
        let name = |text: &str| Name::from_str(text).unwrap();
        let names = server(ResponseCode::NoError, move |asked, kind| match (asked, kind) {
            ("_sip._udp.example.com.", RecordType::SRV) => {
                vec![RData::SRV(SRV::new(10, 5, 5080, name("sip.example.com.")))]
            }
            ("sip.example.com.", RecordType::A) => vec![RData::A(A::new(192, 0, 2, 7))],
            ("example.com.", RecordType::NAPTR) => {
                let text = |text: &str| text.as_bytes().to_vec().into_boxed_slice();
                let replacement = name("_sip._udp.example.com.");
                let (flags, services) = (text("S"), text("SIP+D2U"));
                vec![RData::NAPTR(NAPTR::new(1, 2, flags, services, text(""), replacement))]
            }
            _ => Vec::new(),
        })
        .await;
        let found = names.survey("example.com").await.unwrap();
        let server = names.server("example.com", Protocol::Udp).await;
        assert_eq!(server, Some(SocketAddr::from(([192, 0, 2, 7], 5080))));
        assert_eq!(names.server("example.com", Protocol::Tcp).await, None);
        assert!(found.addresses.is_empty());
        assert_eq!(found.naptr[0].services, "SIP+D2U");
        let srv = &found.srv[0];
        assert_eq!((srv.target.as_str(), srv.port), ("sip.example.com", 5080));
        assert_eq!(srv.addresses, [IpAddr::from([192, 0, 2, 7])]);
    }

    #[tokio::test]
    async fn the_best_server_with_an_address_is_where_the_naptr_record_of_the_protocol_leads() {
        let name = |text: &str| Name::from_str(text).unwrap();
        let names = server(ResponseCode::NoError, move |asked, kind| match (asked, kind) {
            ("example.com.", RecordType::NAPTR) => {
                let text = |text: &str| text.as_bytes().to_vec().into_boxed_slice();
                let naptr = |order, services, to| {
                    let (flags, replacement) = (text("s"), name(to));
                    let services = text(services);
                    RData::NAPTR(NAPTR::new(order, 0, flags, services, text(""), replacement))
                };
                vec![
                    naptr(1, "SIPS+D2T", "_sips._tcp.example.com."),
                    naptr(2, "SIP+D2U", "_sip._udp.edge.example.net."),
                ]
            }
            ("_sip._udp.edge.example.net.", RecordType::SRV) => vec![
                RData::SRV(SRV::new(20, 9, 5060, name("spare.example.net."))),
                RData::SRV(SRV::new(10, 1, 5062, name("light.example.net."))),
                RData::SRV(SRV::new(10, 5, 5064, name("heavy.example.net."))),
                RData::SRV(SRV::new(1, 1, 5066, name("gone.example.net."))),
            ],
            ("spare.example.net.", RecordType::A) => vec![RData::A(A::new(192, 0, 2, 1))],
            ("light.example.net.", RecordType::A) => vec![RData::A(A::new(192, 0, 2, 2))],
            ("heavy.example.net.", RecordType::A) => vec![RData::A(A::new(192, 0, 2, 3))],
            // Not asked, since the record leads elsewhere.
            ("_sip._udp.example.com.", RecordType::SRV) => {
                vec![RData::SRV(SRV::new(0, 0, 9, name("light.example.net.")))]
            }
            _ => Vec::new(),
        })
        .await;
        let server = names.server("example.com", Protocol::Udp).await;
        assert_eq!(server, Some(SocketAddr::from(([192, 0, 2, 3], 5064))));
        // The NAPTR record leads to nothing.
        assert_eq!(names.server("example.com", Protocol::Tls).await, None);
    }
}
