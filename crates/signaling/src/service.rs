//! The loop around the stack: sockets, the clock, the directory's answers and the application's commands.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use parking_lot::Mutex;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::clock::Moment;
use crate::config::{Config, Listener};
use crate::directory::{Directory, Verdict};
use crate::door::Framing;
use crate::event::Event;
use crate::flow::{Flow, Transport};
use crate::invitation::Command;
use crate::locating;
use crate::places::Places;
use crate::registrar::Registrar;
use crate::stack::{Answer, Stack};
use crate::streams::{self, Arrival, Streams};
use crate::world::{Output, Question};

/// Messages that may wait for the loop; more stay with the sockets.
const ARRIVALS_MAX: usize = 4096;
/// Messages that are taken before the wishes they led to are fulfilled.
const ARRIVALS_AT_ONCE: usize = 64;
/// How long the directory may think.
const ANSWER_SECS: u64 = 10;
/// The longest datagram that UDP can carry.
const DATAGRAM_BYTES_MAX: usize = 65_535;

/// The loop, and all that it owns.
pub(crate) struct Service {
    stack: Stack,
    directory: Arc<dyn Directory>,
    /// Asks for SIP domains' records; without it hosts are looked up by the system only.
    resolver: Option<TokioResolver>,
    datagrams: Vec<Option<Arc<UdpSocket>>>,
    streams: Streams,
    arrivals: mpsc::Receiver<Arrival>,
    commands: mpsc::UnboundedReceiver<Command>,
    answers: mpsc::UnboundedReceiver<(u64, Answer)>,
    answer: mpsc::UnboundedSender<(u64, Answer)>,
    events: mpsc::UnboundedSender<Event>,
    /// Legs and transactions, for those who ask from outside.
    load: Arc<Mutex<(usize, usize)>>,
    started: Instant,
}

/// What the handle and the loop share.
pub(crate) struct Shared {
    pub(crate) registrar: Arc<Mutex<Registrar>>,
    pub(crate) load: Arc<Mutex<(usize, usize)>>,
}

impl Service {
    /// Opens the sockets.
    pub(crate) async fn open(
        config: Config,
        directory: Arc<dyn Directory>,
        commands: mpsc::UnboundedReceiver<Command>,
        (events, shared): (mpsc::UnboundedSender<Event>, &Shared),
    ) -> io::Result<(Service, Vec<Listener>)> {
        let config = Arc::new(config);
        let (arrive, arrivals) = mpsc::channel(ARRIVALS_MAX);
        let (mut listeners, mut datagrams) = (Vec::new(), Vec::new());
        for (number, wanted) in (0..).zip(&config.listeners) {
            let (address, socket) = bind(*wanted, number, &arrive).await?;
            listeners.push(Listener { address, ..*wanted });
            datagrams.push(socket);
        }
        let (external_ip, own_ip) = (config.external_ip, own_ip().await);
        let places = Places { listeners: listeners.clone(), external_ip, own_ip };
        let (answer, answers) = mpsc::unbounded_channel();
        let service = Service {
            stack: Stack::new(config.clone(), places, shared.registrar.clone(), seed()),
            directory,
            resolver: locating::resolver(),
            datagrams,
            streams: Streams::new(config, arrive),
            arrivals,
            commands,
            answers,
            answer,
            events,
            load: shared.load.clone(),
            started: Instant::now(),
        };
        Ok((service, listeners))
    }

    /// Runs until the handle is gone.
    pub(crate) async fn run(mut self) {
        let mut waiting = Vec::with_capacity(ARRIVALS_AT_ONCE);
        loop {
            let due = self.stack.next_timeout().map(|due| self.started + due);
            tokio::select! {
                // 1. Time first: what is due was due before anything else came.
                () = sleep_until(due) => {}
                // 2. The application and the directory.
                command = self.commands.recv() => match command {
                    Some(command) => self.stack.command(self.started.elapsed(), command),
                    None => return,
                },
                Some((question, answer)) = self.answers.recv() => {
                    self.learn_names(&answer);
                    self.stack.answered(self.started.elapsed(), question, answer);
                }
                // 3. The sockets.
                _ = self.arrivals.recv_many(&mut waiting, ARRIVALS_AT_ONCE) => {
                    let now = self.started.elapsed();
                    waiting.drain(..).for_each(|arrival| self.arrived(now, arrival));
                }
            }
            // 4. What is due, and what all of this led to.
            self.stack.advance(self.started.elapsed());
            for output in self.stack.take_outputs() {
                self.fulfil(output);
            }
            *self.load.lock() = self.stack.load();
        }
    }

