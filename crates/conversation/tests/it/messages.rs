//! Messages: their order, their way to those behind addresses, and what became of them there.

use conversation::*;
use domain::ParticipantSid;

use crate::scenario::{CUSTOMER, Scenario, identity, nowhere, studio, text};

fn scenario() -> Scenario {
    Scenario::texted(Listener::Default).run(Command::AddParticipant(identity("alice"))).heard()
}

fn customer(scenario: &Scenario) -> ParticipantSid {
    scenario.conversation.participants().find(|one| one.pair().is_some()).unwrap().sid
}

#[test]
fn what_an_agent_or_flow_writes_goes_to_who_is_behind_an_address_and_what_they_write_does_not_come_back() {
    let scenario = scenario()
        .run(text("alice", "good morning"))
        .expect(["onMessageAdded #1 good morning", "send to +15555550123: good morning"])
        .texts("hello alice")
        .expect(["onMessageAdded #2 hello alice"]);
    let mut scenario = scenario;
    let unnamed = AddMessage { body: Some("it is me".to_owned()), ..AddMessage::default() };
    scenario.ask(Command::AddMessage(Box::new(unnamed)), &Origin::client("alice")).unwrap();
    let mut scenario = scenario.expect(["onMessageAdded #3 it is me", "send to +15555550123: it is me"]);
    assert_eq!(scenario.message(3).author, "alice");
    scenario.ask(text("bot", "one moment"), &Origin::flow()).unwrap();
    let scenario = scenario.expect(["onMessageAdded #4 one moment", "send to +15555550123: one moment"]);
    assert_eq!(scenario.message(2).participant_sid, Some(customer(&scenario)));
    assert_eq!(scenario.message(4).participant_sid, None);
}

#[test]
fn receipts_say_how_far_a_message_got_in_whatever_order_carriers_report() {
    let scenario = scenario().run(text("alice", "good morning")).heard();
    let (message_sid, participant_sid) = (scenario.message(1).sid, customer(&scenario));
    let report = |status| {
        let channel_message_sid = Some("SM1".to_owned());
        Event::DeliveryReported(DeliveryReport {
            message_sid,
            participant_sid,
            channel_message_sid,
            status,
            error_code: None,
        })
    };
    let scenario = scenario
        .tell(report(DeliveryStatus::Delivered))
        .expect(["#1 delivered"])
        .tell(report(DeliveryStatus::Sent))
        .expect([])
        .tell(report(DeliveryStatus::Read))
        .expect(["#1 read"]);
    let message = scenario.message(1);
    assert_eq!(message.receipts.len(), 1);
    let delivery = message.delivery().unwrap();
    assert_eq!((delivery.total, delivery.sent, delivery.read), (1, Share::All, Share::All));
    assert_eq!((delivery.failed, delivery.undelivered), (Share::None, Share::None));
    assert_eq!(scenario.message(0).delivery(), None, "what came in was sent to nobody");
    let unknown = DeliveryReport {
        message_sid: nowhere(),
        participant_sid,
        channel_message_sid: None,
        status: DeliveryStatus::Sent,
        error_code: None,
    };
    scenario.tell(Event::DeliveryReported(unknown)).expect([]);
}

#[test]
fn a_removed_message_leaves_its_number_unused() {
    let scenario = scenario().run(text("alice", "oops")).run(text("alice", "hello"));
    let (removed, kept) = (scenario.message(1).sid, scenario.message(2).sid);
    let edit = UpdateMessage { body: Some("good morning".to_owned()), ..UpdateMessage::of(kept) };
    let mut scenario = scenario
        .heard()
        .run(Command::RemoveMessage(removed))
        .expect(["onMessageRemoved #1 oops"])
        .run(Command::UpdateMessage(edit))
        .expect(["onMessageUpdated #2 good morning"])
        .run(text("alice", "and more"))
        .expect(["onMessageAdded #3 and more", "send to +15555550123: and more"]);
    assert_eq!(
        scenario.refused(Command::RemoveMessage(removed)),
        format!("no message '{removed}' in this conversation")
    );
}

#[test]
fn a_repeated_request_adds_no_second_message() {
    let mut scenario = scenario();
    let command = Command::AddMessage(Box::new(AddMessage {
        author: Some("alice".to_owned()),
        body: Some("once".to_owned()),
        token: Some("T".to_owned()),
        ..AddMessage::default()
    }));
    let first = scenario.ask(command.clone(), &Origin::client("alice")).unwrap();
    assert_eq!(scenario.ask(command, &Origin::client("alice")), Ok(first));
    scenario.expect(["onMessageAdded #1 once", "send to +15555550123: once"]);
}

#[test]
fn a_message_that_is_empty_or_too_long_says_so() {
    let mut scenario = scenario();
    let long = "x".repeat(1601);
    for (command, reason) in [
        (text("alice", ""), "Body: a message has a body, media or a content template; found none"),
        (
            text("alice", &long),
            "Body: the text is 1601 characters long, at most 1600 are allowed to a telephone",
        ),
        (text(CUSTOMER, &"x".repeat(32_769)), "Body: the text has 32769 bytes, at most 32768 are allowed"),
    ] {
        assert_eq!(scenario.refused(command), reason);
    }
    scenario.texts(&long);
}

#[test]
fn who_reads_moves_the_mark_of_what_is_read() {
    let scenario = Scenario::texted(studio()).run(Command::AddParticipant(identity("alice"))).heard();
    let sid = scenario.conversation.participant_at(&Seat::Identity("alice".to_owned())).unwrap().sid;
    let read = UpdateParticipant {
        sid,
        attributes: None,
        role_sid: None,
        last_read_message_index: Some(0),
        last_read_timestamp: None,
    };
    let scenario = scenario.run(Command::UpdateParticipant(read)).expect(["onParticipantUpdated alice"]);
    let alice = scenario.conversation.participants().find(|one| one.sid == sid).unwrap();
    assert_eq!((alice.last_read_message_index, alice.last_read_timestamp), (Some(0), Some(scenario.now)));
}
