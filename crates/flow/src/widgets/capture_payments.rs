//! Capture Payments: takes card or bank details by keys.

use serde_json::Value;
use twiml::{CardType, Pay};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::ParameterTemplates;
use crate::widgets::common::voice;

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
    compile: Some(compile),
};

#[derive(Debug)]
struct CapturePayments {
    amount: Template,
    currency: Template,
    description: Template,
    language: Template,
    postal_code: Template,
    parameters: ParameterTemplates,
    /// All that holds no template.
    pay: Pay,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    // The verb spells its words small and with hyphens.
    let spelled = |name| source.text(name).map(|text| text.to_lowercase().replace('_', "-"));
    let pay = Pay {
        payment_connector: source.text("payment_connector"),
        payment_method: voice::word(spelled("payment_method").as_deref()),
        bank_account_type: voice::word(spelled("bank_account_type").as_deref()),
        token_type: voice::word(spelled("payment_token_type").as_deref()),
        timeout_secs: source.number("timeout"),
        attempts_max: source.number("max_attempts"),
        security_code: Some(source.flag("security_code")),
        min_postal_code_length: source.number("min_postal_code_length"),
        valid_card_types: card_types(source),
        ..Pay::default()
    };
    Box::new(CapturePayments {
        amount: source.template("payment_amount"),
        currency: source.template("currency"),
        description: source.template("description"),
        language: source.template("language"),
        postal_code: source.template("postal_code"),
        parameters: ParameterTemplates::compile(source, "parameters"),
        pay,
    })
}

impl Behaviour for CapturePayments {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let pay = Pay {
            charge_amount: voice::text_of(scope, &self.amount),
            currency: voice::text_of(scope, &self.currency),
            description: voice::text_of(scope, &self.description),
            language: voice::text_of(scope, &self.language),
            postal_code: voice::text_of(scope, &self.postal_code),
            parameters: voice::parameters(self.parameters.render_or_warn(scope)),
            ..self.pay.clone()
        };
        voice::perform(scope, pay)
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave_or_hangup(scope, resume, |parameters| {
            let result = text(&parameters, "Result");
            let exit = match event_of(result) {
                "success" => Exit::by("success"),
                event => Exit::failed(event, format!("the payment ended with '{result}'")),
            };
            exit.with_outputs(parameters)
        })
    }
}

/// Finds the way that a result takes; an unknown one is the provider's fault.
fn event_of(result: &str) -> &'static str {
    match result {
        "success" => "success",
        "too-many-failed-attempts" | "input-timeout" => "maxFailedAttempts",
        "caller-interrupted-with-star" => "payInterrupted",
        "caller-hung-up" => "hangup",
        "validation-error" => "validationError",
        _ => "providerError",
    }
}

/// The widget writes `master-card` where the verb writes `mastercard`.
fn card_types(source: &WidgetSource<'_>) -> Vec<CardType> {
    let types = source.properties.get("valid_card_types").and_then(Value::as_array);
    let word = |value: &Value| {
        voice::word(value.as_str().map(|name| if name == "master-card" { "mastercard" } else { name }))
    };
    types.into_iter().flatten().filter_map(word).collect()
}