    fn arrived(&mut self, now: Moment, arrival: Arrival) {
        match arrival {
            Arrival::Datagram(bytes, flow) => self.stack.receive(now, &bytes, Framing::Datagram, flow),
            Arrival::Message(bytes, flow) => self.stack.receive(now, &bytes, Framing::Stream, flow),
            Arrival::Opened(stream, peer, transport) => self.streams.opened(stream, peer, transport),
            Arrival::Closed(flow) => {
                self.streams.close(flow);
                self.stack.broken(now, flow);
            }
        }
    }

    fn learn_names(&mut self, answer: &Answer) {
        if let Answer::Addresses(host, found) = answer {
            self.streams.learn_name(host, found.iter().map(|(_, address)| *address));
        }
    }

    fn fulfil(&mut self, output: Output) {
        match output {
            Output::Transmit(flow, bytes) if flow.transport == Transport::Udp => {
                self.send_datagram(flow, &bytes)
            }
            Output::Transmit(flow, bytes) => self.streams.transmit(flow, bytes),
            Output::Tell(event) => drop(self.events.send(event)),
            Output::Ask(number, question) => self.ask(number, question),
        }
    }

    fn send_datagram(&self, flow: Flow, bytes: &[u8]) {
        let named =
            flow.socket.and_then(|number| self.datagrams.get(usize::try_from(number).ok()?)?.as_ref());
        let Some(socket) = named.or_else(|| self.datagrams.iter().flatten().next()) else { return };
        if let Err(error) = socket.try_send_to(bytes, flow.peer) {
            tracing::debug!(peer = %flow.peer, %error, "datagram not sent");
        }
    }

    fn ask(&self, number: u64, question: Question) {
        let (directory, answer) = (self.directory.clone(), self.answer.clone());
        let resolver = self.resolver.clone();
        tokio::spawn(async move {
            let thinking = tokio::time::timeout(
                Duration::from_secs(ANSWER_SECS),
                ask(&*directory, resolver.as_ref(), &question),
            );
            let answered = thinking.await.unwrap_or_else(|_| too_late(&question));
            answer.send((number, answered)).ok();
        });
    }
}

async fn ask(directory: &dyn Directory, resolver: Option<&TokioResolver>, question: &Question) -> Answer {
    match question {
        Question::Admit(caller) => Answer::Verdict(directory.admit(caller).await),
        Question::Credentials { realm, user } => Answer::Secret(directory.secret(realm, user).await),
        Question::Resolve(wanted) => {
            let found = match directory.serves(&wanted.host).await {
                true => Vec::new(),
                false => locating::locate(resolver, wanted).await,
            };
            Answer::Addresses(wanted.host.clone(), found)
        }
    }
}

fn too_late(question: &Question) -> Answer {
    match question {
        Question::Admit(_) => Answer::Verdict(Verdict::Refuse { status: 503, reason: String::new() }),
        Question::Credentials { .. } => Answer::Secret(None),
        Question::Resolve(wanted) => Answer::Addresses(wanted.host.clone(), Vec::new()),
    }
}

async fn bind(
    wanted: Listener,
    number: u64,
    arrive: &mpsc::Sender<Arrival>,
) -> io::Result<(SocketAddr, Option<Arc<UdpSocket>>)> {
    if wanted.transport == Transport::Udp {
        let socket = Arc::new(UdpSocket::bind(wanted.address).await?);
        let address = socket.local_addr()?;
        tokio::spawn(read_datagrams(socket.clone(), number, arrive.clone()));
        return Ok((address, Some(socket)));
    }
    let listener = TcpListener::bind(wanted.address).await?;
    let address = listener.local_addr()?;
    tokio::spawn(streams::listen(listener, wanted.transport, arrive.clone()));
    Ok((address, None))
}

async fn read_datagrams(socket: Arc<UdpSocket>, number: u64, arrive: mpsc::Sender<Arrival>) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        // An error tells of an earlier datagram that nobody took; its transaction finds out by itself.
        let Ok((count, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let flow = Flow { transport: Transport::Udp, peer, socket: Some(number) };
        // A keep-alive of a NAT: nothing but line ends.
        if buffer[..count].iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            continue;
        }
        if arrive.send(Arrival::Datagram(buffer[..count].to_vec(), flow)).await.is_err() {
            return;
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The address that packets to other networks leave by; nothing is sent to find it out.
async fn own_ip() -> IpAddr {
    let found = async {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).await?;
        socket.local_addr()
    };
    found.await.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

#[allow(clippy::disallowed_methods, reason = "the one place where chance enters the stack")]
fn seed() -> [u8; 32] {
    rand::random()
}
