//! Stories about calls: a scripted caller hears verbs, presses keys and hangs up.

use flow::{Event, Trigger, voice_ivr};
use serde_json::{Value, json};

use crate::scenario::{CONTACT, OURS, Scenario, call, definition, object, widget};

/// Asks for a key; 3 hands over to an agent, who can be unavailable.
fn reception() -> Value {
    let menu = json!({ "say": "Press 3 for a person.", "number_of_digits": 1, "loop": 2 });
    let split = json!({
        "name": "choose", "type": "split-based-on", "properties": { "input": "{{widgets.menu.Digits}}" },
        "transitions": [
            { "event": "noMatch", "next": "hours" },
            { "event": "match", "next": "agent", "conditions": [
                { "friendly_name": "", "arguments": ["{{widgets.menu.Digits}}"], "type": "equal_to", "value": "3" },
            ] },
        ],
    });
    let agent = json!({
        "workflow": "WW1", "channel": "TC1", "priority": "7", "timeout": "60", "waitUrl": "https://a.example/music",
        "waitUrlMethod": "GET", "attributes": "{\"name\": \"{{trigger.call.From}}\", \"key\": {{widgets.menu.Digits}}}",
    });
    definition(
        "menu",
        [
            widget("menu", "gather-input-on-call", menu, &[("keypress", "choose"), ("timeout", "menu")]),
            split,
            widget("hours", "say-play", json!({ "say": "From 9 to 5." }), &[("audioComplete", "menu")]),
            widget(
                "agent",
                "send-to-flex",
                agent,
                &[("callComplete", "note"), ("failedToEnqueue", "mail"), ("callFailure", "sorry")],
            ),
            widget("note", "run-function", json!({ "url": "https://f.example/" }), &[("success", "bye")]),
            widget("bye", "say-play", json!({ "say": "Bye {{widgets.agent.QueueResult}}" }), &[]),
            widget(
                "mail",
                "record-voicemail",
                json!({}),
                &[("hangup", "note"), ("recordingComplete", "bye")],
            ),
            widget("sorry", "say-play", json!({ "play": "https://a.example/sorry.mp3" }), &[]),
        ],
    )
}

const MENU: &str = r##"<Gather input="dtmf speech" timeout="5" finishOnKey="#" numDigits="1" speechTimeout="auto" profanityFilter="true" language="en"><Say voice="alice" language="en-US" loop="2">Press 3 for a person.</Say></Gather>"##;

/// A caller who pressed 3 and waits for an agent.
fn waiting() -> Scenario {
    Scenario::new(&reception()).starts_with_call().performs(json!({ "Digits": "3" })).quietly()
}

#[test]
fn a_caller_finds_the_way_to_an_agent_and_hears_music() {
    let scenario = Scenario::new(&reception())
        .starts_with_call()
        .expect(["step incomingCall: Trigger -> menu", MENU])
        .performs(json!({}))
        .expect(["step timeout: menu -> menu", MENU])
        .performs(json!({ "Digits": "1" }))
        .expect([
            "step keypress: menu -> choose",
            "step noMatch: choose -> hours",
            "<Say loop=\"1\">From 9 to 5.</Say>",
        ])
        .performs(json!({}))
        .expect(["step audioComplete: hours -> menu", MENU])
        .performs(json!({ "Digits": "3" }))
        .expect([
            "step keypress: menu -> choose",
            "step match: choose -> agent",
            "<Enqueue waitUrl=\"https://a.example/music\" waitUrlMethod=\"GET\" workflowSid=\"WW1\">\
             <Task priority=\"7\" timeout=\"60\">{\"name\": \"+15555550111\", \"key\": 3}</Task></Enqueue>",
        ])
        .after(86_400)
        .performs(json!({ "QueueResult": "bridged", "TaskSid": "WT1", "QueueTime": "9" }))
        .expect(["step callComplete: agent -> note", "POST https://f.example/ "])
        .other_answers(200, "", "")
        .expect(["step success: note -> bye", "<Say loop=\"1\">Bye bridged</Say>"])
        .performs(json!({}))
        .expect(["step audioComplete: bye -> Ended", "hang up"])
        .expect_ended();
    let outputs = &scenario.execution().context()["widgets"]["agent"];
    assert_eq!((&outputs["TaskSid"], &outputs["QueueTime"]), (&json!("WT1"), &json!("9")));
    assert!(outputs["Attributes"].as_str().unwrap().contains("+15555550111"));
    assert_eq!(scenario.execution().call_sid(), Some("CA1"));
}

