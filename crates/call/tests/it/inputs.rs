//! `<Gather>`: keys, speech, and the times between them.

use call::Event;

use crate::scenario::Scenario;

const MENU: &str = "<Gather action='chosen' numDigits='1' timeout='4'><Say>Press</Say><Pause length='2'/>\
                    <Play>more.wav</Play></Gather><Say>Nothing</Say>";

#[test]
fn a_key_stops_the_prompt_at_once_and_is_told() {
    Scenario::hears(MENU)
        .expect(["answer caller", "play #1 to caller: 'Press'"])
        .presses("caller", "3")
        .expect(["stop #1", "ask caller POST https://a.example/voice/chosen Digits=3"])
        .document("caller", "<Hangup/>")
        .expect(["hang up caller"]);
}

#[test]
fn the_time_runs_from_the_end_of_the_prompts() {
    Scenario::hears(MENU)
        .quietly()
        .after(100)
        .hears_out("caller")
        .expect([])
        .after(2)
        .expect(["play #2 to caller: https://a.example/voice/more.wav"])
        .after(100)
        .hears_out("caller")
        .after(3)
        .expect([])
        .after(1)
        .expect(["play #3 to caller: 'Nothing'"]);
}

#[test]
fn each_key_gives_the_time_anew_until_a_key_or_the_time_ends_the_input() {
    let gather = "<Gather timeout='4'><Say>Number?</Say></Gather>";
    let action = "ask caller POST https://a.example/voice/start";
    Scenario::hears(gather)
        .quietly()
        .presses("caller", "1")
        .expect(["stop #1"])
        .after(3)
        .presses("caller", "2")
        .after(3)
        .presses("caller", "3")
        .after(3)
        .expect([])
        .after(1)
        .expect([&format!("{action} Digits=123")]);
    Scenario::hears(gather)
        .quietly()
        .presses("caller", "12#")
        .expect(["stop #1", &format!("{action} Digits=12 FinishedOnKey=#")]);
    Scenario::hears(gather).quietly().presses("caller", "#").expect(["stop #1", "hang up caller"]);
}

#[test]
fn attributes_change_what_ends_the_input() {
    for (attributes, keys, expected) in [
        ("finishOnKey='*'", "1#*", "Digits=1# FinishedOnKey=*"),
        ("finishOnKey='' numDigits='3'", "1#*", "Digits=1#*"),
        ("actionOnEmptyResult='true'", "#", "Digits="),
        ("bargeIn='false' numDigits='2'", "12", "Digits=12"),
    ] {
        Scenario::hears(&format!("<Gather {attributes}><Say>Number?</Say></Gather>"))
            .quietly()
            .presses("caller", keys)
            .expect_last(&format!("start {expected}"));
    }
    Scenario::hears("<Gather input='speech'><Say>Say it</Say></Gather>")
        .quietly()
        .presses("caller", "12#")
        .expect([]);
}

#[test]
fn speech_or_keys_whichever_comes_first() {
    let gather =
        "<Gather input='dtmf speech' language='de-DE' partialResultCallback='/part'><Say>Who?</Say></Gather>";
    let scenario = Scenario::hears(gather).expect([
        "answer caller",
        "play #1 to caller: 'Who?'",
        "listen to caller in de-DE",
    ]);
    let call = scenario.call("caller");
    let heard = |text: &str, is_final| Event::SpeechHeard {
        call,
        text: text.to_owned(),
        confidence: Some(0.5),
        is_final,
    };
    scenario
        .happens(Event::SpeechBegan { call })
        .expect(["stop #1"])
        .presses("caller", "1#")
        .expect([])
        .happens(heard("bill", false))
        .expect(["tell https://a.example/part UnstableSpeechResult=bill StableSpeechResult= SequenceNumber=0"])
        .happens(heard("billing", true))
        .expect([
            "stop listening to caller",
            "ask caller POST https://a.example/voice/start SpeechResult=billing Confidence=0.5 Language=de-DE",
        ]);
    Scenario::hears(gather)
        .quietly()
        .presses("caller", "1")
        .expect(["stop #1", "stop listening to caller"])
        .says("caller", "too late")
        .expect([]);
}

#[test]
fn keys_count_where_nobody_listens() {
    let scenario = Scenario::hears("<Gather input='dtmf speech'><Say>Who?</Say></Gather>").quietly();
    let call = scenario.call("caller");
    scenario
        .happens(Event::SpeechFailed { call, reason: "no recogniser is installed".to_owned() })
        .expect(["report 13334: speech is not recognised: no recogniser is installed; keys still count"])
        .presses("caller", "1#")
        .expect_last("Digits=1");
}
