//! The flows that a new installation has: each hands over to an agent at once, and can be opened and changed.

use serde_json::{Value, json};

/// Returns the definition of the flow *Voice IVR*, which enqueues callers on this voice task channel.
pub fn voice_ivr(workflow: &str, channel: &str) -> Value {
    with_target(include_str!("default_flows/voice_ivr.json"), workflow, channel)
}

/// Returns the definition of the flow *Messaging*, for SMS, WhatsApp and conversations of such addresses.
pub fn messaging(workflow: &str, channel: &str) -> Value {
    with_target(include_str!("default_flows/messaging.json"), workflow, channel)
}

/// Returns the definition of the flow *Webchat*, which names the task after the visitor.
pub fn webchat(workflow: &str, channel: &str) -> Value {
    with_target(include_str!("default_flows/webchat.json"), workflow, channel)
}

/// Fills in the workflow and the task channel of every widget that hands over.
fn with_target(definition: &str, workflow: &str, channel: &str) -> Value {
    let mut definition: Value = serde_json::from_str(definition).expect("the file is part of this crate");
    let states = definition["states"].as_array_mut().into_iter().flatten();
    for state in states.filter(|state| state["type"] == "send-to-flex") {
        state["properties"]["workflow"] = json!(workflow);
        state["properties"]["channel"] = json!(channel);
    }
    definition
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate;

    const CHAT_TASK: &str = concat!(
        r#"{"name": "{{trigger.message.ChannelAttributes.from}}", "#,
        r#""channelType": "{{trigger.message.ChannelAttributes.channel_type}}", "#,
        r#""channelSid": "{{trigger.message.ChannelSid}}"}"#
    );

    #[test]
    fn the_default_flows_are_valid_and_have_the_documented_attributes() {
        let call = r#"{ "type": "inbound", "name": "{{trigger.call.From}}" }"#;
        let visitor = concat!(
            r#"{"from": "{{trigger.conversation.ChannelAttributes"#,
            r#".pre_engagement_data.friendlyName}}"}"#
        );
        for (flow, expected) in [
            (voice_ivr("WW1", "TC1"), vec![Some(call)]),
            (messaging("WW1", "TC1"), vec![Some(CHAT_TASK), None]),
            (webchat("WW1", "TC1"), vec![Some(CHAT_TASK), Some(visitor)]),
        ] {
            assert_eq!(validate(&flow).errors, vec![]);
            let widgets: Vec<_> =
                flow["states"].as_array().unwrap()[1..].iter().map(|w| &w["properties"]).collect();
            let attributes: Vec<_> = widgets.iter().map(|widget| widget["attributes"].as_str()).collect();
            assert_eq!(attributes, expected);
            assert!(widgets.iter().all(|widget| widget["workflow"] == "WW1" && widget["channel"] == "TC1"));
        }
    }
}
