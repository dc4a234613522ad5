//! A fake mail server: takes mails in the way that the test wants, and brings others to the carrier's listener.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::provider::{Answer, State};

/// Serves lines one after the other.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((socket, _)) = listener.accept().await {
        // Lines that end amid a command are part of what is tried.
        let _ = talk(BufReader::new(socket), &state).await;
    }
}

/// Brings mails to the carrier when they are due, again until it takes them.
pub(crate) async fn bring(address: String, state: Arc<State>) {
    loop {
        state.update_is_due.notified().await;
        let mail = state.update.lock().unwrap();
        while !hand_over(&address, mail).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn talk(mut socket: BufReader<TcpStream>, state: &State) -> std::io::Result<()> {
    say(&mut socket, "220 mx ESMTP").await?;
    let mut envelope = String::new();
    loop {
        let command = read(&mut socket).await?;
        let answer = match (command.get(..4).unwrap_or_default(), state.answer) {
            ("MAIL", Answer::Throttle) => "451 4.7.1 later",
            ("RCPT", Answer::Refuse) => state.dialect.refused.1,
            ("EHLO", _) => "250-mx\r\n250 8BITMIME",
            ("DATA", _) => {
                say(&mut socket, "354 go on").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    mail += &read(&mut socket).await?;
                }
                state.requests.lock().push(envelope.clone() + &mail);
                match state.answer {
                    Answer::Break => return Ok(()),
                    Answer::Nonsense => "<html>",
                    Answer::Accept | Answer::Refuse | Answer::Throttle => "250 2.0.0 taken",
                }
            }
            _ => "250 2.0.0 fine",
        };
        envelope += &command;
        say(&mut socket, answer).await?;
    }
}

/// Tells whether the carrier took a mail; it may not listen yet.
async fn hand_over(address: &str, mail: &str) -> bool {
    let Ok(socket) = TcpStream::connect(address).await else { return false };
    let mut socket = BufReader::new(socket);
    let mail = format!("{mail}\r\n.");
    let commands = ["EHLO mx", "MAIL FROM:<ann@example.org>", "RCPT TO:<help@example.com>", "DATA", &mail];
    let mut answer = read(&mut socket).await.unwrap();
    for command in commands {
        say(&mut socket, command).await.unwrap();
        answer = read(&mut socket).await.unwrap();
        while answer.get(3..4) == Some("-") {
            answer = read(&mut socket).await.unwrap();
        }
    }
    answer.starts_with("250")
}

async fn say(socket: &mut BufReader<TcpStream>, text: &str) -> std::io::Result<()> {
    socket.get_mut().write_all(format!("{text}\r\n").as_bytes()).await
}

async fn read(socket: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    match socket.read_line(&mut line).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}
