//! The SDK's requests about who talks in a task's conference.

use serde_json::{Value, json};

use super::browser::Browser;
use crate::client::sid;

const CONFERENCE: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Conferences/task";

#[tokio::test]
async fn a_worker_holds_the_customer_mutes_itself_and_removes_another() {
    let browser = Browser::new().await;
    let client = &browser.client;
    let worker_path = format!("{}/Workers/{}", browser.workspace, browser.worker);
    client.post(&worker_path, &[("Attributes", r#"{"contact_uri": "client:alice"}"#)]).await.ok();
    let task = browser.offered_task().await;
    let none = browser.ask("POST", &browser.own("/CustomerParticipant"), json!({ "TaskSid": task })).await;
    assert_eq!(none.refusal(), (400, 20001));
    let customer = join(&browser, "+15551230001").await;
    let worker = join(&browser, "client:alice").await;
    let attributes = json!({ "conference": {
        "sid": customer["conference_sid"],
        "participants": { "customer": customer["call_sid"], "worker": worker["call_sid"] },
    } });
    let task_path = format!("{}/Tasks/{task}", browser.workspace);
    client.post(&task_path, &[("Attributes", &attributes.to_string())]).await.ok();

    let hold = json!({ "TaskSid": task, "Hold": true, "HoldUrl": "https://example.com/hold" });
    let shown = browser.payload("POST", &browser.own("/CustomerParticipant"), hold).await;
    assert_eq!(shown["sid"], task.as_str());
    assert_eq!(client.get(uri(&customer)).await.ok()["hold"], true);

    let reservations = client.get(&format!("{worker_path}/Reservations")).await.ok();
    let reservation = sid(&reservations["reservations"][0]);
    let mute = json!({ "ReservationSid": reservation, "Mute": true, "EndConferenceOnExit": true });
    let shown = browser.payload("POST", &browser.own("/WorkerParticipant"), mute).await;
    assert_eq!(shown["sid"], reservation.as_str());
    let seat = client.get(uri(&worker)).await.ok();
    assert_eq!((&seat["muted"], &seat["end_conference_on_exit"]), (&true.into(), &true.into()));

    let target = json!({ "TaskSid": task, "TargetWorkerSid": browser.worker, "Hold": true });
    browser.payload("POST", &browser.own("/HoldWorkerParticipant"), target.clone()).await;
    assert_eq!(client.get(uri(&worker)).await.ok()["hold"], true);
    browser.payload("POST", &browser.own("/KickWorkerParticipant"), target.clone()).await;
    assert_eq!(client.get(uri(&worker)).await.refusal(), (404, 20404));
    let gone = browser.ask("POST", &browser.own("/KickWorkerParticipant"), target).await;
    assert_eq!(gone.refusal(), (400, 20001));
}

async fn join(browser: &Browser, to: &str) -> Value {
    let form = [("To", to), ("From", "+15555550100")];
    browser.client.post(&format!("{CONFERENCE}/Participants.json"), &form).await.ok()
}

fn uri(participant: &Value) -> &str {
    participant["uri"].as_str().unwrap()
}
