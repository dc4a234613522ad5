//! Where a SIP domain takes its calls (RFC 3263): NAPTR says by what, SRV at which hosts and ports, best first.
//!
//! A host whose port is given, or that has no such records, is looked up as any other.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::rdata::{NAPTR, SRV};
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::flow::Transport;

/// How long records are waited for; a call to a host without them is not held up any longer.
const RECORDS_SECS: u64 = 2;

/// Addresses that are tried at most.
const PLACES_MAX: usize = 8;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The host's name.
    pub(crate) host: String,
    /// The port, where the URI names one.
    pub(crate) port: Option<u16>,
    /// The transport that the URI names or implies.
    pub(crate) transport: Transport,
    /// Whether the domain may choose another transport.
    pub(crate) is_open: bool,
}

/// An address and what is spoken there.
pub(crate) type Place = (Transport, SocketAddr);

/// Makes the resolver that asks the servers of this machine's configuration; nothing where it has none.
pub(crate) fn resolver() -> Option<TokioResolver> {
    TokioResolver::builder_tokio().and_then(|builder| builder.build()).ok()
}

/// Finds where a host is to be called; nothing where it has no address.
pub(crate) async fn locate(resolver: Option<&TokioResolver>, wanted: &Wanted) -> Vec<Place> {
    // A name without a dot is of this network, where nobody keeps such records.
    let resolver = resolver.filter(|_| wanted.port.is_none() && wanted.host.contains('.'));
    if let Some(resolver) = resolver {
        let looking = tokio::time::timeout(Duration::from_secs(RECORDS_SECS), by_records(resolver, wanted));
        let found = looking.await.unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
    }
    let transport = wanted.transport;
    addresses(transport, &wanted.host, wanted.port.unwrap_or(transport.default_port())).await
}

async fn by_records(resolver: &TokioResolver, wanted: &Wanted) -> Vec<Place> {
    let mut places = Vec::new();
    for (transport, name) in services(resolver, wanted).await {
        for record in servers(resolver, &name).await {
            let host = record.target.to_utf8();
            places.extend(addresses(transport, host.trim_end_matches('.'), record.port).await);
        }
        if places.len() >= PLACES_MAX {
            break;
        }
    }
    places.truncate(PLACES_MAX);
    places
}

/// Returns the names of SRV records to be asked for, best first.
async fn services(resolver: &TokioResolver, wanted: &Wanted) -> Vec<(Transport, String)> {
    let usual = |transport| (transport, format!("{}.{}.", prefix(transport), wanted.host));
    if !wanted.is_open {
        return vec![usual(wanted.transport)];
    }
    let found = resolver.lookup(format!("{}.", wanted.host), RecordType::NAPTR).await;
    let records = found.iter().flat_map(|found| found.answers()).filter_map(|record| {
        let RData::NAPTR(record) = &record.data else { return None };
        Some(record.clone())
    });
    let named = preferred(records.collect());
    match named.is_empty() {
        true => [Transport::Udp, Transport::Tcp, Transport::Tls].map(usual).into(),
        false => named,
    }
}

async fn servers(resolver: &TokioResolver, name: &str) -> Vec<SRV> {
    let found = resolver.srv_lookup(name).await;
    let records = found.iter().flat_map(|found| found.answers()).filter_map(|record| {
        let RData::SRV(record) = &record.data else { return None };
        // A root as target says that the service is not offered (RFC 2782).
        Some(record.clone()).filter(|record| !record.target.is_root())
    });
    by_turn(records.collect(), below)
}

async fn addresses(transport: Transport, host: &str, port: u16) -> Vec<Place> {
    let found = tokio::net::lookup_host((host, port)).await;
    found.into_iter().flatten().map(|address| (transport, address)).collect()
}

/// Returns what a domain wants to be called by, in its order; only what we speak.
fn preferred(mut records: Vec<NAPTR>) -> Vec<(Transport, String)> {
    records.sort_by_key(|record| (record.order, record.preference));
    let known = records.into_iter().filter_map(|record| {
        let transport = match record.services.to_ascii_uppercase().as_slice() {
            b"SIP+D2U" => Transport::Udp,
            b"SIP+D2T" => Transport::Tcp,
            b"SIPS+D2T" => Transport::Tls,
            _ => return None,
        };
        record.flags.eq_ignore_ascii_case(b"s").then(|| (transport, record.replacement.to_utf8()))
    });
    known.collect()
}

