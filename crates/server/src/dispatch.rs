//! Where engines meet: an action of one becomes an errand, and an errand a command or an event of another.
//!
//! This file is the map of the product: one line an arm.

use std::sync::Arc;
use std::time::Duration;

use api::instructions::Order;
use api::{Failure, LiveEvent};
use domain::{ConversationSid, ExecutionSid, FlowSid, StepSid, WorkspaceSid};
use router::{Settings, Subject};
use store::{Error, outbox, steps, timers};

use crate::conversations::{FlowAsker, FlowOrder, Wish};
use crate::errand::{Contact, Errand, Owed, TaskOrder, Way};
use crate::house::House;
use crate::requests::HttpOrder;
use crate::timers::Sleeper;
use crate::voice::CallOrder;
use crate::work::{Aftermath, Packed, Work};
use crate::{callbacks, clock, conversations, executions, figures, messages, requests, voice, workspaces};

/// How long an errand that failed waits before it is tried again.
pub(crate) const RETRY_AFTER: Duration = Duration::from_millis(500);

/// What an execution's action leads to at once, in the same commit.
pub(crate) enum Reply {
    /// Nothing: it was written or is owed.
    None,
    /// A message that is to be composed; its fate is an event of the execution.
    Compose(domain::StepSid, Box<flow::OutgoingMessage>),
    /// Verbs that whoever has the contact performs, if anybody can.
    Perform(domain::StepSid, Vec<twiml::Verb>),
}

/// Who asks for something: an execution, its flow and its contact.
pub(crate) struct Asker {
    /// The execution.
    pub(crate) execution: ExecutionSid,
    /// The flow that it runs.
    pub(crate) flow: FlowSid,
    /// The two addresses in whose lane it runs.
    pub(crate) contact: Contact,
}

/// Writes down or owes what an execution asks for.
pub(crate) fn flow_action(work: &mut Work, asker: &Asker, action: flow::Action) -> Reply {
    let Asker { execution, flow, ref contact } = *asker;
    match action {
        flow::Action::RecordStep(step) => {
            work.write(steps::insert(execution, &step));
            work.tell(LiveEvent::StepEnded { execution, flow, step });
        }
        flow::Action::CreateTask { request, task } => {
            let order = TaskOrder { execution, contact: contact.clone(), request, task: *task };
            work.owe(Errand::CreateTask(Box::new(order)));
        }
        flow::Action::PassOnMessage { payload } => {
            work.owe(Errand::PassOnMessage { flow, contact: contact.clone(), payload });
        }
        flow::Action::RequestHttp { request, http } => {
            let order = HttpOrder { execution, contact: contact.clone(), request, http: *http };
            work.owe(Errand::RequestHttp(Box::new(order)));
        }
        flow::Action::PerformVerbs { request, verbs } => return Reply::Perform(request, verbs),
        flow::Action::MakeCall { request, call } => {
            let order = CallOrder { execution, flow, contact: contact.clone(), request, call: *call };
            work.owe(Errand::PlaceCall(Box::new(order)));
        }
        flow::Action::StartConversation { request, conversation } => {
            work.owe(asker.order(request, Wish::Start(conversation)));
        }
        flow::Action::ResumeConversation { request, conversation } => {
            work.owe(asker.order(request, Wish::Resume(conversation)));
        }
        flow::Action::CreateInteraction { request, interaction } => {
            work.owe(asker.order(request, Wish::Interact(interaction)));
        }
        flow::Action::SendMessage { request, message } => match conversation_of(&message) {
            Some(conversation) => work.owe(asker.order(request, Wish::Write(conversation, message))),
            None => return Reply::Compose(request, message),
        },
    }
    Reply::None
}

/// Returns the conversation that a flow writes in; none for a message between two addresses.
fn conversation_of(message: &flow::OutgoingMessage) -> Option<ConversationSid> {
    message.channel.as_deref()?.trim().parse().ok()
}

