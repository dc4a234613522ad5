//! What those who answer need beside the published APIs: to show that they type, and to see attachments.

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use domain::{ConversationSid, MediaSid};

use super::attachments;
use crate::app::Shared;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::platform::{LiveEvent, look_at_conversation};
use crate::reply::{Answer, Reply};
use crate::resources::Seat;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/conversations/{conversation}/typing", post(show_typing))
        .route("/v1/conversations/{conversation}/media/{medium}", get(fetch_medium))
}

/// Who may look into the conversation of the path: the account, and people whose worker takes part in it.
struct Insider(Caller);

impl FromRequestParts<Shared> for Insider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if let Caller::Person(_) = caller {
            Seat::from_request_parts(parts, app).await?;
        }
        Ok(Self(caller))
    }
}

/// Tells all who listen to a conversation that somebody types; the account says who.
async fn show_typing(
    State(app): State<Shared>,
    Insider(caller): Insider,
    Path(conversation): Path<ConversationSid>,
    Form(form): Form,
) -> Answer {
    let identity = match caller {
        Caller::Person(person) => person.login,
        Caller::Account => form.required("Identity")?,
    };
    look_at_conversation(&*app.platform, conversation, |_| ()).await?;
    app.platform.tell(LiveEvent::Typing { conversation, identity, at: app.now() });
    Ok(Reply::deleted())
}

async fn fetch_medium(
    State(app): State<Shared>,
    _: Insider,
    Path((conversation, medium)): Path<(ConversationSid, MediaSid)>,
) -> Result<Response, ApiError> {
    let found = attachments::find(&app, conversation, medium).await?;
    attachments::serve(&app, &found).await
}
