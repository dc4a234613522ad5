//! What the contact writes on the stage, and which execution gets it.

use flow::{Action, Event, Execution, Status, Trigger};
use serde_json::{Map, Value};

use super::{Stage, call_of, note_beginning, start_with};
use crate::rehearsal::{ConversationSource, Happening, Said};

impl Stage<'_> {
    /// Lets the contact write; a message that finds no execution running begins another one.
    pub fn write(&mut self, said: &Said) {
        let payload = match self.execution.conversation_sid().map(str::to_owned) {
            Some(sid) => {
                let Said { body, parameters, .. } = said.clone();
                let from = self.execution.contact_address().to_owned();
                let message =
                    ConversationSource { from, sid, body, attributes: self.attributes(), parameters };
                message.payload(&mut self.clock.tick())
            }
            None => {
                let message = said.between(self.execution.contact_address(), self.execution.flow_address());
                message.payload(&mut self.clock.tick())
            }
        };
        let actions = self.take_message(payload);
        self.perform(actions);
    }

    /// Gives a message to the execution that runs, or to a new one, as the server does.
    pub(super) fn take_message(&mut self, payload: Map<String, Value>) -> Vec<Action> {
        let text = payload.get("Body").and_then(Value::as_str).unwrap_or_default();
        self.note(Happening::Wrote(text.to_owned()));
        if self.execution.takes_messages(self.flow.flow(), self.clock.now) {
            return self.handle(Event::MessageReceived { payload });
        }
        if self.execution.status() == Status::Active {
            self.stop();
        }
        self.begin_again(match payload.contains_key("ConversationSid") {
            true => Trigger::IncomingConversationMessage { payload },
            false => Trigger::IncomingMessage { payload },
        })
    }

    fn begin_again(&mut self, trigger: Trigger) -> Vec<Action> {
        note_beginning(&mut self.transcript, self.flow, &self.clock, &trigger);
        self.line = call_of(&trigger);
        let (execution, actions) =
            Execution::start(self.flow.flow(), start_with(trigger), &mut self.clock.tick());
        self.execution = execution;
        actions
    }

    fn attributes(&self) -> Map<String, Value> {
        let attributes = &self.execution.context()["trigger"]["conversation"]["ChannelAttributes"];
        attributes.as_object().cloned().unwrap_or_default()
    }
}
