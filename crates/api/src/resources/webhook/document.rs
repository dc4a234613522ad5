//! What a flow answers, as a TwiML document whose verbs come back to the flow's webhook.

use domain::StepSid;
use twiml::{Callback, Document, Hangup, Pause, Redirect, Say, Verb};

use super::{FLOW_EVENT, FLOW_STEP, WAIT};
use crate::platform::FlowAnswer;

/// What a verb comes back with when it is done.
const DONE: &str = "audioComplete";

/// What a caller hears whose second call the flow does not take.
const OUT_OF_SERVICE: &str =
    "We are sorry. The number you have called is not in service at the moment. Good bye.";

/// Writes an answer for the flow with this webhook.
pub(super) fn of(answer: FlowAnswer, url: &str) -> Document {
    let verbs = match answer {
        FlowAnswer::Perform { step, verbs } => returning(verbs, url, step),
        FlowAnswer::PerformLast(verbs) => verbs,
        FlowAnswer::AskAgain => {
            vec![
                Pause { length_secs: Some(1) }.into(),
                Redirect::new(format!("{url}?{FLOW_EVENT}={WAIT}")).into(),
            ]
        }
        FlowAnswer::Refuse => vec![Say::new(OUT_OF_SERVICE).into(), Hangup::default().into()],
        FlowAnswer::Nothing => vec![],
    };
    Document { verbs }
}

/// Lets verbs come back: by their own action where they have one, and behind the last of them.
fn returning(verbs: Vec<Verb>, url: &str, step: StepSid) -> Vec<Verb> {
    let back = format!("{url}?{FLOW_EVENT}={DONE}&{FLOW_STEP}={step}");
    let goes_away = matches!(verbs.last(), Some(Verb::Redirect(_) | Verb::Hangup(_) | Verb::Reject(_)));
    let mut verbs: Vec<Verb> = verbs.into_iter().map(|verb| with_action(verb, &back)).collect();
    if !goes_away {
        verbs.push(Redirect::new(back).into());
    }
    verbs
}

/// Sets the action of a verb that reports what became of it.
fn with_action(mut verb: Verb, back: &str) -> Verb {
    let action = Callback { url: Some(back.to_owned()), method: None };
    match &mut verb {
        Verb::Gather(gather) => gather.action = action,
        Verb::Record(record) => record.action = action,
        Verb::Dial(dial) => dial.action = action,
        Verb::Enqueue(enqueue) => enqueue.action = action,
        Verb::Refer(refer) => refer.action = action,
        Verb::Connect(connect) => connect.action = action,
        Verb::Pay(pay) => pay.action = action.url,
        Verb::Say(_)
        | Verb::Play(_)
        | Verb::Pause(_)
        | Verb::Leave(_)
        | Verb::Redirect(_)
        | Verb::Reject(_)
        | Verb::Hangup(_)
        | Verb::Start(_)
        | Verb::Stop(_)
        | Verb::Echo(_)
        | Verb::Sms(_)
        | Verb::Message(_) => {}
    }
    verb
}

#[cfg(test)]
mod tests {
    use domain::Sid;
    use twiml::{Enqueue, Gather, Task};

    use super::*;

    const URL: &str = "http://127.0.0.1:8080/webhooks/v1/Accounts/AC1/Flows/FW1";

    #[test]
    fn each_verb_that_reports_comes_back_and_so_does_the_end_of_the_document() {
        let step = StepSid::from_bits(7);
        let task = Task { attributes: "{}".to_owned(), ..Task::default() };
        let enqueue =
            Enqueue { workflow_sid: Some("WW1".to_owned()), task: Some(task), ..Enqueue::default() };
        let verbs = vec![Say::new("Hello").into(), Gather::default().into(), enqueue.into()];
        let back = format!("{URL}?FlowEvent=audioComplete&amp;FlowStep={step}");
        let document = of(FlowAnswer::Perform { step, verbs }, URL).to_xml();
        let (_, response) = document.split_once("?>").unwrap();
        assert_eq!(
            response.trim(),
            format!(
                "<Response><Say>Hello</Say><Gather action=\"{back}\"/><Enqueue action=\"{back}\" workflowSid=\"WW1\">\
                 <Task>{{}}</Task></Enqueue><Redirect>{back}</Redirect></Response>"
            )
        );
    }

    #[test]
    fn a_contact_that_is_given_away_has_nothing_behind_it() {
        let redirect: Verb = Redirect::new("https://example.com/app").into();
        let perform = FlowAnswer::Perform { step: StepSid::from_bits(7), verbs: vec![redirect.clone()] };
        assert_eq!(of(perform, URL).verbs, [redirect]);
        assert_eq!(of(FlowAnswer::PerformLast(vec![]), URL).verbs, []);
        assert_eq!(of(FlowAnswer::Nothing, URL).verbs, []);
        assert!(of(FlowAnswer::AskAgain, URL).to_xml().contains("?FlowEvent=wait</Redirect>"));
    }
}
