//! `<Pay>`: takes a payment by keys. Held as it is written, with the prompts that replace the standard ones.

use serde::{Deserialize, Serialize};

use super::{Announcement, Input};
use crate::nouns::Parameter;
use crate::schema::{Callback, Element, Pass, choice};
use crate::warning::SCHEMA;

choice! {
    /// What the payment leaves behind.
    pub enum TokenType { OneTime = "one-time", Reusable = "reusable", PaymentMethod = "payment-method" }
}

choice! {
    /// How it is paid.
    pub enum PaymentMethod { AchDebit = "ach-debit", CreditCard = "credit-card" }
}

choice! {
    /// The account that is debited.
    pub enum BankAccountType {
        ConsumerChecking = "consumer-checking",
        ConsumerSavings = "consumer-savings",
        CommercialChecking = "commercial-checking",
        CommercialSavings = "commercial-savings",
    }
}

choice! {
    /// The kind of a card.
    pub enum CardType {
        Visa = "visa",
        Mastercard = "mastercard" | "master-card",
        Amex = "amex",
        Maestro = "maestro",
        Discover = "discover",
        Optima = "optima",
        Jcb = "jcb",
        DinersClub = "diners-club",
        Enroute = "enroute",
    }
}

choice! {
    /// What the caller is asked for.
    pub enum PayStep {
        PaymentCardNumber = "payment-card-number",
        ExpirationDate = "expiration-date",
        SecurityCode = "security-code",
        PostalCode = "postal-code",
        PaymentProcessing = "payment-processing",
        BankAccountNumber = "bank-account-number",
        BankRoutingNumber = "bank-routing-number",
    }
}

choice! {
    /// Why the caller is asked again.
    pub enum PayErrorType {
        Timeout = "timeout",
        InvalidCardNumber = "invalid-card-number",
        InvalidCardType = "invalid-card-type",
        InvalidDate = "invalid-date",
        InvalidSecurityCode = "invalid-security-code",
        InternalError = "internal-error",
        InputMatchingFailed = "input-matching-failed",
    }
}

/// Takes a payment by keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pay {
    /// How the caller answers.
    pub input: Option<Input>,
    /// What is asked with the result; its method is always POST.
    pub action: Option<String>,
    /// The account that is debited.
    pub bank_account_type: Option<BankAccountType>,
    /// Who is told of each step.
    pub status_callback: Callback,
    /// How long to wait for a key.
    pub timeout_secs: Option<u32>,
    /// How often the caller is asked.
    pub attempts_max: Option<u32>,
    /// Whether the security code is asked for.
    pub security_code: Option<bool>,
    /// Whether the postal code is asked for, or the code itself.
    pub postal_code: Option<String>,
    /// The shortest postal code.
    pub min_postal_code_length: Option<u32>,
    /// The connector that knows the payment provider.
    pub payment_connector: Option<String>,
    /// How it is paid.
    pub payment_method: Option<PaymentMethod>,
    /// What the payment leaves behind.
    pub token_type: Option<TokenType>,
    /// How much; without it only a token is made.
    pub charge_amount: Option<String>,
    /// In which currency.
    pub currency: Option<String>,
    /// What for.
    pub description: Option<String>,
    /// The cards that are taken.
    pub valid_card_types: Vec<CardType>,
    /// The language of the standard prompts.
    pub language: Option<String>,
    /// What replaces the standard prompts.
    pub prompts: Vec<PayPrompt>,
    /// Pairs that the provider is told.
    pub parameters: Vec<Parameter>,
}

impl Pay {
    fn describe_payment(&mut self, pass: &mut Pass<'_>) {
        pass.value("bankAccountType", &mut self.bank_account_type, SCHEMA);
        pass.text("paymentConnector", &mut self.payment_connector);
        pass.value("paymentMethod", &mut self.payment_method, SCHEMA);
        pass.value("tokenType", &mut self.token_type, SCHEMA);
        pass.text("chargeAmount", &mut self.charge_amount);
        pass.text("currency", &mut self.currency);
        pass.text("description", &mut self.description);
        pass.list("validCardTypes", &mut self.valid_card_types, SCHEMA);
    }
}

impl Element for Pay {
    const NAME: &'static str = "Pay";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("input", &mut self.input, SCHEMA);
        pass.text("action", &mut self.action);
        pass.callback(["statusCallback", "statusCallbackMethod"], &mut self.status_callback, SCHEMA);
        pass.number("timeout", &mut self.timeout_secs, 0..=u32::MAX, SCHEMA);
        pass.number("maxAttempts", &mut self.attempts_max, 1..=u32::MAX, SCHEMA);
        pass.value("securityCode", &mut self.security_code, SCHEMA);
        pass.text("postalCode", &mut self.postal_code);
        pass.number("minPostalCodeLength", &mut self.min_postal_code_length, 0..=u32::MAX, SCHEMA);
        pass.text("language", &mut self.language);
        self.describe_payment(pass);
        pass.children(&mut self.prompts);
        pass.children(&mut self.parameters);
    }
}

/// What is said at some steps of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PayPrompt {
    /// At which steps.
    pub steps: Vec<PayStep>,
    /// After which errors.
    pub error_types: Vec<PayErrorType>,
    /// For which cards.
    pub card_types: Vec<CardType>,
    /// At which attempts, counted from one.
    pub attempts: Vec<u32>,
    /// Whether all inputs that must be typed twice are meant.
    pub require_matching_inputs: Option<bool>,
    /// What is said.
    pub announcements: Vec<Announcement>,
}

impl Element for PayPrompt {
    const NAME: &'static str = "Prompt";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.list("for", &mut self.steps, SCHEMA);
        pass.list("errorType", &mut self.error_types, SCHEMA);
        pass.list("cardType", &mut self.card_types, SCHEMA);
        pass.list("attempt", &mut self.attempts, SCHEMA);
        pass.value("requireMatchingInputs", &mut self.require_matching_inputs, SCHEMA);
        pass.children(&mut self.announcements);
    }
}
