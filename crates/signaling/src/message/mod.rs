//! SIP messages as values: what was read, and what is written.

pub(crate) mod address;
pub(crate) mod headers;
pub(crate) mod read;
pub(crate) mod text;
pub(crate) mod uri;
pub(crate) mod via;

pub(crate) use address::Address;
pub(crate) use headers::Headers;
pub(crate) use uri::{Uri, UriFault};
pub(crate) use via::Via;

/// A request or a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Somebody wants something.
    Request(Request),
    /// An answer to what we wanted.
    Response(Response),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What is wanted.
    pub(crate) method: Method,
    /// The Request-URI as it stands.
    pub(crate) uri: String,
    /// The header fields.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// The status code, 100 to 699.
    pub(crate) status: u16,
    /// The phrase behind it.
    pub(crate) reason: String,
    /// The header fields.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// The methods that this stack knows; others keep their name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // Each is the method of that name.
pub(crate) enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Prack,
    Update,
    Info,
    Refer,
    Notify,
    Other(String),
}

/// What `Allow` says.
pub(crate) const ALLOW: &str =
    "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER, NOTIFY";

/// The extensions that `Supported` says and `Require` may ask for.
pub(crate) const SUPPORTED: [&str; 4] = ["100rel", "timer", "replaces", "norefersub"];

/// The body of a session description.
pub(crate) const SDP: &str = "application/sdp";

impl Method {
    /// The method of that name; names are told apart by case (RFC 3261 §7.1).
    pub(crate) fn named(name: &str) -> Method {
        let known = [
            Method::Invite,
            Method::Ack,
            Method::Bye,
            Method::Cancel,
            Method::Options,
            Method::Register,
            Method::Prack,
            Method::Update,
            Method::Info,
            Method::Refer,
            Method::Notify,
        ];
        known
            .into_iter()
            .find(|method| method.name() == name)
            .unwrap_or_else(|| Method::Other(name.to_owned()))
    }

    /// The name on the wire.
    pub(crate) fn name(&self) -> &str {
        match self {
            Method::Invite => "INVITE",
            Method::Ack => "ACK",
            Method::Bye => "BYE",
            Method::Cancel => "CANCEL",
            Method::Options => "OPTIONS",
            Method::Register => "REGISTER",
            Method::Prack => "PRACK",
            Method::Update => "UPDATE",
            Method::Info => "INFO",
            Method::Refer => "REFER",
            Method::Notify => "NOTIFY",
            Method::Other(name) => name,
        }
    }
}

impl Request {
    /// The topmost Via.
    pub(crate) fn via(&self) -> Option<Via> {
        self.headers.members("Via").first().and_then(|value| Via::parse(value))
    }

    /// The address in From.
    pub(crate) fn from(&self) -> Option<Address> {
        self.headers.get("From").and_then(Address::parse)
    }

    /// The address in To.
    pub(crate) fn to(&self) -> Option<Address> {
        self.headers.get("To").and_then(Address::parse)
    }

    /// The tag in To: a request within a dialog has one.
    pub(crate) fn to_tag(&self) -> Option<String> {
        self.to().and_then(|to| to.tag().map(str::to_owned))
    }

    /// The Call-ID.
    pub(crate) fn call_id(&self) -> &str {
        self.headers.get("Call-ID").unwrap_or_default()
    }

    /// The number in CSeq.
    pub(crate) fn sequence(&self) -> u32 {
        sequence_of(&self.headers).map_or(0, |(number, _)| number)
    }

    /// The session description, where the body is one.
    pub(crate) fn sdp(&self) -> Option<String> {
        sdp_of(&self.headers, &self.body)
    }

    /// The message as it goes out.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        written(&format!("{} {} SIP/2.0\r\n", self.method.name(), self.uri), &self.headers, &self.body)
    }
}

