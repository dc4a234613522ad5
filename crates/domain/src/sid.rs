//! SIDs: two letters that say what a thing is, and 32 hexadecimal digits.
//!
//! Each kind is a type of its own, so that a task's SID can not stand where a worker's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What all kinds of SID have in common.
pub trait Sid: Copy + Ord + fmt::Display + FromStr<Err = SidError> {
    /// The two letters that stand in front.
    const PREFIX: &'static str;

    /// Makes the SID with these 128 bits.
    fn from_bits(bits: u128) -> Self;

    /// Returns the 128 bits behind the prefix.
    fn bits(self) -> u128;
}

/// Why a text is not a SID of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a SID: {prefix} followed by 32 hexadecimal digits is expected")]
pub struct SidError {
    /// The text as given.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// Reads the digits behind `prefix`.
fn parse_bits(text: &str, prefix: &'static str) -> Result<u128, SidError> {
    let error = || SidError { text: text.chars().take(64).collect(), prefix };
    let digits = text.strip_prefix(prefix).ok_or_else(error)?;
    let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        return Err(error());
    }
    u128::from_str_radix(digits, 16).map_err(|_| error())
}

/// The prefix and the digits of a SID.
type Text = [u8; 34];

/// Writes a SID's digits behind its prefix: rows and events hold many, and the formatter takes its time over 128 bits.
fn write<'a>(prefix: &str, bits: u128, text: &'a mut Text) -> &'a str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let (front, digits) = text.split_at_mut(2);
    front.copy_from_slice(prefix.as_bytes());
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bits.to_be_bytes()) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    std::str::from_utf8(text).expect("prefixes and digits are ASCII")
}

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl Sid for $name {
            const PREFIX: &'static str = $prefix;

            fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(write($prefix, self.0, &mut [0; 34]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = SidError;

            fn from_str(text: &str) -> Result<Self, SidError> {
                parse_bits(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(write($prefix, self.0, &mut [0; 34]))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

sids! {
    /// An account.
    AccountSid "AC";
    /// An API key.
    KeySid "SK";
    /// A person who logs in; published APIs call it a user.
    UserSid "US";
    /// A phone number or other address of ours.
    PhoneNumberSid "PN";
    /// A text message.
    MessageSid "SM";
    /// A message with media.
    MediaMessageSid "MM";
    /// A medium of a message.
    MediaSid "ME";
    /// A call.
    CallSid "CA";
    /// A Studio flow.
    FlowSid "FW";
    /// One run of a flow.
    ExecutionSid "FN";
    /// One step of an execution.
    StepSid "FT";
    /// A flow's contact: a placeholder that the published API still shows.
    ContactSid "FC";
    /// A request that started an execution by REST.
    RequestSid "RQ";
    /// A TaskRouter workspace.
    WorkspaceSid "WS";
    /// An activity of workers.
    ActivitySid "WA";
    /// A worker.
    WorkerSid "WK";
    /// A worker's capacity on one task channel.
    WorkerChannelSid "WC";
    /// A task channel.
    TaskChannelSid "TC";
    /// A task queue.
    TaskQueueSid "WQ";
    /// A workflow.
    WorkflowSid "WW";
    /// A task.
    TaskSid "WT";
    /// A reservation.
    ReservationSid "WR";
    /// A task handed from worker to worker.
    TransferSid "TT";
    /// An event of the workspace's log.
    EventSid "EV";
    /// A queue in which callers wait.
    QueueSid "QU";
    /// A conference.
    ConferenceSid "CF";
    /// A recording.
    RecordingSid "RE";
    /// Something that went wrong with a call's application.
    NotificationSid "NO";
    /// A message to or from a browser in a call.
    UserDefinedMessageSid "KX";
    /// Who is told of such messages.
    MessageSubscriptionSid "ZY";
    /// A stream of a call's audio to an application.
    StreamSid "MZ";
    /// A TwiML application.
    ApplicationSid "AP";
    /// A SIP domain.
    SipDomainSid "SD";
    /// A list of SIP credentials.
    CredentialListSid "CL";
    /// A SIP user's name and password, or what reaches a client's phone by push.
    CredentialSid "CR";
    /// A list of IP addresses that may call.
    IpAccessControlListSid "AL";
    /// An address of such a list.
    IpAddressSid "IP";
    /// A SIP trunk.
    TrunkSid "TK";
    /// A conversation service.
    ConversationServiceSid "IS";
    /// A conversation.
    ConversationSid "CH";
    /// Somebody who takes part in a conversation.
    ParticipantSid "MB";
    /// A message of a conversation.
    ConversationMessageSid "IM";
    /// What became of a message of a conversation on its way to one participant.
    ReceiptSid "DY";
    /// A webhook of one conversation.
    WebhookSid "WH";
    /// The configuration that takes an address's messages into conversations.
    AddressConfigurationSid "IG";
    /// A role in a conversation or service.
    RoleSid "RL";
    /// A device to which notifications are pushed.
    BindingSid "BS";
    /// A content template.
    ContentSid "HX";
    /// A messaging service.
    MessagingServiceSid "MG";
    /// An interaction.
    InteractionSid "KD";
    /// The channel of an interaction.
    InteractionChannelSid "UO";
    /// Somebody who takes part in an interaction.
    InteractionParticipantSid "UT";
    /// An invitation of an agent to an interaction.
    InviteSid "KG";
    /// An interaction handed from agent to agent.
    InteractionTransferSid "UX";
    /// A place where visitors of web pages chat.
    WebchatDeploymentSid "WD";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_reads_back_what_it_wrote() {
        let text = "WT0123456789abcdef0123456789abcdef";
        let sid: TaskSid = text.parse().unwrap();
        assert_eq!(sid.to_string(), text);
        assert_eq!(serde_json::from_str::<TaskSid>(&format!("\"{text}\"")).unwrap(), sid);
    }

    #[test]
    fn another_kind_or_length_is_refused() {
        for text in ["WK0123456789abcdef0123456789abcdef", "WT0123", "", "WT+123456789abcdef0123456789abcdef"]
        {
            assert!(text.parse::<TaskSid>().is_err(), "{text}");
        }
    }
}
