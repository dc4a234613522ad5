//! What the check of a definition says, and that real flows pass it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use flow::{Flow, Settings, catalogue, validate, widget_kind};
use serde_json::{Value, json};

use crate::scenario::{definition, split, widget};

#[test]
fn each_mistake_is_named_with_its_place() {
    for (path, new, place, message) in [
        ("", json!("text"), "#", "string found, object expected"),
        ("/states", json!({}), "#/states", "object found, array expected"),
        (
            "/flags/allow_concurrent_calls",
            json!("yes"),
            "#/flags/allow_concurrent_calls",
            "string found, boolean expected",
        ),
        ("/description", json!(7), "#/description", "integer found, string expected"),
        ("/initial_state", json!("Nowhere"), "#/initial_state", "'Nowhere' is not the name of a widget"),
        (
            "/initial_state",
            json!("ask"),
            "#/initial_state",
            "'ask' is a send-and-wait-for-reply widget, trigger expected",
        ),
        ("/states/1", json!(null), "#/states/1", "null found, object expected"),
        (
            "/states/1/type",
            json!("hangup"),
            "#/states/1/type",
            "does not have a value in the enumeration [trigger, ",
        ),
        ("/states/1/type", json!("trigger"), "#/states/1/type", "a second trigger found"),
        ("/states/1/name", json!("a.b"), "#/states/1/name", "'a.b' is not a name"),
        ("/states/1/name", json!("1a"), "#/states/1/name", "'1a' is not a name"),
        ("/states/1/name", json!("agent"), "#/states/2/name", "'agent' is used by #/states/1 already"),
        ("/states/1/properties", json!([]), "#/states/1/properties", "array found, object expected"),
        (
            "/states/1/properties/timeout",
            json!(true),
            "#/states/1/properties/timeout",
            "boolean found, string expected",
        ),
        (
            "/states/1/properties/timeout",
            json!("soon"),
            "#/states/1/properties/timeout",
            "'soon' found, a whole number",
        ),
        (
            "/states/1/properties/body",
            json!({}),
            "#/states/1/properties/body",
            "object found, string expected",
        ),
        (
            "/states/1/properties/body",
            json!("{{ a"),
            "#/states/1/properties/body",
            "the Liquid can not be read: line 1",
        ),
        ("/states/1/transitions", json!("x"), "#/states/1/transitions", "string found, array expected"),
        (
            "/states/1/transitions/0/next",
            json!("gone"),
            "#/states/1/transitions/0/next",
            "'gone' is not the name of a widget",
        ),
        (
            "/states/1/transitions/0/event",
            json!("answer"),
            "#/states/1/transitions/0/event",
            "must be a constant value incomingMessage, timeout, deliveryFailure: 'answer' found",
        ),
        ("/states/2/properties/workflow", json!(null), "#/states/2/properties/workflow", "must not be null"),
        (
            "/states/2/properties/workflow",
            json!(""),
            "#/states/2/properties/workflow",
            "is missing but it is required",
        ),
        (
            "/states/2/properties",
            json!({ "workflow": "WW1" }),
            "#/states/2/properties/channel",
            "is missing but it is required",
        ),
        (
            "/states/2/properties/timeout",
            json!("1209601"),
            "#/states/2/properties/timeout",
            "must have a maximum value of 1209600",
        ),
        (
            "/states/2/properties/priority",
            json!("-1"),
            "#/states/2/properties/priority",
            "must have a minimum value of 0",
        ),
        (
            "/states/2/properties/waitUrlMethod",
            json!("PUT"),
            "#/states/2/properties/waitUrlMethod",
            "does not have a value in the enumeration [GET, POST]",
        ),
        (
            "/states/3/transitions/1/conditions",
            json!([]),
            "#/states/3/transitions/1/conditions",
            "a minimum of 1 items",
        ),
        (
            "/states/3/transitions/1/conditions/0/type",
            json!("between"),
            "#/states/3/transitions/1/conditions/0/type",
            "does not have a value in the enumeration [equal_to, ",
        ),
        (
            "/states/3/transitions/1/conditions/0/value",
            json!("{% if %}"),
            "#/states/3/transitions/1/conditions/0/value",
            "the Liquid can not be read",
        ),
        (
            "/states/4/properties/variables/0",
            json!({ "value": "1" }),
            "#/states/4/properties/variables/0/key",
            "is missing but it is required",
        ),
        (
            "/states/4/properties/variables/0/value",
            json!([]),
            "#/states/4/properties/variables/0/value",
            "array found, string expected",
        ),
    ] {
        let mut definition = sound();
        *definition.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = new;
        let errors = validate(&definition).errors;
        let found =
            errors.iter().any(|error| error.property_path == place && error.message.contains(message));
        assert!(found, "{place}: {message}\nfound {errors:#?}");
        assert_eq!(Flow::parse(&definition, Settings::default()).err(), Some(errors));
    }
    assert_eq!(validate(&sound()), flow::Findings::default());
}

#[test]
fn the_subflow_to_run_can_not_be_computed() {
    let subflow = widget("sub", "run-subflow", json!({ "flow_sid": "{{flow.data.sid}}" }), &[]);
    let errors = validate(&definition("sub", [subflow])).errors;
    assert_eq!(errors[0].property_path, "#/states/1/properties/flow_sid");
    assert!(errors[0].message.starts_with("must be a valid, non-liquid sid (FW…)"));
}