#[test]
fn how_a_queue_ends_decides_the_way() {
    for (result, event, next) in [
        ("leave", "callComplete", "note"),
        ("queue-full", "failedToEnqueue", "mail"),
        ("error", "failedToEnqueue", "mail"),
        ("system-error", "callFailure", "sorry"),
    ] {
        let scenario = waiting().performs(json!({ "QueueResult": result }));
        assert_eq!(
            (scenario.last_step().name.as_str(), scenario.last_step().transitioned_to.as_str()),
            (event, next)
        );
    }
    let scenario = waiting();
    let request = scenario.request;
    let scenario =
        scenario.happens(Event::VerbsRefused { request, reason: "there is no workflow WW1".to_owned() });
    assert_eq!(scenario.last_step().name, "failedToEnqueue");
    assert_eq!(scenario.last_step().error.as_deref(), Some("there is no workflow WW1"));
}

#[test]
fn after_the_call_has_gone_only_widgets_that_need_none_still_run() {
    let gone = ["step callComplete: agent -> note", "POST https://f.example/ "];
    let stopped = ["step success: note -> bye", "step Stop Execution: bye -> Ended"];
    let completed = json!({ "QueueResult": "hangup", "CallStatus": "completed" });
    for scenario in [
        waiting().performs(completed).expect(gone).caller_hangs_up(),
        waiting().caller_hangs_up().expect(gone),
        waiting().performs(json!({ "QueueResult": "redirected" })).expect(gone),
    ] {
        let scenario = scenario.other_answers(200, "", "").expect(stopped).expect_ended();
        assert!(scenario.last_step().error.as_deref().unwrap().contains("ended or was taken over"));
    }
}

#[test]
fn a_caller_who_hangs_up_ends_what_has_no_way_for_it() {
    Scenario::new(&reception())
        .starts_with_call()
        .quietly()
        .caller_hangs_up()
        .expect(["step Stop Execution: menu -> Ended"])
        .expect_ended();

    let recording = || waiting().performs(json!({ "QueueResult": "queue-full" })).quietly();
    for scenario in [
        recording().caller_hangs_up(),
        recording()
            .performs(json!({ "Digits": "hangup", "RecordingUrl": "https://r", "CallStatus": "completed" })),
    ] {
        scenario.expect(["step hangup: mail -> note", "POST https://f.example/ "]);
    }
}

#[test]
fn a_call_that_ends_while_another_system_works_is_not_spoken_to() {
    waiting()
        .performs(json!({ "QueueResult": "leave" }))
        .quietly()
        .caller_hangs_up()
        .expect([])
        .other_answers(200, "", "")
        .expect(["step success: note -> bye", "step Stop Execution: bye -> Ended"])
        .expect_ended();
}

#[test]
fn stopping_by_hand_hangs_up_unless_the_call_is_still_performing() {
    waiting().happens(Event::StopRequested).expect(["step Stop Execution: agent -> Ended"]).expect_ended();
    waiting()
        .performs(json!({ "QueueResult": "leave" }))
        .quietly()
        .happens(Event::StopRequested)
        .expect(["step Stop Execution: note -> Ended", "hang up"])
        .expect_ended();
}

#[test]
fn the_default_voice_flow_hands_the_call_over() {
    Scenario::new(&voice_ivr("WW9", "TC9"))
        .starts_with_call()
        .expect([
            "step incomingCall: Trigger -> SendCallToAgent",
            "<Enqueue workflowSid=\"WW9\"><Task priority=\"0\" timeout=\"3600\">\
             { \"type\": \"inbound\", \"name\": \"+15555550111\" }</Task></Enqueue>",
        ])
        .performs(json!({ "QueueResult": "bridged", "CallStatus": "completed" }))
        .expect(["step callComplete: SendCallToAgent -> Ended"])
        .expect_ended();
}

/// Calls the contact, then speaks.
fn calling(kind: &str) -> Value {
    let next = [("answered", "hello"), ("answeredByMachine", "beep"), ("busy", "text"), ("failed", "text")];
    let known: &[_] = if kind.ends_with("v1") { &next } else { &[next[0], next[2], next[3]] };
    definition(
        "call",
        [
            widget("call", kind, json!({ "timeout": 20 }), known),
            widget("hello", "say-play", json!({ "say": "Hello" }), &[]),
            widget("beep", "say-play", json!({ "say": "Message" }), &[]),
            widget("text", "send-message", json!({ "body": "Missed {{widgets.call.CallStatus}}" }), &[]),
        ],
    )
}

