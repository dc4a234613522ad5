//! Executions: loaded, moved on by one event, and written with all that follows, in their contact's lane.

use std::collections::VecDeque;
use std::sync::Arc;

use api::{ExecutionFacts, Failure, LiveEvent, StartExecution, payloads};
use domain::{ConversationSid, ExecutionSid, FlowSid, MessageSid, RequestSid, StepSid};
use flow::{Event, Execution, Flow, Start, Status, Trigger, TriggerKind};
use serde_json::{Map, Value};
use store::{Error, Message, PhoneNumber, executions, resources, scripts};
use tokio::sync::oneshot;
use twiml::Verb;

use crate::dispatch::{self, Asker, Reply};
use crate::errand::{Contact, Owed};
use crate::flow_webhook::{self, Script};
use crate::flows::Edition;
use crate::house::House;
use crate::work::Work;
use crate::{clock, messages};

/// Gives a message that came in to the flow of its number: to the execution that runs, or to a new one.
pub(crate) async fn take_message(house: &Arc<House>, owed: &Owed, message: MessageSid) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    if let Some(message) = store::messages::fetch(&house.store, &message.to_string()).await? {
        match flow_of(house, &message).await? {
            Some(flow) => {
                let payload = payloads::incoming_message(&message);
                give_message(house, &mut work, flow, message.sid.to_string(), payload).await?;
            }
            None => {
                tracing::warn!(message = %message.sid, "the number of a message has no flow: it is only listed")
            }
        }
    }
    house.commit(work).await
}

/// Gives a flow a message that an execution had not asked for before it ended.
pub(crate) async fn take_payload(
    house: &Arc<House>,
    owed: &Owed,
    flow: FlowSid,
    payload: Map<String, Value>,
) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    match text_of(&payload, "ConversationSid").parse() {
        Ok(conversation) => {
            give_conversation_message(house, &mut work, flow, (conversation, payload)).await?;
        }
        Err(_) => {
            let message = text_of(&payload, "MessageSid").to_owned();
            give_message(house, &mut work, flow, message, payload).await?;
        }
    }
    house.commit(work).await
}

/// Tells an execution what came of something that it asked for.
pub(crate) async fn tell(
    house: &Arc<House>,
    owed: &Owed,
    execution: ExecutionSid,
    event: Event,
) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    handle(house, &mut work, execution, event).await?;
    house.commit(work).await
}

/// Lets the deadline of an execution arrive, in its contact's lane.
pub(crate) async fn wake(house: &Arc<House>, execution: ExecutionSid) {
    match executions::fetch(&house.store, execution).await {
        Ok(None) => {}
        Ok(Some(sleeping)) => {
            let inside = Arc::clone(house);
            house.flow_lanes.push(&contact_of(&sleeping), async move {
                if let Err(error) = apply(&inside, execution, Event::TimeReached).await {
                    wake_later(&inside, execution, &error);
                }
            });
        }
        Err(error) => wake_later(house, execution, &error),
    }
}

/// Lets a deadline come again shortly, unless no later try could go better.
fn wake_later(house: &House, execution: ExecutionSid, error: &Error) {
    tracing::error!(%execution, %error, "an execution could not be woken");
    if !matches!(error, Error::Corrupt(_)) {
        house.timers.set(execution, Some(clock::now() + dispatch::RETRY_AFTER));
    }
}

/// Starts an execution by REST; refused while another one runs between the same addresses.
pub(crate) async fn start(house: &Arc<House>, request: StartExecution) -> Result<ExecutionSid, Failure> {
    let (answer, answered) = oneshot::channel();
    let contact = Contact::new(request.to.clone(), request.from.clone());
    let inside = Arc::clone(house);
    house.flow_lanes.push(&contact, async move {
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(start_in_lane(&inside, request).await);
    });
    answered.await.map_err(|_| Failure::NotFound)?
}

/// Stops an execution by REST.
pub(crate) async fn stop(house: &Arc<House>, execution: ExecutionSid) -> Result<(), Failure> {
    let running = executions::fetch(&house.store, execution).await?.ok_or(Failure::NotFound)?;
    let (answer, answered) = oneshot::channel();
    let inside = Arc::clone(house);
    house.flow_lanes.push(&contact_of(&running), async move {
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(apply(&inside, execution, Event::StopRequested).await);
    });
    Ok(answered.await.map_err(|_| Failure::NotFound)??)
}

