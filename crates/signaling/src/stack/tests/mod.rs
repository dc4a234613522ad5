//! Calls between two stacks over a wire that may lose messages, by a clock of their own.

mod pair;
mod registrations;
mod robustness;

use pair::{CALL, Pair, SDP, SDP_HOLD, invitation};

use crate::digest::{Algorithm, Credentials, Secret};
use crate::directory::{Admission, Verdict};
use crate::event::{EndCause, Event, INBOUND_LEG};
use crate::invitation::{Command, Target};

/// The leg of the first inbound call.
const INBOUND: u64 = INBOUND_LEG | 1;

#[test]
fn a_call_is_placed_rings_is_answered_and_hung_up() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    assert!(matches!(&pair.callee.told()[..], [Event::Invited(call)] if call.offer.as_deref() == Some(SDP)));
    pair.callee(Command::Ring { leg: INBOUND, sdp: None });
    assert_eq!(pair.caller.told(), [Event::Progressed { leg: CALL, status: 180, sdp: None }]);
    pair.callee(Command::Answer { leg: INBOUND, sdp: SDP.to_owned() });
    assert_eq!(pair.caller.told(), [Event::Answered { leg: CALL, sdp: Some(SDP.to_owned()) }]);
    assert_eq!(pair.callee.told(), [Event::Confirmed { leg: INBOUND, sdp: None }]);
    pair.caller(Command::HangUp { leg: CALL });
    assert_eq!(pair.callee.told(), [Event::Ended { leg: INBOUND, cause: EndCause::Bye }]);
    pair.assert_nothing_is_left();
}

#[test]
fn a_call_comes_about_whichever_message_is_lost() {
    for lost in 0..12 {
        let mut pair = Pair::losing(lost);
        pair.invite(invitation());
        pair.pass(5);
        pair.callee(Command::Ring { leg: INBOUND, sdp: None });
        pair.callee(Command::Answer { leg: INBOUND, sdp: SDP.to_owned() });
        pair.pass(5);
        let answers = pair.caller.told().into_iter().filter(|event| matches!(event, Event::Answered { .. }));
        assert_eq!(answers.count(), 1, "message {lost} lost");
        pair.callee.told();
        pair.callee(Command::HangUp { leg: INBOUND });
        pair.pass(5);
        assert_eq!(
            pair.caller.told(),
            [Event::Ended { leg: CALL, cause: EndCause::Bye }],
            "message {lost} lost"
        );
        pair.assert_nothing_is_left();
    }
}

#[test]
fn who_gives_up_before_the_answer_cancels() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    pair.callee(Command::Ring { leg: INBOUND, sdp: None });
    pair.forget_told();
    pair.caller(Command::HangUp { leg: CALL });
    assert_eq!(pair.caller.failures(), [487]);
    assert_eq!(pair.callee.told(), [Event::Cancelled { leg: INBOUND }]);
    pair.assert_nothing_is_left();
}

#[test]
fn an_answer_that_crosses_the_hanging_up_is_taken_back() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    pair.callee.command(Command::Answer { leg: INBOUND, sdp: SDP.to_owned() });
    pair.caller(Command::HangUp { leg: CALL });
    assert_eq!(pair.caller.failures(), [487]);
    let told = pair.callee.told();
    assert_eq!(told.last(), Some(&Event::Ended { leg: INBOUND, cause: EndCause::Bye }));
    pair.assert_nothing_is_left();
}

#[test]
fn a_refusal_ends_the_call_and_a_silence_tries_the_next_target() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    pair.callee(Command::Reject { leg: INBOUND, status: 486, reason: String::new() });
    assert_eq!(pair.caller.failures(), [486]);
    pair.assert_nothing_is_left();

    let mut pair = Pair::default();
    let mut invitation = invitation();
    invitation.targets.insert(0, Target::Uri { uri: "sip:bob@192.0.2.9".to_owned(), via: None });
    pair.invite(invitation);
    assert!(pair.callee.told().is_empty());
    pair.pass(5);
    assert!(matches!(&pair.callee.told()[..], [Event::Invited(_)]));
}

