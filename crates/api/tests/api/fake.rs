//! A small product behind the API: the real engines, every command committed at once, and a clock that only we move.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use api::instructions::Order;
use api::{
    ConversationLook, Device, Devices, ExecutionFacts, Failure, FlowAnswer, FlowRequest, FromDevice,
    InboundMessage, LiveBoard, LiveEvent, LiveEvents, Look, Notices, OutboundMessage, Platform,
    StartExecution,
};
use async_trait::async_trait;
use conversation::Conversation;
use domain::{
    AccountSid, Address, CallSid, ConversationSid, ExecutionSid, FlowSid, MediaSid, MessageSid,
    MessagingServiceSid, RequestSid, Tick, Timestamp, UserDefinedMessageSid, WorkspaceSid,
};
use flow::{Execution, Flow, Settings, Start, Trigger};
use parking_lot::Mutex;
use router::{
    Action, Command, CreateWorkspace, CumulativeStatistics, DeleteWorkspace, Notice, Requester,
    ReservationAnswer, Statistics, StatisticsQuery, Subject, UpdateReservation, Workspace,
};
use serde_json::Value;
use store::{
    Direction, FlowRecord, FlowRevision, Message, MessageStatus, Page, SendOptions, Store, Unit,
    conversations, executions, messages,
};
use store::{events, resources, routing, steps};
use tokio::sync::{broadcast, mpsc};

use crate::exchange::FakeExchange;

pub(crate) struct Fake {
    pub(crate) store: Store,
    pub(crate) account: AccountSid,
    /// The time and the number of ticks given.
    clock: Mutex<(Timestamp, u64)>,
    workspaces: Mutex<BTreeMap<WorkspaceSid, Workspace>>,
    notices: broadcast::Sender<Arc<Vec<Notice>>>,
    /// Devices that connected, with what they say.
    pub(crate) devices: Mutex<Vec<(Device, mpsc::Receiver<FromDevice>)>>,
    live: LiveBoard,
    /// The calls.
    pub(crate) exchange: FakeExchange,
    /// How often trunks were read again.
    pub(crate) trunk_reloads: AtomicU32,
    conversations: Mutex<BTreeMap<ConversationSid, Conversation>>,
    media: Mutex<BTreeMap<MediaSid, Vec<u8>>>,
}

impl Fake {
    pub(crate) fn new(store: Store, account: AccountSid) -> Self {
        let start = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        Self {
            store,
            account,
            clock: Mutex::new((start, 0)),
            workspaces: Mutex::default(),
            notices: broadcast::Sender::new(64),
            devices: Mutex::default(),
            live: LiveBoard::default(),
            exchange: FakeExchange::new(account),
            trunk_reloads: AtomicU32::new(0),
            conversations: Mutex::default(),
            media: Mutex::default(),
        }
    }

    /// Lets time pass, with what it brings about in workspaces.
    pub(crate) async fn after(&self, span: std::time::Duration) {
        {
            let mut clock = self.clock.lock();
            clock.0 = clock.0 + span;
        }
        for sid in self.workspaces() {
            let mut tick = self.tick();
            let (actions, changes) = {
                let mut workspaces = self.workspaces.lock();
                let workspace = workspaces.get_mut(&sid).unwrap();
                (workspace.handle(router::Event::TimeReached, &mut tick), workspace.take_changes())
            };
            self.write(sid, &actions, &changes).await.unwrap();
        }
    }

    /// Lets something happen to calls, and what it brings about.
    pub(crate) async fn happen(&self, event: call::Event) {
        let unit = self.exchange.handle(event, || self.tick());
        self.store.commit(unit).await.unwrap();
    }

    async fn write(
        &self,
        sid: WorkspaceSid,
        actions: &[Action],
        changes: &[router::Change],
    ) -> Result<(), Failure> {
        let mut unit = Unit::new();
        unit.extend(changes.iter().flat_map(|change| routing::write(sid, change)));
        let announced = actions.iter().filter_map(|action| match action {
            Action::Announce(notice) => Some((**notice).clone()),
            Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
        });
        let notices: Vec<_> = announced.collect();
        unit.extend(events::insert(&notices));
        self.store.commit(unit).await?;
        let _ = self.notices.send(Arc::new(notices));
        Ok(())
    }

