//! One mail on its way out: what it is made of, and what the SMTP server makes of it, step by step.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::Url;

use super::{NETWORK, Settings};
use crate::{OutboundMessage, Secret, Submission};

/// How long one step may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Published codes: no such recipient, anything else.
const NO_RECIPIENT: u32 = 63_003;
const ANY_FAILURE: u32 = 30_008;

/// A mail that is ready to go.
pub(super) struct Mail {
    id: String,
    envelope: Envelope,
    text: Vec<u8>,
}

/// Makes the mail of a message.
pub(super) fn compose(settings: &Settings, message: &OutboundMessage) -> Result<Mail, Submission> {
    let from = address(&message.from).map_err(|reason| refused(ANY_FAILURE, reason))?;
    let to = address(&message.to).map_err(|reason| refused(NO_RECIPIENT, reason))?;
    let id = format!("<{}@{}>", message.sid, from.domain());
    let mut builder = Message::builder()
        .from(Mailbox::new(settings.sender_name.clone(), from))
        .to(Mailbox::new(None, to))
        .message_id(Some(id.clone()))
        .header(ContentType::TEXT_PLAIN);
    builder = match &message.thread {
        Some(thread) => {
            let references: Vec<_> = thread.references.iter().map(|id| format!("<{id}>")).collect();
            let builder = builder.subject(answer_to(&thread.subject)).references(references.join(" "));
            match references.last() {
                Some(last) => builder.in_reply_to(last.clone()),
                None => builder,
            }
        }
        None => builder.subject(settings.subject.clone()),
    };
    let media = message.media_urls.iter().map(String::as_str);
    let parts: Vec<_> = std::iter::once(message.body.as_str()).chain(media).collect();
    let mail = builder
        .body(parts.join("\n\n"))
        .map_err(|error| refused(ANY_FAILURE, format!("the mail could not be made: {error}")))?;
    Ok(Mail { id, envelope: mail.envelope().clone(), text: mail.formatted() })
}

/// Opens a line to the SMTP server; nothing was sent where that fails.
pub(super) async fn connect(url: &Secret) -> Result<AsyncSmtpConnection, String> {
    match tokio::time::timeout(TIMEOUT, open(url)).await {
        Ok(line) => line,
        Err(_) => Err("the SMTP server does not answer".to_owned()),
    }
}

impl Mail {
    /// Sends the mail: up to its last line the server has not taken it.
    pub(super) async fn send(self, line: &mut AsyncSmtpConnection) -> Submission {
        if let Err(submission) = self.announce(line).await {
            return submission;
        }
        match tokio::time::timeout(TIMEOUT, line.message(&self.text)).await {
            Ok(Ok(_)) => Submission::Accepted { provider_id: bare(&self.id).to_owned() },
            Ok(Err(error)) if error.status().is_some() => judge(&error),
            Ok(Err(error)) => Submission::Unknown { reason: error.to_string() },
            Err(_) => {
                Submission::Unknown { reason: "the SMTP server did not say that it has the mail".to_owned() }
            }
        }
    }

    async fn announce(&self, line: &mut AsyncSmtpConnection) -> Result<(), Submission> {
        step(line.command(MailFrom::new(self.envelope.from().cloned(), vec![]))).await?;
        for recipient in self.envelope.to() {
            step(line.command(Rcpt::new(recipient.clone(), vec![]))).await?;
        }
        step(line.command(Data)).await
    }
}

/// Returns a Message-ID without its brackets.
pub(super) fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

async fn open(url: &Secret) -> Result<AsyncSmtpConnection, String> {
    let url = Url::parse(url.expose()).map_err(|_| "the url of the SMTP server is none".to_owned())?;
    let host = url.host_str().ok_or("the url of the SMTP server has no host")?;
    let is_tls = url.scheme() == "smtps";
    let port = url.port().unwrap_or(if is_tls { 465 } else { 25 });
    let tls = || TlsParameters::new(host.to_owned()).map_err(|error| error.to_string());
    let implicit = if is_tls { Some(tls()?) } else { None };
    let us = ClientId::default();
    let shown = |error: Error| error.to_string();
    let mut line = AsyncSmtpConnection::connect_tokio1((host, port), Some(TIMEOUT), &us, implicit, None)
        .await
        .map_err(shown)?;
    let must_encrypt = url.query() == Some("tls=required");
    if line.can_starttls() {
        line.starttls(tls()?, &us).await.map_err(shown)?;
    } else if must_encrypt && !is_tls {
        return Err("the SMTP server offers no encryption".to_owned());
    }
    if let Some(password) = url.password() {
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = Credentials::new(decode(url.username()), decode(password));
        line.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(shown)?;
    }
    Ok(line)
}

async fn step<T>(command: impl Future<Output = Result<T, Error>>) -> Result<(), Submission> {
    match tokio::time::timeout(TIMEOUT, command).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(judge(&error)),
        Err(_) => {
            Err(Submission::Later { pause: None, reason: "the SMTP server does not answer".to_owned() })
        }
    }
}

/// A server that says no has not taken the mail; one that hangs up before the text has not either.
fn judge(error: &Error) -> Submission {
    match error.is_permanent() {
        true => {
            let reason = error.to_string();
            // RFC 3463 §3.2: something is wrong with the recipient's address.
            let code = if reason.contains("5.1.") { NO_RECIPIENT } else { ANY_FAILURE };
            refused(code, reason)
        }
        false => {
            // The server's words may name the recipient, and this reason is logged.
            let reason = match error.status() {
                Some(code) => format!("the SMTP server answered with {code}"),
                None => "the SMTP server hung up".to_owned(),
            };
            Submission::Later { pause: None, reason }
        }
    }
}

fn address(text: &str) -> Result<lettre::Address, String> {
    let mailbox = text.strip_prefix(NETWORK).ok_or("the address does not begin with 'email:'")?;
    mailbox.parse().map_err(|_| "the address is no mailbox".to_owned())
}

fn refused(code: u32, reason: String) -> Submission {
    Submission::Refused { code, reason }
}

fn answer_to(subject: &str) -> String {
    let is_answer = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if is_answer { subject.to_owned() } else { format!("Re: {subject}") }
}