#[test]
fn what_is_missing_altogether_is_named() {
    let errors = validate(&json!({})).errors;
    let paths: Vec<_> = errors.iter().map(|error| error.property_path.as_str()).collect();
    assert_eq!(paths, ["#/states"]);
    let errors = validate(&json!({ "states": [{}] })).errors;
    let paths: Vec<_> = errors.iter().map(|error| error.property_path.as_str()).collect();
    assert_eq!(paths, ["#/states/0/name", "#/initial_state", "#/states", "#/states/0/type"]);
}

#[test]
fn an_import_is_read_leniently() {
    let mut definition = sound();
    definition["states"][1]["transitions"] = json!([{ "event": "timeout", "name": "odd", "next": "" }]);
    definition["states"][1]["properties"]["timeout"] = json!(60);
    definition["states"][2]["properties"]["from"] = json!("stray");
    definition["states"][2]["properties"]["priority"] = json!("{{flow.variables.prio}}");
    definition["states"][2]["transitions"] = json!([{ "event": "composerStarted" }]);
    definition["extra"] = json!(1);
    assert_eq!(validate(&definition), flow::Findings::default());
}

#[test]
fn what_will_not_work_but_may_be_saved_is_a_warning() {
    let mut definition = sound();
    definition["states"][2]["properties"]["attributes"] = json!("no json");
    definition["states"][3]["transitions"][1]["conditions"][0] = json!({ "type": "regex", "value": "(" });
    definition["states"][4]["type"] = json!("send-to-auto-pilot");
    definition["states"][4]["transitions"] =
        json!([{ "event": "sessionEnded" }, { "event": "sessionEnded" }]);
    let findings = validate(&definition);
    assert!(findings.is_valid());
    let paths: Vec<_> = findings.warnings.iter().map(|warning| warning.property_path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "#/states/2/properties/attributes",
            "#/states/3/transitions/1/conditions/0/value",
            "#/states/4/type",
            "#/states/4/transitions/1",
        ]
    );
}

#[test]
fn the_catalogue_is_consistent() {
    let names: BTreeSet<_> = catalogue().iter().map(|kind| kind.type_name).collect();
    assert_eq!(names.len(), catalogue().len());
    for kind in catalogue() {
        let events: BTreeSet<_> = kind.events.iter().map(|event| event.event).collect();
        assert_eq!(events.len(), kind.events.len(), "{}", kind.type_name);
        assert!(kind.failure_event.is_none_or(|event| events.contains(event)), "{}", kind.type_name);
        assert_eq!(widget_kind(kind.type_name).map(|found| found.label), Some(kind.label));
        let defaults: Value = kind
            .properties
            .iter()
            .filter_map(|property| Some((property.name.to_owned(), json!(property.default?))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let definition = definition("", [widget("it", kind.type_name, defaults, &[])]);
        let errors = validate(&definition).errors;
        let about_defaults: Vec<_> =
            errors.iter().filter(|error| !error.message.contains("is missing")).collect();
        let is_trigger = kind.type_name == "trigger";
        assert!(is_trigger || about_defaults.is_empty(), "{about_defaults:?}");
    }
    let shown = serde_json::to_value(widget_kind("send-to-flex").unwrap()).unwrap();
    assert_eq!(shown["type"], "send-to-flex");
    assert_eq!(shown["is_run"], true);
    assert_eq!(shown["properties"][3]["max"], 2_147_483_647);
    assert_eq!(shown["properties"][3]["type"], "integer_text");
}

#[test]
fn flows_that_people_have_built_load_without_problems() {
    let Some(files) = shared_flows() else {
        eprintln!("left out: the folder of real flows is not there");
        return;
    };
    assert!(files.len() >= 18, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let definition = serde_json::from_str(&text).unwrap();
        assert_eq!(validate(&definition).errors, vec![], "{}", file.display());
        Flow::parse(&definition, Settings::default()).unwrap();
    }
}

/// A definition without a mistake, with one widget of each kind that has something to check.
fn sound() -> Value {
    let send = json!({ "workflow": "WW1", "channel": "TC1", "timeout": "3600", "priority": "0", "waitUrlMethod": "GET" });
    let ask = json!({ "body": "Hello {{contact.channel.address}}", "timeout": "60" });
    let mut definition = definition(
        "ask",
        [
            widget("ask", "send-and-wait-for-reply", ask, &[("incomingMessage", "choose")]),
            widget("agent", "send-to-flex", send, &[]),
            split("choose", "{{widgets.ask.inbound.Body}}", &[("equal_to", "1", "agent")], "set"),
            widget("set", "set-variables", json!({ "variables": [{ "key": "a", "value": "1" }] }), &[]),
        ],
    );
    definition["flags"]["allow_concurrent_calls"] = json!(true);
    definition
}

pub(crate) fn shared_flows() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("PATCHBOARD_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")));
    let files = std::fs::read_dir(shared.join("flows")).ok()?;
    let mut files: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Some(files)
}

#[test]
fn a_flow_runs_at_most_fifty_others() {
    let calling = |count: usize| {
        let mut flow = definition("", []);
        for place in 0..count {
            let properties =
                json!({ "flow_sid": format!("FW{place:032x}"), "flow_revision": "LatestPublished" });
            let state = widget(&format!("w{place}"), "run-subflow", properties, &[]);
            flow["states"].as_array_mut().unwrap().push(state);
        }
        flow::validate(&flow).errors
    };
    assert_eq!(calling(50), []);
    assert!(calling(51).iter().any(|problem| problem.message.contains("51 different subflows")));
}
