//! Lines to browsers: devices that call, ring, answer, drop and come back.

use api::{Device, FromDevice, Outgoing, ToDevice};
use call::{Event, Placement};
use domain::{CallSid, UserDefinedMessageSid};
use media::{Kind, Wishes};
use serde_json::{Map, Value, json};

use super::{Line, Lines, Unreachable, Way};
use crate::clock;
use crate::voice::devices::DeviceId;

/// What the SIP status of a call that was turned away is in the voice SDK's codes.
const DECLINED: u32 = 31603;
const BUSY: u32 = 31486;
const UNAVAILABLE: u32 = 31480;
const NOT_FOUND: u32 = 31404;
const BAD_REQUEST: u32 = 31400;
const BAD_RECONNECT: u32 = 31209;

/// The SIP status that a device's refusal stands for.
const BUSY_HERE: u16 = 486;

/// The devices of one identity that ring at once, at most.
const DEVICES_MAX: usize = 10;

/// A device that is connected.
pub(super) struct Phone {
    device: Device,
    is_registered: bool,
}

/// A line to a browser.
#[derive(Default)]
pub(super) struct BrowserLine {
    /// The device that has the call.
    device: Option<DeviceId>,
    /// The device's own name for a call that it made.
    name: String,
    /// The offer of a call that the device made, until it is answered.
    offer: Option<String>,
    /// Devices that ring, with their audio.
    pub(super) rings: Vec<Ring>,
    /// What a device that comes back must show.
    token: String,
    /// Whether no audio comes in any longer.
    is_lost: bool,
}

pub(super) struct Ring {
    device: DeviceId,
    pub(super) audio: u64,
}

/// A call that a device makes.
pub(crate) struct DeviceCall {
    /// The call.
    pub(crate) call: CallSid,
    /// Who calls.
    pub(crate) identity: String,
    /// How it may call.
    pub(crate) outgoing: Outgoing,
    /// The page's parameters.
    pub(crate) parameters: Vec<(String, String)>,
}

/// What a device's frame comes to.
pub(in crate::voice) enum Said {
    /// Nothing that concerns the exchange.
    Nothing,
    /// Facts of the exchange.
    Facts(Vec<Event>),
    /// A call that is to be given a program.
    Call(DeviceCall),
    /// A message to the application in a call.
    Message(CallSid, Value),
}

impl Lines {
    /// Takes a device that has shown its token.
    pub(in crate::voice) fn connect(&mut self, id: DeviceId, device: Device) {
        self.phones.insert(id, Phone { device, is_registered: false });
    }

    /// Takes what a device says.
    pub(in crate::voice) fn take_frame(&mut self, id: DeviceId, said: FromDevice) -> Said {
        match said {
            FromDevice::Register => self.register(id, true),
            FromDevice::Unregister => self.register(id, false),
            FromDevice::Invite { name, sdp, parameters } => return self.invite(id, name, sdp, parameters),
            FromDevice::Resume { call, token, sdp } => self.resume(id, call, &token, &sdp),
            FromDevice::Answer { call, sdp } => return self.answered(id, call, &sdp),
            FromDevice::Reject { call } => return self.rejected(id, call),
            FromDevice::HangUp { call } => {
                let call = self.call_named(id, &call);
                return facts(call.and_then(|call| self.drop_line(id, call)));
            }
            FromDevice::Digits { call, digits } => {
                let call = self.call_named(id, &call).filter(|call| self.has_call(id, *call));
                return call.map_or(Said::Nothing, |call| pressed(call, &digits));
            }
            FromDevice::Reoffer { call, sdp } => self.reoffered(id, call, &sdp),
            FromDevice::Message { call, event, content } if self.has_call(id, call) => {
                self.tell(id, ToDevice::Acknowledge { call, event });
                return Said::Message(call, content);
            }
            // A message in a call that has just ended is as lost as a word would be.
            FromDevice::Message { .. } => {}
        }
        Said::Nothing
    }

    /// Sends the browser in a call a message; tells whether there is one.
    pub(in crate::voice) fn message(
        &self,
        call: CallSid,
        sid: UserDefinedMessageSid,
        content: Value,
    ) -> bool {
        let Some(Line { way: Way::Browser(line), .. }) = self.lines.get(&call) else { return false };
        let Some(device) = line.device else { return false };
        self.tell(device, ToDevice::Message { call, content, event: sid.to_string() });
        true
    }