impl Response {
    /// The response to a request, with the fields that every response repeats (RFC 3261 §8.2.6).
    pub(crate) fn to(headers: &Headers, status: u16, to_tag: &str) -> Response {
        let mut repeated = Headers::default();
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for value in headers.all(name) {
                repeated.push(name, value);
            }
        }
        if status > 100 {
            add_tag(&mut repeated, to_tag);
        }
        Response { status, reason: reason_of(status).to_owned(), headers: repeated, body: Vec::new() }
    }

    /// The same with one more field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Response {
        self.headers.push(name, value);
        self
    }

    /// The same with another phrase, where one is given.
    pub(crate) fn because(mut self, reason: &str) -> Response {
        if !reason.is_empty() {
            self.reason = reason.replace(['\r', '\n'], " ");
        }
        self
    }

    /// The same with a session description.
    pub(crate) fn describing(mut self, sdp: &str) -> Response {
        self.headers.push("Content-Type", SDP);
        self.body = sdp.as_bytes().to_vec();
        self
    }

    /// The topmost Via.
    pub(crate) fn via(&self) -> Option<Via> {
        self.headers.members("Via").first().and_then(|value| Via::parse(value))
    }

    /// The tag in To.
    pub(crate) fn to_tag(&self) -> Option<String> {
        self.headers.get("To").and_then(Address::parse).and_then(|to| to.tag().map(str::to_owned))
    }

    /// Number and method in CSeq.
    pub(crate) fn sequence(&self) -> Option<(u32, Method)> {
        sequence_of(&self.headers)
    }

    /// The session description, where the body is one.
    pub(crate) fn sdp(&self) -> Option<String> {
        sdp_of(&self.headers, &self.body)
    }

    /// Whether it is 1xx.
    pub(crate) fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether it is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The message as it goes out.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        written(&format!("SIP/2.0 {} {}\r\n", self.status, self.reason), &self.headers, &self.body)
    }
}

/// Number and method in CSeq.
pub(crate) fn sequence_of(headers: &Headers) -> Option<(u32, Method)> {
    let mut parts = headers.get("CSeq")?.split_whitespace();
    let number: u32 = parts.next()?.parse().ok()?;
    let method = Method::named(parts.next()?);
    // RFC 3261 §8.1.1.5: less than 2^31.
    (parts.next().is_none() && number < 1 << 31).then_some((number, method))
}

/// The phrase that RFC 3261 §21 gives a status.
pub(crate) fn reason_of(status: u16) -> &'static str {
    let known = REASONS.iter().find(|(code, _)| *code == status);
    known.map_or("Unspecified", |(_, reason)| reason)
}

const REASONS: [(u16, &str); 41] = [
    (100, "Trying"),
    (180, "Ringing"),
    (183, "Session Progress"),
    (200, "OK"),
    (202, "Accepted"),
    (302, "Moved Temporarily"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (413, "Request Entity Too Large"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (421, "Extension Required"),
    (422, "Session Interval Too Small"),
    (423, "Interval Too Brief"),
    (480, "Temporarily Unavailable"),
    (481, "Call/Transaction Does Not Exist"),
    (482, "Loop Detected"),
    (483, "Too Many Hops"),
    (484, "Address Incomplete"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (489, "Bad Event"),
    (491, "Request Pending"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (505, "Version Not Supported"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
    (604, "Does Not Exist Anywhere"),
    (606, "Not Acceptable"),
];

fn add_tag(headers: &mut Headers, tag: &str) {
    let untagged = headers.get("To").filter(|to| Address::parse(to).is_none_or(|to| to.tag().is_none()));
    if let Some(to) = untagged {
        let tagged = format!("{to};tag={tag}");
        headers.replace_first("To", tagged);
    }
}

fn sdp_of(headers: &Headers, body: &[u8]) -> Option<String> {
    let kind = headers.get("Content-Type")?.split(';').next()?.trim();
    let is_sdp = kind.eq_ignore_ascii_case(SDP) && !body.is_empty();
    is_sdp.then(|| String::from_utf8_lossy(body).into_owned())
}

fn written(start_line: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024 + body.len());
    bytes.extend_from_slice(start_line.as_bytes());
    for (name, value) in headers.iter() {
        for part in [name, ": ", value, "\r\n"] {
            bytes.extend_from_slice(part.as_bytes());
        }
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}
