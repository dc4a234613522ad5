//! Whatever happens, in whatever order: nothing panics, nothing is left behind, every question is asked once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call::*;
use domain::{AccountSid, CallSid, ReservationSid, Sid, TaskSid, Tick, Timestamp};
use proptest::prelude::*;
use twiml::{Beep, Conference, Method, StatusCallback};

use crate::scenario::{application, progress, verbs};

/// Documents that callers, agents and waiting programs may get.
const DOCUMENTS: [&str; 16] = [
    "",
    "<Say>Hi</Say><Play>a.wav</Play><Pause/>",
    "<Gather input='dtmf speech' numDigits='2'><Say>Press</Say></Gather><Say>None</Say>",
    "<Record/><Say>None</Say>",
    "<Dial><Client statusCallback='/s' statusCallbackEvent='initiated ringing answered completed'>a</Client>\
     <Number url='/w'>+1555</Number></Dial><Redirect/>",
    "<Dial action='d' sequential='true' record='true' hangupOnStar='true'><Client>a</Client><Sip>sip:b@c</Sip></Dial>",
    "<Dial action='d'><Queue url='/w'>q</Queue></Dial>",
    "<Dial><Queue>WW1</Queue></Dial>",
    "<Enqueue action='e'>q</Enqueue><Say>After</Say>",
    "<Enqueue workflowSid='WW1' waitUrl='/wait'/>",
    "<Dial><Conference record='true' statusCallback='/c' statusCallbackEvent='start end join leave'>c</Conference></Dial>",
    "<Dial><Conference endConferenceOnExit='true' waitUrl='/wait'>c</Conference></Dial><Hangup/>",
    "<Leave/><Reject/>",
    "<Redirect>/other</Redirect>",
    "<Connect><Stream url='wss://s.example'/></Connect><Echo/>",
    "<Start><Stream url='wss://s.example' name='x'/><Recording/></Start><Stop><Stream name='x'/></Stop><Refer><Sip>sip:x@y</Sip></Refer>",
];

/// One thing that happens; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Happening {
    Call { has_flow: bool },
    Answer { question: usize, document: usize },
    NoAnswer { question: usize },
    Leg { call: usize, kind: u8 },
    Key { call: usize, key: char },
    Speech { call: usize, is_final: bool },
    Played { playback: usize },
    Task { call: usize, kind: u8 },
    Silence { recording: usize, was_heard: bool },
    Recorded { recording: usize },
    Stream { stream: usize },
    Time { secs: u64 },
    Command { call: usize, other: usize, kind: u8 },
}

fn happening() -> impl Strategy<Value = Happening> {
    let index = 0usize..8;
    prop_oneof![
        2 => any::<bool>().prop_map(|has_flow| Happening::Call { has_flow }),
        8 => (0usize..4, 0..DOCUMENTS.len()).prop_map(|(question, document)| Happening::Answer { question, document }),
        1 => (0usize..4).prop_map(|question| Happening::NoAnswer { question }),
        6 => (index.clone(), 0u8..8).prop_map(|(call, kind)| Happening::Leg { call, kind }),
        3 => (index.clone(), prop::sample::select(vec!['1', '*', '#'])).prop_map(|(call, key)| Happening::Key { call, key }),
        1 => (index.clone(), any::<bool>()).prop_map(|(call, is_final)| Happening::Speech { call, is_final }),
        3 => (0usize..6).prop_map(|playback| Happening::Played { playback }),
        2 => (index.clone(), 0u8..6).prop_map(|(call, kind)| Happening::Task { call, kind }),
        1 => (0usize..3, any::<bool>()).prop_map(|(recording, was_heard)| Happening::Silence { recording, was_heard }),
        1 => (0usize..3).prop_map(|recording| Happening::Recorded { recording }),
        1 => (0usize..3).prop_map(|stream| Happening::Stream { stream }),
        2 => (0u64..90).prop_map(|secs| Happening::Time { secs }),
        6 => (index.clone(), index, 0u8..14).prop_map(|(call, other, kind)| Happening::Command { call, other, kind }),
    ]
}