/// Returns the flow that a message's number runs.
async fn flow_of(house: &House, message: &Message) -> Result<Option<FlowSid>, Error> {
    let account = house.account.to_string();
    let number: Option<PhoneNumber> = resources::by_name(&house.store, &account, message.to.as_str()).await?;
    Ok(number.and_then(|number| number.sms.url).and_then(|url| payloads::flow_of_url(&url, house.account)))
}

/// Moves the contact's execution on by a message, or starts one; returns the one that took it, if there is a flow.
pub(crate) async fn give_message(
    house: &Arc<House>,
    work: &mut Work,
    flow: FlowSid,
    message: String,
    payload: Map<String, Value>,
) -> Result<Option<ExecutionSid>, Error> {
    let (theirs, ours) = (text_of(&payload, "From").to_owned(), text_of(&payload, "To"));
    let running = executions::active(&house.store, flow, &theirs, ours).await?;
    if let Some(taker) = give_to(house, work, running, &payload).await? {
        return Ok(Some(taker));
    }
    start_by(house, work, (flow, theirs), message, Trigger::IncomingMessage { payload }).await
}

/// Moves the flow's execution in a conversation on by a message, or starts one.
pub(crate) async fn give_conversation_message(
    house: &Arc<House>,
    work: &mut Work,
    flow: FlowSid,
    (conversation, payload): (ConversationSid, Map<String, Value>),
) -> Result<(), Error> {
    let running = executions::in_conversation(&house.store, flow, conversation).await?;
    if give_to(house, work, running, &payload).await?.is_some() {
        return Ok(());
    }
    let author = text_of(&payload, "Author").to_owned();
    let message = text_of(&payload, "MessageSid").to_owned();
    let trigger = Trigger::IncomingConversationMessage { payload };
    start_by(house, work, (flow, author), message, trigger).await.map(drop)
}

/// Moves an execution on by a message; one that does not take it is stopped.
async fn give_to(
    house: &Arc<House>,
    work: &mut Work,
    running: Option<Execution>,
    payload: &Map<String, Value>,
) -> Result<Option<ExecutionSid>, Error> {
    let Some(mut running) = running else { return Ok(None) };
    let compiled = house.library.flow_of(&running).await?;
    let takes_it = running.takes_messages(&compiled, clock::now());
    let event =
        if takes_it { Event::MessageReceived { payload: payload.clone() } } else { Event::StopRequested };
    move_on(house, work, &mut running, &compiled, event).await?;
    Ok(takes_it.then(|| running.sid()))
}

/// Starts an execution by a message, if its flow was ever published.
async fn start_by(
    house: &Arc<House>,
    work: &mut Work,
    (flow, contact): (FlowSid, String),
    initiated_by: String,
    trigger: Trigger,
) -> Result<Option<ExecutionSid>, Error> {
    let Some(edition) = house.library.published(flow, &contact).await? else {
        tracing::warn!(%flow, "a message came for a flow that was never published");
        return Ok(None);
    };
    let flow_revision = edition.revision;
    let start = Start { account_sid: house.account, flow_sid: flow, flow_revision, initiated_by, trigger };
    begin(house, work, edition, start).await.map(Some)
}

async fn start_in_lane(house: &Arc<House>, request: StartExecution) -> Result<ExecutionSid, Failure> {
    let StartExecution { flow, to, from, parameters } = request;
    if let Some(running) = executions::active(&house.store, flow, &to, &from).await? {
        return Err(Failure::ExecutionRuns(running.sid()));
    }
    let edition = house.library.published(flow, &to).await?.ok_or(Failure::NotPublished)?;
    let start = Start {
        account_sid: house.account,
        flow_sid: flow,
        flow_revision: edition.revision,
        initiated_by: clock::tick().sid::<RequestSid>().to_string(),
        trigger: Trigger::IncomingRequest { to, from, parameters },
    };
    let mut work = Work::default();
    let sid = begin(house, &mut work, edition, start).await?;
    house.commit(work).await?;
    Ok(sid)
}

