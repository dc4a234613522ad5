//! The frames of the voice SDK's protocol, version 1.6: what they mean, and how they are written.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::devices::{FromDevice, ToDevice};

/// A frame that came in.
#[derive(Debug, Deserialize)]
pub(super) struct Frame {
    /// The frame's type.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// What it carries.
    #[serde(default)]
    pub(super) payload: Payload,
}

/// Everything that a frame may carry; each type has some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    /// The access token of `listen`.
    pub(super) token: String,
    /// How long calls are kept for a device that drops, seconds.
    #[serde(rename = "reconnectTimeout")]
    pub(super) reconnect_timeout: Value,
    media: Media,
    callsid: String,
    sdp: String,
    twilio: Twilio,
    reconnect: Option<String>,
    dtmf: String,
    content: Value,
    voiceeventsid: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Media {
    audio: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Twilio {
    params: Option<String>,
}

impl Frame {
    /// Reads what the device says; an error tells why that can not be done.
    pub(super) fn read(self) -> Result<FromDevice, String> {
        let Self { kind, payload } = self;
        let sid =
            || payload.callsid.parse().map_err(|_| format!("'{}' is not a call's SID", payload.callsid));
        Ok(match kind.as_str() {
            "register" if payload.media.audio => FromDevice::Register,
            "register" => FromDevice::Unregister,
            "invite" => match payload.reconnect {
                Some(token) => {
                    FromDevice::Resume { call: sid_of(&payload.callsid)?, token, sdp: payload.sdp }
                }
                None => FromDevice::Invite {
                    parameters: pairs(payload.twilio.params.as_deref().unwrap_or_default()),
                    name: payload.callsid,
                    sdp: payload.sdp,
                },
            },
            "answer" => FromDevice::Answer { call: sid()?, sdp: payload.sdp },
            "reject" => FromDevice::Reject { call: sid()? },
            "hangup" => FromDevice::HangUp { call: payload.callsid },
            "dtmf" => FromDevice::Digits { call: payload.callsid, digits: payload.dtmf },
            "reinvite" => FromDevice::Reoffer { call: sid()?, sdp: payload.sdp },
            "message" => {
                FromDevice::Message { call: sid()?, content: payload.content, event: payload.voiceeventsid }
            }
            other => return Err(format!("'{other}' is not a message of this protocol")),
        })
    }
}

fn sid_of(text: &str) -> Result<domain::CallSid, String> {
    text.parse().map_err(|_| format!("'{text}' is not a call's SID"))
}

/// Reads the page's parameters, which come as a query.
fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Writes the greeting that the SDK waits for after each `listen`.
pub(super) fn connected(identity: &str, ttl_secs: u64) -> String {
    frame("connected", json!({ "region": "us1", "token": { "identity": identity, "ttl": ttl_secs } }))
}

/// Writes an error.
pub(super) fn error(code: u32, message: &str, call: Option<&str>) -> String {
    let mut payload = json!({ "error": { "code": code, "message": message } });
    if let Some(call) = call {
        payload["callsid"] = json!(call);
    }
    frame("error", payload)
}

/// Writes what a device is told.
pub(super) fn write(told: &ToDevice) -> String {
    match told {
        ToDevice::Ready => frame("ready", json!({})),
        ToDevice::Offline => frame("offline", json!({})),
        ToDevice::Ringing { call, sdp } => frame("ringing", with_sdp(json!({ "callsid": call }), sdp)),
        ToDevice::Answer { call, sdp, reconnect } => {
            let mut payload = with_sdp(json!({ "callsid": call }), sdp);
            if let Some(token) = reconnect {
                payload["reconnect"] = json!(token);
            }
            frame("answer", payload)
        }
        ToDevice::Invite { call, sdp, parameters, reconnect } => frame(
            "invite",
            json!({ "callsid": call, "sdp": sdp, "parameters": parameters, "reconnect": reconnect }),
        ),
        ToDevice::Cancel { call } => frame("cancel", json!({ "callsid": call })),
        ToDevice::HangUp { call, error } => {
            let mut payload = json!({ "callsid": call });
            if let Some((code, message)) = error {
                payload["error"] = json!({ "code": code, "message": message });
            }
            frame("hangup", payload)
        }
        ToDevice::Acknowledge { call, event } => {
            frame("ack", json!({ "acktype": "message", "callsid": call, "voiceeventsid": event }))
        }
        ToDevice::Message { call, content, event } => frame(
            "message",
            json!({
                "callsid": call,
                "content": content,
                "contenttype": "application/json",
                "messagetype": "user-defined-message",
                "voiceeventsid": event,
            }),
        ),
        ToDevice::Error { code, message, call } => error(*code, message, call.as_deref()),
    }
}

fn with_sdp(mut payload: Value, sdp: &Option<String>) -> Value {
    if let Some(sdp) = sdp {
        payload["sdp"] = json!(sdp);
    }
    payload
}

fn frame(kind: &str, payload: Value) -> String {
    json!({ "type": kind, "version": "1.6", "payload": payload }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_parameters_are_read_as_a_query() {
        let invite = read(
            r#"{"type":"invite","version":"1.6","payload":{"callsid":"TJS1","sdp":"v=0","twilio":{"params":"To=%2B1555&Foo=bar%20baz%26x%3D1"}}}"#,
        );
        let expected = [("To", "+1555"), ("Foo", "bar baz&x=1")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let (name, sdp) = ("TJS1".to_owned(), "v=0".to_owned());
        assert_eq!(invite, Ok(FromDevice::Invite { name, sdp, parameters: expected }));
    }

    #[test]
    fn a_device_that_unregisters_says_so_by_the_media_it_takes() {
        assert_eq!(
            read(r#"{"type":"register","payload":{"media":{"audio":true}}}"#),
            Ok(FromDevice::Register)
        );
        assert_eq!(
            read(r#"{"type":"register","payload":{"media":{"audio":false}}}"#),
            Ok(FromDevice::Unregister)
        );
    }

    #[test]
    fn what_is_not_of_the_protocol_is_named() {
        let roger = read(r#"{"type":"roger","payload":{}}"#);
        assert_eq!(roger, Err("'roger' is not a message of this protocol".to_owned()));
        let answer = read(r#"{"type":"answer","payload":{"callsid":"TJS1","sdp":""}}"#);
        assert_eq!(answer, Err("'TJS1' is not a call's SID".to_owned()));
    }

    fn read(text: &str) -> Result<FromDevice, String> {
        serde_json::from_str::<Frame>(text).unwrap().read()
    }
}
