//! Messages of browsers in calls, passed on to who subscribed to them.

use std::sync::Arc;

use call::{Link, Notice};
use domain::{CallSid, UserDefinedMessageSid};
use serde_json::Value;
use store::{Error, MessageSubscription, resources};
use twiml::Method;

use super::notices;
use crate::clock;
use crate::house::House;
use crate::work::Work;

/// Tells those who subscribed to a call's messages of one.
pub(super) fn pass_on(house: &Arc<House>, call: CallSid, content: Value) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        if let Err(error) = owe(&house, call, &content).await {
            tracing::error!(%call, %error, "a browser's message was not passed on");
        }
    });
}

async fn owe(house: &Arc<House>, call: CallSid, content: &Value) -> Result<(), Error> {
    let subscriptions = resources::all::<MessageSubscription>(&house.store, &call.to_string()).await?;
    if subscriptions.is_empty() {
        return Ok(());
    }
    let sid: UserDefinedMessageSid = clock::tick().sid();
    let mut work = Work::default();
    for MessageSubscription { sid: subscription, callback: url, method, .. } in subscriptions {
        let method = if method == Method::Get.as_str() { Method::Get } else { Method::Post };
        let pairs = [
            ("AccountSid", house.account.to_string()),
            ("CallSid", call.to_string()),
            ("Sid", sid.to_string()),
            ("SubscriptionSid", subscription.to_string()),
            ("ContentType", "application/json".to_owned()),
            ("Content", content.to_string()),
        ];
        let parameters = pairs.map(|(name, value)| (name.to_owned(), Value::from(value)));
        let notice = Notice {
            about: call.to_string(),
            link: Link { url, method },
            parameters: parameters.into_iter().collect(),
        };
        work.owe(notices::errand(notice));
    }
    house.commit(work).await
}