impl Asker {
    /// Makes the errand that asks something of a conversation.
    fn order(&self, request: StepSid, wish: Wish) -> Errand {
        let contact = self.contact.clone();
        let asker = FlowAsker { execution: self.execution, contact, request };
        Errand::FillOrder(Box::new(FlowOrder { asker, flow: self.flow, wish }))
    }
}

/// Writes down or owes what a workspace asks for.
pub(crate) fn router_action(work: &mut Work, settings: &Settings, action: router::Action) {
    match action {
        router::Action::Announce(notice) => {
            work.tell_calls(voice::of_notice(&notice));
            work.owe_all(callbacks::of_event(&notice, settings));
            work.owe_all(conversations::of_notice(&notice));
            work.announce(*notice);
        }
        router::Action::OfferReservation(offer) => work.owe_all(callbacks::of_offer(&offer, settings)),
        // The notice of its end tells the calls.
        router::Action::RescindReservation(_) => {}
        router::Action::ReleaseContact(release) => {
            work.tell_calls(voice::of_release(&release));
            work.owe_all(conversations::of_release(&release));
        }
    }
}

/// Has the call behind a task do what an instruction says.
pub(crate) async fn instruct(
    house: &House,
    workspace: WorkspaceSid,
    order: Order,
) -> Result<Subject, Failure> {
    voice::carry_out(house, workspace, order).await
}

/// Does an errand; an error means that it is still owed.
async fn perform(house: &Arc<House>, owed: &Owed) -> Result<(), Error> {
    match &owed.errand {
        Errand::TakeMessage { message, .. } => conversations::take_message(house, owed, *message).await,
        Errand::GiveToNumber { message, .. } => executions::take_message(house, owed, *message).await,
        Errand::TellConversation { conversation, event } => {
            conversations::tell(house, owed, *conversation, (**event).clone()).await
        }
        Errand::PassToFlow { conversation, message } => {
            conversations::pass_message(house, owed, *conversation, message).await
        }
        Errand::FillOrder(order) => conversations::fill(house, owed, order).await,
        Errand::TellOfInteraction { asker, news } => {
            conversations::tell_of_interaction(house, owed, asker, news).await
        }
        Errand::CallHook(call) => conversations::call(house, owed, call).await,
        Errand::AskHook(inquiry) => conversations::ask(house, owed, inquiry).await,
        Errand::SendFromConversation(delivery) => conversations::send(house, owed, delivery).await,
        Errand::CreateTaskOfInvite(order) => conversations::create_task(house, owed, order).await,
        Errand::EndTaskOfInvite { task, how, .. } => conversations::end_task(house, owed, *task, *how).await,
        Errand::AnswerReservation(order) => conversations::answer_reservation(house, owed, order).await,
        Errand::PassOnMessage { flow, payload, .. } => {
            executions::take_payload(house, owed, *flow, payload.clone()).await
        }
        Errand::TellExecution { execution, event, .. } => {
            executions::tell(house, owed, *execution, event.clone()).await
        }
        Errand::CreateTask(order) => workspaces::create_task(house, owed, order).await,
        Errand::SendMessage { message, .. } => messages::send_out(house, owed, *message).await,
        Errand::AnswerMessage { message } => messages::answer(house, owed, *message).await,
        Errand::TellOfMessage { callback, .. } => callbacks::tell_event(house, owed, callback).await,
        Errand::RequestHttp(order) => requests::send(house, owed, order).await,
        Errand::PlaceCall(order) => voice::place(house, owed, order).await,
        Errand::AwaitCall(placed) => voice::await_outcome(house, owed, placed).await,
        Errand::TellOfCall(notice) => voice::tell(house, owed, notice).await,
        Errand::TellEvent(callback) => callbacks::tell_event(house, owed, callback).await,
        Errand::AskForInstruction(callback) => callbacks::ask(house, owed, callback).await,
    }
}

