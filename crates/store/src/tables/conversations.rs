//! Conversations: the rows that a conversation is written to and read from, and what it is found by.

use std::collections::BTreeSet;

use conversation::{
    Change, ConversationRecord, ConversationState, Details, Interaction, Message, Pair, Participant, Record,
    RecordKey,
};
use domain::{ConversationServiceSid, ConversationSid, InteractionSid, Timestamp};

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Row, Statement, Store};

/// Which conversations a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those of this service.
    pub service: Option<ConversationServiceSid>,
    /// Only those in this state.
    pub state: Option<ConversationState>,
    /// Only those made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those made before this time.
    pub created_before: Option<Timestamp>,
}

/// Whose conversations a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody on a chat.
    Identity(String),
    /// Somebody behind a messaging address.
    Address(String),
}

/// A conversation that somebody takes part in.
#[derive(Debug, Clone, PartialEq)]
pub struct Participation {
    /// Who takes part.
    pub participant: Participant,
    /// The conversation.
    pub details: Details,
}

/// Writes one change of a conversation.
pub fn write(change: &Change) -> Vec<Statement> {
    match change {
        Change::Put(record) => vec![put(record)],
        Change::Delete(key) => delete(*key),
    }
}

/// Writes the pairs that a conversation holds, in place of all those that it held; one that another conversation holds
/// refuses the unit as `Duplicate`.
pub fn write_pairs(conversation: ConversationSid, pairs: &BTreeSet<Pair>) -> Vec<Statement> {
    let sid = conversation.to_string();
    let release =
        Statement::new("DELETE FROM conversation_pairs WHERE conversation = $1", vec![sid.as_str().into()]);
    let bind = |pair: &Pair| {
        Statement::new(
            "INSERT INTO conversation_pairs (address, proxy_address, conversation) VALUES ($1, $2, $3)",
            vec![pair.address.as_str().into(), pair.proxy_address.as_str().into(), sid.as_str().into()],
        )
    };
    std::iter::once(release).chain(pairs.iter().map(bind)).collect()
}

/// Reads the rows of a conversation; none where it does not exist.
pub async fn load(store: &Store, conversation: ConversationSid) -> Result<Vec<Record>, Error> {
    let all_of = |sql| Query::new(sql, vec![conversation.to_string().into()]);
    let own = all_of("SELECT body FROM conversations WHERE sid = $1");
    let participants = all_of("SELECT body FROM conversation_participants WHERE conversation = $1");
    let messages = all_of("SELECT body FROM conversation_messages WHERE conversation = $1");
    let interactions = all_of("SELECT body FROM interactions WHERE conversation = $1");
    let mut records = Vec::new();
    for row in store.query(own).await? {
        records.push(Record::Conversation(row.json::<Box<ConversationRecord>>(0)?));
    }
    for row in store.query(participants).await? {
        records.push(Record::Participant(row.json::<Box<Participant>>(0)?));
    }
    for row in store.query(messages).await? {
        records.push(Record::Message(row.json::<Box<Message>>(0)?));
    }
    for row in store.query(interactions).await? {
        records.push(Record::Interaction(row.json::<Box<Interaction>>(0)?));
    }
    Ok(records)
}

/// Returns the open conversation that a pair of addresses is bound to.
pub async fn holder(store: &Store, pair: &Pair) -> Result<Option<ConversationSid>, Error> {
    let query = Query::quick(
        "SELECT conversation FROM conversation_pairs WHERE address = $1 AND proxy_address = $2",
        vec![pair.address.as_str().into(), pair.proxy_address.as_str().into()],
    );
    first_sid(store, query).await
}

/// Returns the conversation with this unique name in a service.
pub async fn by_unique_name(
    store: &Store,
    service: ConversationServiceSid,
    name: &str,
) -> Result<Option<ConversationSid>, Error> {
    let query = Query::quick(
        "SELECT sid FROM conversations WHERE service = $1 AND unique_name = $2",
        vec![service.to_string().into(), name.into()],
    );
    first_sid(store, query).await
}

/// Returns the conversation that an interaction gives to agents.
pub async fn of_interaction(
    store: &Store,
    interaction: InteractionSid,
) -> Result<Option<ConversationSid>, Error> {
    let query = Query::quick(
        "SELECT conversation FROM interactions WHERE sid = $1",
        vec![interaction.to_string().into()],
    );
    first_sid(store, query).await
}

/// Returns the open conversations that were given to agents at some time.
pub async fn with_agents(store: &Store) -> Result<Vec<ConversationSid>, Error> {
    let query = Query::new(
        "SELECT DISTINCT interactions.conversation FROM interactions
         JOIN conversations ON conversations.sid = interactions.conversation
         WHERE conversations.state <> 'closed'",
        vec![],
    );
    store.query(query).await?.iter().map(read_sid).collect()
}

