//! One session: bind, orders out, deliveries in, and a question now and then whether the centre is there.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rusmpp::pdus::{BindTransceiver, DeliverSm, DeliverSmResp, SubmitSm};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::types::COctetString;
use rusmpp::values::InterfaceVersion;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::codec::Framed;

use super::Settings;
use super::arrival::Arrivals;
use crate::{Environment, Inbox};

/// How many submissions may wait for their answers at once.
const WINDOW: usize = 10;

/// How long the centre may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How often the centre is asked whether it is there.
const ENQUIRE_EVERY: Duration = Duration::from_secs(30);

/// Where submissions are put.
#[derive(Clone)]
pub(super) struct Orders(mpsc::Sender<Order>);

/// Submissions that the session takes.
pub(super) type Taken = mpsc::Receiver<Order>;

/// A submission.
pub(super) struct Order {
    pdu: SubmitSm,
    answer: oneshot::Sender<Answer>,
}

/// What came of a submission.
pub(super) enum Answer {
    Taken(String),
    Status(u32),
    Lost,
    Unsent,
}

/// Makes the way of submissions to a session.
pub(super) fn orders() -> (Orders, Taken) {
    let (orders, taken) = mpsc::channel(WINDOW);
    (Orders(orders), taken)
}

impl Orders {
    /// Submits a part, and waits for the answer.
    pub(super) async fn submit(&self, pdu: SubmitSm) -> Answer {
        let (answer, answered) = oneshot::channel();
        match self.0.send(Order { pdu, answer }).await {
            Ok(()) => answered.await.unwrap_or(Answer::Lost),
            Err(_) => Answer::Unsent,
        }
    }
}

type Line = Framed<TcpStream, CommandCodec>;

/// Keeps a session for as long as it lasts, and says why it ended.
pub(super) async fn run(
    settings: &Settings,
    mut taken: Taken,
    environment: &Environment,
    (inbox, on_bound): (&dyn Inbox, impl FnOnce() + Send),
) -> String {
    let line = match tokio::time::timeout(TIMEOUT, bind(settings)).await {
        Ok(Ok(line)) => line,
        Ok(Err(reason)) => return reason,
        Err(_) => return "the centre does not answer".to_owned(),
    };
    on_bound();
    let arrivals = Arrivals::new((environment.now)());
    let mut session = Session { line, pending: BTreeMap::new(), sequence: 1, arrivals };
    let ended = session.serve(&mut taken, inbox).await;
    drain(taken);
    match ended {
        Ok(()) => "the centre ended it".to_owned(),
        Err(reason) => reason,
    }
}

/// What was not sent is told so, since it may be submitted again.
fn drain(mut taken: Taken) {
    taken.close();
    while let Ok(Order { answer, .. }) = taken.try_recv() {
        // Who asked may have gone.
        let _ = answer.send(Answer::Unsent);
    }
}

async fn bind(settings: &Settings) -> Result<Line, String> {
    let name = |what: &str| format!("the {what} does not fit into SMPP");
    let socket =
        TcpStream::connect((settings.host.as_str(), settings.port)).await.map_err(|e| e.to_string())?;
    let mut line = Framed::new(socket, CommandCodec::new());
    let bind = BindTransceiver::builder()
        .system_id(COctetString::from_string(settings.system_id.clone()).map_err(|_| name("system_id"))?)
        .password(
            COctetString::from_string(settings.password.expose().to_owned()).map_err(|_| name("password"))?,
        )
        .system_type(
            COctetString::from_string(settings.system_type.clone()).map_err(|_| name("system_type"))?,
        )
        .interface_version(InterfaceVersion::Smpp3_4)
        .build();
    send(&mut line, 1, bind).await?;
    match line.next().await {
        Some(Ok(answer)) if answer.status() == CommandStatus::EsmeRok => Ok(line),
        Some(Ok(answer)) => Err(format!("bind: status 0x{:08x}", u32::from(answer.status()))),
        Some(Err(_)) | None => Err("bind: the centre hung up".to_owned()),
    }
}

