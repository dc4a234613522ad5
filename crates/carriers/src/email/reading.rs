//! What a mail that came in says: a message with its thread and attachments, or what became of one of ours.

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};

use super::NETWORK;
use super::outgoing::bare;
use crate::{Attachment, Content, Event, InboundMessage, Receipt, ReceiptStatus, Thread};

/// How many attachments a message has at most.
const ATTACHMENTS_MAX: usize = 10;

/// How many ids of earlier mails an answer refers to.
const REFERENCES_MAX: usize = 20;

/// The published code of a message that did not arrive, and that of one whose recipient is not there.
const ANY_FAILURE: u32 = 30_008;
const NO_RECIPIENT: u32 = 63_003;

/// Reads a mail; none where a machine wrote it that is not to be answered.
pub(super) fn read(mail: &[u8], mailbox: &str) -> Option<Event> {
    let parsed = MessageParser::default().parse(mail)?;
    if let Some(receipt) = receipt(&parsed) {
        return Some(Event::ReceiptArrived(receipt));
    }
    if is_automatic(&parsed) {
        return None;
    }
    let sender = parsed.from()?.first()?;
    let id = match parsed.message_id() {
        Some(id) => bare(id).to_owned(),
        None => Sha256::digest(mail).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let references = references(&parsed);
    let text = without_quotes(&parsed.body_text(0).unwrap_or_default());
    let subject = parsed.subject().unwrap_or_default().trim();
    let body = match (references.is_empty(), subject) {
        (true, subject) if !subject.is_empty() => format!("{subject}\n\n{text}").trim_end().to_owned(),
        _ => text,
    };
    let references: Vec<_> = references.into_iter().chain([id.clone()]).collect();
    let first = references.len().saturating_sub(REFERENCES_MAX);
    Some(Event::MessageReceived(InboundMessage {
        provider_id: id,
        from: format!("{NETWORK}{}", sender.address()?.to_ascii_lowercase()),
        to: format!("{NETWORK}{mailbox}"),
        body,
        attachments: attachments(&parsed),
        profile_name: sender.name().map(str::to_owned),
        thread: Some(Thread { subject: subject.to_owned(), references: references[first..].to_vec() }),
        ..InboundMessage::default()
    }))
}

/// RFC 3834 §2, and lists: nobody reads an answer there, or two machines answer each other for ever.
fn is_automatic(mail: &Message<'_>) -> bool {
    let text = |name: &'static str| mail.header(name).and_then(HeaderValue::as_text).unwrap_or_default();
    let is_submitted = !["", "no"].contains(&text("Auto-Submitted").trim().to_ascii_lowercase().as_str());
    let is_bulk = ["bulk", "list", "junk"].contains(&text("Precedence").trim().to_ascii_lowercase().as_str());
    is_submitted || is_bulk || mail.header("List-Id").is_some()
}

fn references(mail: &Message<'_>) -> Vec<String> {
    let ids = [mail.references(), mail.in_reply_to()];
    let mut references: Vec<String> = Vec::new();
    for id in ids.iter().filter_map(|ids| ids.as_text_list()).flatten() {
        let id = bare(id);
        if !references.iter().any(|known| known == id) {
            references.push(id.to_owned());
        }
    }
    references
}

/// Takes the letter that is answered from the end of an answer, with the line that says who wrote it.
fn without_quotes(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let is_quote = |line: &str| line.starts_with('>') || line.is_empty();
    let own = lines.iter().rposition(|line| !is_quote(line)).map_or(0, |last| last + 1);
    if lines[own..].iter().any(|line| line.starts_with('>')) {
        lines.truncate(own);
        if lines.len() > 1 && lines.last().is_some_and(|line| line.ends_with(':')) {
            lines.pop();
        }
    }
    lines.join("\n").trim().to_owned()
}

fn attachments(mail: &Message<'_>) -> Vec<Attachment> {
    let attachments = mail.attachments().map(|part| {
        let kind = part.content_type();
        let subtype =
            |kind: &mail_parser::ContentType<'_>| kind.subtype().unwrap_or("octet-stream").to_owned();
        let content_type = kind.map(|kind| format!("{}/{}", kind.ctype(), subtype(kind)));
        Attachment {
            content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            filename: part.attachment_name().map(str::to_owned),
            content: Content::Held(part.contents().to_vec()),
        }
    });
    attachments.take(ATTACHMENTS_MAX).collect()
}

/// Reads a delivery status notification (RFC 3464) about a mail of ours.
fn receipt(mail: &Message<'_>) -> Option<Receipt> {
    let is_report = mail.content_type()?.attribute("report-type") == Some("delivery-status");
    let status = mail.parts.iter().find(|part| {
        part.content_type().and_then(|kind| kind.subtype()).is_some_and(|kind| kind == "delivery-status")
    });
    let status = status.filter(|_| is_report)?;
    let status = String::from_utf8_lossy(status.contents()).into_owned();
    let (status, code) = match field(&status, "Action")?.to_ascii_lowercase().as_str() {
        "failed" => (ReceiptStatus::Undelivered, Some(reason(&status))),
        "delivered" => (ReceiptStatus::Delivered, None),
        // What is delayed or relayed is on its way.
        _ => (ReceiptStatus::Sent, None),
    };
    let id = original_id(mail)?;
    let message = id.split_once('@').map(|(sid, _)| sid.to_owned());
    let (code, reason) = code.unzip();
    Some(Receipt { provider_id: id, message, status, code, reason })
}

fn reason(status: &str) -> (u32, String) {
    let place = field(status, "Status").unwrap_or_default();
    let words = field(status, "Diagnostic-Code").unwrap_or_default();
    let code = if place.starts_with("5.1.") { NO_RECIPIENT } else { ANY_FAILURE };
    (code, format!("{place} {words}").trim().to_owned())
}

/// Returns the Message-ID of the mail that a notification is about: it comes with the headers, or whole.
fn original_id(mail: &Message<'_>) -> Option<String> {
    mail.parts.iter().skip(1).find_map(|part| match part.message() {
        Some(original) => original.message_id().map(|id| bare(id).to_owned()),
        None => {
            let headers = String::from_utf8_lossy(part.contents()).into_owned();
            field(&headers, "Message-ID").map(|id| bare(&id).to_owned())
        }
    })
}

/// Returns a field of a block of fields, whose lines go on where the next begins with a space.
fn field(block: &str, name: &str) -> Option<String> {
    let mut lines = block.lines().skip_while(|line| {
        let found = line.split_once(':').is_some_and(|(known, _)| known.trim().eq_ignore_ascii_case(name));
        !found
    });
    let mut value = lines.next()?.split_once(':')?.1.trim().to_owned();
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value = format!("{value} {}", line.trim());
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "From: Ann Lee <Ann@Example.org>\r\nTo: help@example.com\r\nSubject: Re: Order 7\r\n\
        Message-ID: <b@example.org>\r\nIn-Reply-To: <SM1@example.com>\r\nReferences: <a@example.org> <SM1@example.com>\r\n\
        \r\nYes please.\r\n\r\nOn Monday somebody wrote:\r\n> Shall we?\r\n>\r\n> Help\r\n";

    #[test]
    fn an_answer_says_what_is_new_and_where_it_belongs() {
        let Some(Event::MessageReceived(message)) = read(ANSWER.as_bytes(), "help@example.com") else {
            panic!("a message is expected")
        };
        assert_eq!(
            (message.from.as_str(), message.to.as_str()),
            ("email:ann@example.org", "email:help@example.com")
        );
        assert_eq!(
            (message.body.as_str(), message.profile_name.as_deref()),
            ("Yes please.", Some("Ann Lee"))
        );
        let thread = message.thread.unwrap();
        assert_eq!(thread.subject, "Re: Order 7");
        assert_eq!(thread.references, ["a@example.org", "SM1@example.com", "b@example.org"]);
    }

    #[test]
    fn a_first_mail_says_what_it_is_about_and_brings_its_files() {
        let mail = "From: ann@example.org\r\nSubject: Order 7\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>See <b>it</b>.</p>\r\n\
            --x\r\nContent-Type: image/png; name=cat.png\r\nContent-Transfer-Encoding: base64\r\n\
            Content-Disposition: attachment\r\n\r\niVBORw==\r\n--x--\r\n";
        let Some(Event::MessageReceived(message)) = read(mail.as_bytes(), "help@example.com") else {
            panic!("a message is expected")
        };
        assert_eq!(message.body, "Order 7\n\nSee it.");
        assert_eq!(
            message.attachments,
            [Attachment {
                content_type: "image/png".to_owned(),
                filename: Some("cat.png".to_owned()),
                content: Content::Held(vec![0x89, b'P', b'N', b'G']),
            }]
        );
        assert_eq!(message.provider_id.len(), 64);
    }

    #[test]
    fn what_machines_write_is_not_answered() {
        for header in ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <all.example.org>"] {
            assert_eq!(
                read(format!("{header}\r\n{ANSWER}").as_bytes(), "help@example.com"),
                None,
                "{header}"
            );
        }
        assert!(read(format!("Auto-Submitted: no\r\n{ANSWER}").as_bytes(), "help@example.com").is_some());
    }

    #[test]
    fn a_bounce_tells_what_became_of_our_mail() {
        let bounce = |action, last| {
            format!(
                "From: MAILER-DAEMON@example.org\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n\
                 --x\r\n\r\nSorry.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
                 Final-Recipient: rfc822; ann@example.org\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
                 Diagnostic-Code: smtp; 550\r\n no such user\r\n--x\r\nContent-Type: {last}\r\n\r\n\
                 Message-ID: <SM1@example.com>\r\nSubject: Hi\r\n\r\n--x--\r\n"
            )
        };
        for (action, last, status, code) in [
            ("failed", "message/rfc822", ReceiptStatus::Undelivered, Some(NO_RECIPIENT)),
            ("Failed", "text/rfc822-headers", ReceiptStatus::Undelivered, Some(NO_RECIPIENT)),
            ("delivered", "message/rfc822", ReceiptStatus::Delivered, None),
            ("delayed", "message/rfc822", ReceiptStatus::Sent, None),
        ] {
            let Some(Event::ReceiptArrived(receipt)) =
                read(bounce(action, last).as_bytes(), "help@example.com")
            else {
                panic!("a receipt is expected of {action}, {last}")
            };
            assert_eq!(
                (receipt.provider_id.as_str(), receipt.message.as_deref()),
                ("SM1@example.com", Some("SM1"))
            );
            assert_eq!((receipt.status, receipt.code), (status, code));
            assert_eq!(receipt.reason.as_deref(), code.map(|_| "5.1.1 smtp; 550 no such user"));
        }
    }

    #[test]
    fn only_the_quote_at_the_end_goes() {
        for (text, own) in [
            ("Hi\n> quoted\nmy answer", "Hi\n> quoted\nmy answer"),
            ("Hi\n\n> quoted", "Hi"),
            ("> all\n> quoted", ""),
            ("Note:\nall fine", "Note:\nall fine"),
        ] {
            assert_eq!(without_quotes(text), own);
        }
    }
}
