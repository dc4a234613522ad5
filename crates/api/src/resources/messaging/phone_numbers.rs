//! The numbers in a messaging service's pool: telephone numbers, and addresses of other networks that were provisioned.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{MessagingServiceSid, PhoneNumberSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{PhoneNumber, PoolSender, Unit, resources};

use super::BASE;
use super::services::{self, InPath};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = format!("{BASE}/Services/{{service}}/PhoneNumbers");
    Router::new()
        .route(&all, get(list).post(create))
        .route(&format!("{all}/{{number}}"), get(fetch).delete(remove))
}

#[derive(Deserialize)]
struct Member {
    service: MessagingServiceSid,
    number: PhoneNumberSid,
}

async fn list(State(app): State<Shared>, Path(path): Path<InPath>, list: List) -> Answer {
    let service = services::find(&app, path.service).await?.sid;
    let page = list.cut(services::senders(&app, service).await?, |sender| sender.number.to_string());
    Ok(list.reply("phone_numbers", each(page, |sender| present(&app, &sender))))
}

async fn create(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let service = services::find(&app, path.service).await?.sid;
    let sid: PhoneNumberSid = form.required_as("PhoneNumberSid")?;
    let number: Option<PhoneNumber> = resources::fetch(&app.store, &sid.to_string()).await?;
    let number = number.ok_or_else(|| {
        let message = format!("PhoneNumberSid: there is no number {sid} in this account");
        ApiError::new(catalog::NUMBER_INVALID, message)
    })?;
    let now = app.now();
    let sender = PoolSender {
        number: sid,
        service,
        account: app.account,
        address: number.address,
        date_created: now,
        date_updated: now,
    };
    match app.store.commit(Unit::new().with(resources::insert(&sender))).await {
        Ok(()) => Ok(Reply::created(present(&app, &sender))),
        Err(store::Error::Duplicate(_)) => Err(taken(&app, &sender).await?),
        Err(error) => Err(error.into()),
    }
}

async fn fetch(State(app): State<Shared>, Path(path): Path<Member>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, &path).await?)))
}

async fn remove(State(app): State<Shared>, Path(path): Path<Member>) -> Answer {
    let sender = find(&app, &path).await?;
    app.store.commit(Unit::new().with(resources::delete(&PoolSender::key(sender.number)))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, path: &Member) -> Result<PoolSender, ApiError> {
    let found: Option<PoolSender> = resources::fetch(&app.store, &PoolSender::key(path.number)).await?;
    found.filter(|sender| sender.service == path.service).ok_or_else(ApiError::not_found)
}

/// Says of a number that sends already for which service it does.
async fn taken(app: &App, sender: &PoolSender) -> Result<ApiError, ApiError> {
    let account = app.account.to_string();
    let holder: Option<PoolSender> =
        resources::by_name(&app.store, &account, sender.address.as_str()).await?;
    let holder = holder.map_or(sender.service, |holder| holder.service);
    let entry = if holder == sender.service { catalog::POOL_HAS_NUMBER } else { catalog::POOL_OF_ANOTHER };
    Ok(ApiError::new(entry, format!("PhoneNumberSid: {} sends for {holder} already", sender.address)))
}

fn present(app: &App, sender: &PoolSender) -> Value {
    let PoolSender { number, service, .. } = sender;
    json!({
        "sid": number,
        "account_sid": sender.account,
        "service_sid": service,
        "phone_number": sender.address,
        "country_code": if sender.address.as_str().starts_with("+1") { json!("US") } else { Value::Null },
        "capabilities": if sender.address.is_phone_number() { vec!["SMS", "MMS", "Voice"] } else { vec!["SMS", "MMS"] },
        "date_created": sender.date_created.to_iso8601(),
        "date_updated": sender.date_updated.to_iso8601(),
        "url": format!("{}{BASE}/Services/{service}/PhoneNumbers/{number}", app.public_url),
    })
}
