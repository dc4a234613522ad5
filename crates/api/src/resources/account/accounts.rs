//! The account itself.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::Timestamp;
use serde_json::{Value, json};
use store::{Account, resources};

use super::{Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::paging::List;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/2010-04-01/Accounts.json", get(list)).route(&below_account(""), get(fetch))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let page = list.cut(vec![present(&app).await?], |account| account["sid"].to_string());
    Ok(list.reply_2010("accounts", page))
}

async fn fetch(State(app): State<Shared>, _: Ours) -> Answer {
    Ok(Reply::ok(present(&app).await?))
}

/// The token is never shown here: `patchboard credentials` shows it to who owns the data folder.
async fn present(app: &App) -> Result<Value, store::Error> {
    let record: Option<Account> = resources::fetch(&app.store, &app.account.to_string()).await?;
    let date = |at: fn(&Account) -> Timestamp| record.as_ref().map(|record| at(record).to_rfc2822());
    let below = |name: &str| uri(app.account, &format!("/{name}.json"));
    Ok(json!({
        "sid": app.account,
        "owner_account_sid": app.account,
        "friendly_name": record.as_ref().map_or("Patchboard", |record| &record.friendly_name),
        "auth_token": null,
        "status": "active",
        "type": "Full",
        "date_created": date(|record| record.date_created),
        "date_updated": date(|record| record.date_updated),
        "uri": uri(app.account, ".json"),
        "subresource_uris": {
            "applications": below("Applications"),
            "calls": below("Calls"),
            "conferences": below("Conferences"),
            "incoming_phone_numbers": below("IncomingPhoneNumbers"),
            "keys": below("Keys"),
            "messages": below("Messages"),
            "queues": below("Queues"),
            "recordings": below("Recordings"),
        },
    }))
}
