//! The writer of each conversation: a turn loads it, decides, commits with all that follows, and only then answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::{ConversationLook, Failure};
use conversation::{
    AddParticipant, Command, Conversation, CreateConversation, Event, Noun, Origin, Outcome, Pair,
    QuestionId, Refusal, Seat, Subject, Survey, TaskEndPolicy, TimerSettings,
};
use domain::{ConversationServiceSid, ConversationSid, TaskSid, Tick};
use parking_lot::Mutex;
use store::{Error, conversations};
use tokio::sync::oneshot;

use super::acting;
use super::hooks::Hooks;
use super::shelf::Shelf;
use crate::errand::Owed;
use crate::house::House;
use crate::lanes::Lanes;
use crate::work::{Settled, Work};
use crate::{clock, dispatch};

/// How often a turn is decided anew because another conversation bound the same addresses meanwhile.
const TURNS_MAX: usize = 3;

/// The conversations of this process.
pub(crate) struct Conversations {
    pub(super) lanes: Lanes,
    shelf: Shelf,
    /// Who waits for a command that an application is asked about.
    waiting: Mutex<BTreeMap<(ConversationSid, QuestionId), oneshot::Sender<Result<Subject, Refusal>>>>,
}

/// What a conversation is to do.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// Begin, at the time and with the SIDs of this tick.
    Create(Box<CreateConversation>, Origin, Tick),
    /// Carry out a command.
    Execute(Box<Command>, Origin),
    /// Take note of a fact.
    Handle(Event),
    /// Repair what the loss of these tasks has brought about, as the workspace's policy has it.
    Sweep { gone: BTreeSet<TaskSid>, policy: TaskEndPolicy },
}

/// What became of a request: what follows from it is written in the same commit.
pub(super) struct Decision<'a> {
    /// What was created or changed, or why nothing was.
    pub(super) result: &'a Result<Subject, Failure>,
    /// The conversation; none where there is none.
    pub(super) conversation: Option<&'a Conversation>,
}

