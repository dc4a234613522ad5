//! The API of 2010: calls, queues, conferences and recordings, over the real exchange.

use call::{Action, LegAction, Target};
use insta::assert_json_snapshot;
use serde_json::Value;

use crate::client::{ACCOUNT, Client, asking_flow, golden, sid};
use crate::exchange::NOBODY;

const BASE: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001";
const STAY: &str = "<Response><Pause length='60'/></Response>";
const WAIT: &str = "<Response><Enqueue>support</Enqueue></Response>";

#[tokio::test]
async fn a_call_is_placed_changed_ended_and_forgotten() {
    let client = Client::new().await;
    let call = place(&client, "+15551230001", STAY, &[]).await;
    assert_json_snapshot!("call", golden(&call));
    let own = call["uri"].as_str().unwrap();
    assert_eq!(client.get(own).await.ok()["status"], "in-progress");
    assert_eq!(client.delete(own).await.refusal(), (400, 21220));
    assert_eq!(client.post(own, &[("Status", "canceled")]).await.refusal(), (400, 21220));
    let moved = [("Twiml", "<Response><Pause length='5'/></Response>"), ("Method", "GET")];
    assert_eq!(client.post(own, &moved).await.ok()["status"], "in-progress");
    let ended = client.post(own, &[("Status", "completed")]).await.ok();
    assert_eq!((&ended["status"], ended["duration"].is_string()), (&"completed".into(), true));
    assert_eq!(client.post(own, &[("Status", "completed")]).await.refusal(), (400, 21220));
    assert_eq!(client.delete(own).await.status, 204);
    assert_eq!(client.get(own).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_ringing_call_can_be_canceled() {
    let client = Client::new().await;
    let call = place(&client, NOBODY, STAY, &[]).await;
    let own = call["uri"].as_str().unwrap();
    assert_eq!(client.get(own).await.ok()["status"], "ringing");
    assert_eq!(client.post(own, &[("Status", "canceled")]).await.ok()["status"], "canceled");
}

#[tokio::test]
async fn what_a_call_can_not_be_placed_with_is_refused_with_its_code() {
    let client = Client::new().await;
    let calls = format!("{BASE}/Calls.json");
    let good = [("To", "+15551230001"), ("From", "+15555550100"), ("Twiml", STAY)];
    for (changed, code) in [
        (("To", ""), 21201),
        (("To", "hello"), 21211),
        (("To", "webchat:x"), 21211),
        (("From", ""), 21213),
        (("From", "?"), 21212),
        (("Twiml", ""), 21205),
        (("Twiml", "<Response>"), 12100),
        (("Url", "/voice"), 21205),
        (("Url", "ftp://example.com"), 21205),
        (("StatusCallback", "nowhere"), 21205),
        (("ApplicationSid", "AP00000000000000000000000000000009"), 21218),
        (("SendDigits", "12x"), 21206),
        (("Timeout", "601"), 20001),
        (("TimeLimit", "0"), 20001),
        (("StatusCallbackEvent", "answred"), 20001),
        (("MachineDetectionTimeout", "1"), 20001),
        (("RecordingChannels", "stereo"), 20001),
    ] {
        let mut form: Vec<_> = good.iter().copied().filter(|(name, _)| *name != changed.0).collect();
        form.push(changed);
        let answer = client.post(&calls, &form).await;
        assert_eq!(answer.refusal(), (400, code), "{changed:?} {}", answer.text);
        assert!(answer.message().contains(changed.0), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_url_of_ours_runs_the_flow_and_any_other_is_fetched() {
    let client = Client::new().await;
    let flow = sid(&client.get(&client.flow(&asking_flow()).await).await.ok());
    let url = format!("https://webhooks.twilio.com/v1/Accounts/{ACCOUNT}/Flows/{flow}");
    let calls = format!("{BASE}/Calls.json");
    let form = [("To", "client:ann?x=1"), ("From", "+15555550100"), ("Url", url.as_str())];
    let call = client.post(&calls, &form).await.ok();
    assert_eq!(call["to"], "client:ann");
    assert_eq!(client.platform.exchange.flows.lock()[0].to_string(), flow);
    let made = [("FriendlyName", "desk"), ("VoiceUrl", "https://example.com/voice"), ("VoiceMethod", "GET")];
    let application = sid(&client.post(&format!("{BASE}/Applications.json"), &made).await.ok());
    let form = [("To", "+15551230001"), ("From", "+15555550100"), ("ApplicationSid", &*application)];
    client.post(&calls, &form).await.ok();
    let deeds = format!("{:?}", client.platform.exchange.deeds.lock());
    assert!(deeds.contains("https://example.com/voice"), "{deeds}");
}

#[tokio::test]
async fn credentials_of_a_sip_peer_go_with_its_call() {
    let client = Client::new().await;
    let form = [("SipAuthUsername", "ann"), ("SipAuthPassword", "secret")];
    place(&client, "sip:ann@example.com?X-Id=7", STAY, &form).await;
    let deeds = client.platform.exchange.deeds.lock();
    let placed = deeds.iter().find_map(|deed| {
        let Action::Leg(LegAction::Place(placement)) = deed else { return None };
        Some(placement.target.clone())
    });
    let Some(Target::Sip(targets)) = placed else { panic!("{placed:?}") };
    assert_eq!((&*targets[0].uri, &*targets[0].username), ("sip:ann@example.com?X-Id=7", "ann"));
    assert_eq!(targets[0].password, "secret");
}

#[tokio::test]
async fn calls_are_filtered_and_paged_newest_first() {
    let client = Client::new().await;
    for number in ["+15551230001", "+15551230002", "+15551230003"] {
        place(&client, number, STAY, &[]).await;
    }
    let first = client.get(&format!("{BASE}/Calls.json?PageSize=2")).await.ok();
    assert_eq!(first["calls"][0]["to"], "+15551230003");
    let second = client.get(first["next_page_uri"].as_str().unwrap()).await.ok();
    assert_eq!(second["calls"].as_array().unwrap().len(), 1);
    for (query, expected) in [
        ("To=%2B15551230002", 1),
        ("From=%2B15555550100&Status=in-progress", 3),
        ("Status=queued", 0),
        ("StartTime=2026-11-22", 3),
        ("StartTime%3E=2026-11-23", 0),
        ("StartTime%3C=2026-11-23", 3),
        ("EndTime%3E=2026-11-22", 0),
        ("ParentCallSid=CA00000000000000000000000000000009", 0),
    ] {
        let found = client.get(&format!("{BASE}/Calls.json?{query}")).await.ok();
        assert_eq!(found["calls"].as_array().unwrap().len(), expected, "{query}");
    }
    assert_eq!(client.get(&format!("{BASE}/Calls.json?Status=lost")).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn a_caller_waits_in_a_queue_until_the_api_pulls_it_out() {
    let client = Client::new().await;
    let queues = format!("{BASE}/Queues.json");
    let queue = client.post(&queues, &[("FriendlyName", "support"), ("MaxSize", "7")]).await.ok();
    assert_eq!(client.post(&queues, &[("FriendlyName", "support")]).await.refusal(), (409, 20409));
    assert_eq!(client.post(&queues, &[("FriendlyName", "x"), ("MaxSize", "5001")]).await.refusal().0, 400);
    let call = place(&client, "+15551230001", WAIT, &[]).await;
    client.platform.after(std::time::Duration::from_secs(8)).await;
    let own = queue["uri"].as_str().unwrap();
    let filled = client.get(own).await.ok();
    assert_eq!((&filled["current_size"], &filled["average_wait_time"]), (&1.into(), &8.into()));
    assert_json_snapshot!("queue", golden(&filled));
    assert_eq!(client.delete(own).await.refusal(), (400, 21220));
    let members = filled["subresource_uris"]["members"].as_str().unwrap();
    let listed = client.get(members).await.ok()["queue_members"][0].clone();
    assert_json_snapshot!("queue_member", golden(&listed));
    let front = members.replace(".json", "/Front.json");
    assert_eq!(client.get(&front).await.ok(), listed);
    assert_eq!(client.post(&front, &[]).await.refusal(), (400, 21205));
    let pulled = client.post(&front, &[("Url", "https://example.com/next")]).await.ok();
    assert_eq!(pulled["call_sid"], call["sid"]);
    assert_eq!(client.get(&front).await.refusal(), (404, 20404));
    assert_eq!(client.delete(own).await.status, 204);
}

#[tokio::test]
async fn a_conference_is_led_by_its_name_and_by_its_sid() {
    let client = Client::new().await;
    let room = format!("{BASE}/Conferences/room");
    assert_eq!(client.get(&format!("{room}.json")).await.refusal(), (404, 20404));
    let ann =
        invite(&client, "room", "+15551230001", &[("Label", "ann"), ("EndConferenceOnExit", "true")]).await;
    assert_json_snapshot!("participant", golden(&ann));
    let bob = invite(&client, "room", "+15551230002", &[]).await;
    assert_eq!(ann["conference_sid"], bob["conference_sid"]);
    let conference = client.get(&format!("{room}.json")).await.ok();
    assert_json_snapshot!("conference", golden(&conference));
    assert_eq!(conference["status"], "in-progress");
    let by_label = format!("{room}/Participants/ann.json");
    let form = [("Muted", "true"), ("Hold", "true"), ("HoldUrl", "https://example.com/hold")];
    let changed = client.post(&by_label, &form).await.ok();
    assert_eq!((&changed["muted"], &changed["hold"]), (&true.into(), &true.into()));
    let muted = client.get(&format!("{room}/Participants.json?Muted=true")).await.ok();
    assert_eq!(muted["participants"].as_array().unwrap().len(), 1);
    let coach = [("Coaching", "true"), ("CallSidToCoach", ann["call_sid"].as_str().unwrap())];
    let coaching = client.post(bob["uri"].as_str().unwrap(), &coach).await.ok();
    assert_eq!((&coaching["coaching"], &coaching["call_sid_to_coach"]), (&true.into(), &ann["call_sid"]));
    assert_eq!(client.delete(&by_label).await.status, 204);
    let own = conference["uri"].as_str().unwrap();
    let over = client.get(own).await.ok();
    assert_eq!(over["reason_conference_ended"], "participant-with-end-conference-on-exit-kicked");
    assert_eq!(client.post(own, &[("Status", "completed")]).await.refusal(), (400, 21220));
    let late = own.replace(".json", "/Participants.json");
    let form = [("To", "+15551230003"), ("From", "+15555550100")];
    assert_eq!(client.post(&late, &form).await.refusal(), (400, 21220));
}

#[tokio::test]
async fn who_is_called_into_a_conference_is_its_participant_at_once() {
    let client = Client::new().await;
    let invited = invite(&client, "room", NOBODY, &[("Label", "nobody")]).await;
    assert_eq!(invited["status"], "ringing");
    let conference = format!("{BASE}/Conferences/{}.json", invited["conference_sid"].as_str().unwrap());
    assert_eq!(client.get(&conference).await.ok()["status"], "init");
    let call = invited["call_sid"].as_str().unwrap().parse().unwrap();
    let failed = call::Event::LegFailed { call, status: Some(486), reason: "busy".to_owned() };
    client.platform.happen(failed).await;
    assert_eq!(client.get(invited["uri"].as_str().unwrap()).await.refusal(), (404, 20404));
    assert_eq!(client.get(&conference).await.ok()["status"], "completed");
}

#[tokio::test]
async fn a_recording_is_begun_interrupted_ended_and_downloaded_in_part() {
    let client = Client::new().await;
    let call = place(&client, "+15551230001", STAY, &[]).await;
    let recordings = call["subresource_uris"]["recordings"].as_str().unwrap();
    let made = client.post(recordings, &[("RecordingChannels", "dual")]).await.ok();
    assert_json_snapshot!("recording", golden(&made));
    let current = recordings.replace(".json", "/Twilio.CURRENT.json");
    for (state, behavior) in [("paused", "skip"), ("in-progress", "silence"), ("stopped", "silence")] {
        let form = [("Status", state), ("PauseBehavior", behavior)];
        let changed = client.post(&current, &form).await.ok();
        let expected = if state == "stopped" { "completed" } else { state };
        assert_eq!(changed["status"], expected, "{state}");
    }
    assert_eq!(client.post(&current, &[("Status", "paused")]).await.refusal(), (400, 21220));
    let sid = sid(&made);
    let file = api::Platform::recordings(&*client.platform).join(format!("{sid}.wav"));
    std::fs::write(&file, "RIFF0123456789").unwrap();
    let sound = format!("{BASE}/Recordings/{sid}");
    assert_eq!(client.get(&format!("{sound}.wav")).await.text, "RIFF0123456789");
    let part = client.send(axum::http::Method::GET, &sound, &[], &[("range", "bytes=4-6")]).await;
    assert_eq!((part.status.as_u16(), &*part.text), (206, "012"));
    assert_eq!(part.headers["content-range"], "bytes 4-6/14");
    let listed =
        client.get(&format!("{BASE}/Recordings.json?CallSid={}", call["sid"].as_str().unwrap())).await;
    assert_eq!(listed.ok()["recordings"][0]["duration"], Value::from("2"));
    assert_eq!(client.delete(&format!("{sound}.json")).await.status, 204);
    assert!(!file.exists());
}

async fn place(client: &Client, to: &str, twiml: &str, more: &[(&str, &str)]) -> Value {
    let mut form = vec![("To", to), ("From", "+15555550100"), ("Twiml", twiml)];
    form.extend_from_slice(more);
    let made = client.post(&format!("{BASE}/Calls.json"), &form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

async fn invite(client: &Client, room: &str, to: &str, more: &[(&str, &str)]) -> Value {
    let mut form = vec![("To", to), ("From", "+15555550100")];
    form.extend_from_slice(more);
    let made = client.post(&format!("{BASE}/Conferences/{room}/Participants.json"), &form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}
