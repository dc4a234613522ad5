//! One who listens to a session: what was missed first, then what happens, frame by frame.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use conversation::{
    Conversation, ConversationState, Fact, InteractionParticipantKind, InviteStatus, Message, Notice,
};
use domain::{TaskSid, WorkspaceSid};
use router::WaitEstimate;
use store::{User, resources};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use super::frames::{Author, Frame, Place};
use super::visitor::Visitor;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::platform::{LiveEvent, LiveEvents, look_at_conversation};

/// How often a sign of life goes out; proxies give up what is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How often the place in the queue of one who waits is looked up.
const QUEUE_LOOK: Duration = Duration::from_secs(5);

/// One who listens.
pub(super) struct Listener {
    app: Shared,
    visitor: Visitor,
    events: LiveEvents,
    /// The last message that was told.
    told: Option<u64>,
    agents: BTreeSet<String>,
    place: Option<Place>,
    is_waiting: bool,
    /// What people are called, by the identity under which they write.
    names: BTreeMap<String, String>,
    pending: VecDeque<Frame>,
    is_over: bool,
    clocks: Clocks,
}

struct Clocks {
    heartbeat: Interval,
    queue: Interval,
    end: Instant,
}

/// What a look at the conversation finds.
struct Found {
    state: ConversationState,
    /// The highest index that a message ever had.
    last: Option<u64>,
    /// All messages when somebody comes back, else those that were not told.
    messages: Vec<Message>,
    agents: BTreeSet<String>,
    is_waiting: bool,
    task: Option<(WorkspaceSid, TaskSid)>,
    read: Option<u64>,
}

impl Listener {
    /// Begins to listen behind the message with index `after`; without one, from the beginning.
    pub(super) async fn begin(app: Shared, visitor: Visitor, after: Option<u64>) -> Result<Self, ApiError> {
        // What happens from here on waits.
        let events = app.platform.events_of(visitor.session.conversation);
        let end = Instant::now() + visitor.session.expires_at().since(app.now());
        let mut listener = Self {
            app,
            visitor,
            events,
            told: after,
            agents: BTreeSet::new(),
            place: None,
            is_waiting: false,
            names: BTreeMap::new(),
            pending: VecDeque::new(),
            is_over: false,
            clocks: Clocks { heartbeat: ticks(HEARTBEAT), queue: ticks(QUEUE_LOOK), end },
        };
        listener.greet().await?;
        Ok(listener)
    }

    /// Returns the next frame, when there is one; none when nothing comes any more.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.pending.pop_front() {
                return Some(frame);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(events) => self.hear(&events).await,
                    Err(RecvError::Lagged(_)) => self.catch_up().await,
                    Err(RecvError::Closed) => self.is_over = true,
                },
                _ = self.clocks.queue.tick(), if self.is_waiting => self.catch_up().await,
                _ = self.clocks.heartbeat.tick() => self.pending.push_back(Frame::ping()),
                () = sleep_until(self.clocks.end) => {
                    self.pending.push_back(Frame::expired());
                    self.is_over = true;
                }
            }
        }
    }

    /// Tells where the conversation stands, and what was changed while nobody listened.
    async fn greet(&mut self) -> Result<(), ApiError> {
        let found = self.look(true).await?;
        let mut names = Vec::new();
        for agent in &found.agents {
            names.push(self.name_of(agent).await);
        }
        self.agents.clone_from(&found.agents);
        self.pending.push_back(Frame::ready(found.state.as_str(), &names, found.read));
        // Nobody was told of what was not written yet, whatever a visitor says.
        self.told = self.told.and_then(|told| Some(told.min(found.last?)));
        let told = self.told;
        let is_known = |index: u64| told.is_some_and(|told| index <= told);
        let there: BTreeSet<u64> = found.messages.iter().map(|message| message.index).collect();
        let gone: Vec<u64> =
            told.map(|told| (0..=told).filter(|index| !there.contains(index)).collect()).unwrap_or_default();
        if !gone.is_empty() {
            self.pending.push_back(Frame::removed(&gone));
        }
        let is_news =
            |message: &&Message| !is_known(message.index) || message.date_updated > message.date_created;
        for message in found.messages.iter().filter(is_news) {
            self.tell(message).await;
        }
        self.take_up(&found).await;
        Ok(())
    }

    async fn hear(&mut self, events: &[LiveEvent]) {
        for event in events {
            match event {
                LiveEvent::Conversation(notice) => self.hear_notice(notice).await,
                LiveEvent::Typing { identity, .. } if *identity != self.visitor.session.identity => {
                    let name = self.name_of(identity).await;
                    self.pending.push_back(Frame::typing(&name));
                }
                LiveEvent::Typing { .. }
                | LiveEvent::ExecutionStarted(_)
                | LiveEvent::StepEnded { .. }
                | LiveEvent::ExecutionEnded(_) => {}
            }
        }
    }

    async fn hear_notice(&mut self, notice: &Notice) {
        match &notice.fact {
            Fact::MessageAdded(message) if self.told.is_some_and(|told| message.index <= told) => {}
            Fact::MessageAdded(message) | Fact::MessageUpdated(message) => self.tell(message).await,
            Fact::MessageRemoved(message) => self.pending.push_back(Frame::removed(&[message.index])),
            Fact::ParticipantUpdated(participant)
                if participant.identity() != Some(&self.visitor.session.identity) =>
            {
                self.pending.extend(participant.last_read_message_index.map(Frame::read));
            }
            Fact::StateUpdated { to: ConversationState::Closed, .. } | Fact::ConversationRemoved => {
                self.end()
            }
            Fact::InteractionCreated(_)
            | Fact::ChannelCreated(..)
            | Fact::ChannelCreateFailed(..)
            | Fact::ChannelStatusUpdated(..)
            | Fact::InteractionParticipantJoined(..)
            | Fact::InteractionParticipantLeft(..)
            | Fact::InviteCreated(..)
            | Fact::TransferUpdated(..) => self.catch_up().await,
            Fact::ParticipantUpdated(_)
            | Fact::StateUpdated { .. }
            | Fact::ConversationAdded
            | Fact::ConversationUpdated
            | Fact::ParticipantAdded(_)
            | Fact::ParticipantRemoved(_)
            | Fact::DeliveryUpdated(..)
            | Fact::OrphanRepaired(_) => {}
        }
    }

    /// Looks at the conversation and tells what is news.
    async fn catch_up(&mut self) {
        match self.look(false).await {
            Ok(found) => {
                for message in &found.messages {
                    self.tell(message).await;
                }
                self.take_up(&found).await;
            }
            // Who is gone has nothing more to hear.
            Err(_) => self.end(),
        }
    }

    /// Tells who came and went, and the place in the queue.
    async fn take_up(&mut self, found: &Found) {
        let before = std::mem::replace(&mut self.agents, found.agents.clone());
        for agent in found.agents.difference(&before) {
            let name = self.name_of(agent).await;
            self.pending.push_back(Frame::agent_joined(&name));
        }
        for agent in before.difference(&found.agents) {
            let name = self.name_of(agent).await;
            self.pending.push_back(Frame::agent_left(&name));
        }
        self.is_waiting = found.is_waiting;
        let place = match found.task {
            Some((workspace, task)) => place(&self.app, workspace, task).await,
            None => None,
        };
        if place != self.place {
            self.pending.extend(place.map(Frame::queue));
            self.place = place;
        }
        if found.state == ConversationState::Closed {
            self.end();
        }
    }

    fn end(&mut self) {
        if !self.is_over {
            self.pending.push_back(Frame::ended());
            self.is_over = true;
        }
    }

    async fn tell(&mut self, message: &Message) {
        let author = self.author_of(message).await;
        self.told = self.told.max(Some(message.index));
        self.pending.push_back(Frame::message(message, &author));
    }

    async fn author_of(&mut self, message: &Message) -> Author {
        let name = self.name_of(&message.author).await;
        Author { role: role(message, &self.visitor.session.identity), name }
    }

    async fn name_of(&mut self, identity: &str) -> String {
        if let Some(name) = self.names.get(identity) {
            return name.clone();
        }
        let name = name(&self.app, &self.visitor, identity).await;
        self.names.insert(identity.to_owned(), name.clone());
        name
    }

    async fn look(&self, is_from_the_beginning: bool) -> Result<Found, ApiError> {
        let told = self.told.filter(|_| !is_from_the_beginning);
        let (sid, identity) = (self.visitor.session.conversation, self.visitor.session.identity.clone());
        let found = look_at_conversation(&*self.app.platform, sid, move |conversation| {
            Found::of(conversation, &identity, told)
        });
        Ok(found.await?)
    }
}

