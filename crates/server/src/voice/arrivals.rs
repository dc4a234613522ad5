//! What a call that comes in runs: the number's flow, application or webhook, or what a browser's token says.

use api::payloads;
use call::{Application, Arrival, Link, Parameters, Program, ProgressCallback};
use domain::{Address, CallSid, FlowSid};
use media::{Media, Wishes};
use serde_json::Value;
use signaling::Invited;
use store::{Error, PhoneNumber, SipDomain, TwimlApplication, Webhook, resources};
use twiml::{CallEvent, Client, Dial, Method, Number, Sip, Verb};

use super::lines::DeviceCall;
use crate::house::House;

/// A call with its program.
pub(crate) struct Routed {
    pub(super) arrival: Arrival,
    /// The flow that drives it, if one does.
    pub(super) flow: Option<FlowSid>,
}

/// Why a call is turned away.
pub(crate) struct Refused {
    pub(super) status: u16,
    pub(super) reason: String,
}

/// What runs for a call, as a number, domain or application says.
struct Plan {
    program: Program,
    flow: Option<FlowSid>,
    progress: Option<ProgressCallback>,
    number: Option<String>,
}

/// Finds what a SIP call runs: its number's program, or its domain's.
pub(super) async fn route_sip(
    house: &House,
    call: CallSid,
    invited: &Invited,
) -> Result<Result<Routed, Refused>, Error> {
    let user = user_of(&invited.request_uri);
    let plan = match plan_of_number(house, &user).await? {
        Some(plan) => Some(plan),
        None => match plan_of_number(house, &uri_of(&invited.request_uri)).await? {
            Some(plan) => Some(plan),
            None => plan_of_domain(house, invited.admission.domain.as_deref()).await?,
        },
    };
    let Some(plan) = plan else {
        let reason =
            format!("nothing runs for {user}: provision the number, or give its SIP domain a VoiceUrl");
        return Ok(Err(Refused { status: 404, reason }));
    };
    if let Err(refused) = check_offer(invited) {
        return Ok(Err(refused));
    }
    let arrival = Arrival {
        call,
        from: caller_of(&invited.from),
        to: called(&invited.request_uri, &user),
        caller_name: Some(invited.display_name.clone()).filter(|name| !name.is_empty()),
        forwarded_from: header(invited, "Diversion").map(user_of),
        parameters: sip_parameters(invited),
        program: plan.program,
        progress: plan.progress,
        phone_number_sid: plan.number,
    };
    Ok(Ok(Routed { arrival, flow: plan.flow }))
}

/// Turns away who could not be talked to, before any application hears of the call; no offer at all asks for ours.
fn check_offer(invited: &Invited) -> Result<(), Refused> {
    let Some(offer) = &invited.offer else { return Ok(()) };
    let wishes = Wishes { needs_encryption: invited.admission.needs_encryption, ..Wishes::default() };
    Media::check_offer(offer, &wishes).map_err(|error| Refused { status: 488, reason: error.to_string() })
}

/// Finds what a browser's call runs: its token's application, or where it wants to go.
pub(super) async fn route_device(
    house: &House,
    device: &DeviceCall,
) -> Result<Result<Routed, Refused>, Error> {
    let mut pairs = device.parameters.clone();
    for (name, value) in &device.outgoing.parameters {
        pairs.retain(|(other, _)| other != name);
        pairs.push((name.clone(), value.clone()));
    }
    let wanted = pairs.iter().find(|(name, _)| name == "To").map(|(_, value)| value.clone());
    let to = wanted.unwrap_or_default();
    let plan = match &device.outgoing.application {
        Some(sid) => plan_of_application(house, sid).await?,
        None => match plan_of_number(house, &to).await? {
            Some(plan) => Some(plan),
            None => Some(dial(&to)),
        },
    };
    let Some(plan) = plan else {
        let sid = device.outgoing.application.as_deref().unwrap_or_default();
        return Ok(Err(Refused { status: 404, reason: format!("there is no application {sid}") }));
    };
    let mut parameters = Parameters::default();
    for (name, value) in pairs.iter().filter(|(name, _)| name != "To" && name != "From") {
        parameters.insert(name.clone(), Value::from(value.as_str()));
    }
    let arrival = Arrival {
        call: device.call,
        from: format!("client:{}", device.identity),
        to,
        caller_name: None,
        forwarded_from: None,
        parameters,
        program: plan.program,
        progress: plan.progress,
        phone_number_sid: plan.number,
    };
    Ok(Ok(Routed { arrival, flow: plan.flow }))
}

/// Returns the program of a URL: a flow in this process, or an application.
pub(super) fn program_of(house: &House, webhook: &Webhook) -> Option<(Program, Option<FlowSid>)> {
    let url = webhook.url.as_deref().filter(|url| !url.is_empty())?;
    if let Some(flow) = payloads::flow_of_url(url, house.account) {
        return Some((Program::Flow, Some(flow)));
    }
    let fallback = webhook.fallback_url.as_ref().filter(|url| !url.is_empty());
    let fallback =
        fallback.map(|url| Link { url: url.clone(), method: method(webhook.fallback_method.as_deref()) });
    let application =
        Application { url: url.to_owned(), method: method(webhook.method.as_deref()), fallback };
    Some((Program::Url(application), None))
}

