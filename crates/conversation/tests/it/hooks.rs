//! Webhooks: who hears of what, and who is asked before it happens.

use std::time::Duration;

use conversation::*;

use crate::scenario::{CUSTOMER, Scenario, application, studio, text};

fn asking() -> Origin {
    Origin { asks: vec![HookEvent::OnMessageAdd], ..Origin::network("sms") }
}

fn answer(question: u64, answer: HookAnswer) -> Event {
    Event::HookAnswered { question: QuestionId(question), answer }
}

fn asked(scenario: &mut Scenario, body: &str) -> Subject {
    scenario.ask(text(CUSTOMER, body), &asking()).unwrap()
}

#[test]
fn requests_by_rest_are_not_echoed_unless_they_ask_for_it() {
    let mut scenario = Scenario::texted(application()).heard();
    let by_rest_and_heard = Origin { is_heard: true, ..Origin::api() };
    for (origin, is_heard) in [
        (Origin::api(), false),
        (Origin::flow(), false),
        (by_rest_and_heard, true),
        (Origin::client("alice"), true),
        (Origin::network("sms"), true),
    ] {
        scenario.ask(text("alice", "hello"), &origin).unwrap();
        let index = scenario.conversation.details().next_index - 1;
        let (added, sent) = (format!("onMessageAdded #{index} hello"), "send to +15555550123: hello");
        scenario = if is_heard {
            scenario.expect(["tell app onMessageAdded", &added, sent])
        } else {
            scenario.expect([&added, sent])
        };
    }
}

#[test]
fn an_application_may_let_a_message_pass_change_it_or_reject_it() {
    let mut scenario = Scenario::texted(Listener::Default).heard();
    assert_eq!(asked(&mut scenario, "one"), Subject::Pending(QuestionId(1)));
    let scenario = scenario.expect(["ask onMessageAdd (1)"]);
    let mut scenario = scenario
        .tell(answer(1, HookAnswer::Publish))
        .expect(["onMessageAdded #1 one", "settle 1: done"])
        .tell(answer(1, HookAnswer::Reject))
        .expect([]);
    asked(&mut scenario, "damn");
    let change = Modification { body: Some("d***".to_owned()), ..Modification::default() };
    let mut scenario = scenario
        .heard()
        .tell(answer(2, HookAnswer::Modify(change)))
        .expect(["onMessageAdded #2 d***", "settle 2: done"]);
    asked(&mut scenario, "spam");
    scenario
        .heard()
        .tell(answer(3, HookAnswer::Reject))
        .expect(["settle 3: the application's webhook rejected it"]);
}

#[test]
fn silence_is_consent_after_five_seconds() {
    let mut scenario = Scenario::texted(Listener::Default).heard();
    asked(&mut scenario, "hello?");
    let scenario = scenario.expect(["ask onMessageAdd (1)"]);
    assert_eq!(scenario.conversation.next_timeout(), Some(scenario.now + Duration::from_secs(5)));
    scenario
        .after(Duration::from_secs(4))
        .expect([])
        .after(Duration::from_secs(1))
        .expect(["onMessageAdded #1 hello?", "settle 1: done"]);
}

#[test]
fn a_later_message_does_not_overtake_one_that_is_asked_about() {
    let mut scenario = Scenario::texted(Listener::Default).heard();
    asked(&mut scenario, "first");
    asked(&mut scenario, "second");
    scenario
        .expect(["ask onMessageAdd (1)", "ask onMessageAdd (2)"])
        .tell(answer(2, HookAnswer::Publish))
        .expect([])
        .tell(answer(1, HookAnswer::Publish))
        .expect(["onMessageAdded #1 first", "settle 1: done", "onMessageAdded #2 second", "settle 2: done"]);
}

#[test]
fn a_message_that_is_asked_about_while_its_conversation_closes_comes_back_for_another_one() {
    let mut scenario = Scenario::texted(studio());
    asked(&mut scenario, "one more thing");
    let closed =
        UpdateConversation { state: Some(ConversationState::Closed), ..UpdateConversation::default() };
    let mut scenario = scenario.run(Command::UpdateConversation(closed));
    let mut tick = scenario.tick();
    let actions = scenario.conversation.handle(answer(1, HookAnswer::Publish), &mut tick);
    let [Action::Settle(settlement)] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(settlement.result, Err(Refusal::Closed(scenario.conversation.details().sid)));
    assert_eq!(settlement.command, text(CUSTOMER, "one more thing"));
    assert_eq!(scenario.conversation.messages().count(), 1);
}

#[test]
fn what_would_be_refused_is_no_question_for_an_application() {
    let mut scenario = Scenario::texted(Listener::Default).heard();
    let empty = scenario.ask(text(CUSTOMER, ""), &asking());
    assert!(matches!(empty, Err(Refusal::Invalid { .. })), "{empty:?}");
    scenario.expect([]);
}

#[test]
fn a_webhook_hears_its_words_its_events_and_what_was_said_before_it_came() {
    let url = || "https://example.com/".to_owned();
    let trigger =
        WebhookTarget::Trigger { url: url(), method: HookMethod::Post, triggers: vec!["Agent".to_owned()] };
    let removed = WebhookTarget::Url {
        url: url(),
        method: HookMethod::Get,
        filters: vec![HookEvent::OnMessageRemoved],
    };
    let scenario = Scenario::texted(Listener::Default).texts("an agent, please").texts("hello?").heard();
    let scenario = scenario
        .run(Command::AddWebhook(AddWebhook { target: removed, replay_after: Some(0) }))
        .expect([])
        .run(Command::AddWebhook(AddWebhook { target: trigger, replay_after: Some(0) }))
        .expect(["tell app onMessageAdded"])
        .texts("AGENT!")
        .expect(["tell app onMessageAdded", "onMessageAdded #3 AGENT!"]);
    let sid = scenario.message(1).sid;
    let mut scenario = scenario;
    scenario.ask(Command::RemoveMessage(sid), &Origin::client("alice")).unwrap();
    scenario.expect(["tell app onMessageRemoved", "onMessageRemoved #1 an agent, please"]);
}
