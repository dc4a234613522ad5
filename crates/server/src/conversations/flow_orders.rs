//! What flows ask of conversations: to write in one, to begin or resume one, to hand one over to agents.

use std::sync::Arc;

use api::{Failure, conversation_hooks};
use conversation::{
    AddMessage, AddParticipant, AddWebhook, ChannelKind, Command, Conversation, CreateConversation,
    CreateInteraction, Initiator, Origin, Pair, Routing, Seat, Subject, TimerSettings, UpdateConversation,
    WebhookTarget, parse_timer,
};
use domain::{ConversationSid, ExecutionSid, FlowSid, StepSid, WebhookSid};
use flow::{ConversationRequest, InteractionRequest, OutgoingMessage, ResumeRequest};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Error, routing};
use tokio::sync::oneshot;

use super::desk::{self, Decision, Request, Sequel};
use super::hooks;
use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// The published code of what a conversation does not take.
const REFUSED: u32 = 20001;

/// Something that an execution asks of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlowOrder {
    /// Who is told what came of it.
    pub(crate) asker: FlowAsker,
    /// The flow.
    pub(crate) flow: FlowSid,
    /// What is asked for.
    pub(crate) wish: Wish,
}

/// The visit of an execution that asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlowAsker {
    /// The execution.
    pub(crate) execution: ExecutionSid,
    /// The two addresses in whose lane it runs.
    pub(crate) contact: Contact,
    /// The visit.
    pub(crate) request: StepSid,
}

/// What an execution asks of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Wish {
    /// To take a message.
    Write(ConversationSid, Box<OutgoingMessage>),
    /// To begin.
    Start(Box<ConversationRequest>),
    /// To be heard.
    Resume(Box<ResumeRequest>),
    /// To be handed over.
    Interact(Box<InteractionRequest>),
}

/// Does what an execution asks of a conversation, and owes the execution the outcome.
pub(crate) async fn fill(house: &Arc<House>, owed: &Owed, order: &FlowOrder) -> Result<(), Error> {
    match &order.wish {
        Wish::Write(conversation, message) => write(house, owed, order, (*conversation, message)).await,
        Wish::Start(request) => match creation_of(house, order, request).await? {
            Ok(create) => start(house, owed, order, create).await,
            Err(reason) => settle(house, owed, order.asker.conversation_refused(reason)).await,
        },
        Wish::Resume(request) => {
            let told = match resume(house, order, request).await {
                Ok(ready) => order.asker.tell(ready),
                Err(Failure::Store(error)) => return Err(error),
                Err(failure) => order.asker.conversation_refused(failure.to_string()),
            };
            settle(house, owed, told).await
        }
        Wish::Interact(request) => match interaction_of(house, order, request).await? {
            Ok((conversation, create)) => interact(house, owed, order, (conversation, create)).await,
            Err(reason) => settle(house, owed, order.asker.interaction_refused(reason)).await,
        },
    }
}

impl FlowAsker {
    /// Makes the errand that tells the execution what came of it.
    pub(super) fn tell(&self, event: flow::Event) -> Errand {
        Errand::TellExecution { execution: self.execution, contact: self.contact.clone(), event }
    }

    fn conversation_refused(&self, reason: String) -> Errand {
        self.tell(flow::Event::ConversationRefused { request: self.request, reason })
    }

    fn interaction_refused(&self, reason: String) -> Errand {
        self.tell(flow::Event::InteractionRefused { request: self.request, reason })
    }

    /// Writes the asker as the token by which a repeated request is known.
    fn to_token(&self) -> String {
        serde_json::to_string(self).expect("an asker has string keys only")
    }

    /// Reads the asker of an interaction; none where no flow asked for it.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        serde_json::from_str(token).ok()
    }
}

async fn settle(house: &Arc<House>, owed: &Owed, errand: Errand) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    work.owe(errand);
    house.commit(work).await
}

