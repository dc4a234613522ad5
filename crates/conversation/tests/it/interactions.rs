//! A conversation given to agents: from the hand-over to the end, with pauses and rests on the way.

use std::time::Duration;

use conversation::*;
use domain::{ReservationSid, Sid};
use serde_json::json;

use crate::scenario::{
    CUSTOMER, OURS, Scenario, application, creation, interaction, routing, studio, text, worker,
};

const DAY: Duration = Duration::from_secs(86_400);

fn hand_over(interaction: CreateInteraction) -> Command {
    Command::CreateInteraction(Box::new(interaction))
}

#[test]
fn from_the_first_message_to_the_end() {
    let scenario = Scenario::texted(studio())
        .heard()
        .run(hand_over(interaction()))
        .expect([
            "interaction",
            "channel",
            "customer +15555550123 came",
            "invite 1",
            "create task of invite 1",
        ])
        .texts("anybody there?")
        .expect(["onMessageAdded #1 anybody there?"])
        .task_created(1)
        .expect(["channel is active", "interaction has task 1"])
        .accepted_by(1, "alice")
        .expect(["onParticipantAdded alice", "agent alice came"])
        .run(text("alice", "good morning"))
        .expect(["onMessageAdded #2 good morning", "send to +15555550123: good morning"])
        .change_channel(ChannelChange::Close(TaskClosing::Wrap))
        .expect([
            "customer +15555550123 left",
            "agent alice left",
            "end task 1: wrapup",
            "channel is closed",
            "state active -> closed (API)",
        ])
        .task_ended(1, TaskEnd::Completed, TaskEndPolicy::Reinvite)
        .expect([]);
    assert!(scenario.conversation.pairs().is_empty(), "the next message begins afresh");
}

#[test]
fn the_task_says_all_that_agents_and_reports_read_and_the_creators_keys_win() {
    let given = json!({
        "customerAddress": CUSTOMER, "customerName": "Carol", "direction": "sideways",
        "flexInteractionSid": "mine", "conversations": {"campaign": "spring"},
    });
    let command = CreateInteraction { routing: routing(&given), ..interaction() };
    let scenario = Scenario::texted(studio()).run(hand_over(command));
    let (details, last) = (scenario.conversation.details(), scenario.last());
    let expected = json!({
        "channelType": "sms",
        "direction": "sideways",
        "initiatedBy": "customer",
        "customerAddress": CUSTOMER,
        "customerName": "Carol",
        "from": CUSTOMER,
        "flexInteractionSid": last.sid,
        "conversations": {
            "conversation_id": last.sid,
            "initiated_by": "customer",
            "communication_channel": "Sms",
            "media": [{"type": "ChatTranscript", "sid": details.sid}],
            "direction": "inbound",
            "external_contact": OURS,
            "campaign": "spring",
        },
        "customers": {"name": "Carol", "phone": CUSTOMER},
        "conversationSid": details.sid,
        "flexInteractionChannelSid": last.channel.sid,
        "flexChannelInviteSid": scenario.invite(1),
        "taskCreateSource": "interaction",
    });
    assert_eq!(&json!(scenario.attributes()), &expected);
}

#[test]
fn an_invite_is_answered_once_whichever_way() {
    let answer = |scenario: &Scenario, is_accepted| {
        let invite_sid = scenario.invite(1);
        let reservation_sid = ReservationSid::from_bits(1);
        Command::AnswerInvite(AnswerInvite { invite_sid, reservation_sid, is_accepted })
    };
    let mut early = Scenario::texted(studio()).run(hand_over(interaction()));
    let accept = answer(&early, true);
    assert_eq!(early.refused(accept), "the invite's task is being created: nobody was asked yet");

    let scenario = Scenario::handed_over().heard();
    let (accept, decline) = (answer(&scenario, true), answer(&scenario, false));
    let mut scenario = scenario
        .run(decline)
        .expect(["answer for invite 1: false"])
        .run(accept.clone())
        .expect(["answer for invite 1: true"])
        .accepted_by(1, "alice")
        .heard()
        .accepted_by(1, "alice")
        .expect([])
        .run(accept.clone())
        .expect([])
        .change_channel(ChannelChange::Close(TaskClosing::Complete));
    let invite = scenario.invite(1);
    assert_eq!(scenario.refused(accept), format!("invite {invite} is over and can not be answered any more"));
}

#[test]
fn an_acceptance_may_come_before_the_news_of_its_task_and_too_late_for_its_channel() {
    let scenario = Scenario::texted(studio()).run(hand_over(interaction())).heard();
    scenario
        .accepted_by(1, "alice")
        .expect([
            "channel is active",
            "interaction has task 1",
            "onParticipantAdded alice",
            "agent alice came",
        ])
        .task_created(1)
        .expect([]);
    let closed = Scenario::handed_over().change_channel(ChannelChange::Close(TaskClosing::Wrap)).heard();
    closed.accepted_by(1, "alice").expect(["end task 1: closed"]);
}