async fn plan_of_number(house: &House, address: &str) -> Result<Option<Plan>, Error> {
    let Ok(address) = address.parse::<Address>() else { return Ok(None) };
    let account = house.account.to_string();
    let found: Option<PhoneNumber> = resources::by_name(&house.store, &account, address.as_str()).await?;
    let Some(number) = found else { return Ok(None) };
    let sid = number.sid.to_string();
    if let Some(application) = &number.voice.application_sid {
        let plan = plan_of_application(house, application).await?;
        return Ok(plan.map(|plan| Plan { number: Some(sid), ..plan }));
    }
    let progress = progress_of(number.status_callback.as_deref(), &number.status_callback_method);
    Ok(program_of(house, &number.voice).map(|(program, flow)| Plan {
        program,
        flow,
        progress,
        number: Some(sid),
    }))
}

async fn plan_of_domain(house: &House, domain: Option<&str>) -> Result<Option<Plan>, Error> {
    let Some(domain) = domain else { return Ok(None) };
    let account = house.account.to_string();
    let found: Option<SipDomain> = resources::by_name(&house.store, &account, domain).await?;
    let Some(domain) = found else { return Ok(None) };
    let progress = progress_of(domain.status_callback.as_deref(), &domain.status_callback_method);
    Ok(program_of(house, &domain.voice).map(|(program, flow)| Plan { program, flow, progress, number: None }))
}

async fn plan_of_application(house: &House, sid: &str) -> Result<Option<Plan>, Error> {
    let found: Option<TwimlApplication> = resources::fetch(&house.store, sid).await?;
    let Some(application) = found else { return Ok(None) };
    let progress = progress_of(application.status_callback.as_deref(), &application.status_callback_method);
    Ok(program_of(house, &application.voice).map(|(program, flow)| Plan {
        program,
        flow,
        progress,
        number: None,
    }))
}

/// Dials what a browser without an application wants.
fn dial(to: &str) -> Plan {
    let verb = match to.strip_prefix("client:") {
        Some(identity) => Dial::new(Client { identity: identity.to_owned(), ..Client::default() }),
        None if to.starts_with("sip:") || to.starts_with("sips:") => {
            Dial::new(Sip { uri: to.to_owned(), ..Sip::default() })
        }
        None => Dial::new(Number { number: to.to_owned(), ..Number::default() }),
    };
    let verb = Dial { answer_on_bridge: Some(true), ..verb };
    Plan { program: Program::inline([Verb::from(verb)]), flow: None, progress: None, number: None }
}

/// A number's callback is told of the end only.
fn progress_of(url: Option<&str>, word: &str) -> Option<ProgressCallback> {
    let url = url.filter(|url| !url.is_empty())?;
    let link = Link { url: url.to_owned(), method: method(Some(word)) };
    Some(ProgressCallback { link, events: vec![CallEvent::Completed] })
}

fn method(word: Option<&str>) -> Method {
    match word {
        Some(word) if word.eq_ignore_ascii_case("GET") => Method::Get,
        Some(_) | None => Method::Post,
    }
}

/// Returns who calls: a number where the user is one, else the SIP address.
fn caller_of(uri: &str) -> String {
    let user = user_of(uri);
    match user.starts_with('+') && user[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        true => user,
        false => uri_of(uri),
    }
}

fn called(uri: &str, user: &str) -> String {
    if user.starts_with('+') { user.to_owned() } else { uri_of(uri) }
}

/// Returns the user of a SIP URI, which for a call to a number is the number.
fn user_of(uri: &str) -> String {
    let inside = uri.split_once('<').map_or(uri, |(_, rest)| rest);
    let rest = inside.split_once(':').map_or(inside, |(_, rest)| rest);
    let user = rest.split(['@', ';', '>', '?']).next().unwrap_or_default();
    percent_encoding::percent_decode_str(user).decode_utf8_lossy().into_owned()
}

/// Returns a SIP URI without parameters, headers and port.
fn uri_of(uri: &str) -> String {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let bare = rest.split([';', '?', '>']).next().unwrap_or_default();
    format!("sip:{bare}")
}

/// Returns what all requests of a SIP call carry besides.
fn sip_parameters(invited: &Invited) -> Parameters {
    let mut parameters = Parameters::default();
    let mut set = |name: &str, value: &str| parameters.insert(name.to_owned(), Value::from(value));
    set("SipCallId", &invited.call_id);
    set("SipSourceIp", &invited.source.ip().to_string());
    set("SipUser", &user_of(&invited.from));
    let host = uri_of(&invited.request_uri);
    set("SipDomain", host.split_once('@').map_or("", |(_, host)| host));
    for (name, value) in &invited.headers {
        if name.len() > 2 && name[..2].eq_ignore_ascii_case("x-") {
            set(&format!("SipHeader_{name}"), value);
        }
    }
    parameters
}

fn header<'a>(invited: &'a Invited, name: &str) -> Option<&'a str> {
    let mut headers = invited.headers.iter();
    headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_a_call_to_a_number_is_the_number() {
        for (uri, user) in [
            ("sip:+15555550100@127.0.0.1:5060", "+15555550100"),
            ("sip:%2B15555550100@host;transport=tcp", "+15555550100"),
            ("tel:+15555550100", "+15555550100"),
            ("<sip:+1555@host>;reason=busy", "+1555"),
            ("sip:alice@example.com", "alice"),
        ] {
            assert_eq!(user_of(uri), user, "{uri}");
        }
    }

    #[test]
    fn a_caller_without_a_number_is_a_sip_address() {
        assert_eq!(caller_of("sip:+15551230001@10.0.0.1:5080"), "+15551230001");
        assert_eq!(caller_of("sip:alice@example.com:5080;transport=tcp"), "sip:alice@example.com:5080");
    }
}
