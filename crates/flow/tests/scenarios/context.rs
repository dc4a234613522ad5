//! What templates can read, for each way in which an execution begins.

use flow::Trigger;
use serde_json::json;

use crate::scenario::{CONTACT, OURS, Scenario, definition, message, object};

fn begun(trigger: Trigger) -> Scenario {
    Scenario::new(&definition("", [])).starts(trigger)
}

#[test]
fn a_message_fills_trigger_message_and_the_addresses() {
    let mut payload = message("Hi");
    payload.insert("AddOns".to_owned(), json!("{\"status\": \"successful\"}"));
    payload.insert("Attributes".to_owned(), json!("{\"stays\": \"text\"}"));
    let scenario = begun(Trigger::IncomingMessage { payload });
    let execution = scenario.execution();
    let expected = json!({
        "flow": {
            "sid": execution.sid(),
            "flow_sid": execution.flow_sid(),
            "channel": { "address": OURS },
            "data": {},
            "variables": {},
            "add_ons": { "status": "successful" },
        },
        "trigger": { "message": {
            "MessageSid": "SM1", "From": CONTACT, "To": OURS, "Body": "Hi", "NumMedia": "0",
            "AddOns": { "status": "successful" },
            "Attributes": "{\"stays\": \"text\"}",
            "ChannelAttributes": { "from": CONTACT, "channel_type": "sms" },
            "ChannelSid": "",
        } },
        "widgets": {},
        "contact": { "channel": { "address": CONTACT } },
    });
    assert_eq!(*execution.context(), expected);
    assert_eq!((execution.contact_address(), execution.flow_address()), (CONTACT, OURS));
}

#[test]
fn a_request_fills_trigger_request_and_flow_data() {
    let parameters = object(json!({ "order": { "id": 7 } }));
    let scenario =
        begun(Trigger::IncomingRequest { to: CONTACT.to_owned(), from: OURS.to_owned(), parameters });
    let context = scenario.execution().context();
    let request = json!({ "to": CONTACT, "from": OURS, "parameters": { "order": { "id": 7 } } });
    assert_eq!(context["trigger"], json!({ "request": request }));
    assert_eq!(context["flow"]["data"], json!({ "order": { "id": 7 } }));
    assert_eq!(context["flow"]["channel"]["address"], OURS);
    assert_eq!(context["contact"]["channel"]["address"], CONTACT);
}

#[test]
fn a_conversation_is_addressed_by_its_sid() {
    let payload = object(json!({
        "ConversationSid": "CH1", "Author": CONTACT, "Body": "Hi",
        "ChannelAttributes": "{\"pre_engagement_data\": {\"friendlyName\": \"Ada\"}}",
    }));
    let scenario = begun(Trigger::IncomingConversationMessage { payload });
    let context = scenario.execution().context();
    let attributes = &context["trigger"]["conversation"]["ChannelAttributes"];
    assert_eq!(attributes["pre_engagement_data"]["friendlyName"], "Ada");
    assert_eq!(context["flow"]["channel"]["address"], "CH1");
    assert_eq!(context["contact"]["channel"]["address"], CONTACT);
}

#[test]
fn a_subflow_sees_its_parents_trigger_too() {
    let scenario = begun(Trigger::IncomingParent {
        parameters: object(json!({ "language": "de" })),
        parent: object(json!({ "flow_sid": "FW1" })),
        trigger: object(json!({ "call": { "From": CONTACT, "To": OURS } })),
    });
    let context = scenario.execution().context();
    assert_eq!(
        context["trigger"]["parent"],
        json!({ "flow_sid": "FW1", "parameters": { "language": "de" } })
    );
    assert_eq!(context["trigger"]["call"]["From"], CONTACT);
    assert_eq!(context["contact"]["channel"]["address"], CONTACT);
}
