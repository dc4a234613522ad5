//! What applications and flows are told of calls, from the outbox, in order for each call.

use std::sync::Arc;
use std::time::Duration;

use call::Notice;
use serde::{Deserialize, Serialize};
use store::Error;
use tokio::task::JoinHandle;
use twiml::Method;
use webhooks::{Backoff, RetryPolicy};

use super::documents::{self, Turn};
use crate::clock;
use crate::errand::{Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// How often and how patiently an application is told of a call's progress.
const RETRIES: RetryPolicy = RetryPolicy {
    attempts: 3,
    backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(10) },
};

/// Something that an application is told of a call or a conference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CallNotice {
    /// The call or conference whose notices keep their order.
    pub(crate) about: String,
    url: String,
    method: Method,
    parameters: call::Parameters,
}

/// Makes the errand of a notice.
pub(super) fn errand(notice: Notice) -> Errand {
    let Notice { about, link, parameters } = notice;
    let notice = CallNotice { about, url: link.url, method: link.method, parameters };
    Errand::TellOfCall(Box::new(notice))
}

/// Tells an application of a call, a few times if need be.
pub(crate) async fn tell(house: &Arc<House>, owed: &Owed, notice: &CallNotice) -> Result<(), Error> {
    let mut attempts = 0;
    while let Err(reason) = post(house, owed, notice).await {
        attempts += 1;
        tracing::warn!(url = notice.url, attempts, reason, "a status callback was not taken");
        let next = RETRIES.next_attempt(attempts, clock::now(), clock::random_word());
        let Some(next) = next else { break };
        tokio::time::sleep(next.since(clock::now())).await;
    }
    house.commit(Work::settling(owed)).await
}

async fn post(house: &House, owed: &Owed, notice: &CallNotice) -> Result<(), String> {
    let mut request = documents::webhook(&notice.url, notice.method, &notice.parameters);
    request.idempotency_token = Some(owed.id.clone());
    let response = house.webhooks().send(request).await.map_err(|failure| failure.to_string())?;
    if response.is_success() { Ok(()) } else { Err(format!("HTTP {}", response.status)) }
}

/// Tells a flow that its call has ended, after it was told what the end cut short.
pub(super) fn tell_flow_of_end(house: &Arc<House>, turn: Turn, farewell: Option<JoinHandle<()>>) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        if let Some(farewell) = farewell {
            // One that failed has said so itself.
            let _ = farewell.await;
        }
        documents::tell_flow(&house, turn).await;
    });
}