#[test]
fn a_conversation_that_ends_before_its_task_exists_takes_the_task_back() {
    Scenario::texted(studio())
        .run(hand_over(interaction()))
        .heard()
        .change_channel(ChannelChange::Close(TaskClosing::Wrap))
        .expect([
            "no interaction: the conversation ended before its task existed",
            "customer +15555550123 left",
            "channel is closed",
            "state active -> closed (API)",
        ])
        .task_created(1)
        .expect(["end task 1: cancel"]);
}

#[test]
fn a_task_that_can_not_be_created_gives_the_conversation_back_to_its_flow_or_closes_it() {
    let refused = |scenario: Scenario| {
        let scenario = scenario.run(hand_over(interaction())).heard();
        let invite_sid = scenario.invite(1);
        let (reason, policy) = ("no such workflow".to_owned(), TaskEndPolicy::Close);
        scenario.tell(Event::TaskRefused { invite_sid, reason, policy })
    };
    refused(Scenario::texted(studio()))
        .expect(["channel is failed", "channel failed: no such workflow", "no interaction: no such workflow"])
        .texts("hello?")
        .expect(["pass to flow: onMessageAdded #1 hello?", "onMessageAdded #1 hello?"])
        .run(hand_over(interaction()))
        .expect([
            "interaction",
            "channel",
            "customer +15555550123 came",
            "invite 2",
            "create task of invite 2",
        ]);
    refused(Scenario::texted(Listener::Default)).expect([
        "channel is failed",
        "channel failed: no such workflow",
        "no interaction: no such workflow",
        "state active -> closed (EVENT)",
    ]);
}

#[test]
fn the_flow_does_not_hear_what_is_written_to_agents_until_they_leave_it_to_the_flow() {
    let scenario = Scenario::accepted().texts("hello alice").expect(["onMessageAdded #1 hello alice"]);
    let scenario = scenario.change_channel(ChannelChange::Rest { has_custom_routing: true }).expect([
        "agent alice left",
        "onParticipantRemoved alice",
        "end task 1: closed",
        "channel is inactive",
    ]);
    scenario
        .texts("one more question")
        .expect(["pass to flow: onMessageAdded #2 one more question", "onMessageAdded #2 one more question"])
        .run(hand_over(interaction()))
        .expect([
            "customer +15555550123 left",
            "channel is closed",
            "interaction",
            "channel",
            "customer +15555550123 came",
            "invite 2",
            "create task of invite 2",
        ]);
}

#[test]
fn the_customers_next_message_brings_a_resting_channel_back_to_anyone() {
    let rested =
        Scenario::accepted().change_channel(ChannelChange::Rest { has_custom_routing: false }).heard();
    let rested = rested
        .run(text("reminder", "your bill"))
        .expect(["onMessageAdded #1 your bill", "send to +15555550123: your bill"]);
    assert_eq!(rested.standing(), "channel inactive, conversation active");
    let back = rested.texts("one more question").expect([
        "onMessageAdded #2 one more question",
        "channel is active",
        "invite 2",
        "create task of invite 2",
    ]);
    assert_eq!(back.requests[1].routing.worker_sid, None);
    back.task_created(2).accepted_by(2, "bob").expect(["onParticipantAdded bob", "agent bob came"]);
}

#[test]
fn a_resting_channel_ends_after_ninety_days() {
    let rested =
        Scenario::accepted().change_channel(ChannelChange::Rest { has_custom_routing: false }).heard();
    assert_eq!(rested.conversation.next_timeout(), Some(rested.now + 90 * DAY));
    rested.after(90 * DAY).expect([
        "customer +15555550123 left",
        "channel is closed",
        "state active -> closed (TIMER)",
    ]);
}

#[test]
fn a_paused_conversation_waits_for_its_agent_for_two_weeks() {
    let pause = |scenario: Scenario| {
        let alice = scenario.agent("alice");
        scenario.change_channel(ChannelChange::Pause(alice))
    };
    let paused = pause(Scenario::accepted()).expect([
        "channel is pause",
        "agent alice left",
        "onParticipantRemoved alice",
        "end task 1: closed",
    ]);
    let resumed = paused.texts("any news?").expect(["onMessageAdded #1 any news?"]);
    let resumed = resumed.change_channel(ChannelChange::Resume).expect([
        "channel is active",
        "invite 2",
        "create task of invite 2",
    ]);
    let request = &resumed.requests[1];
    assert_eq!(
        (request.routing.worker_sid, request.accepted_for),
        (Some(worker("alice")), Some(worker("alice")))
    );
    resumed
        .task_created(2)
        .task_ended(2, TaskEnd::Canceled, TaskEndPolicy::Close)
        .expect(["invite 3", "create task of invite 3"]);

    let forgotten = pause(Scenario::accepted()).heard().after(14 * DAY).expect([
        "channel is active",
        "invite 2",
        "create task of invite 2",
    ]);
    assert_eq!(forgotten.requests[1].routing.worker_sid, None);
}

