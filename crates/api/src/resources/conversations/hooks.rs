//! The parameters of webhooks: methods, events, and the settings that account and services share.

use std::str::FromStr;

use conversation::{HookEvent, HookMethod};
use store::ConversationHooks;

use super::parameters::text_over;
use crate::error::ApiError;
use crate::parameters::Parameters;

/// Events of users, which happen in no conversation.
const OF_USERS: [&str; 3] = ["onUserAdded", "onUserUpdate", "onUserUpdated"];

/// Reads how a webhook is requested.
pub(super) fn method(form: &Parameters, name: &str) -> Result<Option<HookMethod>, ApiError> {
    form.parsed(name)
}

/// Reads the events that a conversation's webhook hears of.
pub(super) fn events(form: &Parameters, name: &str) -> Result<Vec<HookEvent>, ApiError> {
    let read = |text: String| HookEvent::from_str(&text).map_err(|error| ApiError::invalid(name, error));
    form.list(name).into_iter().map(read).collect()
}

/// Reads what a form gives over the settings that there are.
pub(super) fn changed(before: ConversationHooks, form: &Parameters) -> Result<ConversationHooks, ApiError> {
    let filters = match form.text("Filters") {
        Some(_) => form.list("Filters").iter().map(|text| event_name(text)).collect::<Result<_, _>>()?,
        None => before.filters,
    };
    Ok(ConversationHooks {
        pre_url: text_over(form, "PreWebhookUrl", before.pre_url),
        post_url: text_over(form, "PostWebhookUrl", before.post_url),
        method: method(form, "Method")?.unwrap_or(before.method),
        filters,
    })
}

/// Returns the published name of an event, whatever its case as given.
fn event_name(text: &str) -> Result<String, ApiError> {
    if let Some(name) = OF_USERS.into_iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(name.to_owned());
    }
    let event = HookEvent::from_str(text).map_err(|error| ApiError::invalid("Filters", error))?;
    Ok(event.as_str().to_owned())
}
