//! The conversations of a user: how much is unread, and whether the user's devices are told.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{Command, Conversation, Details, Origin, Participant, UpdateParticipant};
use serde::Deserialize;
use serde_json::{Value, json};
use store::conversations::{self, Who};
use store::{ConversationUser, NotificationLevel, Unit, UserConversation, resources};

use super::conversation::present_timers;
use super::place::{Here, Service};
use super::{in_both_forms, participants, users};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::List;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/Users/{user}/Conversations", get(list)).merge(in_both_forms(
        "/Users/{user}/Conversations/{conversation}",
        get(fetch).post(update).delete(remove),
    ))
}

#[derive(Deserialize)]
struct InPath {
    user: String,
}

async fn list(State(app): State<Shared>, service: Service, Path(path): Path<InPath>, list: List) -> Answer {
    let user = users::find(&app, &service, &path.user).await?;
    let who = Who::Identity(user.identity.clone());
    let page = list.page().newest_first();
    let found = conversations::of_participant(&app.store, service.sid, &who, &page).await?;
    let mut items = Vec::new();
    for participation in &found.items {
        let here = Here { service: service.clone(), sid: participation.details.sid };
        // A conversation that was left or deleted meanwhile is no longer the user's.
        if let Ok(shown) = show(&app, &here, &user).await {
            items.push(shown);
        }
    }
    let shown = store::Listing { items, previous: found.previous, next: found.next };
    Ok(list.reply("conversations", shown))
}

async fn fetch(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    let user = users::find(&app, &here.service, &path.user).await?;
    Ok(Reply::ok(show(&app, &here, &user).await?))
}

async fn update(State(app): State<Shared>, here: Here, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let user = users::find(&app, &here.service, &path.user).await?;
    let participant = participant_of(&app, &here, &user).await?;
    mark_read(&app, &here, &participant, &form).await?;
    if let Some(level) = form.parsed("NotificationLevel")? {
        let now = app.now();
        let settings = UserConversation {
            user_sid: user.sid,
            conversation_sid: here.sid,
            notification_level: level,
            date_created: now,
            date_updated: now,
        };
        app.store.commit(Unit::new().with(resources::put(&settings))).await?;
    }
    Ok(Reply::ok(show(&app, &here, &user).await?))
}

async fn remove(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    let user = users::find(&app, &here.service, &path.user).await?;
    let participant = participant_of(&app, &here, &user).await?;
    here.converse(&app, Command::RemoveParticipant(participant.sid), Origin::api()).await?;
    Ok(Reply::deleted())
}

async fn participant_of(app: &App, here: &Here, user: &ConversationUser) -> Result<Participant, ApiError> {
    let identity = user.identity.clone();
    here.find(app, move |it| participants::named(it, &identity).cloned()).await
}

/// A date without an index marks everything as read.
async fn mark_read(
    app: &App,
    here: &Here,
    participant: &Participant,
    form: &Parameters,
) -> Result<(), ApiError> {
    let (index, date) = (form.number("LastReadMessageIndex")?, form.date("LastReadTimestamp")?);
    if index.is_none() && date.is_none() {
        return Ok(());
    }
    let last = here.look(app, |it| it.messages().last().map(|message| message.index)).await?;
    let command = UpdateParticipant {
        sid: participant.sid,
        attributes: None,
        role_sid: None,
        last_read_message_index: index.or(last),
        last_read_timestamp: date,
    };
    here.converse(app, Command::UpdateParticipant(command), Origin::api()).await?;
    Ok(())
}

async fn show(app: &App, here: &Here, user: &ConversationUser) -> Result<Value, ApiError> {
    let key = UserConversation::key(user.sid, here.sid);
    let settings: Option<UserConversation> = resources::fetch(&app.store, &key).await?;
    let level = settings.map_or(NotificationLevel::Default, |settings| settings.notification_level);
    let (user, base) = (user.clone(), here.service.url.clone());
    here.find(app, move |it| {
        let participant = participants::named(it, &user.identity)?;
        Some(present(&base, &user, (it.details(), participant), (unread(it, participant), level)))
    })
    .await
}

fn unread(it: &Conversation, participant: &Participant) -> usize {
    let read = participant.last_read_message_index;
    it.messages().filter(|message| read.is_none_or(|read| message.index > read)).count()
}

fn present(
    base: &str,
    user: &ConversationUser,
    (details, participant): (&Details, &Participant),
    (unread, level): (usize, NotificationLevel),
) -> Value {
    let conversation = format!("{base}/Conversations/{}", details.sid);
    json!({
        "account_sid": details.account_sid,
        "chat_service_sid": details.service_sid,
        "conversation_sid": details.sid,
        "user_sid": user.sid,
        "participant_sid": participant.sid,
        "friendly_name": details.friendly_name,
        "unique_name": details.unique_name,
        "attributes": details.attributes.text(),
        "conversation_state": details.state,
        "timers": present_timers(details),
        "unread_messages_count": unread,
        "last_read_message_index": participant.last_read_message_index,
        "notification_level": level,
        "created_by": "system",
        "date_created": details.date_created.to_iso8601(),
        "date_updated": details.date_updated.to_iso8601(),
        "url": format!("{base}/Users/{}/Conversations/{}", user.sid, details.sid),
        "links": {
            "participant": format!("{conversation}/Participants/{}", participant.sid),
            "conversation": conversation,
        },
    })
}