    /// Has a carrier report what became of a message of a conversation.
    pub(crate) async fn report(&self, sid: ConversationSid, report: conversation::DeliveryReport) {
        let mut conversation = self.conversations.lock().get(&sid).cloned().unwrap();
        conversation.handle(conversation::Event::DeliveryReported(report), &mut self.tick());
        self.write_conversation(&mut conversation).await.unwrap();
        self.conversations.lock().insert(sid, conversation);
    }

    /// Tells a participant which conversation holds the addresses already, as the index of pairs knows it.
    async fn name_holder(&self, participant: &mut conversation::AddParticipant) -> Result<(), Failure> {
        if let conversation::Seat::Binding(pair) = &participant.seat {
            participant.pair_holder = conversations::holder(&self.store, pair).await?;
        }
        Ok(())
    }

    /// Does what a conversation asks of the router, at once.
    async fn join_router(
        &self,
        conversation: &mut Conversation,
        actions: Vec<conversation::Action>,
    ) -> Result<(), Failure> {
        use conversation::Action as Asked;
        for action in actions {
            let event = if let Asked::CreateTask(request) = action {
                self.create_task(*request).await
            } else if let Asked::AnswerReservation { invite_sid, reservation_sid, is_accepted: true } = action
            {
                self.accept(conversation, invite_sid, reservation_sid).await?
            } else {
                continue;
            };
            conversation.handle(event, &mut self.tick());
        }
        Ok(())
    }

    async fn create_task(&self, request: conversation::TaskRequest) -> conversation::Event {
        let routing = &request.routing;
        let command = router::CreateTask {
            attributes: Some(serde_json::Value::Object(request.attributes).to_string()),
            workflow_sid: routing.workflow_sid,
            task_channel: routing.task_channel.clone(),
            ..router::CreateTask::default()
        };
        let invite_sid = request.invite_sid;
        match self.route(routing.workspace_sid, None, Command::CreateTask(command)).await {
            Ok(Subject::Task(task)) => conversation::Event::TaskCreated { invite_sid, task_sid: task.sid },
            other => {
                let policy = conversation::TaskEndPolicy::Close;
                conversation::Event::TaskRefused { invite_sid, reason: format!("{other:?}"), policy }
            }
        }
    }

    async fn accept(
        &self,
        conversation: &Conversation,
        invite_sid: domain::InviteSid,
        sid: domain::ReservationSid,
    ) -> Result<conversation::Event, Failure> {
        let mut invites = conversation.interactions().flat_map(|interaction| &interaction.invites);
        let invite = invites.find(|invite| invite.sid == invite_sid).unwrap();
        let workspace = invite.routing.workspace_sid;
        let answer = ReservationAnswer::Accept;
        let command = UpdateReservation { sid, if_match: None, answer };
        self.route(workspace, None, Command::UpdateReservation(command)).await?;
        let workspaces = self.workspaces.lock();
        let worker_sid = workspaces[&workspace].reservation(sid).unwrap().worker_sid;
        Ok(conversation::Event::ReservationAccepted {
            invite_sid,
            task_sid: invite.task_sid.unwrap(),
            reservation_sid: sid,
            worker_sid,
            identity: workspaces[&workspace].worker(worker_sid).unwrap().friendly_name.to_string(),
        })
    }

    async fn write_conversation(&self, conversation: &mut Conversation) -> Result<(), Failure> {
        let mut unit = Unit::new();
        unit.extend(conversation.take_changes().iter().flat_map(conversations::write));
        unit.extend(conversations::write_pairs(conversation.details().sid, &conversation.pairs()));
        Ok(self.store.commit(unit).await?)
    }