    /// Lets a device go; returns the calls that it leaves behind and for how long they are kept, in seconds.
    pub(in crate::voice) fn disconnect(&mut self, id: DeviceId) -> (Vec<Event>, Vec<CallSid>, u64) {
        let Some(phone) = self.phones.remove(&id) else { return Default::default() };
        let ringing: Vec<CallSid> =
            self.browser_calls(|line| line.rings.iter().any(|ring| ring.device == id));
        let events = ringing.into_iter().filter_map(|call| self.silence(id, call)).collect();
        let kept = self.browser_calls(|line| line.device == Some(id));
        (events, kept, phone.device.reconnect_secs)
    }

    /// Ends a call whose device did not come back.
    pub(in crate::voice) fn give_up(&mut self, id: DeviceId, call: CallSid) -> Option<Event> {
        let is_gone = matches!(
            self.lines.get(&call).map(|line| &line.way),
            Some(Way::Browser(line)) if line.device == Some(id) && (line.is_lost || !self.phones.contains_key(&id))
        );
        is_gone.then(|| {
            self.forget(call);
            Event::LegHungUp { call }
        })
    }

    /// Tells whether audio is that of a browser.
    pub(in crate::voice) fn is_browser(&self, audio: u64) -> bool {
        let line = self.call_of_audio(audio).and_then(|call| self.lines.get(&call));
        matches!(line.map(|line| &line.way), Some(Way::Browser(_)))
    }

    /// Takes note that audio is lost or back; returns how long the browser that lost it is waited for, in seconds.
    pub(in crate::voice) fn note_audio(
        &mut self,
        audio: u64,
        is_lost: bool,
    ) -> Option<(DeviceId, CallSid, u64)> {
        let call = self.call_of_audio(audio)?;
        let Way::Browser(line) = &mut self.lines.get_mut(&call)?.way else { return None };
        line.is_lost = is_lost;
        // Who is not waited for, or has gone already, is seen to where the socket's end is.
        let phone = self.phones.get(&line.device?)?;
        Some((line.device?, call, phone.device.reconnect_secs))
    }

    /// Turns a device's call away that no program was found for.
    pub(in crate::voice) fn refuse(&mut self, call: CallSid, reason: &str) {
        let Some(Line { way: Way::Browser(line), .. }) = self.forget(call) else { return };
        let told = ToDevice::HangUp { call: line.name, error: Some((NOT_FOUND, reason.to_owned())) };
        if let Some(device) = line.device {
            self.tell(device, told);
        }
    }

    /// Rings all devices of an identity.
    pub(super) fn call_client(
        &mut self,
        placement: &Placement,
        identity: &str,
        parameters: &[(String, String)],
    ) -> Result<Option<Event>, Unreachable> {
        let call = placement.leg;
        let now = clock::now();
        let mut ids: Vec<DeviceId> = self
            .phones
            .iter()
            .filter(|(_, phone)| phone.is_registered && phone.device.identity == identity)
            .filter(|(_, phone)| phone.device.expires_at > now)
            .map(|(id, _)| *id)
            .collect();
        // The newest pages are those that somebody looks at.
        ids.reverse();
        ids.truncate(DEVICES_MAX);
        if ids.is_empty() {
            return Err(Unreachable::unavailable(format!("no device of client:{identity} is registered")));
        }
        let token = clock::random_hex(16);
        let told = parameters_of(placement, identity, parameters);
        let mut rings = Vec::new();
        for device in ids {
            let (audio, sdp) = self.offer(call, Kind::WebRtc, &Wishes::default())?;
            let invite = ToDevice::Invite { call, sdp, parameters: told.clone(), reconnect: token.clone() };
            self.tell(device, invite);
            rings.push(Ring { device, audio });
        }
        let line = BrowserLine { rings, token, ..BrowserLine::default() };
        self.lines.insert(call, Line { audio: None, way: Way::Browser(line) });
        Ok(Some(Event::LegRang { call }))
    }

    pub(super) fn ring_browser(&self, call: CallSid, line: &BrowserLine) {
        if let Some(device) = line.device {
            self.tell(device, ToDevice::Ringing { call, sdp: None });
        }
    }

