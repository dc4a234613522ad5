//! Dialogs (RFC 3261 §12): who talks to whom under which numbers, and by which way.

use crate::flow::Flow;
use crate::message::{Address, Headers, Method, Request, Response, Uri};
use crate::places::Own;

/// One side's view of a dialog.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    /// Our address with our tag.
    pub(crate) local: String,
    /// Our tag, which is ours alone and finds the leg.
    pub(crate) local_tag: String,
    /// The peer's address with its tag, once it has one.
    pub(crate) remote: String,
    pub(crate) remote_tag: Option<String>,
    /// The URI that requests are for.
    pub(crate) target: String,
    /// The proxies in between, nearest first.
    pub(crate) routes: Vec<String>,
    /// The number of our last request.
    pub(crate) sequence: u32,
    /// The number of the peer's last request.
    pub(crate) remote_sequence: u32,
    /// The way that the peer's messages come by.
    pub(crate) flow: Flow,
    /// Whether the peer is behind a NAT or on a stream: nothing but that way reaches it.
    pub(crate) is_pinned: bool,
}

impl Dialog {
    /// The dialog that answering an INVITE makes.
    pub(crate) fn called(request: &Request, tag: &str, source: Flow) -> Dialog {
        let via = request.via();
        let is_direct = via.as_ref().is_some_and(|via| via.host == source.peer.ip().to_string());
        Dialog {
            call_id: request.call_id().to_owned(),
            local: format!("{};tag={tag}", request.headers.get("To").unwrap_or_default()),
            local_tag: tag.to_owned(),
            remote: request.headers.get("From").unwrap_or_default().to_owned(),
            remote_tag: request.from().and_then(|from| from.tag().map(str::to_owned)),
            target: target_of(&request.headers)
                .unwrap_or_else(|| request.from().map_or(String::new(), |from| from.uri)),
            routes: owned(request.headers.members("Record-Route")),
            sequence: 0,
            remote_sequence: request.sequence(),
            flow: source,
            is_pinned: source.transport.is_reliable() || !is_direct,
        }
    }

    /// Takes over what a response says about the peer; of a 2xx also the proxies in between.
    pub(crate) fn learn(&mut self, response: &Response) {
        self.remote_tag = response.to_tag();
        self.remote = response.headers.get("To").unwrap_or_default().to_owned();
        self.target = target_of(&response.headers).unwrap_or_else(|| self.target.clone());
        if response.headers.get("Record-Route").is_some() {
            self.routes = owned(response.headers.members("Record-Route"));
            self.routes.reverse();
        }
    }

    /// Takes over where the peer is since its last request.
    pub(crate) fn refresh(&mut self, request: &Request, source: Flow) {
        self.remote_sequence = request.sequence();
        self.flow = source;
        if let Some(target) = target_of(&request.headers).filter(|_| changes_target(&request.method)) {
            self.target = target;
        }
    }

    /// A request within the dialog, with a number of its own.
    pub(crate) fn request(&mut self, method: Method, own: Own, branch: &str) -> Request {
        self.sequence += 1;
        let sequence = self.sequence;
        self.numbered(method, sequence, own, branch)
    }

    /// A request within the dialog with the number of another, as the ACK has its INVITE's.
    pub(crate) fn numbered(&self, method: Method, sequence: u32, own: Own, branch: &str) -> Request {
        let mut headers = Headers::default();
        headers.push("Via", own.via(branch));
        headers.push("Max-Forwards", "70");
        self.routes.iter().for_each(|route| headers.push("Route", route.as_str()));
        headers.push("From", self.local.as_str());
        headers.push("To", self.remote.as_str());
        headers.push("Call-ID", self.call_id.as_str());
        headers.push("CSeq", format!("{sequence} {}", method.name()));
        headers.push("Contact", own.contact());
        Request { method, uri: self.target.clone(), headers, body: Vec::new() }
    }

    /// Where requests are sent: the nearest proxy or the peer itself, where the address says so and can be believed.
    pub(crate) fn next_hop(&self) -> Flow {
        let next = self.routes.first().and_then(|route| Address::parse(route)).map(|route| route.uri);
        let uri = Uri::parse(next.as_deref().unwrap_or(&self.target));
        let address = uri.ok().and_then(|uri| Some((uri.host.parse().ok()?, uri.port)));
        match address {
            Some((ip, port)) if !self.is_pinned => {
                let peer = std::net::SocketAddr::new(ip, port.unwrap_or(self.flow.transport.default_port()));
                Flow { peer, ..self.flow }
            }
            _ => self.flow,
        }
    }
}

/// The URI in Contact.
pub(crate) fn target_of(headers: &Headers) -> Option<String> {
    headers.members("Contact").first().and_then(|value| Address::parse(value)).map(|contact| contact.uri)
}

fn changes_target(method: &Method) -> bool {
    matches!(method, Method::Invite | Method::Update)
}

fn owned(members: Vec<&str>) -> Vec<String> {
    members.into_iter().map(str::to_owned).collect()
}