    fn tell_of_conversation(&self, actions: Vec<conversation::Action>) {
        for action in actions {
            if let conversation::Action::Notify(notice) = action {
                self.tell(LiveEvent::Conversation(notice));
            }
        }
    }

    async fn published(&self, flow: FlowSid) -> Result<Option<(u32, Flow)>, Failure> {
        let record: Option<FlowRecord> = resources::fetch(&self.store, &flow.to_string()).await?;
        let Some(number) = record.and_then(|record| record.published_revision) else { return Ok(None) };
        Ok(Some((number, self.revision(flow, number).await?)))
    }

    async fn revision(&self, flow: FlowSid, number: u32) -> Result<Flow, Failure> {
        let revision: FlowRevision =
            resources::fetch(&self.store, &FlowRevision::key(flow, number)).await?.unwrap();
        Ok(Flow::parse(&revision.definition, Settings::default()).unwrap())
    }

    fn steps(unit: &mut Unit, execution: &Execution, actions: Vec<flow::Action>) {
        for action in actions {
            if let flow::Action::RecordStep(step) = action {
                unit.push(steps::insert(execution.sid(), &step));
            }
        }
    }

    fn message(&self, from: &str, to: &str, body: String, direction: Direction) -> Message {
        let mut tick = self.tick();
        Message {
            sid: tick.sid(),
            account: self.account,
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            body,
            media: vec![],
            direction,
            status: MessageStatus::Received,
            segments: 1,
            profile_name: None,
            messaging_service_sid: None,
            error_code: None,
            error_message: None,
            status_callback: None,
            conversation: None,
            options: SendOptions::default(),
            opt_out: None,
            feedback: None,
            date_created: tick.now,
            date_updated: tick.now,
            date_sent: Some(tick.now),
        }
    }
}

impl Devices for Fake {
    fn connect(&self, device: Device) -> mpsc::Sender<FromDevice> {
        let (say, said) = mpsc::channel(16);
        self.devices.lock().push((device, said));
        say
    }
}

#[async_trait]
impl Platform for Fake {
    fn tick(&self) -> Tick {
        let mut clock = self.clock.lock();
        clock.0 = clock.0 + std::time::Duration::from_millis(1);
        clock.1 += 1;
        Tick::new(clock.0, clock.1)
    }

    fn secret(&self) -> String {
        let bits: u128 = domain::Sid::bits(self.tick().sid::<domain::KeySid>());
        format!("{bits:032x}")
    }

    async fn route(
        &self,
        sid: WorkspaceSid,
        requester: Option<Requester>,
        command: Command,
    ) -> Result<Subject, Failure> {
        let mut tick = self.tick();
        let (outcome, changes) = {
            let mut workspaces = self.workspaces.lock();
            let workspace = workspaces.get_mut(&sid).ok_or(Failure::NotFound)?;
            (workspace.execute_for(requester, command, &mut tick)?, workspace.take_changes())
        };
        self.write(sid, &outcome.actions, &changes).await?;
        Ok(outcome.subject)
    }

    async fn instruct(&self, sid: WorkspaceSid, order: Order) -> Result<Subject, Failure> {
        let answer = ReservationAnswer::Instruct(order.instruction.name());
        let command = UpdateReservation { sid: order.reservation, if_match: order.if_match, answer };
        self.route(sid, None, Command::UpdateReservation(command)).await
    }

    async fn look(&self, sid: WorkspaceSid, look: Look) -> Result<(), Failure> {
        let workspaces = self.workspaces.lock();
        look(workspaces.get(&sid).ok_or(Failure::NotFound)?);
        Ok(())
    }

    async fn statistics(
        &self,
        sid: WorkspaceSid,
        queries: Vec<StatisticsQuery>,
    ) -> Result<Vec<CumulativeStatistics>, Failure> {
        let filter = events::Filter::default();
        let log = events::list(&self.store, sid, &filter, &Page::first(1_000)).await?;
        let mut statistics = Statistics::default();
        log.items.iter().for_each(|notice| statistics.observe(notice));
        statistics.begin(self.workspaces.lock().get(&sid).ok_or(Failure::NotFound)?);
        Ok(queries.iter().map(|query| statistics.query(query)).collect())
    }

