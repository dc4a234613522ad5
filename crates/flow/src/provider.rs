//! Outside providers: TwiML applications that take the caller's payment, or let a machine talk with the caller.
//!
//! Where one is configured, the call is handed to it as by *Add TwiML Redirect*; it returns the call to the flow's
//! webhook with `FlowEvent=return` and the parameters that the verb's own action would have brought.

use serde::{Deserialize, Serialize};
use twiml::{ConnectTarget, Document, Redirect, Verb};

/// Where the providers are; what has none is left to whoever performs the verb.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Providers {
    /// Takes payments: receives `<Pay>`, returns `Result`, `PaymentToken` …
    pub payment: Option<String>,
    /// Lets a virtual agent talk: receives `<Connect><VirtualAgent>`, returns `VirtualAgentStatus` …
    pub virtual_agent: Option<String>,
    /// Relays what is said: receives `<Connect><ConversationRelay>`, returns `SessionStatus`, `HandoffData` …
    pub conversation_relay: Option<String>,
}

impl Providers {
    /// Returns a redirect to a verb's provider; the verb itself where there is none.
    pub(crate) fn hand_over(&self, verb: Verb) -> Verb {
        let provider = match &verb {
            Verb::Pay(_) => &self.payment,
            Verb::Connect(connect) => match &connect.target {
                Some(ConnectTarget::VirtualAgent(_)) => &self.virtual_agent,
                Some(ConnectTarget::ConversationRelay(_)) => &self.conversation_relay,
                Some(ConnectTarget::Stream(_)) | None => return verb,
            },
            Verb::Say(_)
            | Verb::Play(_)
            | Verb::Pause(_)
            | Verb::Gather(_)
            | Verb::Record(_)
            | Verb::Dial(_)
            | Verb::Enqueue(_)
            | Verb::Leave(_)
            | Verb::Redirect(_)
            | Verb::Reject(_)
            | Verb::Hangup(_)
            | Verb::Refer(_)
            | Verb::Start(_)
            | Verb::Stop(_)
            | Verb::Echo(_)
            | Verb::Sms(_)
            | Verb::Message(_) => return verb,
        };
        match provider {
            Some(url) => Redirect { url: with_verb(url, verb), method: None }.into(),
            None => verb,
        }
    }
}

/// Adds a verb to a URL, as the document that holds it.
fn with_verb(url: &str, verb: Verb) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let document = Document { verbs: vec![verb] }.to_xml();
    format!("{url}{separator}Verb={}", encoded(&document))
}

/// Writes text as a value of a query.
fn encoded(text: &str) -> String {
    let write = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(write).collect()
}

#[cfg(test)]
mod tests {
    use twiml::{Connect, Hangup, Pay, VirtualAgent};

    use super::*;

    #[test]
    fn a_payment_goes_to_its_provider_with_all_that_the_widget_says() {
        let providers =
            Providers { payment: Some("https://pay.example/take?shop=1".to_owned()), ..Providers::default() };
        let Verb::Redirect(redirect) = providers.hand_over(Pay::default().into()) else {
            panic!("no redirect")
        };
        assert!(redirect.url.starts_with("https://pay.example/take?shop=1&Verb=%3C"), "{}", redirect.url);
        assert!(redirect.url.contains("Pay"), "{}", redirect.url);
    }

    #[test]
    fn what_has_no_provider_stays_as_it_is() {
        let agent = Connect { target: Some(VirtualAgent::default().into()), ..Connect::default() };
        for verb in [Verb::from(Hangup::default()), Pay::default().into(), agent.into()] {
            assert_eq!(Providers::default().hand_over(verb.clone()), verb);
        }
    }
}
