//! Tables: what is written in a document, and everything that comes of it.

use crate::scenario::{Scenario, VOICE_URL};

#[test]
fn a_call_rings_while_its_document_is_asked_for() {
    Scenario::new()
        .calls("caller")
        .expect(["ring caller", "ask caller POST https://a.example/voice/start CallStatus=ringing"]);
}

#[test]
fn documents_that_lead_to_themselves_are_asked_for_at_a_pace() {
    let ask = "ask caller POST https://a.example/voice/start CallStatus=ringing";
    let mut scenario = Scenario::new().calls("caller").quietly();
    for _ in 1..20 {
        scenario = scenario.document("caller", "<Redirect/>").expect([ask]);
    }
    scenario = scenario.document("caller", "<Redirect/>").expect([]);
    scenario = scenario.after(4).expect([]);
    scenario.after(1).expect([ask]).hangs_up("caller").quietly();
}

#[test]
fn the_first_verb_decides_whether_the_caller_is_answered() {
    for (document, expected) in [
        ("<Say>Hi</Say>", "answer caller | play #1 to caller: 'Hi'"),
        (
            "<Say voice='alice' loop='3'>Hi <emphasis>you</emphasis></Say>",
            "answer caller | play #1 to caller: 'Hi you' by alice 3 times",
        ),
        ("<Play>hello.mp3</Play>", "answer caller | play #1 to caller: https://a.example/voice/hello.mp3"),
        (
            "<Play loop='0'>/x.wav</Play>",
            "answer caller | play #1 to caller: https://a.example/x.wav for ever",
        ),
        ("<Play digits='12w#'/>", "answer caller | play #1 to caller: tones 12w#"),
        (
            "<Play>http://com.twilio.music.rock.s3.amazonaws.com/a.mp3</Play>",
            "answer caller | play #1 to caller: music",
        ),
        ("<Pause length='3'/>", ""),
        ("<Reject/>", "reject caller 603"),
        ("<Reject reason='busy'/>", "reject caller 486"),
        ("<Hangup/>", "hang up caller"),
        ("", "hang up caller"),
        ("<Redirect>next</Redirect>", "ask caller POST https://a.example/voice/next CallStatus=ringing"),
        (
            "<Redirect method='GET'>?a=1</Redirect>",
            "ask caller GET https://a.example/voice/start?a=1 CallStatus=ringing",
        ),
        ("<Echo/>", "answer caller | echo caller"),
        ("<Leave/><Echo/>", "answer caller | echo caller"),
        (
            "<Connect><Stream url='wss://s.example/a' name='x'/></Connect>",
            "answer caller | stream MZ1 of caller to wss://s.example/a both ways",
        ),
        (
            "<Start><Stream url='wss://s.example/a' track='both_tracks'/></Start><Echo/>",
            "answer caller | stream MZ1 of caller to wss://s.example/a both_tracks | echo caller",
        ),
        (
            "<Start><Recording channels='dual'/></Start><Echo/>",
            "answer caller | record RE1 of caller in two channels | echo caller",
        ),
        (
            "<Pay action='paid'/>",
            "report 12200: <Pay> is not performed on calls here | \
             ask caller POST https://a.example/voice/paid CallStatus=ringing Result=payment-connector-error",
        ),
        (
            "<Connect action='done'><VirtualAgent/></Connect>",
            "answer caller | report 12200: <Connect><VirtualAgent> is not performed here | \
             ask caller POST https://a.example/voice/done VirtualAgentStatus=failed VirtualAgentError=no provider is configured",
        ),
        (
            "<Refer action='r'><Sip>sip:b@c.example</Sip></Refer>",
            "answer caller | refer caller to sip:b@c.example",
        ),
        (
            "<Say/><Play/><Sms>x</Sms>",
            "answer caller | report 13420: <Play> has neither a URL nor digits: it is passed over | \
             report 12200: <Sms> is not performed on calls here | hang up caller",
        ),
    ] {
        let expected: Vec<&str> = expected.split(" | ").filter(|line| !line.is_empty()).collect();
        let heard = Scenario::hears(document).lines();
        assert_eq!(heard, expected, "{document}");
    }
}

#[test]
fn verbs_follow_one_another_and_the_call_ends_behind_the_last() {
    Scenario::hears("<Pause length='2'/><Say>One</Say><Play>two.wav</Play>")
        .after(1)
        .expect([])
        .after(1)
        .expect(["answer caller", "play #1 to caller: 'One'"])
        .hears_out("caller")
        .expect(["play #2 to caller: https://a.example/voice/two.wav"])
        .hears_out("caller")
        .expect(["hang up caller"]);
}

#[test]
fn what_can_not_be_played_is_passed_over() {
    let scenario = Scenario::hears("<Play>gone.wav</Play><Say>Still here</Say>").quietly();
    let playback = scenario.last_playback(call::Onto::Leg(scenario.call("caller")));
    scenario.happens(call::Event::PlaybackFailed { playback, reason: "404".to_owned() }).expect([
        "report 13400: can not be played: 404; it is passed over",
        "play #2 to caller: 'Still here'",
    ]);
}

#[test]
fn a_caller_whose_document_can_not_be_had_is_told_so() {
    Scenario::new()
        .calls("caller")
        .quietly()
        .document_fails("caller")
        .expect([
            "report 11200: no answer",
            "answer caller",
            "play #1 to caller: 'We are sorry, an application error has occurred. Goodbye.'",
        ])
        .hears_out("caller")
        .expect(["hang up caller"]);
}

#[test]
fn a_redirected_document_is_the_base_of_what_it_holds() {
    let scenario = Scenario::new().calls("caller").quietly();
    let (request, _) = scenario.questions[&scenario.call("caller")].clone();
    let base_url = "https://b.example/deep/er/x".to_owned();
    let verbs = crate::scenario::verbs("<Play>a.wav</Play>");
    scenario
        .happens(call::Event::DocumentReady { request, base_url, verbs: verbs.clone() })
        .expect(["answer caller", "play #1 to caller: https://b.example/deep/er/a.wav"])
        .happens(call::Event::DocumentReady { request, base_url: VOICE_URL.to_owned(), verbs })
        .expect([]);
}

#[test]
fn a_transferred_caller_and_a_stream_report_to_their_actions() {
    let scenario = Scenario::hears("<Refer action='r'><Sip>sip:b@c.example</Sip></Refer>").quietly();
    let call = scenario.call("caller");
    scenario.happens(call::Event::ReferAnswered { call, status: 202, notified: Some(486) }).expect([
        "ask caller POST https://a.example/voice/r ReferCallStatus=failed ReferSipResponseCode=202 \
         NotifySipResponseCode=486",
    ]);

    let connect =
        "<Connect action='c'><Stream url='wss://s.example' statusCallback='/s' name='n'/></Connect>";
    let scenario = Scenario::hears(connect).quietly();
    let stream = scenario.stream.unwrap();
    scenario
        .happens(call::Event::StreamStarted { stream })
        .expect(["tell https://a.example/s StreamSid=MZ1 StreamEvent=stream-started StreamName=n"])
        .happens(call::Event::StreamEnded { stream, error: None })
        .expect([
            "tell https://a.example/s StreamSid=MZ1 StreamEvent=stream-stopped StreamName=n",
            "ask caller POST https://a.example/voice/c",
        ]);
}