    async fn figures(&self) -> Result<String, Failure> {
        Ok("patchboard_tasks 1\n".to_owned())
    }

    fn notices(&self) -> Notices {
        self.notices.subscribe()
    }

    fn live_events(&self) -> LiveEvents {
        self.live.subscribe()
    }

    fn events_of(&self, conversation: ConversationSid) -> LiveEvents {
        self.live.subscribe_to(conversation)
    }

    fn tell(&self, event: LiveEvent) {
        self.live.publish(vec![event]);
    }

    async fn keep_medium(&self, medium: MediaSid, content: Vec<u8>) -> Result<(), Failure> {
        self.media.lock().insert(medium, content);
        Ok(())
    }

    async fn medium(&self, medium: MediaSid) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.media.lock().get(&medium).cloned())
    }

    async fn create_workspace(&self, setup: CreateWorkspace) -> Result<WorkspaceSid, Failure> {
        let (mut workspace, actions) = Workspace::create(setup, &mut self.tick())?;
        let sid = workspace.settings().sid;
        self.write(sid, &actions, &workspace.take_changes()).await?;
        self.workspaces.lock().insert(sid, workspace);
        Ok(sid)
    }

    async fn delete_workspace(&self, sid: WorkspaceSid) -> Result<(), Failure> {
        self.route(sid, None, Command::DeleteWorkspace(DeleteWorkspace)).await?;
        self.workspaces.lock().remove(&sid);
        Ok(())
    }

    fn workspaces(&self) -> Vec<WorkspaceSid> {
        self.workspaces.lock().keys().copied().collect()
    }

    async fn start_execution(&self, start: StartExecution) -> Result<ExecutionSid, Failure> {
        let StartExecution { flow: flow_sid, to, from, parameters } = start;
        if let Some(running) = executions::active(&self.store, flow_sid, &to, &from).await? {
            return Err(Failure::ExecutionRuns(running.sid()));
        }
        let (flow_revision, flow) = self.published(flow_sid).await?.ok_or(Failure::NotPublished)?;
        let mut tick = self.tick();
        let initiated_by = tick.sid::<RequestSid>().to_string();
        let trigger = Trigger::IncomingRequest { to, from, parameters };
        let start = Start { account_sid: self.account, flow_sid, flow_revision, initiated_by, trigger };
        let (execution, actions) = Execution::start(&flow, start, &mut tick);
        let mut unit = Unit::new().with(executions::insert(&execution));
        Self::steps(&mut unit, &execution, actions);
        self.store.commit(unit).await?;
        self.tell(LiveEvent::ExecutionStarted(ExecutionFacts::of(&execution)));
        Ok(execution.sid())
    }

    async fn stop_execution(&self, sid: ExecutionSid) -> Result<(), Failure> {
        let mut execution = executions::fetch(&self.store, sid).await?.ok_or(Failure::NotFound)?;
        let flow = self.revision(execution.flow_sid(), execution.flow_revision()).await?;
        let version = execution.version();
        let actions = execution.handle(&flow, flow::Event::StopRequested, &mut self.tick());
        let mut unit = Unit::new();
        if execution.version() != version {
            unit.push(executions::update(&execution, version));
        }
        Self::steps(&mut unit, &execution, actions);
        Ok(self.store.commit(unit).await?)
    }

    async fn drive_flow(&self, request: FlowRequest) -> Result<FlowAnswer, Failure> {
        Ok(match request.parameters["CallSid"].as_str() {
            Some("CAbusy") => FlowAnswer::AskAgain,
            _ => FlowAnswer::Nothing,
        })
    }

    fn is_signed(&self, url: &str, form: &[(String, String)], signature: &str) -> bool {
        let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        signature == format!("{url} {}", pairs.join("&"))
    }

    async fn receive_message(&self, inbound: InboundMessage) -> Result<Message, Failure> {
        let (from, to) = (inbound.from.as_str(), inbound.to.as_str());
        let message = Message {
            media: inbound.media,
            profile_name: inbound.profile_name,
            ..self.message(from, to, inbound.body, Direction::Inbound)
        };
        self.store.commit(Unit::new().with(messages::put(&message))).await?;
        Ok(message)
    }

    async fn choose_sender(&self, _: MessagingServiceSid, _: &Address) -> Result<Address, Failure> {
        Ok("+15555550100".parse().unwrap())
    }

    async fn send_message(&self, outbound: OutboundMessage) -> Result<Message, Failure> {
        match outbound.body.as_str() {
            "panic" => panic!("a message asked for it"),
            "busy" => return Err(Failure::Busy),
            _ => {}
        }
        if outbound.body.is_empty() {
            let reason = "a message needs a text or a medium".to_owned();
            return Err(Failure::Message { code: 21602, parameter: "Body", reason });
        }
        let message = Message {
            status: MessageStatus::Queued,
            date_sent: None,
            ..self.message(&outbound.from, &outbound.to, outbound.body, Direction::OutboundApi)
        };
        self.store.commit(Unit::new().with(messages::put(&message))).await?;
        Ok(message)
    }

    async fn cancel_message(&self, _: MessageSid) -> Result<Message, Failure> {
        Err(Failure::NotFound)
    }

    async fn command_call(&self, command: call::Command) -> Result<call::Subject, Failure> {
        let (unit, subject) = self.exchange.execute(command, || self.tick())?;
        self.store.commit(unit).await?;
        Ok(subject)
    }

    async fn drive_call(&self, flow: FlowSid, command: call::Command) -> Result<call::Subject, Failure> {
        self.exchange.note_flow(flow);
        self.command_call(command).await
    }

    async fn message_device(&self, _: CallSid, _: UserDefinedMessageSid, _: Value) -> Result<(), Failure> {
        Err(Failure::NotFound)
    }

    async fn reload_trunks(&self) -> Result<(), Failure> {
        self.trunk_reloads.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn answers(&self, uri: &str) -> Option<bool> {
        uri.starts_with("sip:a.").then_some(true)
    }

    fn recordings(&self) -> &Path {
        self.exchange.recordings()
    }

    async fn create_conversation(
        &self,
        mut create: conversation::CreateConversation,
        origin: conversation::Origin,
    ) -> Result<ConversationSid, Failure> {
        for participant in &mut create.participants {
            self.name_holder(participant).await?;
        }
        let (mut conversation, outcome) = Conversation::create(create, &origin, &mut self.tick())?;
        let sid = conversation.details().sid;
        self.write_conversation(&mut conversation).await?;
        self.tell_of_conversation(outcome.actions);
        self.conversations.lock().insert(sid, conversation);
        Ok(sid)
    }

    async fn converse(
        &self,
        sid: ConversationSid,
        mut command: conversation::Command,
        origin: conversation::Origin,
    ) -> Result<conversation::Subject, Failure> {
        if let conversation::Command::AddParticipant(participant) = &mut command {
            self.name_holder(participant).await?;
        }
        let mut tick = self.tick();
        let mut conversation = self.conversations.lock().get(&sid).cloned().ok_or(Failure::NotFound)?;
        let outcome = conversation.execute(command, &origin, &mut tick)?;
        self.join_router(&mut conversation, outcome.actions.clone()).await?;
        self.write_conversation(&mut conversation).await?;
        if conversation.is_deleted() {
            self.conversations.lock().remove(&sid);
        } else {
            self.conversations.lock().insert(sid, conversation);
        }
        self.tell_of_conversation(outcome.actions);
        Ok(outcome.subject)
    }

    async fn look_at_conversation(
        &self,
        conversation: ConversationSid,
        look: ConversationLook,
    ) -> Result<(), Failure> {
        look(self.conversations.lock().get(&conversation).ok_or(Failure::NotFound)?);
        Ok(())
    }
}