    /// Answers the call that a device made.
    pub(super) fn answer_browser(&mut self, call: CallSid) -> Result<(), String> {
        let Some(Line { way: Way::Browser(line), .. }) = self.lines.get_mut(&call) else { return Ok(()) };
        let Some(offer) = line.offer.take() else { return Ok(()) };
        line.token = clock::random_hex(16);
        let (device, token) = (line.device, line.token.clone());
        let answered = self.answer_offer(call, (Kind::WebRtc, &Wishes::default()), &offer);
        let Some(device) = device else { return Ok(()) };
        match answered {
            Ok((audio, sdp)) => {
                if let Some(line) = self.lines.get_mut(&call) {
                    line.audio = Some(audio);
                }
                self.tell(device, ToDevice::Answer { call, sdp: Some(sdp), reconnect: Some(token) });
                Ok(())
            }
            Err(reason) => {
                let error = Some((BAD_REQUEST, reason.clone()));
                self.tell(device, ToDevice::HangUp { call: call.to_string(), error });
                self.forget(call);
                Err(reason)
            }
        }
    }

    /// Tells a line's devices that its call is over, with the status of one that was turned away.
    pub(super) fn end_browser(&self, call: CallSid, line: BrowserLine, status: Option<u16>) {
        for ring in &line.rings {
            self.tell(ring.device, ToDevice::Cancel { call });
        }
        if let Some(device) = line.device {
            let error =
                status.map(|status| (code_of(status), format!("the call was turned away ({status})")));
            self.tell(device, ToDevice::HangUp { call: call.to_string(), error });
        }
    }

    fn register(&mut self, id: DeviceId, wishes: bool) {
        let Some(phone) = self.phones.get_mut(&id) else { return };
        phone.is_registered = wishes && phone.device.may_be_called;
        self.tell(id, if wishes { ToDevice::Ready } else { ToDevice::Offline });
    }

    fn invite(&mut self, id: DeviceId, name: String, sdp: String, parameters: Vec<(String, String)>) -> Said {
        let Some(phone) = self.phones.get(&id) else { return Said::Nothing };
        let Some(outgoing) = phone.device.outgoing.clone() else {
            let error = Some((NOT_FOUND, "the token has no grant for outgoing calls".to_owned()));
            self.tell(id, ToDevice::HangUp { call: name, error });
            return Said::Nothing;
        };
        let identity = phone.device.identity.clone();
        let call = clock::tick().sid();
        let line = BrowserLine { device: Some(id), name, offer: Some(sdp), ..BrowserLine::default() };
        self.lines.insert(call, Line { audio: None, way: Way::Browser(line) });
        Said::Call(DeviceCall { call, identity, outgoing, parameters })
    }

    /// Takes a device back into its call, with fresh audio.
    fn resume(&mut self, id: DeviceId, call: CallSid, token: &str, sdp: &str) {
        let line = self.lines.get_mut(&call);
        let audio = match line {
            Some(Line { audio: Some(audio), way: Way::Browser(line) }) if line.token == token => {
                line.device = Some(id);
                *audio
            }
            _ => {
                let error = Some((BAD_RECONNECT, "there is no such call to come back to".to_owned()));
                return self.tell(id, ToDevice::HangUp { call: call.to_string(), error });
            }
        };
        self.renegotiate(id, call, audio, sdp, Some(token.to_owned()));
    }

    fn reoffered(&mut self, id: DeviceId, call: CallSid, sdp: &str) {
        if let Some(Line { audio: Some(audio), way: Way::Browser(line) }) = self.lines.get(&call)
            && line.device == Some(id)
        {
            self.renegotiate(id, call, *audio, sdp, None);
        }
    }

    fn renegotiate(&self, id: DeviceId, call: CallSid, audio: u64, sdp: &str, reconnect: Option<String>) {
        let told = match self.media.renegotiate(audio, sdp) {
            Ok(sdp) => ToDevice::Answer { call, sdp: Some(sdp), reconnect },
            Err(error) => {
                ToDevice::HangUp { call: call.to_string(), error: Some((BAD_REQUEST, error.to_string())) }
            }
        };
        self.tell(id, told);
    }

    /// Lets the first device that answers have the call, and the others fall silent.
    fn answered(&mut self, id: DeviceId, call: CallSid, sdp: &str) -> Said {
        let Some(Line { way: Way::Browser(line), .. }) = self.lines.get_mut(&call) else {
            self.tell(id, ToDevice::Cancel { call });
            return Said::Nothing;
        };
        let Some(at) = line.rings.iter().position(|ring| ring.device == id) else { return Said::Nothing };
        let winner = line.rings.remove(at);
        if let Err(error) = self.media.accept(winner.audio, sdp) {
            self.close_audio(winner.audio);
            let error = Some((BAD_REQUEST, error.to_string()));
            self.tell(id, ToDevice::HangUp { call: call.to_string(), error });
            return facts(self.fail_if_silent(call));
        }
        let mut others = Vec::new();
        if let Some(Line { audio, way: Way::Browser(line) }) = self.lines.get_mut(&call) {
            *audio = Some(winner.audio);
            line.device = Some(id);
            others = std::mem::take(&mut line.rings);
        }
        for ring in others {
            self.close_audio(ring.audio);
            self.tell(ring.device, ToDevice::Cancel { call });
        }
        Said::Facts(vec![Event::LegAnswered { call }])
    }

