//! The workspace's activities.

use router::Activity;

use super::{Call, Payload, paging};

/// Lists the activities.
pub(super) async fn list(call: &Call<'_>) -> Payload {
    let parameters = call.parameters.clone();
    call.look(move |view, shapes| {
        let found: Vec<&Activity> = view.workspace.activities().collect();
        paging::page(&found, &parameters, |it| it.sid.to_string(), |it| shapes.activity(it))
    })
    .await?
}
