//! Commands about messages.

use domain::{ContentSid, ConversationMessageSid, Tick, Timestamp};
use serde::{Deserialize, Serialize};

use crate::checks::{self, ATTRIBUTES_MAX};
use crate::{
    Conversation, Fact, Message, MessageMedia, Noun, Origin, Participant, RecordKey, Refusal, Subject,
};

/// Who wrote what names no author.
const AUTHOR_DEFAULT: &str = "system";
/// The longest text, in bytes.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// The longest text that goes to a telephone, in characters.
const BODY_TO_ADDRESS_MAX: usize = 1600;

/// Adds a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AddMessage {
    /// Who writes: an identity, an address, or any other name; default the client's identity, else `system`.
    pub author: Option<String>,
    /// Its text: at most 32 KB, and 1600 characters where somebody is reached by telephone.
    pub body: Option<String>,
    /// Its media.
    pub media: Vec<MessageMedia>,
    /// Its subject line, at most 256 characters.
    pub subject: Option<String>,
    /// The content template that stands for text and media.
    pub content_sid: Option<ContentSid>,
    /// The values of the template's placeholders, as JSON text.
    pub content_variables: Option<String>,
    /// The user's own facts: a JSON object of at most 4 KB.
    pub attributes: Option<String>,
    /// When it was written; default now.
    pub date_created: Option<Timestamp>,
    /// By which a repeated request is known: it adds no second message.
    pub token: Option<String>,
}

/// Changes a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateMessage {
    /// The message.
    pub sid: ConversationMessageSid,
    /// Another author.
    pub author: Option<String>,
    /// Another text; empty takes the old one away.
    pub body: Option<String>,
    /// Another subject line.
    pub subject: Option<String>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
}

impl UpdateMessage {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: ConversationMessageSid) -> Self {
        Self { sid, author: None, body: None, subject: None, attributes: None }
    }
}

impl Conversation {
    pub(crate) fn add_message(
        &mut self,
        command: AddMessage,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        if let Some(message) = self.repeated(command.token.as_deref()) {
            return Ok(Subject::Message(message.sid));
        }
        self.check_open()?;
        // A client on a chat writes as itself.
        let author = command.author.or_else(|| origin.client_identity.clone());
        let message = self.message_of(AddMessage { author, ..command }, tick)?;
        let sid = message.sid;
        self.publish(message, origin, tick);
        Ok(Subject::Message(sid))
    }

    pub(crate) fn update_message(
        &mut self,
        command: UpdateMessage,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let mut message = self.message(command.sid)?.clone();
        if let Some(body) = command.body {
            check_length(&body)?;
            message.body = Some(body).filter(|body| !body.is_empty());
        }
        if let Some(text) = command.attributes {
            message.attributes = checks::attributes(Some(&text), ATTRIBUTES_MAX)?;
        }
        if command.subject.is_some() {
            message.subject = checks::optional_name("Subject", command.subject)?;
        }
        message.author =
            command.author.map_or(Ok(message.author), |author| checks::name("Author", author))?;
        message.date_updated = tick.now;
        self.put_message(message.clone());
        self.announce(Fact::MessageUpdated(Box::new(message)), origin, tick.now);
        Ok(Subject::Message(command.sid))
    }

    pub(crate) fn remove_message(
        &mut self,
        sid: ConversationMessageSid,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let message = self.message(sid)?.clone();
        self.messages.remove(&message.index);
        self.changed_row(RecordKey::Message(sid));
        self.announce(Fact::MessageRemoved(Box::new(message)), origin, tick.now);
        Ok(Subject::Deleted)
    }

    /// Returns a message.
    pub fn message(&self, sid: ConversationMessageSid) -> Result<&Message, Refusal> {
        let found = self.messages.values().rev().find(|message| message.sid == sid);
        found.ok_or_else(|| Refusal::not_found(Noun::Message, sid))
    }

    /// Writes a message, new or over the old one.
    pub(crate) fn put_message(&mut self, message: Message) {
        self.changed_row(RecordKey::Message(message.sid));
        self.messages.insert(message.index, message);
    }

    /// Returns the message that an earlier request with this token added.
    fn repeated(&self, token: Option<&str>) -> Option<&Message> {
        let token = token?;
        self.messages.values().rev().find(|message| message.token.as_deref() == Some(token))
    }

    fn message_of(&self, command: AddMessage, tick: &mut Tick) -> Result<Message, Refusal> {
        let author = command.author.unwrap_or_else(|| AUTHOR_DEFAULT.to_owned());
        let author = checks::name("Author", author)?;
        let participant = self.participants.values().find(|participant| participant.author() == author);
        let is_template = command.content_sid.is_some();
        let body = command.body.filter(|body| !body.is_empty() && !is_template);
        let media = if is_template { vec![] } else { command.media };
        if body.is_none() && media.is_empty() && !is_template {
            return Err(Refusal::invalid(
                "Body",
                "a message has a body, media or a content template; found none",
            ));
        }
        check_length(body.as_deref().unwrap_or_default())?;
        self.check_length_to_addresses(body.as_deref().unwrap_or_default(), participant)?;
        Ok(Message {
            sid: tick.sid(),
            conversation_sid: self.row.details.sid,
            index: self.row.details.next_index,
            participant_sid: participant.map(|participant| participant.sid),
            author,
            body,
            media,
            subject: checks::optional_name("Subject", command.subject)?,
            content_sid: command.content_sid,
            content_variables: command.content_variables,
            attributes: checks::attributes(command.attributes.as_deref(), ATTRIBUTES_MAX)?,
            token: command.token,
            recipients: 0,
            receipts: vec![],
            date_created: command.date_created.unwrap_or(tick.now),
            date_updated: tick.now,
        })
    }

    fn check_length_to_addresses(&self, body: &str, author: Option<&Participant>) -> Result<(), Refusal> {
        let author = author.map(|author| author.sid);
        let mut others = self.participants.values().filter(|participant| Some(participant.sid) != author);
        let length = body.chars().count();
        if length > BODY_TO_ADDRESS_MAX && others.any(|participant| participant.pair().is_some()) {
            let reason = format!(
                "the text is {length} characters long, at most {BODY_TO_ADDRESS_MAX} are allowed to a telephone"
            );
            return Err(Refusal::invalid("Body", reason));
        }
        Ok(())
    }
}

fn check_length(body: &str) -> Result<(), Refusal> {
    if body.len() > BODY_BYTES_MAX {
        let reason = format!("the text has {} bytes, at most {BODY_BYTES_MAX} are allowed", body.len());
        return Err(Refusal::invalid("Body", reason));
    }
    Ok(())
}
