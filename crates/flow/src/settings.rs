//! What an installation may set about how its flows run.

use std::str::FromStr;

use jiff::tz::TimeZone;

use crate::Providers;

/// How a flow runs; the shell fills it from the workspace and the flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whether JSON that a template broke is left broken, without a second try that escapes values.
    pub strict_liquid: bool,
    /// The zone in which conditions and the `date` filter tell time.
    pub time_zone: TimeZone,
    /// What happens to a message that finds an execution stuck.
    pub stuck_policy: StuckPolicy,
    /// How often a `for` loop of a template may run; `None` for the documented limit.
    pub loop_limit: Option<usize>,
    /// How many bytes a template may write; `None` for the documented limit.
    pub output_limit: Option<usize>,
    /// Who takes payments and lets machines talk with callers.
    pub providers: Providers,
}

/// What happens to a message that finds an execution which has waited long for something other than a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StuckPolicy {
    /// The stuck execution is stopped and the message starts a new one.
    #[default]
    NewestMessageWins,
    /// The message is queued until the execution asks for one.
    Wait,
}

impl FromStr for StuckPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "newest-message-wins" => Ok(Self::NewestMessageWins),
            "wait" => Ok(Self::Wait),
            other => Err(format!("'{other}' is not known: newest-message-wins or wait is expected")),
        }
    }
}

impl StuckPolicy {
    /// Returns the policy's name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewestMessageWins => "newest-message-wins",
            Self::Wait => "wait",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict_liquid: false,
            time_zone: TimeZone::UTC,
            stuck_policy: StuckPolicy::default(),
            loop_limit: None,
            output_limit: None,
            providers: Providers::default(),
        }
    }
}

impl Settings {
    /// Returns the settings with the time zone of this IANA name; an unknown name is given back as the error.
    pub fn with_time_zone(self, name: &str) -> Result<Self, String> {
        let time_zone = TimeZone::get(name).map_err(|_| {
            format!("'{name}' is not a time zone: a name such as UTC or Europe/Berlin is expected")
        })?;
        Ok(Self { time_zone, ..self })
    }
}