/// What follows from a decision.
pub(super) type Sequel = Arc<dyn Fn(&mut Work, Decision<'_>) + Send + Sync>;

/// A decision that is committed.
pub(super) struct Done {
    /// What was created or changed, or why nothing was.
    pub(super) result: Result<Subject, Failure>,
    /// Is told later, where an application is asked first.
    pub(super) later: Option<oneshot::Receiver<Result<Subject, Refusal>>>,
}

/// Begins a conversation; returns once it is on disk and no application that is asked first has refused it.
pub(crate) async fn create(
    house: &Arc<House>,
    create: CreateConversation,
    origin: Origin,
) -> Result<ConversationSid, Failure> {
    let (sid, request) = creation(create, origin);
    let done = turn(house, sid, request, nothing()).await?;
    settled(done).await.map(|_| sid)
}

/// Returns the request that begins a conversation, and the SID that the conversation will have.
pub(super) fn creation(create: CreateConversation, origin: Origin) -> (ConversationSid, Request) {
    let tick = clock::tick();
    (tick.clone().sid(), Request::Create(Box::new(create), origin, tick))
}

/// Has a conversation carry out a command; returns once that is on disk.
pub(crate) async fn execute(
    house: &Arc<House>,
    conversation: ConversationSid,
    command: Command,
    origin: Origin,
) -> Result<Subject, Failure> {
    let done = turn(house, conversation, Request::Execute(Box::new(command), origin), nothing()).await?;
    settled(done).await
}

/// Has a conversation looked at as it is committed.
pub(crate) async fn look(
    house: &Arc<House>,
    sid: ConversationSid,
    look: ConversationLook,
) -> Result<(), Failure> {
    let (answer, answered) = oneshot::channel();
    let inside = Arc::clone(house);
    house.conversations.lanes.push(&sid, async move {
        let found = inside.conversations.find(&inside, sid).await;
        let seen = found.map(|conversation| {
            let conversation = conversation?;
            look(&conversation);
            inside.conversations.shelf.put_in(conversation);
            Some(())
        });
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(seen);
    });
    answered.await.map_err(|_| Failure::NotFound)??.ok_or(Failure::NotFound)
}

/// Does the errand of telling a conversation what happened.
pub(crate) async fn tell(
    house: &Arc<House>,
    owed: &Owed,
    conversation: ConversationSid,
    event: Event,
) -> Result<(), Error> {
    turn(house, conversation, Request::Handle(event), settling(owed)).await.map(drop)
}

/// Lets the deadline of a conversation arrive.
pub(crate) fn wake(house: &Arc<House>, sid: ConversationSid) {
    let inside = Arc::clone(house);
    house.conversations.lanes.push(&sid, async move {
        if let Err(error) = take_turn(&inside, sid, Request::Handle(Event::TimeReached), nothing()).await {
            tracing::error!(conversation = %sid, %error, "a conversation could not be woken");
            inside.timers.set(sid, Some(clock::now() + dispatch::RETRY_AFTER));
        }
    });
}

/// Returns the sequel of a decision that nothing follows from.
pub(super) fn nothing() -> Sequel {
    Arc::new(|_, _| {})
}

/// Returns the sequel that settles an errand.
pub(super) fn settling(owed: &Owed) -> Sequel {
    let owed = owed.clone();
    Arc::new(move |work, _| work.settle(&owed))
}

/// Gives a request to the writer of a conversation, behind those that came before.
pub(super) async fn turn(
    house: &Arc<House>,
    sid: ConversationSid,
    request: Request,
    sequel: Sequel,
) -> Result<Done, Error> {
    let (answer, answered) = oneshot::channel();
    let inside = Arc::clone(house);
    house.conversations.lanes.push(&sid, async move {
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(take_turn(&inside, sid, request, sequel).await);
    });
    let stopping = || Error::Unavailable("the server is being stopped".to_owned());
    answered.await.map_err(|_| stopping())?
}

/// Waits for the answer of an application, where one is asked first.
async fn settled(done: Done) -> Result<Subject, Failure> {
    match done.later {
        Some(later) => Ok(later.await.map_err(|_| Failure::NotFound)??),
        None => done.result,
    }
}

/// Decides and commits; anew, where another conversation was faster with the same addresses.
async fn take_turn(
    house: &Arc<House>,
    sid: ConversationSid,
    request: Request,
    sequel: Sequel,
) -> Result<Done, Error> {
    let mut turns = 0;
    loop {
        turns += 1;
        match decide(house, sid, request.clone(), &sequel).await {
            Err(Error::Duplicate(_)) if turns < TURNS_MAX => {}
            other => return other,
        }
    }
}

async fn decide(
    house: &Arc<House>,
    sid: ConversationSid,
    request: Request,
    sequel: &Sequel,
) -> Result<Done, Error> {
    let found = house.conversations.find(house, sid).await?;
    let prepared = prepare(house, sid, found.as_ref(), request).await?;
    let held = found.as_ref().map(Conversation::pairs).unwrap_or_default();
    let mut work = Work::default();
    let mut conversation = found;
    let result = match prepared {
        Ok((request, hooks)) => apply(&mut work, &mut conversation, sid, request, &hooks),
        Err(failure) => Err(failure),
    };
    sequel(&mut work, Decision { result: &result, conversation: conversation.as_ref() });
    if let Some(conversation) = &mut conversation {
        write(&mut work, conversation, &held);
    }
    house.commit(work).await?;
    let mut later = None;
    if let Ok(Subject::Pending(question)) = result {
        later = Some(house.conversations.wait(sid, question));
    }
    if let Some(conversation) = conversation.filter(|conversation| !conversation.is_deleted()) {
        house.conversations.shelf.put_in(conversation);
    }
    Ok(Done { result, later })
}

/// Fills in what a conversation can not know: who is asked and told, which names and addresses are taken.
async fn prepare(
    house: &House,
    sid: ConversationSid,
    found: Option<&Conversation>,
    mut request: Request,
) -> Result<Result<(Request, Hooks), Failure>, Error> {
    let hooks = match (&request, found) {
        (Request::Create(create, ..), _) => Hooks::read(house, create.service_sid).await?,
        (_, Some(conversation)) => Hooks::read(house, conversation.details().service_sid).await?,
        (_, None) => Hooks::default(),
    };
    let refusal = match &mut request {
        Request::Create(create, origin, _) => {
            origin.asks = hooks.asks();
            if create.timers == TimerSettings::default() {
                create.timers = hooks.timers();
            }
            find_holders(house, sid, create.participants.iter_mut()).await?;
            name_taken(house, sid, create.service_sid, create.unique_name.as_deref()).await?
        }
        Request::Execute(command, origin) => {
            origin.asks = hooks.asks();
            find_holders(house, sid, added_by(command).iter_mut()).await?;
            match (&**command, found) {
                (Command::UpdateConversation(update), Some(conversation)) => {
                    let service = conversation.details().service_sid;
                    name_taken(house, sid, service, update.unique_name.as_deref()).await?
                }
                _ => None,
            }
        }
        Request::Handle(_) | Request::Sweep { .. } => None,
    };
    Ok(refusal.map_or(Ok((request, hooks)), Err))
}

/// Returns the participants whom a command adds.
fn added_by(command: &mut Command) -> &mut [AddParticipant] {
    if let Command::AddParticipant(add) = command {
        return std::slice::from_mut(add);
    }
    if let Command::CreateInteraction(create) = command {
        return &mut create.participants;
    }
    &mut []
}

/// Notes which other open conversations the addresses of participants are bound to.
async fn find_holders(
    house: &House,
    sid: ConversationSid,
    participants: impl Iterator<Item = &mut AddParticipant>,
) -> Result<(), Error> {
    for participant in participants {
        if let Seat::Binding(pair) = &participant.seat {
            let holder = conversations::holder(&house.store, pair).await?;
            participant.pair_holder = holder.filter(|holder| *holder != sid);
        }
    }
    Ok(())
}

async fn name_taken(
    house: &House,
    sid: ConversationSid,
    service: ConversationServiceSid,
    name: Option<&str>,
) -> Result<Option<Failure>, Error> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(None) };
    let holder = conversations::by_unique_name(&house.store, service, name).await?;
    let taken = |holder| Failure::Taken(format!("UniqueName: '{name}' is the name of conversation {holder}"));
    Ok(holder.filter(|holder| *holder != sid).map(taken))
}