async fn send(line: &mut Line, sequence: u32, pdu: impl Into<Pdu>) -> Result<(), String> {
    let command = Command::new(CommandStatus::EsmeRok, sequence, pdu);
    line.send(command).await.map_err(|_| "the line broke".to_owned())
}

struct Pending {
    answer: oneshot::Sender<Answer>,
    overdue: Instant,
}

struct Session {
    line: Line,
    /// Submissions without an answer, by sequence number.
    pending: BTreeMap<u32, Pending>,
    sequence: u32,
    arrivals: Arrivals,
}

impl Session {
    async fn serve(&mut self, taken: &mut Taken, inbox: &dyn Inbox) -> Result<(), String> {
        let mut enquiry = tokio::time::interval(ENQUIRE_EVERY);
        let mut is_heard = true;
        loop {
            let has_room = self.pending.len() < WINDOW;
            let first_overdue = self.first_overdue();
            tokio::select! {
                command = self.line.next() => {
                    is_heard = true;
                    let Some(command) = command else { return Ok(()) };
                    let command = command.map_err(|_| "the centre sent what is no SMPP".to_owned())?;
                    if !self.take(command, inbox).await? { return Ok(()) }
                }
                Some(Order { pdu, answer }) = taken.recv(), if has_room => {
                    let sequence = self.next_sequence();
                    self.pending.insert(sequence, Pending { answer, overdue: Instant::now() + TIMEOUT });
                    send(&mut self.line, sequence, pdu).await?;
                }
                () = until(first_overdue) => {
                    // Who waits is told that the answer is lost.
                    self.pending.pop_first();
                }
                _ = enquiry.tick() => {
                    if !std::mem::take(&mut is_heard) { return Err("the centre is silent".to_owned()) }
                    let sequence = self.next_sequence();
                    send(&mut self.line, sequence, Pdu::EnquireLink).await?;
                }
            }
        }
    }

    /// Sequence numbers grow, so the first has waited longest.
    fn first_overdue(&self) -> Option<Instant> {
        self.pending.first_key_value().map(|(_, pending)| pending.overdue)
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence = if self.sequence >= 0x7fff_ffff { 1 } else { self.sequence + 1 };
        self.sequence
    }

    /// Takes what the centre says; false once it has said goodbye.
    async fn take(&mut self, command: Command, inbox: &dyn Inbox) -> Result<bool, String> {
        let sequence = command.sequence_number();
        match (command.id(), command.pdu()) {
            (CommandId::SubmitSmResp | CommandId::GenericNack, pdu) => {
                let answer = answer_of(command.status(), pdu);
                if let Some(pending) = self.pending.remove(&sequence) {
                    // Who asked may have gone.
                    let _ = pending.answer.send(answer);
                }
            }
            (_, Some(Pdu::DeliverSm(delivery))) => self.deliver(sequence, delivery, inbox).await?,
            (CommandId::EnquireLink, _) => send(&mut self.line, sequence, Pdu::EnquireLinkResp).await?,
            (CommandId::Unbind, _) => {
                send(&mut self.line, sequence, Pdu::UnbindResp).await?;
                return Ok(false);
            }
            _ => {}
        }
        Ok(true)
    }

    /// The centre is answered once the delivery is on disk; what could not be written down it brings again.
    async fn deliver(
        &mut self,
        sequence: u32,
        delivery: &DeliverSm,
        inbox: &dyn Inbox,
    ) -> Result<(), String> {
        let is_taken = match self.arrivals.read(delivery) {
            Some(event) => inbox.take(vec![event]).await.is_ok(),
            None => true,
        };
        let status = if is_taken { CommandStatus::EsmeRok } else { CommandStatus::EsmeRxTAppn };
        let answer = Command::new(status, sequence, DeliverSmResp::default());
        self.line.send(answer).await.map_err(|_| "the line broke".to_owned())
    }
}

fn answer_of(status: CommandStatus, pdu: Option<&Pdu>) -> Answer {
    match (status, pdu) {
        (CommandStatus::EsmeRok, Some(Pdu::SubmitSmResp(taken))) => {
            Answer::Taken(taken.message_id().as_str().to_owned())
        }
        (CommandStatus::EsmeRok, _) => Answer::Lost,
        (status, _) => Answer::Status(u32::from(status)),
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
