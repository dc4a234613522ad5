//! Flex: interactions, which give conversations to agents (v1), and web chats (v2).

mod channels;
mod interactions;
mod invites;
mod participants;
mod place;
mod routing;
mod transfers;
mod web_chats;

use axum::Router;

use crate::app::Shared;

pub(super) use transfers::target as transfer_target;

/// What is in front of every path of interactions.
const INTERACTIONS: &str = "/flex-api/v1/Interactions";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(channels::routes())
        .merge(interactions::routes())
        .merge(invites::routes())
        .merge(participants::routes())
        .merge(transfers::routes())
        .merge(web_chats::routes())
}

/// Returns the route of what lies below an interaction's channel.
fn below_channel(tail: &str) -> String {
    format!("{INTERACTIONS}/{{interaction}}/Channels/{{channel}}{tail}")
}
