//! What holds after every step, whatever is asked and told in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use conversation::*;
use domain::{InviteSid, ReservationSid, Sid, TaskSid, Tick, Timestamp, WorkflowSid};
use proptest::prelude::*;
use serde_json::json;

use crate::scenario::{
    CUSTOMER, Scenario, application, identity, interaction, routing, studio, text, worker,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold_after_every_step(steps in prop::collection::vec(any::<(u8, u8, u8)>(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.sweep();
    }
}

/// A conversation, the rows that it was written to, and a router that does what it is asked, sooner or later.
struct World {
    conversation: Conversation,
    rows: BTreeMap<RecordKey, Record>,
    now: Timestamp,
    seed: u64,
    /// Tasks that were asked for and do not exist yet.
    requested: Vec<InviteSid>,
    live_tasks: BTreeMap<TaskSid, InviteSid>,
    /// Ends that were not told yet.
    ended_tasks: Vec<(TaskSid, InviteSid)>,
}

impl World {
    fn new() -> Self {
        let start = Scenario::texted(studio());
        let mut world = Self {
            conversation: start.conversation,
            rows: BTreeMap::new(),
            now: start.now,
            seed: 1_000,
            requested: vec![],
            live_tasks: BTreeMap::new(),
            ended_tasks: vec![],
        };
        world.write();
        world
    }

    fn take(&mut self, (kind, which, how): (u8, u8, u8)) {
        match kind % 12 {
            0..=5 => {
                if let Some(command) = self.command(kind % 12, which, how) {
                    self.execute(command, how);
                }
            }
            6 => self.create_task(which),
            7 => self.accept(which, how),
            8 => self.end(which),
            9 => self.tell_end(which, how),
            10 => self.pass_time(how),
            _ => self.answer(which, how),
        }
        self.write();
        self.check();
    }

    fn command(&self, kind: u8, which: u8, how: u8) -> Option<Command> {
        let last = self.conversation.interactions().last();
        let channel = last.map(|last| last.channel.sid);
        let one = last.and_then(|last| pick(&last.participants, which)).map(|one| one.sid);
        let closing = if how.is_multiple_of(2) { TaskClosing::Wrap } else { TaskClosing::Complete };
        Some(match (kind, how % 5) {
            (0, _) => text(if which.is_multiple_of(2) { CUSTOMER } else { "alice" }, "hello"),
            (1, _) => Command::CreateInteraction(Box::new(interaction())),
            (2, 0) => change(channel?, ChannelChange::Close(closing)),
            (2, 1 | 2) => {
                change(channel?, ChannelChange::Rest { has_custom_routing: which.is_multiple_of(2) })
            }
            (2, 3) => change(channel?, ChannelChange::Pause(one?)),
            (2, _) => change(channel?, ChannelChange::Resume),
            (3, 0 | 1) => Command::LeaveInteraction(LeaveInteraction { participant_sid: one?, how: closing }),
            (3, _) => {
                let routing = routing(&json!({}));
                Command::CreateInvite(Box::new(CreateInvite { channel_sid: channel?, routing }))
            }
            (4, 0) => Command::CancelTransfer(pick(&last?.transfers, which)?.sid),
            (4, _) => transfer(channel?, one?, which, how),
            (_, 0) => Command::AddParticipant(identity("alice")),
            (_, 1) => {
                let participants: Vec<_> = self.conversation.participants().collect();
                Command::RemoveParticipant(pick(&participants, which)?.sid)
            }
            (_, 2) => {
                let webhooks: Vec<_> = self.conversation.webhooks().collect();
                Command::RemoveWebhook(pick(&webhooks, which)?.sid)
            }
            (_, 3) => Command::AddWebhook(application().webhook()?),
            _ => {
                let state = if which.is_multiple_of(4) {
                    ConversationState::Closed
                } else {
                    ConversationState::Inactive
                };
                let update = UpdateConversation { state: Some(state), ..UpdateConversation::default() };
                Command::UpdateConversation(update)
            }
        })
    }

    fn execute(&mut self, command: Command, how: u8) {
        let mut origin = if how.is_multiple_of(3) { Origin::api() } else { Origin::network("sms") };
        if how.is_multiple_of(7) {
            origin.asks = vec![HookEvent::OnMessageAdd, HookEvent::OnParticipantRemove];
        }
        let before = self.conversation.clone();
        let mut tick = self.tick();
        match self.conversation.execute(command, &origin, &mut tick) {
            Ok(outcome) => self.perform(outcome.actions),
            Err(refusal) => assert_eq!(self.conversation, before, "a refusal changes nothing: {refusal}"),
        }
    }

    fn tell(&mut self, event: Event) {
        let mut tick = self.tick();
        let actions = self.conversation.handle(event, &mut tick);
        self.perform(actions);
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::CreateTask(request) => self.requested.push(request.invite_sid),
                Action::EndTask { task_sid, .. } => {
                    let ended = self.live_tasks.remove(&task_sid);
                    self.ended_tasks.extend(ended.map(|invite| (task_sid, invite)));
                }
                Action::Notify(_)
                | Action::NotifyWebhook(..)
                | Action::PassToFlow(_)
                | Action::AskPreHook(_)
                | Action::Settle(_)
                | Action::SendToAddress(_)
                | Action::AnswerReservation { .. }
                | Action::SettleInteraction { .. } => {}
            }
        }
    }

    fn create_task(&mut self, which: u8) {
        let Some(at) = index(self.requested.len(), which) else { return };
        let invite_sid = self.requested.remove(at);
        if which % 8 == 7 {
            let (reason, policy) = ("no such workflow".to_owned(), TaskEndPolicy::Reinvite);
            return self.tell(Event::TaskRefused { invite_sid, reason, policy });
        }
        let task_sid = TaskSid::from_bits(invite_sid.bits());
        self.live_tasks.insert(task_sid, invite_sid);
        self.tell(Event::TaskCreated { invite_sid, task_sid });
    }

    fn accept(&mut self, which: u8, how: u8) {
        let tasks: Vec<_> = self.live_tasks.iter().map(|(task, invite)| (*task, *invite)).collect();
        let Some((task_sid, invite_sid)) = pick(&tasks, which).copied() else { return };
        let name = if how.is_multiple_of(2) { "alice" } else { "bob" };
        self.tell(Event::ReservationAccepted {
            invite_sid,
            task_sid,
            reservation_sid: ReservationSid::from_bits(task_sid.bits()),
            worker_sid: worker(name),
            identity: name.to_owned(),
        });
    }

    /// A task ends by itself; the conversation is told later.
    fn end(&mut self, which: u8) {
        let tasks: Vec<_> = self.live_tasks.keys().copied().collect();
        let Some(task) = pick(&tasks, which).copied() else { return };
        let invite = self.live_tasks.remove(&task);
        self.ended_tasks.extend(invite.map(|invite| (task, invite)));
    }

    fn tell_end(&mut self, which: u8, how: u8) {
        let Some(at) = index(self.ended_tasks.len(), which) else { return };
        let (task_sid, invite_sid) = self.ended_tasks.remove(at);
        let why = TaskEnd::ALL[usize::from(how) % TaskEnd::ALL.len()];
        self.tell(Event::TaskEnded { invite_sid, task_sid, why, policy: policy(which) });
    }

    fn pass_time(&mut self, how: u8) {
        self.now = match self.conversation.next_timeout() {
            Some(next) if how.is_multiple_of(4) => next.max(self.now),
            Some(_) | None => self.now + Duration::from_secs(u64::from(how)),
        };
        self.tell(Event::TimeReached);
    }

    fn answer(&mut self, which: u8, how: u8) {
        let answer = if how.is_multiple_of(3) { HookAnswer::Reject } else { HookAnswer::Publish };
        self.tell(Event::HookAnswered { question: QuestionId(u64::from(which % 8)), answer });
    }

    /// The rows make the same conversation again.
    fn write(&mut self) {
        for change in self.conversation.take_changes() {
            match change {
                Change::Put(record) => self.rows.insert(record.key(), record),
                Change::Delete(key) => self.rows.remove(&key),
            };
        }
        let text = serde_json::to_string(&self.rows.values().collect::<Vec<_>>()).unwrap();
        let read = Conversation::load(serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(read, self.conversation);
        self.conversation = read;
    }

    fn check(&self) {
        assert_eq!(self.conversation.orphan(), None);
        let is_open = self.conversation.details().state.is_open();
        let open = self.conversation.open_interaction();
        assert!(is_open || open.is_none(), "a closed conversation has no open channel");
        assert!(is_open || self.conversation.pairs().is_empty());
        for interaction in self.conversation.interactions() {
            let is_last = open.is_some_and(|open| open.sid == interaction.sid);
            assert!(is_last || !interaction.is_attended(), "what has ended has neither task nor agent");
            let under_way = |transfer: &&InteractionTransfer| transfer.status == TransferStatus::Active;
            let transfers = interaction.transfers.iter().filter(under_way).count();
            assert_eq!(transfers == 1, interaction.channel.status == ChannelStatus::Transfer);
        }
        let has_agents = open.is_some_and(|open| open.channel.status.must_be_attended());
        assert!(!has_agents || self.conversation.webhooks().all(|webhook| !webhook.is_studio()));
        assert!(self.conversation.next_timeout().is_none_or(|at| at > self.now || is_open));
    }

    /// After everything was lost but what lives, the sweep leaves nothing to repair.
    fn sweep(&mut self) {
        let live_tasks: BTreeSet<_> = self.live_tasks.keys().copied().collect();
        let survey = Survey { live_tasks: live_tasks.clone(), policy: TaskEndPolicy::Close };
        let mut tick = self.tick();
        self.conversation.sweep(&survey, &mut tick);
        self.write();
        self.check();
        let counted_on: BTreeSet<_> =
            self.conversation.interactions().flat_map(Interaction::live_tasks).collect();
        assert!(counted_on.is_subset(&live_tasks), "nobody waits for what is gone");
        let mut tick = self.tick();
        assert_eq!(self.conversation.sweep(&survey, &mut tick).repairs, []);
    }

    fn tick(&mut self) -> Tick {
        self.seed += 1;
        Tick::new(self.now, self.seed)
    }
}

fn policy(which: u8) -> TaskEndPolicy {
    match which % 3 {
        0 => TaskEndPolicy::Close,
        1 => TaskEndPolicy::Reinvite,
        _ => TaskEndPolicy::Workflow(WorkflowSid::from_bits(2)),
    }
}

fn change(channel_sid: domain::InteractionChannelSid, change: ChannelChange) -> Command {
    Command::UpdateChannel(UpdateChannel { channel_sid, change })
}

fn transfer(
    channel_sid: domain::InteractionChannelSid,
    from: domain::InteractionParticipantSid,
    which: u8,
    how: u8,
) -> Command {
    let mode = if how.is_multiple_of(2) { TransferMode::Warm } else { TransferMode::Cold };
    let to = if which.is_multiple_of(2) {
        TransferTarget::Worker(worker("bob"))
    } else {
        TransferTarget::Workflow(WorkflowSid::from_bits(3))
    };
    Command::StartTransfer(StartTransfer { channel_sid, from, to, mode, note: None })
}

fn index(length: usize, which: u8) -> Option<usize> {
    usize::from(which).checked_rem(length)
}

fn pick<T>(all: &[T], which: u8) -> Option<&T> {
    index(all.len(), which).and_then(|at| all.get(at))
}
