//! How a participant is reached, as forms and JSON objects say it and as replies show it.

use conversation::{AddParticipant, Pair, Participant, Seat};
use domain::MessagingServiceSid;
use serde_json::{Value, json};
use store::ConversationService;

use super::parameters::address;
use super::users::identity;
use crate::app::App;
use crate::error::ApiError;
use crate::parameters::Parameters;

/// Where a participant comes to: what its service says, and whose numbers write where no proxy address is named.
pub(super) struct Room<'a> {
    /// The conversation's service.
    pub(super) service: &'a ConversationService,
    /// The conversation's messaging service.
    pub(super) messaging_service: Option<MessagingServiceSid>,
}

/// Reads who takes part: an identity, or an address with the proxy address of ours.
pub(super) async fn participant(
    app: &App,
    form: &Parameters,
    room: &Room<'_>,
) -> Result<AddParticipant, ApiError> {
    let seat = seat(app, form, room.messaging_service).await?;
    let role = form.parsed("RoleSid")?;
    let role_sid = match seat {
        Seat::Identity(_) => role.or(Some(room.service.participant_role_sid)),
        Seat::Binding(_) => role,
    };
    Ok(AddParticipant {
        role_sid,
        attributes: form.text("Attributes"),
        date_created: form.date("DateCreated")?,
        ..AddParticipant::at(seat)
    })
}

/// Reads who takes part from a JSON object with the names of replies.
pub(super) async fn participant_of(
    app: &App,
    text: &str,
    room: &Room<'_>,
) -> Result<AddParticipant, ApiError> {
    let expected = "a JSON object such as {\"identity\": \"ann\"} or {\"messaging_binding\": {\"address\": \
                    \"+15551230001\", \"proxy_address\": \"+15555550100\"}} is expected";
    let given: Value = serde_json::from_str(text)
        .map_err(|error| ApiError::invalid("Participant", format!("{error}: {expected}")))?;
    let Value::Object(mut object) = given else { return Err(ApiError::invalid("Participant", expected)) };
    if let Some(Value::Object(binding)) = object.remove("messaging_binding") {
        let named = binding.into_iter().map(|(name, value)| (format!("messaging_binding.{name}"), value));
        object.extend(named);
    }
    participant(app, &Parameters::from_object(&object), room).await
}

/// Presents the addresses of a participant; one on a chat has none.
pub(super) fn present_binding(participant: &Participant) -> Value {
    participant.pair().map_or(Value::Null, |pair| {
        json!({
            "type": pair.address.channel_type(),
            "address": pair.address,
            "proxy_address": pair.proxy_address,
        })
    })
}

async fn seat(
    app: &App,
    form: &Parameters,
    messaging_service: Option<MessagingServiceSid>,
) -> Result<Seat, ApiError> {
    const PROXY: &str = "MessagingBinding.ProxyAddress";
    let is_bound = form.filled("MessagingBinding.Address").is_some();
    match (form.filled("Identity"), is_bound) {
        (Some(name), false) => identity(name).map(Seat::Identity),
        (None, true) => {
            let theirs = address(form, "MessagingBinding.Address")?;
            let proxy_address = match messaging_service.filter(|_| form.filled(PROXY).is_none()) {
                Some(service) => app.platform.choose_sender(service, &theirs).await?,
                None => address(form, PROXY)?,
            };
            Ok(Seat::Binding(Pair { address: theirs, proxy_address }))
        }
        (Some(_), true) => Err(ApiError::invalid(
            "Identity",
            "either it or MessagingBinding.Address is expected, found both",
        )),
        (None, false) => Err(ApiError::invalid(
            "Identity",
            "it, or MessagingBinding.Address with MessagingBinding.ProxyAddress, is expected",
        )),
    }
}