/// An exchange with all that the world was asked.
struct World {
    exchange: Exchange,
    now: Timestamp,
    seed: u64,
    questions: Vec<Request>,
    asked: BTreeSet<Request>,
    playing: BTreeMap<Playback, Onto>,
    connected: BTreeSet<(CallSid, CallSid)>,
    mixed: BTreeSet<(domain::ConferenceSid, CallSid)>,
    recordings: Vec<domain::RecordingSid>,
    streams: Vec<domain::StreamSid>,
    sequences: BTreeMap<(String, String), u32>,
    arrived: u128,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_behind(happenings in prop::collection::vec(happening(), 1..120)) {
        let mut world = World::new();
        for happening in happenings {
            world.happen(happening);
            world.check();
        }
        world.hang_up_all();
    }
}

impl World {
    fn new() -> Self {
        let settings =
            Settings { account_sid: AccountSid::from_bits(1), api_url: "https://api.example".to_owned() };
        Self {
            exchange: Exchange::new(settings),
            now: Timestamp::from_secs(1_000_000),
            seed: 0,
            questions: vec![],
            asked: BTreeSet::new(),
            playing: BTreeMap::new(),
            connected: BTreeSet::new(),
            mixed: BTreeSet::new(),
            recordings: vec![],
            streams: vec![],
            sequences: BTreeMap::new(),
            arrived: 0,
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Call { has_flow } => self.arrive(has_flow),
            Happening::Answer { question, document } => {
                if let Some(request) = self.newest_question(question) {
                    let base_url = "https://a.example/voice".to_owned();
                    self.handle(Event::DocumentReady {
                        request,
                        base_url,
                        verbs: verbs(DOCUMENTS[document]),
                    });
                }
            }
            Happening::NoAnswer { question } => {
                if let Some(request) = self.newest_question(question) {
                    self.handle(Event::DocumentFailed { request, code: 11200, reason: String::new() });
                }
            }
            Happening::Leg { call, kind } => {
                if let Some(call) = self.pick(call) {
                    self.leg(call, kind);
                }
            }
            Happening::Key { call, key: digit } => {
                if let Some(call) = self.pick(call) {
                    self.handle(Event::DigitPressed { call, digit });
                }
            }
            Happening::Speech { call, is_final } => {
                if let Some(call) = self.pick(call) {
                    self.handle(Event::SpeechBegan { call });
                    let text = "yes".to_owned();
                    self.handle(Event::SpeechHeard { call, text, confidence: None, is_final });
                }
            }
            Happening::Played { playback } => {
                if let Some(playback) = self.playing.keys().rev().nth(playback).copied() {
                    self.playing.remove(&playback);
                    self.handle(Event::PlaybackEnded { playback });
                }
            }
            Happening::Task { call, kind } => self.task(call, kind),
            Happening::Silence { recording, was_heard } => {
                if let Some(recording) = self.recordings.get(recording).copied() {
                    self.handle(Event::SilenceReached { recording, was_heard });
                }
            }
            Happening::Recorded { recording } => {
                if recording < self.recordings.len() {
                    let recording = self.recordings.remove(recording);
                    self.handle(Event::RecordingEnded { recording, duration_ms: 1000, is_silent: false });
                }
            }
            Happening::Stream { stream } => {
                if stream < self.streams.len() {
                    let stream = self.streams.remove(stream);
                    self.handle(Event::StreamEnded { stream, error: None });
                }
            }
            Happening::Time { secs } => self.pass(secs),
            Happening::Command { call, other, kind } => {
                if let (Some(call), Some(other)) = (self.pick(call), self.pick(other)) {
                    self.command(call, other, kind);
                }
            }
        }
    }

    fn arrive(&mut self, has_flow: bool) {
        self.arrived += 1;
        self.handle(Event::CallArrived(Box::new(Arrival {
            call: CallSid::from_bits(self.arrived),
            from: "+15555550111".to_owned(),
            to: "+15555550100".to_owned(),
            caller_name: None,
            forwarded_from: None,
            parameters: Parameters::new(),
            program: if has_flow { Program::Flow } else { application("https://a.example/voice") },
            progress: progress("https://a.example/s"),
            phone_number_sid: None,
        })));
    }

    fn leg(&mut self, call: CallSid, kind: u8) {
        self.handle(match kind {
            0 => Event::LegRang { call },
            1..=2 => Event::LegAnswered { call },
            3 => Event::AnswererKnown { call, answered_by: twiml::AnsweredBy::Human, after_ms: 900 },
            4 => Event::LegFailed { call, status: Some(486), reason: String::new() },
            5 => Event::LegHungUp { call },
            6 => Event::EarlyMediaBegan { call },
            _ => Event::LegReferred { call, to: "sip:x@y".to_owned() },
        });
    }