    fn rejected(&mut self, id: DeviceId, call: CallSid) -> Said {
        facts(self.silence(id, call))
    }

    /// Takes a device out of those that ring; the last one's refusal is the call's.
    fn silence(&mut self, id: DeviceId, call: CallSid) -> Option<Event> {
        let Line { way: Way::Browser(line), .. } = self.lines.get_mut(&call)? else { return None };
        let at = line.rings.iter().position(|ring| ring.device == id)?;
        let ring = line.rings.remove(at);
        self.close_audio(ring.audio);
        self.fail_if_silent(call)
    }

    fn fail_if_silent(&mut self, call: CallSid) -> Option<Event> {
        let is_silent = matches!(
            self.lines.get(&call).map(|line| &line.way),
            Some(Way::Browser(line)) if line.rings.is_empty() && line.device.is_none()
        );
        is_silent.then(|| {
            self.forget(call);
            let reason = "nobody took the call".to_owned();
            Event::LegFailed { call, status: Some(BUSY_HERE), reason }
        })
    }

    /// Ends what a device hangs up: its call, or its ringing.
    fn drop_line(&mut self, id: DeviceId, call: CallSid) -> Option<Event> {
        let Line { way: Way::Browser(line), .. } = self.lines.get(&call)? else { return None };
        if line.device == Some(id) {
            self.forget(call);
            return Some(Event::LegHungUp { call });
        }
        self.silence(id, call)
    }

    /// Tells whether a device has a call: no page may press keys in another's.
    fn has_call(&self, id: DeviceId, call: CallSid) -> bool {
        self.browser_calls(|line| line.device == Some(id)).contains(&call)
    }

    /// Returns the call that a device means by its SID or by the device's own name.
    fn call_named(&self, id: DeviceId, name: &str) -> Option<CallSid> {
        let is_meant = |line: &BrowserLine| line.device == Some(id) && line.name == name;
        name.parse().ok().or_else(|| self.browser_calls(is_meant).first().copied())
    }

    fn browser_calls(&self, is_meant: impl Fn(&BrowserLine) -> bool) -> Vec<CallSid> {
        let lines = self.lines.iter();
        let meant = lines.filter(|(_, line)| match &line.way {
            Way::Browser(line) => is_meant(line),
            Way::Sip(_) | Way::Joined(_) => false,
        });
        meant.map(|(call, _)| *call).collect()
    }

    /// Tells a device something; one that does not keep up misses it, and its page connects anew.
    fn tell(&self, id: DeviceId, told: ToDevice) {
        if let Some(phone) = self.phones.get(&id)
            && phone.device.tell.try_send(told).is_err()
        {
            tracing::warn!(identity = phone.device.identity, "a browser does not keep up with its calls");
        }
    }
}

fn facts(event: Option<Event>) -> Said {
    event.map_or(Said::Nothing, |event| Said::Facts(vec![event]))
}

fn pressed(call: CallSid, digits: &str) -> Said {
    let keys = digits.chars().filter(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D'));
    Said::Facts(keys.map(|digit| Event::DigitPressed { call, digit }).collect())
}

/// What a device is told of who calls.
fn parameters_of(
    placement: &Placement,
    identity: &str,
    parameters: &[(String, String)],
) -> Map<String, Value> {
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let query = api::encode_form(&pairs);
    Map::from_iter([
        ("CallSid".to_owned(), json!(placement.leg)),
        ("From".to_owned(), json!(placement.from)),
        ("To".to_owned(), json!(format!("client:{identity}"))),
        ("CallerName".to_owned(), json!(placement.caller_name)),
        ("Params".to_owned(), json!(query)),
    ])
}

fn code_of(status: u16) -> u32 {
    match status {
        486 | 600 => BUSY,
        603 => DECLINED,
        404 => NOT_FOUND,
        _ => UNAVAILABLE,
    }
}
