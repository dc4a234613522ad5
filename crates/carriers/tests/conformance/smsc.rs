//! A fake short message centre: takes one session at a time, and answers in the way that the test wants.

use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use rusmpp::pdus::{BindTransceiverResp, DeliverSm, SubmitSm, SubmitSmResp};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{EsmClass, Ton};
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_util::codec::Framed;

use crate::provider::{Answer, State};

const BAD_PASSWORD: u32 = 0x0e;
const THROTTLED: u32 = 0x58;

/// Serves sessions; the first question whether the centre is there shows that one stands.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>, ready: oneshot::Sender<()>) {
    let mut ready = Some(ready);
    while let Ok((socket, _)) = listener.accept().await {
        let mut line = Framed::new(socket, CommandCodec::new());
        loop {
            tokio::select! {
                command = line.next() => {
                    let Some(Ok(command)) = command else { break };
                    if matches!(command.pdu(), Some(Pdu::EnquireLink)) {
                        ready.take().map(|ready| ready.send(()));
                    }
                    if !take(&mut line, &state, command).await {
                        break;
                    }
                }
                () = state.update_is_due.notified() => deliver(&mut line, &state).await,
            }
        }
    }
}

/// Takes what the carrier says; false where the line is to end.
async fn take(line: &mut Framed<TcpStream, CommandCodec>, state: &State, command: Command) -> bool {
    let (status, pdu) = match command.pdu() {
        Some(Pdu::BindTransceiver(bind)) if bind.password.as_str() == "s3cret" => {
            (0, BindTransceiverResp::default().into())
        }
        Some(Pdu::BindTransceiver(_)) => (BAD_PASSWORD, BindTransceiverResp::default().into()),
        Some(Pdu::EnquireLink) => (0, Pdu::EnquireLinkResp),
        Some(Pdu::SubmitSm(submission)) => {
            state.requests.lock().push(words_of(submission));
            let id = COctetString::from_string(state.dialect.provider_id.to_owned()).unwrap();
            let taken = SubmitSmResp::builder().message_id(id).build().into();
            match state.answer {
                Answer::Accept => (0, taken),
                Answer::Refuse => (u32::from(state.dialect.refused.0), taken),
                Answer::Throttle => (THROTTLED, taken),
                Answer::Break => return false,
                Answer::Nonsense => return line.get_mut().write_all(b"<html></html>\r\n\r\n").await.is_ok(),
            }
        }
        // What was not taken is delivered again.
        Some(Pdu::DeliverSmResp(_)) if command.status() != CommandStatus::EsmeRok => {
            deliver(line, state).await;
            return true;
        }
        _ => return true,
    };
    line.send(Command::new(CommandStatus::from(status), command.sequence_number(), pdu)).await.is_ok()
}

fn words_of(submission: &SubmitSm) -> String {
    format!(
        "{:?} {} {:?} {} {} {} {}",
        submission.source_addr_ton,
        submission.source_addr.as_str(),
        submission.dest_addr_ton,
        submission.destination_addr.as_str(),
        u8::from(submission.registered_delivery),
        u8::from(submission.data_coding),
        String::from_utf8_lossy(submission.short_message().as_ref()),
    )
}

async fn deliver(line: &mut Framed<TcpStream, CommandCodec>, state: &State) {
    let text = state.update.lock().unwrap();
    let is_receipt = text.starts_with("id:");
    let delivery = DeliverSm::builder()
        .source_addr_ton(Ton::International)
        .source_addr(COctetString::from_string("447700900001".to_owned()).unwrap())
        .dest_addr_ton(Ton::International)
        .destination_addr(COctetString::from_string("15555550100".to_owned()).unwrap())
        .esm_class(EsmClass::from(if is_receipt { 4 } else { 0 }))
        .short_message(OctetString::from_vec(text.as_bytes().to_vec()).unwrap())
        .build();
    line.send(Command::new(CommandStatus::EsmeRok, 7, delivery)).await.unwrap();
}
