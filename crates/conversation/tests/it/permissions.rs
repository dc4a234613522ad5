//! What somebody on a chat may do by their role.

use conversation::*;

use crate::scenario::{CUSTOMER, Scenario, identity, studio, text};

#[test]
fn a_role_allows_what_it_says_and_own_things_differ_from_others() {
    let scenario = Scenario::texted(studio()).run(Command::AddParticipant(identity("alice")));
    let scenario = scenario.run(text("alice", "hello"));
    let (others, own) = (scenario.message(0).sid, scenario.message(1).sid);
    let alice = scenario.conversation.participant_at(&Seat::Identity("alice".to_owned())).unwrap().sid;
    let customer = scenario.conversation.participants().find(|one| one.pair().is_some()).unwrap().sid;
    let edit = |sid| {
        Command::UpdateMessage(UpdateMessage { body: Some("bye".to_owned()), ..UpdateMessage::of(sid) })
    };
    let close =
        UpdateConversation { state: Some(ConversationState::Closed), ..UpdateConversation::default() };
    for (command, needed) in [
        (text("alice", "hello"), Permission::SendMessage),
        (edit(own), Permission::EditOwnMessage),
        (edit(others), Permission::EditAnyMessage),
        (Command::RemoveMessage(own), Permission::DeleteOwnMessage),
        (Command::RemoveMessage(others), Permission::DeleteAnyMessage),
        (Command::RemoveParticipant(alice), Permission::LeaveConversation),
        (Command::RemoveParticipant(customer), Permission::RemoveParticipant),
        (Command::AddParticipant(identity("bob")), Permission::AddParticipant),
        (Command::UpdateConversation(close), Permission::DeleteConversation),
    ] {
        let check =
            |allowed: &[Permission]| scenario.conversation.check_permission(&command, "alice", allowed);
        let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != needed).collect();
        assert_eq!(check(&[needed]), Ok(()), "{command:?}");
        assert_eq!(
            check(&others).unwrap_err().to_string(),
            format!("'alice' has no role that allows {needed}")
        );
    }
}

#[test]
fn nobody_on_a_chat_writes_in_the_name_of_another_or_moves_interactions() {
    let scenario = Scenario::handed_over();
    let allowed = Permission::ALL;
    let check = |command: &Command| scenario.conversation.check_permission(command, "alice", allowed);
    assert_eq!(
        check(&text(CUSTOMER, "I agree")).unwrap_err().to_string(),
        format!("Author: 'alice' can not write as '{CUSTOMER}'")
    );
    let channel_sid = scenario.channel().sid;
    let change = ChannelChange::Close(TaskClosing::Complete);
    let close = Command::UpdateChannel(UpdateChannel { channel_sid, change });
    assert!(check(&close).is_err());
}