    fn task(&mut self, call: usize, kind: u8) {
        let task = TaskSid::from_bits(call as u128);
        match (kind, self.pick(call)) {
            (0..=2, Some(call)) => self.handle(Event::TaskCreated { call, task }),
            (3, Some(call)) => {
                self.handle(Event::TaskRefused { call, fault: TaskFault::System, reason: String::new() });
            }
            (4, _) => self.handle(Event::TaskEnded { task, ending: TaskEnding::TimedOut }),
            (_, _) => self.handle(Event::ReservationEnded { reservation: ReservationSid::from_bits(1) }),
        }
    }

    fn command(&mut self, call: CallSid, other: CallSid, kind: u8) {
        let assignment = Assignment {
            task: TaskSid::from_bits(3),
            reservation: ReservationSid::from_bits(1),
            after_call: AfterCall::WrapUp,
        };
        let worker = Placing {
            target: Target::Client { identity: "a".to_owned(), parameters: vec![] },
            to: "client:a".to_owned(),
            from: "+1555".to_owned(),
            timeout_secs: 20,
            progress: progress("https://a.example/s"),
        };
        let mut modify = ModifyCall::of(call);
        let conference = self.exchange.find_conference("c").unwrap_or(domain::ConferenceSid::from_bits(1));
        let mut update = UpdateParticipant::of(conference, call.to_string());
        let link = Link { url: "https://a.example/x".to_owned(), method: Method::Post };
        let command = match kind {
            0 => {
                modify.status = Some(WishedEnding::Completed);
                Command::ModifyCall(Box::new(modify))
            }
            1 => {
                modify.program = Some(application("https://a.example/new"));
                Command::ModifyCall(Box::new(modify))
            }
            2 | 3 => {
                Command::Dequeue(Box::new(Dequeue { assignment, caller: call, worker, is_recorded: true }))
            }
            4 | 5 => Command::JoinWorker(Box::new(JoinWorker {
                assignment,
                caller: Some(call),
                worker,
                seat: Conference { beep: Some(Beep::Never), ..Conference::default() },
                ends_on_caller_exit: true,
                beeps_on_caller_entrance: true,
            })),
            6 => Command::CallWorker(Box::new(CallWorker {
                assignment: assignment.clone(),
                worker,
                program: Program::inline(verbs(&format!(
                    "<Dial><Queue reservationSid='{}' url='/w'/></Dial>",
                    assignment.reservation
                ))),
                accepts: false,
                is_recorded: false,
            })),
            7 => Command::Supervise(Box::new(Supervise {
                task: TaskSid::from_bits(3),
                worker: call,
                supervisor: worker,
                mode: Supervision::Whisper,
            })),
            8 => Command::Perform { call, verbs: verbs(DOCUMENTS[8]) },
            9 => Command::EndConference(EndConference { conference }),
            10 => {
                (update.is_on_hold, update.coaches) = (Some(true), Some(other));
                Command::UpdateParticipant(Box::new(update))
            }
            11 => {
                (update.is_on_hold, update.announce) = (Some(false), Some(link));
                Command::UpdateParticipant(Box::new(update))
            }
            12 => Command::StartRecording(Box::new(StartRecording {
                source: RecordingSource::StartCallRecordingApi,
                call,
                channels: None,
                track: None,
                trim: None,
                status_callback: StatusCallback::default(),
            })),
            _ => Command::Announce(Announcement { conference, link }),
        };
        let mut tick = self.tick();
        let outcome = self.exchange.execute(command, &mut tick);
        self.note(outcome.map_or(vec![], |outcome| outcome.actions));
    }