/// Puts servers in the order in which they are tried: lower priorities first, equals drawn by weight (RFC 2782).
fn by_turn(mut records: Vec<SRV>, mut draw: impl FnMut(u32) -> u32) -> Vec<SRV> {
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let equals = records.iter().take_while(|record| record.priority == first.priority);
        let weights: Vec<u32> = equals.map(|record| u32::from(record.weight)).collect();
        let mut left = draw(weights.iter().sum::<u32>() + 1);
        let chosen = weights.iter().position(|weight| {
            let is_it = left <= *weight;
            left = left.saturating_sub(*weight);
            is_it
        });
        ordered.push(records.remove(chosen.unwrap_or_default()));
    }
    ordered
}

fn prefix(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
    }
}

#[allow(clippy::disallowed_methods, reason = "servers of one weight share the load by chance")]
fn below(end: u32) -> u32 {
    rand::random_range(0..end)
}

#[cfg(test)]
mod tests {
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use hickory_resolver::proto::op::Message;
    use hickory_resolver::proto::rr::{Name, Record};

    use super::*;

    #[test]
    fn servers_are_tried_by_priority_and_then_by_weight() {
        let records = || vec![srv(20, 0, "last"), srv(10, 30, "light"), srv(10, 70, "heavy")];
        let order = |drawn: u32| {
            let hosts = by_turn(records(), |end| drawn.min(end - 1));
            hosts.iter().map(|record| record.target.to_utf8()).collect::<Vec<_>>()
        };
        assert_eq!(order(0), ["light.", "heavy.", "last."]);
        assert_eq!(order(30), ["light.", "heavy.", "last."]);
        assert_eq!(order(31), ["heavy.", "light.", "last."]);
    }

    #[test]
    fn a_domain_says_by_what_it_is_called() {
        let records = vec![
            naptr(20, "SIP+D2U", "_sip._udp.example.com."),
            naptr(10, "SIPS+D2T", "_sips._tcp.example.com."),
            naptr(5, "E2U+email", "mail.example.com."),
        ];
        let expected = [
            (Transport::Tls, "_sips._tcp.example.com.".to_owned()),
            (Transport::Udp, "_sip._udp.example.com.".to_owned()),
        ];
        assert_eq!(preferred(records), expected);
    }

    #[tokio::test]
    async fn a_domain_with_records_is_called_where_they_lead_and_another_one_where_its_address_does() {
        let resolver = resolver_that_answers(|name| match name {
            "_sip._tcp.example.com." => vec![srv_to(20, "127.0.0.2", 5080), srv_to(10, "127.0.0.1", 5070)],
            _ => vec![],
        })
        .await;
        let wanted =
            |port, transport, is_open| Wanted { host: "example.com".to_owned(), port, transport, is_open };
        let found = locate(Some(&resolver), &wanted(None, Transport::Udp, true)).await;
        let place = |ip: [u8; 4], port| (Transport::Tcp, SocketAddr::from((ip, port)));
        assert_eq!(found, [place([127, 0, 0, 1], 5070), place([127, 0, 0, 2], 5080)]);
        let found = locate(Some(&resolver), &wanted(None, Transport::Tcp, false)).await;
        assert_eq!(found.len(), 2);
        let local = Wanted { host: "localhost".to_owned(), ..wanted(Some(5090), Transport::Udp, false) };
        let found = locate(Some(&resolver), &local).await;
        assert!(found.contains(&(Transport::Udp, ([127, 0, 0, 1], 5090).into())), "{found:?}");
    }

    /// Makes a resolver whose only server answers with these records.
    async fn resolver_that_answers(records: fn(&str) -> Vec<RData>) -> TokioResolver {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, asker)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let asked = query.queries[0].clone();
                let mut answer = Message::response(query.metadata.id, query.metadata.op_code);
                let name = asked.name().clone();
                let found = records(&name.to_utf8()).into_iter();
                let found = found.filter(|data| data.record_type() == asked.query_type());
                answer.answers = found.map(|data| Record::from_rdata(name.clone(), 60, data)).collect();
                answer.queries = vec![asked];
                socket.send_to(&answer.to_vec().unwrap(), asker).await.unwrap();
            }
        });
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let servers = vec![NameServerConfig::new(server.ip(), true, vec![connection])];
        let config = ResolverConfig::from_parts(None, vec![], servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap()
    }

    fn srv_to(priority: u16, host: &str, port: u16) -> RData {
        RData::SRV(SRV::new(priority, 0, port, Name::from_utf8(host).unwrap()))
    }

    fn srv(priority: u16, weight: u16, host: &str) -> SRV {
        SRV::new(priority, weight, 5060, Name::from_utf8(format!("{host}.")).unwrap())
    }

    fn naptr(order: u16, services: &str, replacement: &str) -> NAPTR {
        let text = |text: &str| text.as_bytes().to_vec().into_boxed_slice();
        NAPTR::new(order, 10, text("s"), text(services), text(""), Name::from_utf8(replacement).unwrap())
    }
}
