//! What is dialled: a noun of `<Dial>` as a leg to place.

use domain::CallSid;
use twiml::{
    AnswerDetection, CallEvent, Callback, Client, Dial, DialTarget, Number, Parameter, Sip, StatusCallback,
};

use super::super::Stage;
use crate::call::{Role, Wishes};
use crate::exchange::NewLeg;
use crate::{Application, Header, Link, Parameters, Program, ProgressCallback, SipTarget, Target};

/// Returns the leg that a noun means, or with which code and why there is none.
pub(super) fn leg(
    stage: &Stage<'_>,
    dial: &Dial,
    target: DialTarget,
    timeout_secs: u32,
) -> Result<NewLeg, (u32, String)> {
    let leg = NewLeg { from: from(stage, dial), timeout_secs, ..blank(stage.call) };
    match target {
        DialTarget::Number(number) => number_leg(stage, leg, number),
        DialTarget::Client(client) => Ok(client_leg(stage, leg, client)),
        DialTarget::Sip(sip) => sip_leg(stage, leg, sip),
        DialTarget::WhatsApp(_) | DialTarget::Sim(_) | DialTarget::Application(_) => {
            Err((13222, format!("<{}> can not be dialled here: it is passed over", target.name())))
        }
        DialTarget::Conference(_) | DialTarget::Queue(_) => {
            Err((13000, format!("<{}> beside others is passed over", target.name())))
        }
    }
}

fn number_leg(stage: &Stage<'_>, leg: NewLeg, number: Number) -> Result<NewLeg, (u32, String)> {
    if number.number.is_empty() {
        return Err((
            13223,
            "<Number> is empty: a number in E.164 such as +15555550100 is expected".to_owned(),
        ));
    }
    let wishes = Wishes {
        send_digits: number.send_digits.map_or_else(String::new, |digits| digits.as_str().to_owned()),
        answer_detection: detection(stage, number.answer_detection),
        ..Wishes::default()
    };
    Ok(NewLeg {
        to: number.number.clone(),
        target: Target::Number { number: number.number, trunk: number.byoc },
        program: whisper(stage, &number.whisper),
        progress: progress(stage, &number.status_callback),
        wishes,
        ..leg
    })
}

fn client_leg(stage: &Stage<'_>, leg: NewLeg, client: Client) -> NewLeg {
    NewLeg {
        to: format!("client:{}", client.identity),
        target: Target::Client { identity: client.identity, parameters: named(client.parameters) },
        program: whisper(stage, &client.whisper),
        progress: progress(stage, &client.status_callback),
        ..leg
    }
}

fn sip_leg(stage: &Stage<'_>, leg: NewLeg, sip: Sip) -> Result<NewLeg, (u32, String)> {
    let headers: Vec<Header> = sip
        .headers
        .into_iter()
        .filter_map(|header| Some(Header { name: header.name?, value: header.value.unwrap_or_default() }))
        .collect();
    let (username, password) = (sip.username.unwrap_or_default(), sip.password.unwrap_or_default());
    let mut uris = sip.uris;
    uris.sort_by_key(|uri| (uri.priority.unwrap_or(0), std::cmp::Reverse(uri.weight.unwrap_or(0))));
    let listed = uris.into_iter().map(|uri| SipTarget {
        uri: uri.uri,
        username: uri.username.unwrap_or_else(|| username.clone()),
        password: uri.password.unwrap_or_else(|| password.clone()),
        headers: headers.clone(),
    });
    let mut targets: Vec<SipTarget> = listed.collect();
    if !sip.uri.is_empty() {
        targets.insert(0, SipTarget { uri: sip.uri, username, password, headers });
    }
    let Some(first) = targets.first() else {
        return Err((
            13224,
            "<Sip> is empty: an address such as sip:alice@example.com is expected".to_owned(),
        ));
    };
    Ok(NewLeg {
        to: first.uri.split('?').next().unwrap_or_default().to_owned(),
        target: Target::Sip(targets),
        program: whisper(stage, &sip.whisper),
        progress: progress(stage, &sip.status_callback),
        wishes: Wishes { answer_detection: detection(stage, sip.answer_detection), ..Wishes::default() },
        ..leg
    })
}

/// Returns pairs that have a name.
pub(crate) fn named(parameters: Vec<Parameter>) -> Vec<(String, String)> {
    let pair = |parameter: Parameter| Some((parameter.name?, parameter.value.unwrap_or_default()));
    parameters.into_iter().filter_map(pair).collect()
}

fn blank(parent: CallSid) -> NewLeg {
    NewLeg {
        target: Target::Sip(vec![]),
        to: String::new(),
        from: String::new(),
        caller_name: String::new(),
        parent: Some(parent),
        role: Role::Dialled(parent),
        program: Program::Nothing,
        progress: None,
        timeout_secs: 0,
        wishes: Wishes::default(),
        parameters: Parameters::new(),
    }
}

/// Returns the number that is shown: the one that is written, else the caller's.
fn from(stage: &Stage<'_>, dial: &Dial) -> String {
    let facts = &stage.call().facts;
    let own = if facts.direction == crate::Direction::Inbound { &facts.from } else { &facts.to };
    dial.caller_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| own.clone())
}

fn whisper(stage: &Stage<'_>, written: &Callback) -> Program {
    match stage.link(written) {
        Some(Link { url, method }) => Program::Url(Application { url, method, fallback: None }),
        None => Program::Nothing,
    }
}

/// Returns how it is found out who answers, with the absolute URL of who is told.
fn detection(stage: &Stage<'_>, mut written: AnswerDetection) -> AnswerDetection {
    written.callback.url = stage.link(&written.callback).map(|link| link.url);
    written
}

fn progress(stage: &Stage<'_>, written: &StatusCallback<CallEvent>) -> Option<ProgressCallback> {
    let url = written.url.as_deref().filter(|url| !url.is_empty())?;
    let link = Link { url: stage.resolve(url), method: written.method() };
    Some(ProgressCallback { link, events: written.events().to_vec() })
}