    fn pass(&mut self, secs: u64) {
        let until = self.now + Duration::from_secs(secs);
        while let Some(at) = self.exchange.next_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.handle(Event::TimeReached);
        }
        self.now = until;
    }

    fn handle(&mut self, event: Event) {
        let mut tick = self.tick();
        let actions = self.exchange.handle(event, &mut tick);
        self.note(actions);
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Ask { request, .. } => {
                    assert!(self.asked.insert(request), "{request:?} is asked twice");
                    self.questions.push(request);
                }
                Action::Notify(notice) => self.note_notice(&notice),
                Action::Media(action) => self.note_media(action),
                Action::Leg(_) | Action::TellCallEnded { .. } | Action::Router(_) => {}
                Action::Changed(_) | Action::Report { .. } => {}
            }
        }
    }

    fn note_notice(&mut self, notice: &Notice) {
        let Some(number) = notice.parameters.get("SequenceNumber").and_then(|number| number.as_str()) else {
            return;
        };
        let next = self.sequences.entry((notice.about.clone(), notice.link.url.clone())).or_default();
        assert_eq!(number, next.to_string(), "of {}", notice.about);
        *next += 1;
    }

    fn note_media(&mut self, action: MediaAction) {
        match action {
            MediaAction::Play { playback, onto, .. } => {
                self.playing.insert(playback, onto);
            }
            MediaAction::StopPlaying { playback } => {
                assert!(
                    self.playing.remove(&playback).is_some(),
                    "{playback:?} is stopped but does not play"
                );
            }
            MediaAction::Connect { a, b } => {
                assert!(self.connected.insert((a, b)), "{a} and {b} are connected twice");
            }
            MediaAction::Disconnect { a, b } => {
                assert!(self.connected.remove(&(a, b)), "{a} and {b} are parted but not connected");
            }
            MediaAction::Join { conference, leg, .. } => {
                assert!(self.mixed.insert((conference, leg)), "{leg} joins {conference} twice");
            }
            MediaAction::Leave { conference, leg } => {
                assert!(
                    self.mixed.remove(&(conference, leg)),
                    "{leg} leaves {conference} without being there"
                );
            }
            MediaAction::StartRecording(order) => self.recordings.push(order.recording),
            MediaAction::OpenStream(order) => self.streams.push(order.stream),
            _ => {}
        }
    }

    /// Holds at every moment.
    fn check(&self) {
        let live: BTreeSet<CallSid> = self.exchange.calls().map(|call| call.sid).collect();
        let waiting: Vec<CallSid> = self
            .exchange
            .queues()
            .flat_map(|queue| {
                let members = self.exchange.members(queue.sid);
                assert_eq!(members.len(), queue.current_size as usize);
                assert!(
                    members.is_sorted_by_key(|member| member.enqueued_at),
                    "a queue keeps the order of coming"
                );
                members
            })
            .map(|member| member.call)
            .collect();
        assert!(waiting.iter().all(|call| live.contains(call)), "only live calls wait");
        assert_eq!(waiting.iter().collect::<BTreeSet<_>>().len(), waiting.len(), "nobody waits twice");
        for (a, b) in &self.connected {
            assert!(live.contains(a) && live.contains(b), "{a} and {b} are connected and gone");
        }
        for (_, leg) in &self.mixed {
            assert!(live.contains(leg), "{leg} is mixed and gone");
        }
    }

    fn hang_up_all(&mut self) {
        for _ in 0..3 {
            for call in self.exchange.calls().map(|call| call.sid).collect::<Vec<_>>() {
                self.handle(Event::LegHungUp { call });
            }
        }
        self.check();
        assert_eq!(self.exchange.calls().count(), 0, "no call outlives its leg");
        assert_eq!(self.exchange.conferences().count(), 0, "no conference outlives its participants");
        assert_eq!(self.exchange.next_timeout(), None, "nothing is waited for");
        let heard: Vec<_> = self.playing.values().filter(|onto| matches!(onto, Onto::Leg(_))).collect();
        assert!(heard.is_empty(), "something is still played to {heard:?}");
        assert!(self.connected.is_empty() && self.mixed.is_empty());
        assert!(self.exchange.queues().all(|queue| queue.current_size == 0));
    }

    fn pick(&self, index: usize) -> Option<CallSid> {
        let calls: Vec<CallSid> = self.exchange.calls().map(|call| call.sid).collect();
        calls.get(index % calls.len().max(1)).copied()
    }

    fn newest_question(&mut self, index: usize) -> Option<Request> {
        let place = self.questions.len().checked_sub(index + 1)?;
        Some(self.questions.remove(place))
    }

    fn tick(&mut self) -> Tick {
        self.seed += 1;
        Tick::new(self.now, self.seed)
    }
}
