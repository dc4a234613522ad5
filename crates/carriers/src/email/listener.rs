//! A small SMTP server (RFC 5321): it takes mails for one mailbox, and says so once they are on disk.
//!
//! It encrypts nothing and believes every sender: it stands behind the organisation's own mail server.

use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::reading;
use crate::Inbox;

/// How many lines are open at once.
const LINES_MAX: usize = 32;

/// The largest mail.
const MAIL_BYTES_MAX: usize = 20 << 20;

/// The longest line: RFC 5321 has 1,000, some senders have more.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// How long a sender may be silent.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The pause before the address is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Takes mails for a mailbox, for as long as the process runs.
pub(super) async fn run(address: SocketAddr, mailbox: &str, inbox: &dyn Inbox) {
    let listener = loop {
        match TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(error) => {
                tracing::error!(%address, %error, "the address for mails can not be listened on");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    let mut lines = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if lines.len() < LINES_MAX => match accepted {
                Ok((socket, _)) => lines.push(talk(socket, mailbox, inbox)),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(()) = lines.next() => {}
        }
    }
}

async fn talk(socket: TcpStream, mailbox: &str, inbox: &dyn Inbox) {
    let mut line = Line { socket: BufReader::new(socket), mailbox, inbox, is_for_us: false };
    if let Err(error) = line.serve().await {
        tracing::debug!(%error, "a line of a mail server broke");
    }
}

/// One line of a mail server.
struct Line<'a> {
    socket: BufReader<TcpStream>,
    mailbox: &'a str,
    inbox: &'a dyn Inbox,
    is_for_us: bool,
}

impl Line<'_> {
    async fn serve(&mut self) -> std::io::Result<()> {
        self.say("220 patchboard ESMTP").await?;
        while let Some(command) = self.read().await? {
            let command = String::from_utf8_lossy(&command).trim().to_owned();
            let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "HELO" => "250 patchboard".to_owned(),
                "EHLO" => format!("250-patchboard\r\n250-8BITMIME\r\n250 SIZE {MAIL_BYTES_MAX}"),
                "MAIL" | "RSET" => {
                    self.is_for_us = false;
                    "250 2.0.0 fine".to_owned()
                }
                "RCPT" => self.recipient(&command),
                "DATA" if self.is_for_us => self.take().await?,
                "DATA" => "503 5.5.1 there is no recipient".to_owned(),
                "NOOP" => "250 2.0.0 fine".to_owned(),
                "QUIT" => return self.say("221 2.0.0 goodbye").await,
                _ => "502 5.5.1 this command is not known".to_owned(),
            };
            self.say(&answer).await?;
        }
        Ok(())
    }

    fn recipient(&mut self, command: &str) -> String {
        let path = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let is_ours = path.is_some_and(|(path, _)| is_mailbox(path, self.mailbox));
        self.is_for_us |= is_ours;
        let answer = if is_ours { "250 2.1.5 fine" } else { "550 5.1.1 nobody here has this mailbox" };
        answer.to_owned()
    }

    /// Takes the text of a mail; its sender brings it again where it could not be written down.
    async fn take(&mut self) -> std::io::Result<String> {
        self.is_for_us = false;
        self.say("354 go on").await?;
        let Some(mail) = self.read_mail().await? else {
            return Ok("552 5.3.4 the mail is too large".to_owned());
        };
        let is_taken = match reading::read(&mail, self.mailbox) {
            Some(event) => self.inbox.take(vec![event]).await.is_ok(),
            None => true,
        };
        let answer = if is_taken { "250 2.0.0 it is on disk" } else { "451 4.3.0 try again later" };
        Ok(answer.to_owned())
    }

    /// Reads up to the dot that stands alone; none where that is too much.
    async fn read_mail(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        let mut is_too_large = false;
        // A dot behind a line that ends otherwise is text: who takes it for the end lets mails be smuggled in.
        let mut is_after_line = true;
        while let Some(line) = self.read().await? {
            if is_after_line && line == b".\r\n" {
                return Ok((!is_too_large).then_some(mail));
            }
            is_after_line = line.ends_with(b"\r\n");
            is_too_large |= mail.len() + line.len() > MAIL_BYTES_MAX;
            if !is_too_large {
                // RFC 5321 §4.5.2: a dot at the beginning was doubled.
                mail.extend(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }

    async fn read(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.socket).take(LINE_BYTES_MAX);
        let read = tokio::time::timeout(TIMEOUT, limited.read_until(b'\n', &mut line));
        match read.await {
            Ok(Ok(_)) if line.ends_with(b"\n") => Ok(Some(line)),
            Ok(Ok(0)) => Ok(None),
            Ok(Ok(_)) => Err(std::io::ErrorKind::InvalidData.into()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        }
    }

    async fn say(&mut self, answer: &str) -> std::io::Result<()> {
        self.socket.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await
    }
}

/// A mailbox has by-names behind a plus.
fn is_mailbox(path: &str, mailbox: &str) -> bool {
    let Some((name, domain)) = path.rsplit_once('@') else { return false };
    let name = name.split_once('+').map_or(name, |(name, _)| name);
    format!("{name}@{domain}").eq_ignore_ascii_case(mailbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_ours_with_any_by_name() {
        for (path, is_ours) in [
            ("help@example.com", true),
            ("Help+orders@Example.com", true),
            ("help", false),
            ("helper@example.com", false),
            ("help@example.com.evil", false),
        ] {
            assert_eq!(is_mailbox(path, "help@example.com"), is_ours, "{path}");
        }
    }
}