/// Has the engine decide.
fn apply(
    work: &mut Work,
    conversation: &mut Option<Conversation>,
    sid: ConversationSid,
    request: Request,
    hooks: &Hooks,
) -> Result<Subject, Failure> {
    let mut tick = clock::tick();
    let missing = || Refusal::NotFound { what: Noun::Conversation, sid: sid.to_string() };
    let (actions, subject) = match (request, conversation.as_mut()) {
        (Request::Create(create, origin, mut tick), None) => {
            let (created, Outcome { actions, subject }) = Conversation::create(*create, &origin, &mut tick)?;
            *conversation = Some(created);
            (actions, subject)
        }
        (Request::Create(..), Some(_)) => (vec![], Subject::Conversation),
        (Request::Execute(command, origin), Some(conversation)) => {
            let Outcome { actions, subject } = conversation.execute(*command, &origin, &mut tick)?;
            (actions, subject)
        }
        (Request::Execute(..), None) => return Err(missing().into()),
        (Request::Handle(event), Some(conversation)) => {
            (conversation.handle(event, &mut tick), Subject::Conversation)
        }
        (Request::Handle(event), None) => (event.when_gone(), Subject::Conversation),
        (Request::Sweep { gone, policy }, Some(conversation)) => {
            let counted_on = conversation.interactions().flat_map(|interaction| interaction.live_tasks());
            let live_tasks = counted_on.filter(|task| !gone.contains(task)).collect();
            let survey = Survey { live_tasks, policy };
            let swept = conversation.sweep(&survey, &mut tick);
            for repair in &swept.repairs {
                tracing::warn!(conversation = %sid, %repair, "a conversation was repaired");
            }
            (swept.actions, Subject::Conversation)
        }
        (Request::Sweep { .. }, None) => (vec![], Subject::Conversation),
    };
    for action in actions {
        acting::act(work, sid, hooks, action);
    }
    Ok(subject)
}

/// Writes what changed, the addresses that are held, and when the conversation wants to be woken.
fn write(work: &mut Work, conversation: &mut Conversation, held: &BTreeSet<Pair>) {
    let changes = conversation.take_changes();
    if changes.is_empty() {
        return;
    }
    let sid = conversation.details().sid;
    work.write_all(changes.iter().flat_map(conversations::write));
    let pairs = conversation.pairs();
    if pairs != *held {
        work.write_all(conversations::write_pairs(sid, &pairs));
    }
    work.wake(sid, conversation.next_timeout());
}

impl Conversations {
    /// Opens the desk on the current runtime.
    pub(crate) fn start() -> Self {
        Self { lanes: Lanes::start(), shelf: Shelf::default(), waiting: Mutex::default() }
    }

    /// Returns how many turns wait or run.
    pub(crate) fn waiting(&self) -> usize {
        self.lanes.waiting()
    }

    /// Tells who waits for a command what became of it.
    pub(crate) fn settle(&self, settled: Settled) {
        if let Some(waiting) = self.waiting.lock().remove(&(settled.conversation, settled.question)) {
            // Whoever asked may have gone meanwhile.
            let _ = waiting.send(settled.result);
        }
    }

    fn wait(
        &self,
        conversation: ConversationSid,
        question: QuestionId,
    ) -> oneshot::Receiver<Result<Subject, Refusal>> {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().insert((conversation, question), answer);
        answered
    }

    /// Returns a conversation for its writer, from memory or from its rows.
    async fn find(&self, house: &House, sid: ConversationSid) -> Result<Option<Conversation>, Error> {
        if let Some(conversation) = self.shelf.take_out(sid) {
            return Ok(Some(conversation));
        }
        let records = conversations::load(&house.store, sid).await?;
        if records.is_empty() {
            return Ok(None);
        }
        Conversation::load(records).map(Some).map_err(|error| Error::Corrupt(error.to_string()))
    }
}
