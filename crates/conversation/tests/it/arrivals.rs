//! A contact's message arrives: where it goes, and who hears of it in which order.

use conversation::*;
use domain::{ConversationSid, Sid};
use serde_json::json;

use crate::scenario::{CUSTOMER, OURS, Scenario, application, configuration, home, inbound, pair, studio};

#[test]
fn a_message_goes_where_its_pair_is_bound_then_where_the_address_says_then_to_the_number() {
    let holder = ConversationSid::from_bits(7);
    let mut disabled = configuration(studio());
    disabled.auto_creation.is_enabled = false;
    let message = inbound("hello");
    assert_eq!(
        message.route(Some(holder), Some(&configuration(studio())), home()),
        InboundRoute::Append(holder)
    );
    assert!(matches!(message.route(None, Some(&configuration(studio())), home()), InboundRoute::Create(_)));
    assert_eq!(message.route(None, Some(&disabled), home()), InboundRoute::Webhook);
    assert_eq!(message.route(None, None, home()), InboundRoute::Webhook);
}

#[test]
fn the_flow_hears_of_the_message_that_made_the_conversation() {
    let scenario = Scenario::texted(studio()).expect([
        "onConversationAdded",
        "onParticipantAdded +15555550123",
        "pass to flow: onMessageAdded #0 hello",
        "onMessageAdded #0 hello",
    ]);
    let details = scenario.conversation.details();
    assert_eq!(details.attributes.value(), &json!({"from": CUSTOMER, "channel_type": "sms"}));
    assert_eq!(details.state, ConversationState::Active);
    assert_eq!(scenario.conversation.pairs(), [pair()].into());
}

#[test]
fn an_application_that_is_asked_before_decides_about_the_conversation_while_messages_wait() {
    let InboundRoute::Create(command) =
        inbound("one").route(None, Some(&configuration(application())), home())
    else {
        panic!("the address makes conversations")
    };
    let mut origin = Origin::network("sms");
    origin.asks = vec![HookEvent::OnConversationAdd];
    let asked = Scenario::create(*command, &origin).expect(["ask onConversationAdd (1)"]);
    assert_eq!(asked.conversation.details().state, ConversationState::Initializing);
    assert_eq!(asked.conversation.pairs(), [pair()].into(), "the pair is bound from the first message on");

    let asked = asked.texts("two").expect([]);
    let answer = |answer| Event::HookAnswered { question: QuestionId(1), answer };
    let renamed = Modification { friendly_name: Some("Carol".to_owned()), ..Modification::default() };
    let copy = asked.conversation.clone();
    let begun = asked.tell(answer(HookAnswer::Modify(renamed))).expect([
        "onConversationAdded",
        "onParticipantAdded +15555550123",
        "tell app onMessageAdded",
        "onMessageAdded #0 one",
        "settle 1: done",
        "tell app onMessageAdded",
        "onMessageAdded #1 two",
        "settle 2: done",
    ]);
    assert_eq!(begun.conversation.details().friendly_name.as_deref(), Some("Carol"));

    let mut again = begun;
    again.conversation = copy;
    let dropped = again.tell(answer(HookAnswer::Reject)).expect([
        "settle 1: the application's webhook rejected it",
        "settle 2: the application's webhook rejected it",
    ]);
    assert!(dropped.conversation.is_deleted());
    assert!(dropped.conversation.pairs().is_empty());
}

#[test]
fn a_pair_or_identity_is_taken_once() {
    let mut scenario = Scenario::texted(studio());
    let sid = scenario.conversation.details().sid;
    let again = AddParticipant::at(Seat::Binding(pair()));
    let elsewhere = AddParticipant { pair_holder: Some(ConversationSid::from_bits(7)), ..again.clone() };
    for (command, holder) in [(again, sid), (elsewhere, ConversationSid::from_bits(7))] {
        assert_eq!(
            scenario.refused(Command::AddParticipant(command)),
            format!(
                "{CUSTOMER} and {OURS} are bound to conversation {holder}: write there, or close it first"
            )
        );
    }
    let mut scenario = scenario.run(Command::AddParticipant(crate::scenario::identity("alice")));
    let reason = scenario.refused(Command::AddParticipant(crate::scenario::identity("alice")));
    assert!(reason.starts_with("'alice' takes part in this conversation already, as MB"), "{reason}");
}
