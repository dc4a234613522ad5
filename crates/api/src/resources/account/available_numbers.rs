//! Numbers that could be bought: there are none, since who runs a trunk or a carrier provisions the numbers they have.

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use super::{Ours, below_account};
use crate::app::Shared;
use crate::error::ApiError;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// The kinds of number that can be asked for.
const KINDS: [&str; 7] =
    ["Local", "MachineToMachine", "Mobile", "National", "SharedCost", "TollFree", "Voip"];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let router = Router::new()
        .route(&below_account("/AvailablePhoneNumbers.json"), get(countries))
        .route(&below_account("/AvailablePhoneNumbers/{country}"), get(country));
    KINDS.iter().fold(router, |router, kind| {
        let path = below_account(&format!("/AvailablePhoneNumbers/{{country}}/{kind}.json"));
        router.route(&path, get(numbers))
    })
}

async fn countries(_: Ours, list: List) -> Answer {
    Ok(nothing(&list, "countries"))
}

async fn country(_: Ours) -> Answer {
    Err(ApiError::not_found())
}

async fn numbers(_: Ours, list: List) -> Answer {
    Ok(nothing(&list, "available_phone_numbers"))
}

fn nothing(list: &List, name: &str) -> Reply {
    list.reply_2010(name, each(list.cut(Vec::<Value>::new(), ToString::to_string), |it| it))
}
