//! The door: every message that comes in is made whole here, answered with what is wrong with it, or dropped.
//!
//! Nothing behind it sees a message without the mandatory fields. What is merely unusual is let through.

use crate::message::read::{self, Head};
use crate::message::{self, ALLOW, Address, Message, Method, Request, Response, Uri, UriFault, Via, text};

/// How the end of a message is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// The datagram ends it; Content-Length may be missing.
    Datagram,
    /// Content-Length ends it, and the bytes were cut by it.
    Stream,
}

/// What does not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// The sender is told.
    Answered(Response),
    /// There is nobody to tell: a response, an ACK, or no Via to answer to.
    Dropped(&'static str),
}

/// What is wrong with a message, and the answer it deserves.
struct Fault {
    status: u16,
    why: &'static str,
}

const fn bad(why: &'static str) -> Fault {
    Fault { status: 400, why }
}

/// Reads a message, mends what can be mended, and says what is wrong with the rest.
pub(crate) fn admit(bytes: &[u8], framing: Framing) -> Result<Message, Rejected> {
    let head = read::head(bytes);
    let body = &bytes[head.body_at..];
    if head.start.starts_with("SIP/") {
        return response(head, body, framing)
            .map(Message::Response)
            .map_err(|fault| Rejected::Dropped(fault.why));
    }
    match request(&head, body, framing) {
        Ok(request) => Ok(Message::Request(request)),
        Err(fault) => Err(rejected(&head, &fault)),
    }
}

fn request(head: &Head, body: &[u8], framing: Framing) -> Result<Request, Fault> {
    let (method, uri) = request_line(&head.start)?;
    if let Some(why) = head.fault {
        return Err(bad(why));
    }
    check_fields(head)?;
    let named = message::sequence_of(&head.headers).map(|(_, named)| named);
    if named.as_ref() != Some(&method) {
        return Err(bad("CSeq names another method than the request line, or a number out of range"));
    }
    check_request(head, &method, uri)?;
    let body = body_of(head, body, framing)?;
    Ok(Request { method, uri: uri.to_owned(), headers: head.headers.clone(), body })
}

fn response(head: Head, body: &[u8], framing: Framing) -> Result<Response, Fault> {
    let status_line = head.start.strip_prefix("SIP/2.0 ").ok_or(bad("the version is not SIP/2.0"))?;
    let (code, reason) = status_line.split_once(' ').unwrap_or((status_line, ""));
    let status = Some(code).filter(|code| code.len() == 3).and_then(|code| code.parse().ok());
    let status =
        status.filter(|status| (100..700).contains(status)).ok_or(bad("the status is out of range"))?;
    if let Some(why) = head.fault {
        return Err(bad(why));
    }
    check_fields(&head)?;
    message::sequence_of(&head.headers).ok_or(bad("CSeq is out of range"))?;
    let body = body_of(&head, body, framing)?;
    Ok(Response { status, reason: reason.to_owned(), headers: head.headers, body })
}

/// RFC 3261 §7.1: exactly one space between the parts, and none after the last.
fn request_line(line: &str) -> Result<(Method, &str), Fault> {
    let mut parts = line.split(' ');
    let (Some(method), Some(uri), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad("the request line is not a method, a URI and SIP/2.0 with one space between"));
    };
    if !text::is_token(method) || uri.is_empty() {
        return Err(bad("the request line has no method or no URI"));
    }
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok((Method::named(method), uri));
    }
    match version.split_once('/') {
        Some(("SIP", number)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            Err(Fault { status: 505, why: "the version is not SIP/2.0" })
        }
        _ => Err(bad("the request line does not end with SIP/2.0")),
    }
}

/// The fields that every message has, once, in a form that can be read.
fn check_fields(head: &Head) -> Result<(), Fault> {
    for name in ["From", "To", "Call-ID", "CSeq"] {
        if head.headers.all(name).count() != 1 {
            return Err(bad("From, To, Call-ID and CSeq must stand in a message once"));
        }
    }
    for name in ["From", "To"] {
        let address = head.headers.get(name).and_then(Address::parse);
        address.ok_or(bad("From or To is not an address"))?;
    }
    if head.headers.get("Call-ID").is_none_or(|id| id.is_empty() || id.contains(char::is_whitespace)) {
        return Err(bad("Call-ID is empty or has white space in it"));
    }
    check_vias(head)
}

fn check_vias(head: &Head) -> Result<(), Fault> {
    let mut count = 0;
    for line in head.headers.all("Via") {
        let members = text::split(line, ',').ok_or(bad("Via has an open quote"))?;
        for member in members {
            Via::parse(member).ok_or(bad("Via can not be read"))?;
            count += 1;
        }
    }
    if count == 0 { Err(bad("Via is missing")) } else { Ok(()) }
}