#[test]
fn what_rings_too_long_is_given_up() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    pair.callee(Command::Ring { leg: INBOUND, sdp: None });
    pair.forget_told();
    pair.pass(31);
    assert_eq!(pair.caller.failures(), [408]);
    assert_eq!(pair.callee.told(), [Event::Cancelled { leg: INBOUND }]);
    pair.assert_nothing_is_left();
}

#[test]
fn a_session_is_held_and_taken_back_by_either_side() {
    let mut pair = Pair::talking();
    pair.caller(Command::Reoffer { leg: CALL, sdp: SDP_HOLD.to_owned() });
    assert_eq!(pair.callee.told(), [Event::Reoffered { leg: INBOUND, sdp: Some(SDP_HOLD.to_owned()) }]);
    pair.callee(Command::AnswerReoffer { leg: INBOUND, sdp: SDP.to_owned() });
    assert_eq!(pair.caller.told(), [Event::Reaccepted { leg: CALL, sdp: Some(SDP.to_owned()) }]);
    pair.forget_told();
    pair.callee(Command::Reoffer { leg: INBOUND, sdp: SDP_HOLD.to_owned() });
    pair.caller(Command::RefuseReoffer { leg: CALL, status: 488 });
    assert_eq!(pair.callee.told(), [Event::ReofferRefused { leg: INBOUND, status: 488 }]);
}

#[test]
fn offers_that_cross_are_made_again_one_after_the_other() {
    let mut pair = Pair::talking();
    pair.caller.command(Command::Reoffer { leg: CALL, sdp: SDP_HOLD.to_owned() });
    pair.callee(Command::Reoffer { leg: INBOUND, sdp: SDP_HOLD.to_owned() });
    assert!(pair.caller.told().is_empty() && pair.callee.told().is_empty());
    pair.pass(2);
    assert_eq!(pair.caller.told(), [Event::Reoffered { leg: CALL, sdp: Some(SDP_HOLD.to_owned()) }]);
    pair.caller(Command::AnswerReoffer { leg: CALL, sdp: SDP.to_owned() });
    pair.pass(3);
    let told = pair.callee.told();
    assert!(told.contains(&Event::Reaccepted { leg: INBOUND, sdp: Some(SDP.to_owned()) }), "{told:?}");
    assert!(told.contains(&Event::Reoffered { leg: INBOUND, sdp: Some(SDP_HOLD.to_owned()) }), "{told:?}");
}

#[test]
fn what_is_heard_before_the_answer_is_acknowledged_and_the_answer_waits_for_that() {
    let mut pair = Pair::losing(4);
    pair.invite(invitation());
    pair.forget_told();
    pair.callee.command(Command::Ring { leg: INBOUND, sdp: Some(SDP.to_owned()) });
    pair.callee(Command::Answer { leg: INBOUND, sdp: SDP.to_owned() });
    pair.pass(2);
    let heard = Event::Progressed { leg: CALL, status: 183, sdp: Some(SDP.to_owned()) };
    assert_eq!(pair.caller.told(), [heard, Event::Answered { leg: CALL, sdp: Some(SDP.to_owned()) }]);
    assert_eq!(pair.callee.told(), [Event::Confirmed { leg: INBOUND, sdp: None }]);
}

#[test]
fn a_challenge_is_answered_with_the_right_secret_only() {
    let challenge = Verdict::Challenge {
        realm: "example.com".to_owned(),
        algorithms: vec![Algorithm::Sha256, Algorithm::Md5],
    };
    for (password, calls, failures) in [("secret", 1, vec![]), ("guess", 0, vec![403])] {
        let mut pair = Pair::default();
        pair.callee.verdict = challenge.clone();
        let mut invitation = invitation();
        let secret = Secret::Password(password.to_owned());
        invitation.credentials = Some(Credentials { user: "alice".to_owned(), secret });
        pair.invite(invitation);
        assert_eq!(pair.callee.told().len(), calls);
        assert_eq!(pair.caller.failures(), failures);
    }
    let mut pair = Pair::default();
    pair.callee.verdict = challenge;
    pair.invite(invitation());
    assert_eq!(pair.caller.failures(), [401]);
}

