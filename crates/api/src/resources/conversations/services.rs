//! Services; the account's own is there from the beginning, with the account's digits.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{Command, Origin, Permission};
use domain::{ConversationServiceSid, RoleSid, Sid, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use store::conversations::{self, Filter};
use store::{
    ConversationHooks, ConversationRole, ConversationService, ConversationSettings, NotificationKind,
    Notifications, Page, RoleScope, Unit, resources,
};

use super::BASE;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Conversations that the deletion of a service takes along in one step.
const DELETED_AT_ONCE: usize = 100;

/// The roles of a new service: their names, where they apply, and what they allow.
const ROLES: [(&str, RoleScope, &[Permission]); 4] = [
    ("service user", RoleScope::Service, &[Permission::JoinConversation, Permission::EditOwnUserInfo]),
    ("service admin", RoleScope::Service, Permission::ALL),
    (
        "conversation user",
        RoleScope::Conversation,
        &[
            Permission::SendMessage,
            Permission::SendMediaMessage,
            Permission::EditOwnMessage,
            Permission::EditOwnMessageAttributes,
            Permission::DeleteOwnMessage,
            Permission::LeaveConversation,
            Permission::EditNotificationLevel,
        ],
    ),
    ("conversation admin", RoleScope::Conversation, Permission::ALL),
];

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}/Services"), get(list).post(create))
        .route(&format!("{BASE}/Services/{{service}}"), get(fetch).delete(remove))
}

#[derive(Deserialize)]
struct InPath {
    service: ConversationServiceSid,
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    default_of(&app).await?;
    let found = resources::list(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("services", each(found, |service| present(&app, &service))))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let name = form.required("FriendlyName")?;
    let mut tick = app.platform.tick();
    let service = make(&app, tick.sid(), name, tick.now).await?;
    Ok(Reply::created(present(&app, &service)))
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, path.service).await?)))
}

async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let service = find(&app, path.service).await?.sid;
    if service == settings_of(&app).await?.default_service_sid {
        let message = "The account's default service can not be deleted: set another with \
                       DefaultChatServiceSid of the Configuration first";
        return Err(ApiError::new(catalog::CONFLICT, message));
    }
    delete_conversations(&app, service).await?;
    let sid = service.to_string();
    let unit = Unit::new().with(resources::delete_below(&sid)).with(resources::delete(&sid));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

/// Returns the account's settings, as they are where nothing was set.
pub(crate) async fn settings_of(app: &App) -> Result<ConversationSettings, ApiError> {
    let found = resources::fetch(&app.store, &ConversationSettings::key(app.account)).await?;
    Ok(found.unwrap_or_else(|| ConversationSettings::unset(app.account)))
}

/// Returns the service of conversations that name none.
pub(crate) async fn default_of(app: &App) -> Result<ConversationService, ApiError> {
    find(app, settings_of(app).await?.default_service_sid).await
}

/// Returns a service of this account.
pub(super) async fn find(app: &App, sid: ConversationServiceSid) -> Result<ConversationService, ApiError> {
    let found: Option<ConversationService> = resources::fetch(&app.store, &sid.to_string()).await?;
    match found {
        Some(service) => Ok(service),
        None if sid == ConversationSettings::unset(app.account).default_service_sid => {
            make(app, sid, "Default Conversations Service".to_owned(), app.now()).await
        }
        None => Err(ApiError::not_found()),
    }
}

/// Writes a service with its roles, whose SIDs follow from its own: whoever makes it again writes the same.
async fn make(
    app: &App,
    sid: ConversationServiceSid,
    friendly_name: String,
    now: Timestamp,
) -> Result<ConversationService, ApiError> {
    let role_sid = |place: u128| RoleSid::from_bits(sid.bits().wrapping_add(place));
    let service = ConversationService {
        sid,
        account_sid: app.account,
        friendly_name,
        user_role_sid: role_sid(0),
        participant_role_sid: role_sid(2),
        creator_role_sid: role_sid(3),
        is_reachability_enabled: false,
        notifications: notifications(),
        hooks: ConversationHooks::default(),
        date_created: now,
        date_updated: now,
    };
    let mut unit = Unit::new().with(resources::put(&service));
    for (place, (name, scope, permissions)) in (0..).zip(ROLES) {
        unit.push(resources::put(&ConversationRole {
            sid: role_sid(place),
            account_sid: app.account,
            service_sid: sid,
            friendly_name: name.to_owned(),
            scope,
            permissions: permissions.iter().map(ToString::to_string).collect(),
            date_created: now,
            date_updated: now,
        }));
    }
    app.store.commit(unit).await?;
    Ok(service)
}

async fn delete_conversations(app: &App, service: ConversationServiceSid) -> Result<(), ApiError> {
    let filter = Filter { service: Some(service), ..Filter::default() };
    loop {
        let page = conversations::list(&app.store, &filter, &Page::first(DELETED_AT_ONCE)).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        for details in page.items {
            app.platform.converse(details.sid, Command::DeleteConversation, Origin::api()).await?;
        }
    }
}

/// The published texts, where nothing was set.
fn notifications() -> Notifications {
    let kind = |template: &str| NotificationKind {
        is_enabled: false,
        template: Some(template.to_owned()),
        sound: None,
        has_badge: false,
    };
    Notifications {
        is_logged: false,
        new_message: kind("${CONVERSATION};${PARTICIPANT}: ${MESSAGE}"),
        with_media: kind("${CONVERSATION};${PARTICIPANT}: ${MEDIA}"),
        added: kind("You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}"),
        removed: kind("${PARTICIPANT} has removed you from the conversation ${CONVERSATION}"),
    }
}

fn present(app: &App, service: &ConversationService) -> Value {
    let url = format!("{}{BASE}/Services/{}", app.public_url, service.sid);
    let link = |tail: &str| format!("{url}/{tail}");
    json!({
        "sid": service.sid,
        "account_sid": service.account_sid,
        "friendly_name": service.friendly_name,
        "date_created": service.date_created.to_iso8601(),
        "date_updated": service.date_updated.to_iso8601(),
        "url": url,
        "links": {
            "conversations": link("Conversations"),
            "users": link("Users"),
            "roles": link("Roles"),
            "bindings": link("Bindings"),
            "configuration": link("Configuration"),
            "participant_conversations": link("ParticipantConversations"),
            "conversation_with_participants": link("ConversationWithParticipants"),
        },
    })
}