impl Found {
    fn of(conversation: &Conversation, identity: &str, told: Option<u64>) -> Self {
        let is_news = |message: &&Message| told.is_none_or(|told| message.index > told);
        let others = conversation.participants().filter(|other| other.identity() != Some(identity));
        let interaction = conversation.interactions().last();
        let interaction = interaction.filter(|interaction| !interaction.channel.status.is_ended());
        let invites = interaction.map(|interaction| interaction.invites.as_slice()).unwrap_or_default();
        let sought = invites
            .iter()
            .rfind(|invite| matches!(invite.status, InviteStatus::Requested | InviteStatus::Open));
        let agents: BTreeSet<String> = interaction
            .into_iter()
            .flat_map(|interaction| &interaction.participants)
            .filter(|other| other.kind == InteractionParticipantKind::Agent && !other.has_left)
            .map(|agent| agent.identity.clone())
            .collect();
        let sought = sought.filter(|_| agents.is_empty());
        Self {
            state: conversation.details().state,
            last: conversation.details().next_index.checked_sub(1),
            messages: conversation.messages().filter(is_news).cloned().collect(),
            is_waiting: sought.is_some(),
            task: sought.and_then(|invite| Some((invite.routing.workspace_sid, invite.task_sid?))),
            read: others.filter_map(|other| other.last_read_message_index).max(),
            agents,
        }
    }
}

/// Tells who wrote a message: the visitor, somebody who takes part, or a flow or application.
pub(super) fn role(message: &Message, visitor: &str) -> &'static str {
    if message.author == visitor {
        "visitor"
    } else if message.participant_sid.is_some() {
        "agent"
    } else {
        "system"
    }
}

/// Returns what a visitor calls who has this identity: people by their names, flows by the chat's.
pub(super) async fn name(app: &App, visitor: &Visitor, identity: &str) -> String {
    if identity == "system" {
        return visitor.deployment.friendly_name.clone();
    }
    let account = app.account.to_string();
    let person = resources::by_name::<User>(&app.store, &account, &identity.to_lowercase()).await;
    person.ok().flatten().map_or_else(|| identity.to_owned(), |person| person.friendly_name)
}

/// Returns a task's place in line, while it waits.
async fn place(app: &App, workspace: WorkspaceSid, task: TaskSid) -> Option<Place> {
    let found = app.look(workspace, move |view| {
        let explanation = view.workspace.explain(task, view.now)?;
        let line = explanation.line?;
        let wait_secs = match explanation.wait {
            WaitEstimate::AcceptanceRate { secs, .. } => Some(secs),
            WaitEstimate::NoEstimate { .. } => None,
        };
        Some(Place { position: line.position, length: line.length, wait_secs })
    });
    found.await.ok().flatten()
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick of an interval comes at once.
    ticks.reset();
    ticks
}