#[test]
fn several_agents_and_the_last_one_to_leave_puts_the_channel_to_rest() {
    let scenario = Scenario::accepted();
    let channel_sid = scenario.channel().sid;
    let invite = CreateInvite { channel_sid, routing: routing(&json!({})) };
    scenario
        .run(Command::CreateInvite(Box::new(invite)))
        .task_created(2)
        .accepted_by(2, "bob")
        .heard()
        .leaves("alice", TaskClosing::Complete)
        .expect(["agent alice left", "onParticipantRemoved alice", "end task 1: closed"])
        .leaves("bob", TaskClosing::Wrap)
        .expect(["agent bob left", "onParticipantRemoved bob", "end task 2: wrapup", "channel is inactive"])
        .task_ended(2, TaskEnd::Completed, TaskEndPolicy::Close)
        .expect([])
        .texts("hello?")
        .expect(["onMessageAdded #1 hello?", "channel is active", "invite 3", "create task of invite 3"]);
}

#[test]
fn an_agent_who_is_removed_from_the_conversation_has_left_the_interaction() {
    let scenario = Scenario::accepted();
    let alice = scenario.conversation.participant_at(&Seat::Identity("alice".to_owned())).unwrap().sid;
    scenario.run(Command::RemoveParticipant(alice)).expect([
        "onParticipantRemoved alice",
        "agent alice left",
        "end task 1: wrapup",
        "channel is inactive",
    ]);
}

#[test]
fn agents_come_by_invites_and_others_by_request() {
    let mut scenario = Scenario::accepted();
    let channel_sid = scenario.channel().sid;
    let add = |kind| {
        let identity = "sue".to_owned();
        Command::AddInteractionParticipant(AddInteractionParticipant { channel_sid, kind, identity })
    };
    assert_eq!(
        scenario.refused(add(InteractionParticipantKind::Agent)),
        "Type: an agent comes by an invite, so that a task stands behind them: create one"
    );
    scenario
        .run(add(InteractionParticipantKind::Supervisor))
        .expect(["onParticipantAdded sue", "supervisor sue came"]);
}

#[test]
fn one_conversation_is_given_to_agents_by_one_interaction_at_a_time() {
    let mut scenario = Scenario::handed_over();
    let sid = scenario.last().sid;
    let second = hand_over(interaction());
    let reason = format!("the conversation is given to agents by interaction {sid} already");
    assert_eq!(scenario.refused(second), reason);

    let with_token = hand_over(CreateInteraction { token: Some("FT1".to_owned()), ..interaction() });
    let mut repeated = Scenario::texted(application());
    let first = repeated.ask(with_token.clone(), &Origin::flow()).unwrap();
    assert_eq!(repeated.ask(with_token, &Origin::flow()), Ok(first));
    assert_eq!(repeated.requests.len(), 1);
}

#[test]
fn an_agent_who_writes_first_is_named_and_brings_the_customer() {
    let outbound = |routing| CreateInteraction {
        initiated_by: Initiator::Agent,
        routing,
        participants: vec![AddParticipant::at(Seat::Binding(crate::scenario::pair()))],
        ..interaction()
    };
    let mut scenario = Scenario::create(creation(), &Origin::api()).heard();
    let nobody = hand_over(outbound(routing(&json!({}))));
    assert_eq!(
        scenario.refused(nobody),
        "Routing: an interaction that an agent begins needs queue_sid and worker_sid"
    );
    let alice = Routing {
        worker_sid: Some(worker("alice")),
        queue_sid: Some(Sid::from_bits(1)),
        ..routing(&json!({}))
    };
    let scenario = scenario.run(hand_over(outbound(alice))).expect([
        "onParticipantAdded +15555550123",
        "interaction",
        "channel",
        "customer +15555550123 came",
        "invite 1",
        "create task of invite 1",
    ]);
    assert_eq!(scenario.attributes()["direction"], "outbound");
    let mut empty = Scenario::create(creation(), &Origin::api());
    assert_eq!(
        empty.refused(hand_over(interaction())),
        "an interaction that a customer begins needs the customer in the conversation: add the participant first"
    );
}

#[test]
fn the_published_statuses_mean_what_the_table_says() {
    use ChannelStatus::*;
    for (status, routing, change) in [
        (Closed, None, Some(ChannelChange::Close(TaskClosing::Wrap))),
        (Closed, Some(TaskClosing::Wrap), Some(ChannelChange::Close(TaskClosing::Wrap))),
        (Closed, Some(TaskClosing::Complete), Some(ChannelChange::Close(TaskClosing::Complete))),
        (Inactive, Some(TaskClosing::Complete), Some(ChannelChange::Rest { has_custom_routing: false })),
        (Inactive, None, None),
        (Inactive, Some(TaskClosing::Wrap), None),
        (Active, None, None),
        (Setup, Some(TaskClosing::Complete), None),
    ] {
        assert_eq!(ChannelChange::read(status, routing).ok(), change, "{status} {routing:?}");
    }
}