/// What a request alone must keep to.
fn check_request(head: &Head, method: &Method, uri: &str) -> Result<(), Fault> {
    if head.headers.all("Max-Forwards").count() > 1 {
        return Err(bad("Max-Forwards stands there more than once"));
    }
    if head.headers.get("Max-Forwards").is_some_and(|hops| hops.parse::<u8>().is_err()) {
        return Err(bad("Max-Forwards is not a number up to 255"));
    }
    check_contacts(head, method)?;
    match Uri::parse(uri) {
        Ok(uri) if uri.has_headers => Err(bad("the Request-URI has header fields in it")),
        Err(UriFault::Malformed) => Err(bad("the Request-URI can not be read")),
        Err(UriFault::OtherScheme) if uri.starts_with("tel:") => Ok(()),
        Err(UriFault::OtherScheme) => Err(Fault { status: 416, why: "the Request-URI is not a SIP URI" }),
        Ok(_) if matches!(method, Method::Other(_)) => {
            Err(Fault { status: 405, why: "the method is not known" })
        }
        Ok(_) => Ok(()),
    }
}

fn check_contacts(head: &Head, method: &Method) -> Result<(), Fault> {
    for line in head.headers.all("Contact") {
        let members = text::split(line, ',').ok_or(bad("Contact has an open quote or bracket"))?;
        let is_star = *method == Method::Register && line == "*";
        if !is_star && members.iter().any(|member| Address::parse(member).is_none()) {
            return Err(bad("Contact is not a list of addresses"));
        }
    }
    Ok(())
}

/// RFC 3261 §18.3: a datagram without Content-Length ends with the datagram, a longer one is cut, a shorter refused.
fn body_of(head: &Head, body: &[u8], framing: Framing) -> Result<Vec<u8>, Fault> {
    let mut lengths = head.headers.all("Content-Length");
    let (first, second) = (lengths.next(), lengths.next());
    if second.is_some_and(|second| Some(second) != first) {
        return Err(bad("Content-Length stands there more than once"));
    }
    let length = match first {
        None if framing == Framing::Datagram => body.len(),
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| bad("Content-Length is out of range"))?
        }
        Some(_) => return Err(bad("Content-Length is not a number")),
    };
    body.get(..length).map(<[u8]>::to_vec).ok_or(bad("the body is shorter than Content-Length says"))
}

fn rejected(head: &Head, fault: &Fault) -> Rejected {
    let is_answerable = head.headers.members("Via").first().is_some_and(|via| Via::is_recognisable(via));
    if !is_answerable || head.start.starts_with("ACK ") {
        return Rejected::Dropped(fault.why);
    }
    let answer = Response::to(&head.headers, fault.status, "door");
    Rejected::Answered(match fault.status {
        400 => answer.because(&format!("Bad Request: {}", fault.why)),
        405 => answer.with("Allow", ALLOW),
        _ => answer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &str = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n\
                          Call-ID: x\r\n";

    #[test]
    fn a_datagram_without_content_length_keeps_its_body() {
        let text = format!("MESSAGE sip:c@d SIP/2.0\r\n{FIELDS}CSeq: 1 MESSAGE\r\n\r\nhello")
            .replace("MESSAGE", "INFO");
        let Ok(Message::Request(request)) = admit(text.as_bytes(), Framing::Datagram) else {
            panic!("{text}")
        };
        assert_eq!(request.body, b"hello");
    }

    #[test]
    fn what_is_wrong_is_answered() {
        let cases = [
            ("OPTIONS sip:c@d SIP/2.0 ", "CSeq: 1 OPTIONS", 400),
            ("OPTIONS sip:c@d SIP/7.0", "CSeq: 1 OPTIONS", 505),
            ("BREW sip:c@d SIP/2.0", "CSeq: 1 BREW", 405),
            ("OPTIONS sip:c@d SIP/2.0", "CSeq: 1 INVITE", 400),
            ("OPTIONS sip:c@d SIP/2.0", "CSeq: 1 OPTIONS\r\nContent-Length: -999", 400),
            ("OPTIONS sip:c@d SIP/2.0", "CSeq: 1 OPTIONS\r\nContent-Length: 5", 400),
            ("OPTIONS urn:x:y SIP/2.0", "CSeq: 1 OPTIONS", 416),
        ];
        for (start, sequence, status) in cases {
            let text = format!("{start}\r\n{FIELDS}{sequence}\r\n\r\n");
            match admit(text.as_bytes(), Framing::Datagram) {
                Err(Rejected::Answered(answer)) => assert_eq!(answer.status, status, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn responses_and_acks_are_never_answered() {
        for start in ["ACK sip:c@d SIP/2.0 ", "SIP/2.0 4294967301 better not"] {
            let text = format!("{start}\r\n{FIELDS}CSeq: 1 ACK\r\n\r\n");
            assert!(matches!(admit(text.as_bytes(), Framing::Datagram), Err(Rejected::Dropped(_))), "{text}");
        }
    }
}