/// Returns a page of conversations.
pub async fn list(store: &Store, filter: &Filter, page: &Page) -> Result<Listing<Details>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM conversations");
    selection.equal("service", filter.service.map(|sid| sid.to_string()));
    selection.equal("state", filter.state.map(|state| state.as_str()));
    if let Some(from) = filter.created_from {
        selection.filter("date_created >=", from);
    }
    if let Some(before) = filter.created_before {
        selection.filter("date_created <", before);
    }
    selection.page(store, page, |row| Ok(row.json::<ConversationRecord>(2)?.details)).await
}

/// Returns a page of the conversations of a service that somebody takes part in.
pub async fn of_participant(
    store: &Store,
    service: ConversationServiceSid,
    who: &Who,
    page: &Page,
) -> Result<Listing<Participation>, Error> {
    let mut selection = Selection::of(
        "SELECT date_created, sid, body, conversation_body FROM (
           SELECT participant.date_created, participant.sid, participant.body, participant.identity,
             participant.address, conversations.service, conversations.body AS conversation_body
           FROM conversation_participants AS participant
           JOIN conversations ON conversations.sid = participant.conversation) AS participations",
    );
    selection.filter("service =", service.to_string());
    match who {
        Who::Identity(identity) => selection.filter("identity =", identity.as_str()),
        Who::Address(address) => selection.filter("address =", address.as_str()),
    }
    let read = |row: &Row| {
        Ok(Participation { participant: row.json(2)?, details: row.json::<ConversationRecord>(3)?.details })
    };
    selection.page(store, page, read).await
}

fn put(record: &Record) -> Statement {
    match record {
        Record::Conversation(row) => put_conversation(row),
        Record::Participant(participant) => put_participant(participant),
        Record::Message(message) => Statement::new(
            "INSERT INTO conversation_messages (sid, conversation, body) VALUES ($1, $2, $3)
             ON CONFLICT (sid) DO UPDATE SET body = excluded.body",
            vec![message.sid.to_string().into(), message.conversation_sid.to_string().into(), json(message)],
        ),
        Record::Interaction(interaction) => Statement::new(
            "INSERT INTO interactions (sid, conversation, body) VALUES ($1, $2, $3)
             ON CONFLICT (sid) DO UPDATE SET body = excluded.body",
            vec![
                interaction.sid.to_string().into(),
                interaction.conversation_sid.to_string().into(),
                json(interaction),
            ],
        ),
    }
}

fn put_conversation(row: &ConversationRecord) -> Statement {
    let details = &row.details;
    Statement::new(
        "INSERT INTO conversations (sid, service, unique_name, state, date_created, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sid) DO UPDATE SET
           unique_name = excluded.unique_name, state = excluded.state, body = excluded.body",
        vec![
            details.sid.to_string().into(),
            details.service_sid.to_string().into(),
            details.unique_name.clone().into(),
            details.state.as_str().into(),
            details.date_created.into(),
            json(row),
        ],
    )
}

fn put_participant(participant: &Participant) -> Statement {
    let address = participant.pair().map(|pair| pair.address.to_string());
    Statement::new(
        "INSERT INTO conversation_participants (sid, conversation, identity, address, date_created, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sid) DO UPDATE SET body = excluded.body",
        vec![
            participant.sid.to_string().into(),
            participant.conversation_sid.to_string().into(),
            participant.identity().into(),
            address.into(),
            participant.date_created.into(),
            json(participant),
        ],
    )
}

fn delete(key: RecordKey) -> Vec<Statement> {
    let one = |sql, sid: String| vec![Statement::new(sql, vec![sid.into()])];
    match key {
        RecordKey::Conversation(sid) => delete_conversation(&sid.to_string()),
        RecordKey::Participant(sid) => {
            one("DELETE FROM conversation_participants WHERE sid = $1", sid.to_string())
        }
        RecordKey::Message(sid) => one("DELETE FROM conversation_messages WHERE sid = $1", sid.to_string()),
        RecordKey::Interaction(sid) => one("DELETE FROM interactions WHERE sid = $1", sid.to_string()),
    }
}

fn delete_conversation(sid: &str) -> Vec<Statement> {
    let all_of = |sql| Statement::new(sql, vec![sid.into()]);
    vec![
        all_of("DELETE FROM conversations WHERE sid = $1"),
        all_of("DELETE FROM conversation_participants WHERE conversation = $1"),
        all_of("DELETE FROM conversation_messages WHERE conversation = $1"),
        all_of("DELETE FROM interactions WHERE conversation = $1"),
        all_of("DELETE FROM conversation_pairs WHERE conversation = $1"),
    ]
}

async fn first_sid(store: &Store, query: Query) -> Result<Option<ConversationSid>, Error> {
    store.query(query).await?.first().map(read_sid).transpose()
}

fn read_sid(row: &Row) -> Result<ConversationSid, Error> {
    row.text(0)?.parse().map_err(|error| Error::Corrupt(format!("{error}")))
}
