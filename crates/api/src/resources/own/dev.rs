//! The loopback network, in development mode: whoever posts here is the network that brings a message.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use store::Media;

use crate::app::Shared;
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::platform::InboundMessage;
use crate::reply::{Answer, Reply};
use crate::resources::account::messages::present;

/// The most media that a message may bring.
const MEDIA_MAX: usize = 10;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/dev/inbound-messages", post(create))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let inbound = InboundMessage {
        from: form.required_as("From")?,
        to: form.required_as("To")?,
        body: form.text("Body").unwrap_or_default(),
        media: media(&form)?,
        profile_name: form.filled("ProfileName").map(str::to_owned),
    };
    Ok(Reply::created(present(&app.platform.receive_message(inbound).await?)))
}

/// Reads `NumMedia`, `MediaUrl0`, `MediaContentType0` …; without a number the URLs that are there count.
fn media(form: &Parameters) -> Result<Vec<Media>, ApiError> {
    let expected: Option<usize> = form.number("NumMedia")?;
    if expected.is_some_and(|count| count > MEDIA_MAX) {
        return Err(ApiError::invalid("NumMedia", format!("at most {MEDIA_MAX} media fit into a message")));
    }
    let medium = |place: usize| {
        let url = form.filled(&format!("MediaUrl{place}"))?.to_owned();
        let content_type = form.filled(&format!("MediaContentType{place}")).map(str::to_owned);
        Some(Media { url, content_type, kept: None })
    };
    let media: Vec<Media> = (0..expected.unwrap_or(MEDIA_MAX)).map_while(medium).collect();
    match expected {
        Some(count) if media.len() != count => Err(ApiError::missing(&format!("MediaUrl{}", media.len()))),
        Some(_) | None => Ok(media),
    }
}