#[test]
fn a_refusal_of_the_directory_is_told_with_its_reason() {
    let mut pair = Pair::default();
    pair.callee.verdict = Verdict::Refuse { status: 404, reason: "No such number".to_owned() };
    pair.invite(invitation());
    let reason = "No such number".to_owned();
    assert_eq!(pair.caller.told(), [Event::Failed { leg: CALL, status: 404, reason }]);
    pair.callee.verdict = Verdict::Admit(Admission::default());
    pair.callee(Command::Drain);
    pair.invite(invitation());
    assert_eq!(pair.caller.failures(), [503]);
}

#[test]
fn a_long_session_lives_while_both_sides_do() {
    let mut pair = Pair::talking();
    pair.pass(4 * 3600);
    assert!(pair.caller.told().is_empty() && pair.callee.told().is_empty());
    pair.cut();
    pair.pass(3600);
    assert_eq!(pair.caller.told(), [Event::Ended { leg: CALL, cause: EndCause::Lost }]);
    assert_eq!(pair.callee.told(), [Event::Ended { leg: INBOUND, cause: EndCause::Lost }]);
    pair.assert_nothing_is_left();
}

#[test]
fn an_answer_that_is_never_confirmed_ends_the_call() {
    let mut pair = Pair::default();
    pair.invite(invitation());
    pair.callee.command(Command::Answer { leg: INBOUND, sdp: SDP.to_owned() });
    pair.cut();
    pair.forget_told();
    pair.pass(40);
    assert_eq!(pair.callee.told(), [Event::Ended { leg: INBOUND, cause: EndCause::NotConfirmed }]);
}

#[test]
fn a_transfer_is_asked_for_and_reported() {
    let mut pair = Pair::talking();
    let own = pair.caller.stack.legs[&CALL].key();
    let to = format!(
        "sip:carol@example.com?Replaces={}%3Bto-tag%3Dx%3Bfrom-tag%3D{}",
        own.0.replace('@', "%40"),
        own.1
    );
    pair.callee(Command::Refer { leg: INBOUND, to });
    let told = pair.caller.told();
    let [Event::Referred { leg: CALL, to, replaced: Some(CALL), referred_by: Some(_), .. }] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(to, "sip:carol@example.com");
    for status in [180, 200] {
        pair.caller(Command::ReportReferral { leg: CALL, status });
    }
    let progress = |status| Event::ReferProgressed { leg: INBOUND, status };
    assert_eq!(pair.callee.told(), [202, 100, 180, 200].map(progress));
}

#[test]
fn keys_pass_by_info() {
    let mut pair = Pair::talking();
    pair.caller(Command::SendInfoDigit { leg: CALL, digit: '#' });
    assert_eq!(pair.callee.told(), [Event::InfoDigit { leg: INBOUND, digit: '#' }]);
}

#[test]
fn a_watched_peer_is_missed_and_found_again() {
    let mut pair = Pair::default();
    let uri = "sip:10.0.0.2:5060".to_owned();
    pair.caller(Command::Watch { uri: uri.clone() });
    assert_eq!(pair.caller.told(), [Event::PeerChanged { uri: uri.clone(), is_up: true }]);
    pair.cut();
    pair.pass(63);
    assert_eq!(pair.caller.told(), [Event::PeerChanged { uri: uri.clone(), is_up: false }]);
    pair.mend();
    pair.pass(60);
    assert_eq!(pair.caller.told(), [Event::PeerChanged { uri, is_up: true }]);
}