/// Starts an execution and writes it with what follows.
pub(crate) async fn begin(
    house: &House,
    work: &mut Work,
    edition: Edition,
    start: Start,
) -> Result<ExecutionSid, Error> {
    let mut tick = clock::tick();
    let (mut execution, actions) = Execution::start(&edition.flow, start, &mut tick);
    execution.pin_subflows(edition.subflows);
    work.tell(LiveEvent::ExecutionStarted(ExecutionFacts::of(&execution)));
    run(house, work, &mut execution, &edition.flow, actions).await?;
    tell_end(work, &execution);
    work.write(executions::insert(&execution));
    work.wake(execution.sid(), execution.next_timeout());
    Ok(execution.sid())
}

/// Applies an event and commits it alone.
async fn apply(house: &Arc<House>, execution: ExecutionSid, event: Event) -> Result<(), Error> {
    let mut work = Work::default();
    handle(house, &mut work, execution, event).await?;
    house.commit(work).await
}

/// Loads an execution and moves it on by an event; one that has ended or was deleted takes no notice.
async fn handle(house: &House, work: &mut Work, execution: ExecutionSid, event: Event) -> Result<(), Error> {
    let found = executions::fetch(&house.store, execution).await?;
    // The flow of an execution that has ended may be gone.
    let Some(mut execution) = found.filter(|found| found.status() == Status::Active) else { return Ok(()) };
    let flow = house.library.flow_of(&execution).await?;
    move_on(house, work, &mut execution, &flow, event).await
}

/// Moves an execution on by an event and writes it with what follows.
pub(crate) async fn move_on(
    house: &House,
    work: &mut Work,
    execution: &mut Execution,
    flow: &Flow,
    event: Event,
) -> Result<(), Error> {
    let read_version = execution.version();
    let actions = execution.handle(flow, event, &mut clock::tick());
    run(house, work, execution, flow, actions).await?;
    if execution.version() != read_version {
        tell_end(work, execution);
        work.write(executions::update(execution, read_version));
        work.wake(execution.sid(), execution.next_timeout());
    }
    Ok(())
}

/// Tells live listeners of the end of an execution, where it has come.
fn tell_end(work: &mut Work, execution: &Execution) {
    if execution.status() == Status::Ended {
        work.tell(LiveEvent::ExecutionEnded(ExecutionFacts::of(execution)));
    }
}

/// Sees to an execution's actions, and to those that follow from their immediate answers.
async fn run(
    house: &House,
    work: &mut Work,
    execution: &mut Execution,
    flow: &Flow,
    actions: Vec<flow::Action>,
) -> Result<(), Error> {
    let asker =
        Asker { execution: execution.sid(), flow: execution.flow_sid(), contact: contact_of(execution) };
    let mut script: Option<(StepSid, Vec<Verb>)> = None;
    let mut waiting = VecDeque::from(actions);
    while let Some(action) = waiting.pop_front() {
        let event = match dispatch::flow_action(work, &asker, action) {
            Reply::None => continue,
            Reply::Compose(request, message) => {
                messages::send_for_flow(house, work, request, &message).await?
            }
            Reply::Perform(request, verbs) if flow_webhook::has_performer(house, execution).await? => {
                let before = script.take().map(|(_, verbs)| verbs).unwrap_or_default();
                script = Some((request, [before, verbs].concat()));
                continue;
            }
            Reply::Perform(request, _) => {
                let reason = "nobody waits for verbs that answer this message".to_owned();
                Event::VerbsRefused { request, reason }
            }
        };
        waiting.extend(execution.handle(flow, event, &mut clock::tick()));
    }
    if let Some((step, verbs)) = script {
        let script = Script::of(execution, step, verbs);
        work.write(scripts::put(execution.sid(), script.to_text()));
    }
    Ok(())
}

/// Returns the two addresses in whose lane an execution runs; whoever writes in a conversation, it is one lane, and
/// calls between the same addresses do not wait for each other.
pub(crate) fn contact_of(execution: &Execution) -> Contact {
    match execution.trigger() {
        TriggerKind::IncomingConversationMessage => Contact::new("", execution.flow_address()),
        TriggerKind::IncomingCall => Contact::of_call(execution.call_sid().unwrap_or_default()),
        TriggerKind::IncomingMessage | TriggerKind::IncomingRequest | TriggerKind::IncomingParent => {
            Contact::new(execution.contact_address(), execution.flow_address())
        }
    }
}

/// Returns a webhook parameter; empty where there is none.
pub(crate) fn text_of<'a>(payload: &'a Map<String, Value>, name: &str) -> &'a str {
    payload.get(name).and_then(Value::as_str).unwrap_or_default()
}