async fn write(
    house: &Arc<House>,
    owed: &Owed,
    order: &FlowOrder,
    (sid, message): (ConversationSid, &OutgoingMessage),
) -> Result<(), Error> {
    let names_conversation = message.from.parse::<ConversationSid>().is_ok();
    let content = message.content.as_ref();
    let command = AddMessage {
        author: Some(message.from.clone()).filter(|from| !from.is_empty() && !names_conversation),
        body: Some(message.body.clone()),
        content_sid: content.and_then(|content| content.sid.parse().ok()),
        content_variables: content.map(|content| Value::Object(content.variables.clone()).to_string()),
        attributes: message.attributes.clone(),
        token: Some(order.asker.request.to_string()),
        ..AddMessage::default()
    };
    let (owed, asker) = (owed.clone(), order.asker.clone());
    let sequel: Sequel = Arc::new(move |work: &mut Work, decision: Decision<'_>| {
        work.settle(&owed);
        work.owe(asker.tell(fate_of(asker.request, &decision)));
    });
    let command = Box::new(Command::AddMessage(Box::new(command)));
    desk::turn(house, sid, Request::Execute(command, Origin::flow()), sequel).await.map(drop)
}

/// Says what became of a flow's message.
fn fate_of(request: StepSid, decision: &Decision<'_>) -> flow::Event {
    match (decision.result, decision.conversation) {
        (Ok(Subject::Message(sid)), Some(conversation)) => {
            let message = conversation.message(*sid).ok();
            let outbound =
                message.map(|message| conversation_hooks::written(message, conversation.details()));
            flow::Event::MessageAccepted { request, outbound: outbound.unwrap_or_default() }
        }
        (Ok(_), _) => flow::Event::MessageAccepted { request, outbound: Map::new() },
        (Err(failure), _) => {
            flow::Event::MessageRefused { request, code: REFUSED, reason: failure.to_string() }
        }
    }
}

async fn start(
    house: &Arc<House>,
    owed: &Owed,
    order: &FlowOrder,
    create: CreateConversation,
) -> Result<(), Error> {
    let (owed, asker) = (owed.clone(), order.asker.clone());
    let sequel: Sequel = Arc::new(move |work: &mut Work, decision: Decision<'_>| {
        work.settle(&owed);
        work.owe(match (decision.result, decision.conversation) {
            (Ok(_), Some(conversation)) => asker.tell(ready(asker.request, conversation)),
            (Err(failure), _) => asker.conversation_refused(failure.to_string()),
            (Ok(_), None) => asker.conversation_refused("it was not created".to_owned()),
        });
    });
    let (sid, request) = desk::creation(create, Origin::flow());
    desk::turn(house, sid, request, sequel).await.map(drop)
}

async fn creation_of(
    house: &House,
    order: &FlowOrder,
    request: &ConversationRequest,
) -> Result<Result<CreateConversation, String>, Error> {
    let named = [Some(&request.service), request.chat_service.as_ref()];
    let service = named.into_iter().flatten().find_map(|service| service.parse().ok());
    let service = match service {
        Some(service) => service,
        None => hooks::settings(house).await?.default_service_sid,
    };
    let (seat, timers) = match (seat_of(request), timers_of(request)) {
        (Ok(seat), Ok(timers)) => (seat, timers),
        (Err(reason), _) | (_, Err(reason)) => return Ok(Err(reason)),
    };
    Ok(Ok(CreateConversation {
        friendly_name: Some(request.friendly_name.clone()).filter(|name| !name.is_empty()),
        attributes: request.attributes.clone(),
        messaging_service_sid: request.messaging_service.as_ref().and_then(|sid| sid.parse().ok()),
        timers,
        participants: vec![AddParticipant::at(seat)],
        webhooks: vec![webhook_of(order.flow)],
        ..CreateConversation::of(house.account, service)
    }))
}

fn seat_of(request: &ConversationRequest) -> Result<Seat, String> {
    let participant = &request.participant;
    if !participant.identity.is_empty() {
        return Ok(Seat::Identity(participant.identity.clone()));
    }
    let address = |text: &str| text.parse().map_err(|error| format!("participants: {error}"));
    let (address, proxy_address) = (address(&participant.address)?, address(&participant.proxy_address)?);
    Ok(Seat::Binding(Pair { address, proxy_address }))
}

fn timers_of(request: &ConversationRequest) -> Result<TimerSettings, String> {
    let timer = |name: &str| {
        let text = request.timers.get(name).and_then(Value::as_str).unwrap_or_default();
        parse_timer(name, text).map_err(|refusal| refusal.to_string())
    };
    Ok(TimerSettings { inactive: timer("inactive")?, closed: timer("closed")? })
}

