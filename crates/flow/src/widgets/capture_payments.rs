//! Capture Payments: takes card or bank details by keys.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "capture-payments",
    label: "Capture Payments",
    group: Group::Voice,
    help: "Takes card or bank details by keys.",
    properties: &[
        PropertyKind::new("payment_connector", PropertyType::Text, "The connector that charges."),
        PropertyKind::liquid_text("payment_amount", "The amount; without it, the details are only stored."),
        PropertyKind::liquid_text("currency", "The currency.").default("usd"),
        PropertyKind::liquid_text("description", "What the payment is for."),
        PropertyKind::liquid_text("language", "The language of the prompts."),
        PropertyKind::new(
            "payment_method",
            PropertyType::Choice { values: &["CREDIT_CARD", "ACH_DEBIT"] },
            "Card or bank account.",
        ),
        PropertyKind::new(
            "bank_account_type",
            PropertyType::Choice {
                values: &[
                    "CONSUMER_CHECKING",
                    "CONSUMER_SAVINGS",
                    "COMMERCIAL_CHECKING",
                    "COMMERCIAL_SAVINGS",
                ],
            },
            "Kind of bank account.",
        ),
        PropertyKind::new(
            "payment_token_type",
            PropertyType::Choice { values: &["one-time", "reusable"] },
            "What the token is good for.",
        ),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 1, max: 600 },
            "Seconds to wait for a key.",
        )
        .default("5"),
        PropertyKind::new(
            "max_attempts",
            PropertyType::Integer { min: 1, max: 3 },
            "How often each detail is asked for.",
        )
        .default("2"),
        PropertyKind::new("security_code", PropertyType::Boolean, "Whether the security code is asked for.")
            .default("true"),
        PropertyKind::liquid_text(
            "postal_code",
            "Whether the postal code is asked for: true, false, or the code itself.",
        ),
        PropertyKind::new(
            "min_postal_code_length",
            PropertyType::Integer { min: 0, max: 32 },
            "The shortest postal code.",
        ),
        PropertyKind::new("valid_card_types", PropertyType::List { keys: &[] }, "The cards that are taken."),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the connector is given.",
        )
        .liquid(),
    ],
    events: &[
        EventKind::new("success", "Success"),
        EventKind::new("maxFailedAttempts", "Max failed attempts"),
        EventKind::new("providerError", "Provider error"),
        EventKind::new("payInterrupted", "Pay interrupted"),
        EventKind::new("hangup", "Caller hung up"),
        EventKind::new("validationError", "Validation error"),
    ],
    failure_event: Some("providerError"),
    outputs: &[
        "Result",
        "PaymentToken",
        "PaymentConfirmationCode",
        "ProfileId",
        "PaymentCardNumber",
        "PaymentCardType",
        "PaymentCardPostalCode",
        "ExpirationDate",
        "SecurityCode",
    ],
    compile: None,
};