fn requested(kind: &str) -> Scenario {
    let request = Trigger::IncomingRequest {
        to: CONTACT.to_owned(),
        from: OURS.to_owned(),
        parameters: object(json!({})),
    };
    let scenario = Scenario::new(&calling(kind)).starts(request);
    scenario.expect(["step incomingRequest: Trigger -> call", "call +15555550100 -> +15555550111 20s"])
}

#[test]
fn a_call_that_a_flow_makes_is_its_own_from_the_answer_on() {
    let placed = |scenario: Scenario, parameters: Value| {
        let request = scenario.request;
        scenario.happens(Event::CallPlaced { request, parameters: call(parameters) })
    };
    for (kind, by, says) in [
        ("make-outgoing-call-v2", "machine_start", "Hello"),
        ("make-outgoing-call-v1", "human", "Hello"),
        ("make-outgoing-call-v1", "machine_start", "Message"),
    ] {
        let scenario = placed(requested(kind), json!({ "AnsweredBy": by }));
        let said = format!("<Say loop=\"1\">{says}</Say>");
        let scenario = scenario.quietly_but_last(&said).performs(json!({}));
        assert!(scenario.actions().len() == 2, "a step and the hang-up");
    }
    placed(requested("make-outgoing-call-v2"), json!({ "CallStatus": "busy" }))
        .expect(["step busy: call -> text", "send +15555550100 -> +15555550111: Missed busy"]);
    placed(requested("make-outgoing-call-v2"), json!({ "CallStatus": "completed" }))
        .expect(["step answered: call -> hello", "step Stop Execution: hello -> Ended"])
        .expect_ended();
    let refused = requested("make-outgoing-call-v2");
    let request = refused.request;
    let failed = ["step failed: call -> text", "send +15555550100 -> +15555550111: Missed "];
    refused.happens(Event::CallRefused { request, reason: "no trunk".to_owned() }).expect(failed);
    requested("make-outgoing-call-v2").after(200).expect(failed);
}

/// Gives the contact to another application, which may give it back.
fn lending(timeout: &str, url: &str) -> Value {
    let properties = json!({ "url": url, "method": "GET", "timeout": timeout });
    definition(
        "away",
        [
            widget(
                "away",
                "add-twiml-redirect",
                properties,
                &[("return", "back"), ("timeout", "late"), ("fail", "bad")],
            ),
            widget("back", "say-play", json!({ "say": "{{widgets.away.menu}}" }), &[]),
            widget("late", "set-variables", json!({ "variables": [] }), &[("next", "back")]),
            widget("bad", "set-variables", json!({ "variables": [] }), &[]),
        ],
    )
}

#[test]
fn another_application_takes_the_call_and_may_return_it() {
    let redirect = "<Redirect method=\"GET\">https://a.example/app</Redirect>";
    let away = |timeout| {
        let scenario = Scenario::new(&lending(timeout, "https://a.example/app")).starts_with_call();
        scenario.expect(["step incomingCall: Trigger -> away", redirect])
    };
    away("60")
        .performs(json!({ "FlowEvent": "return", "menu": "sales" }))
        .expect(["step return: away -> back", "<Say loop=\"1\">sales</Say>"]);
    away("60")
        .after(60)
        .expect([
            "step timeout: away -> late",
            "step next: late -> back",
            "step Stop Execution: back -> Ended",
        ])
        .expect_ended();
    away("0").after(0).expect([
        "step timeout: away -> late",
        "step next: late -> back",
        "step Stop Execution: back -> Ended",
    ]);
    away("60").caller_hangs_up().expect(["step Stop Execution: away -> Ended"]).expect_ended();
}

#[test]
fn a_redirect_that_is_no_url_fails() {
    for url in ["{{flow.variables.none}}", "a.example/app", "https:///x", "https://a.example/?n={{ 'a b' }}"]
    {
        Scenario::new(&lending("60", url))
            .starts_with_call()
            .expect([
                "step incomingCall: Trigger -> away",
                "step fail: away -> bad",
                "step next: bad -> Ended",
                "hang up",
            ])
            .expect_ended();
    }
}

#[test]
fn a_message_is_lent_to_another_application_too() {
    Scenario::new(&lending("60", "https://a.example/app"))
        .starts_with_message("Hi")
        .expect([
            "step incomingMessage: Trigger -> away",
            "<Redirect method=\"GET\">https://a.example/app</Redirect>",
        ])
        .performs(json!({ "FlowEvent": "return" }))
        .expect(["step return: away -> back", "step failed: back -> Ended"])
        .expect_ended();
}