impl House {
    /// Writes what was decided, then sees to what follows from it.
    pub(crate) async fn commit(self: &Arc<Self>, work: Work) -> Result<(), Error> {
        self.commit_packed(work.pack()).await
    }

    /// Writes what was decided and made ready, then sees to what follows from it.
    pub(crate) async fn commit_packed(self: &Arc<Self>, packed: Packed) -> Result<(), Error> {
        let Packed { unit, aftermath } = packed;
        let begun = clock::instant();
        self.store.commit(unit).await?;
        figures::count(&aftermath, begun.elapsed());
        self.hand_on(aftermath);
        Ok(())
    }

    /// Sees to everything that was owed, and every deadline that was set, when the process last stopped.
    pub(crate) async fn resume(self: &Arc<Self>) -> Result<(), Error> {
        for (aggregate, due_at) in timers::all(&self.store).await? {
            match aggregate.parse::<Sleeper>() {
                Ok(sleeper) => self.timers.set(sleeper, Some(due_at)),
                Err(error) => tracing::warn!(aggregate, %error, "a timer belongs to nobody"),
            }
        }
        for (id, body) in outbox::all(&self.store).await? {
            let errand = serde_json::from_str(&body)?;
            self.deliver(Owed { id, errand });
        }
        Ok(())
    }

    /// Wakes executions, conversations and scheduled messages at their deadlines, for as long as the process runs.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        loop {
            match self.timers.next().await {
                Sleeper::Execution(execution) => executions::wake(&self, execution).await,
                Sleeper::Conversation(conversation) => conversations::wake(&self, conversation),
                Sleeper::Message(message) => messages::wake(&self, message).await,
            }
        }
    }

    fn hand_on(self: &Arc<Self>, aftermath: Aftermath) {
        self.statistics.observe(&aftermath.notices);
        self.notices.publish(aftermath.notices);
        self.live.publish(aftermath.live);
        for (sleeper, due_at) in aftermath.deadlines {
            self.timers.set(sleeper, due_at);
            if let Sleeper::Execution(execution) = sleeper {
                self.audience.tell(execution);
            }
        }
        for settled in aftermath.settlements {
            self.conversations.settle(settled);
        }
        self.switchboard.tell_soon(aftermath.call_events);
        for owed in aftermath.owed {
            self.deliver(owed);
        }
    }

    /// Puts an errand on its way.
    fn deliver(self: &Arc<Self>, owed: Owed) {
        let house = Arc::clone(self);
        let errand = owed.errand.clone();
        let job = async move { house.see_to(owed).await };
        match errand.way() {
            Way::FlowLane(contact) => self.flow_lanes.push(&*contact, job),
            Way::Pair(contact) => self.pairs.push(contact, job),
            Way::CarrierLane(contact) => self.carrier_lanes.push(&*contact, job),
            Way::TellingLane(message) => self.telling_lanes.push(&message, job),
            Way::CallLane(about) => self.carrier_lanes.push(&about, job),
            Way::ConversationLane(conversation) => self.carrier_lanes.push(&conversation, job),
            Way::Courier => self.couriers.send(job),
        }
    }

    /// Does an errand, again and again until it is done: those behind it in the lane must not overtake it.
    async fn see_to(self: Arc<Self>, owed: Owed) {
        while let Err(error) = perform(&self, &owed).await {
            if error == Error::Conflict(outbox::ALREADY_DONE) {
                return;
            }
            if matches!(error, Error::Corrupt(_)) {
                return self.give_up(&owed, &error).await;
            }
            tracing::error!(errand = owed.id, %error, "an errand failed and is tried again");
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Settles an errand that can never be done: trying again would hold up everything behind it in the lane.
    async fn give_up(self: &Arc<Self>, owed: &Owed, error: &Error) {
        tracing::error!(errand = owed.id, %error, "an errand can not be done and is given up");
        if let Err(error) = self.commit(Work::settling(owed)).await {
            tracing::error!(errand = owed.id, %error, "the errand is met again at the next start");
        }
    }
}
