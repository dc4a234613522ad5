//! Add TwiML Redirect: lets a TwiML application take over and return.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "add-twiml-redirect",
    label: "Add TwiML Redirect",
    group: Group::Tools,
    help: "Lets a TwiML application take over and return.",
    properties: &[
        PropertyKind::new("url", PropertyType::Url, "The application.").liquid().required(),
        PropertyKind::new(
            "method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new(
            "timeout",
            PropertyType::IntegerText { min: 0, max: 14400 },
            "Seconds to wait for its return; 0 does not wait.",
        )
        .liquid()
        .default("14400"),
    ],
    events: &[
        EventKind::new("return", "Return"),
        EventKind::new("timeout", "Timed out"),
        EventKind::new("fail", "Failed"),
    ],
    failure_event: Some("fail"),
    outputs: &["<parameter>"],
    compile: None,
};
