//! The life of a conversation: its states, its timers, its end.

use std::time::Duration;

use conversation::*;

use crate::scenario::{CUSTOMER, Scenario, creation, identity, studio, text};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn with_timers(inactive: Option<Duration>, closed: Option<Duration>) -> Scenario {
    let timers = TimerSettings { inactive, closed };
    Scenario::create(CreateConversation { timers, ..creation() }, &Origin::api()).heard()
}

fn state(state: ConversationState) -> Command {
    Command::UpdateConversation(UpdateConversation { state: Some(state), ..UpdateConversation::default() })
}

#[test]
fn silence_makes_a_conversation_inactive_then_closes_it_and_each_message_begins_anew() {
    let scenario = with_timers(Some(MINUTE), Some(HOUR));
    assert_eq!(scenario.conversation.next_timeout(), Some(scenario.now + MINUTE));
    assert_eq!(scenario.conversation.details().date_closed(), Some(scenario.now + MINUTE + HOUR));
    let scenario = scenario
        .after(MINUTE / 2)
        .texts("still here")
        .heard()
        .after(MINUTE / 2)
        .expect([])
        .after(MINUTE / 2)
        .expect(["state active -> inactive (TIMER)"]);
    assert_eq!(scenario.conversation.next_timeout(), Some(scenario.now + HOUR));
    let scenario = scenario
        .texts("back again")
        .expect(["state inactive -> active (EVENT)", "onMessageAdded #1 back again"])
        .after(MINUTE)
        .expect(["state active -> inactive (TIMER)"])
        .after(HOUR)
        .expect(["state inactive -> closed (TIMER)"]);
    assert_eq!(scenario.conversation.next_timeout(), None);
}

#[test]
fn a_closed_timer_alone_counts_from_the_last_message() {
    let scenario = with_timers(None, Some(HOUR)).after(HOUR / 2).texts("hello").heard();
    assert_eq!(scenario.conversation.next_timeout(), Some(scenario.now + HOUR));
    scenario.after(HOUR).expect(["state active -> closed (TIMER)"]);
}

#[test]
fn a_closed_conversation_gives_its_addresses_back_and_takes_nothing() {
    let mut scenario = Scenario::texted(studio())
        .heard()
        .run(state(ConversationState::Closed))
        .expect(["onConversationUpdated", "state active -> closed (API)"]);
    assert!(scenario.conversation.pairs().is_empty());
    let sid = scenario.conversation.details().sid;
    let closed =
        format!("conversation {sid} is closed: it can be read, but nothing can be added; begin another");
    assert_eq!(scenario.refused(text(CUSTOMER, "hello?")), closed);
    assert_eq!(scenario.refused(Command::AddParticipant(identity("alice"))), closed);
    assert_eq!(
        scenario.refused(state(ConversationState::Active)),
        "a conversation that is closed can not become active"
    );
    let rename =
        UpdateConversation { friendly_name: Some("Carol".to_owned()), ..UpdateConversation::default() };
    assert_eq!(scenario.refused(Command::UpdateConversation(rename)), closed);
    scenario.run(Command::DeleteConversation).expect(["onConversationRemoved"]);
}

#[test]
fn names_attributes_and_timers_have_limits() {
    let mut scenario = with_timers(None, None);
    let update = UpdateConversation::default;
    for (update, reason) in [
        (
            UpdateConversation { friendly_name: Some("x".repeat(257)), ..update() },
            "FriendlyName: the text is 257 characters long, at most 256 are allowed",
        ),
        (
            UpdateConversation { attributes: Some("[]".to_owned()), ..update() },
            "Attributes: attributes must be a JSON object, found an array",
        ),
        (
            UpdateConversation {
                attributes: Some(format!("{{\"a\":\"{}\"}}", "x".repeat(16_384))),
                ..update()
            },
            "Attributes: attributes are 16392 characters long, at most 16384 are allowed",
        ),
        (
            UpdateConversation {
                timers: Some(TimerSettings { inactive: Some(MINUTE / 2), closed: None }),
                ..update()
            },
            "Timers.Inactive: at least 60 seconds are expected",
        ),
    ] {
        assert_eq!(scenario.refused(Command::UpdateConversation(update)), reason);
    }
}

#[test]
fn fifty_participants_behind_addresses_are_enough() {
    let seat = |n: usize| {
        Seat::Binding(Pair {
            address: format!("+1555555{n:04}").parse().unwrap(),
            proxy_address: crate::scenario::OURS.parse().unwrap(),
        })
    };
    let add = |n| Command::AddParticipant(AddParticipant::at(seat(n)));
    let mut full = (0..50).fold(with_timers(None, None), |scenario, n| scenario.run(add(n)));
    assert_eq!(
        full.refused(add(50)),
        "the conversation has 50 participants behind addresses, which is the most that it may have"
    );
}