fn webhook_of(flow_sid: FlowSid) -> AddWebhook {
    AddWebhook { target: WebhookTarget::Studio { flow_sid, retry_count: 0 }, replay_after: None }
}

/// Lets a flow hear of a conversation; once, however often it is asked for.
async fn resume(
    house: &Arc<House>,
    order: &FlowOrder,
    request: &ResumeRequest,
) -> Result<flow::Event, Failure> {
    let sid = request.conversation.parse().map_err(|error| Failure::invalid("conversation_sid", error))?;
    let flow = order.flow;
    let is_heard = look(house, sid, move |conversation| listening(conversation, flow).is_some()).await?;
    if !is_heard {
        let command = Command::AddWebhook(webhook_of(flow));
        desk::execute(house, sid, command, Origin::flow()).await?;
    }
    if request.attributes.is_some() {
        let update =
            UpdateConversation { attributes: request.attributes.clone(), ..UpdateConversation::default() };
        desk::execute(house, sid, Command::UpdateConversation(update), Origin::flow()).await?;
    }
    let step = order.asker.request;
    look(house, sid, move |conversation| ready(step, conversation)).await
}

async fn look<T: Send + 'static>(
    house: &Arc<House>,
    sid: ConversationSid,
    look: impl FnOnce(&Conversation) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (answer, answered) = oneshot::channel();
    let carry_away = move |conversation: &Conversation| {
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(look(conversation));
    };
    desk::look(house, sid, Box::new(carry_away)).await?;
    answered.await.map_err(|_| Failure::NotFound)
}

fn ready(request: StepSid, conversation: &Conversation) -> flow::Event {
    let webhook = conversation.webhooks().find(|webhook| webhook.is_studio());
    flow::Event::ConversationReady {
        request,
        conversation: conversation_hooks::conversation(conversation),
        webhook_sid: webhook.map(|webhook| webhook.sid.to_string()).unwrap_or_default(),
    }
}

fn listening(conversation: &Conversation, flow: FlowSid) -> Option<WebhookSid> {
    let hears = |target: &WebhookTarget| matches!(target, WebhookTarget::Studio { flow_sid, .. } if *flow_sid == flow);
    conversation.webhooks().find(|webhook| hears(&webhook.target)).map(|webhook| webhook.sid)
}

async fn interact(
    house: &Arc<House>,
    owed: &Owed,
    order: &FlowOrder,
    (sid, create): (ConversationSid, CreateInteraction),
) -> Result<(), Error> {
    let (owed, asker) = (owed.clone(), order.asker.clone());
    let sequel: Sequel = Arc::new(move |work: &mut Work, decision: Decision<'_>| {
        work.settle(&owed);
        // Its success is told when the task exists.
        if let Err(failure) = decision.result {
            work.owe(asker.interaction_refused(failure.to_string()));
        }
    });
    let command = Box::new(Command::CreateInteraction(Box::new(create)));
    desk::turn(house, sid, Request::Execute(command, Origin::flow()), sequel).await.map(drop)
}

async fn interaction_of(
    house: &House,
    order: &FlowOrder,
    request: &InteractionRequest,
) -> Result<Result<(ConversationSid, CreateInteraction), String>, Error> {
    let Ok(conversation) = request.conversation.parse() else {
        return Ok(Err(format!("'{}' is not a conversation", request.conversation)));
    };
    let task = &request.task;
    let workflow_sid = task.workflow.parse().ok();
    let workspace = match workflow_sid {
        Some(workflow) => routing::workspace_of(&house.store, workflow).await?,
        None => None,
    };
    let Some(workspace_sid) = workspace else {
        return Ok(Err(format!("there is no workflow '{}'", task.workflow)));
    };
    let routing = Routing {
        workspace_sid,
        workflow_sid,
        queue_sid: None,
        worker_sid: None,
        task_channel: Some(task.task_channel.clone()).filter(|channel| !channel.is_empty()),
        attributes: task.attributes.clone(),
        priority: Some(task.priority),
        timeout_secs: Some(task.timeout_secs),
    };
    let create = CreateInteraction {
        kind: request.channel_type.parse().unwrap_or(ChannelKind::Chat),
        initiated_by: Initiator::Customer,
        routing,
        participants: vec![],
        context_sid: None,
        webhook_ttid: None,
        token: Some(order.asker.to_token()),
    };
    Ok(Ok((conversation, create)))
}
