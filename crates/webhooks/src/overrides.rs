//! Connection overrides: what the fragment of a webhook URL says about timeouts and retries, as in `#ct=2000&rc=2`.
//!
//! The fragment is neither sent nor signed. What is unknown or no number is passed over, what is out of bounds is
//! moved to the nearest bound: a URL that works elsewhere works here.

use std::time::Duration;

/// <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>
const CONNECT_MS: (u64, u64) = (100, 10_000);
const READ_MS: (u64, u64) = (100, 15_000);
const TOTAL_MS: (u64, u64) = (100, 15_000);
const RETRIES_MAX: u64 = 5;

/// What a URL's fragment overrides; `None` leaves the setting as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overrides {
    /// `ct`: how long connecting may take.
    pub(crate) connect: Option<Duration>,
    /// `rt`: how long the answer may keep silent.
    pub(crate) read: Option<Duration>,
    /// `tt`: how long all attempts may take together.
    pub(crate) total: Option<Duration>,
    /// `rc`: how often it is tried again.
    pub(crate) retries: Option<u8>,
    /// `rp`: what is tried again.
    pub(crate) retry_on: Option<RetryOn>,
}

/// Which outcomes are worth another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryOn {
    /// `ct`: no connection came about, so nothing was sent.
    pub(crate) connect: bool,
    /// `rt`: the answer did not come in time.
    pub(crate) read: bool,
    /// `4xx`: the application refused.
    pub(crate) client_error: bool,
    /// `5xx`: the application failed.
    pub(crate) server_error: bool,
}

impl RetryOn {
    /// Only what is sure not to have been received.
    pub(crate) const CONNECT: Self =
        Self { connect: true, read: false, client_error: false, server_error: false };

    const ALL: Self = Self { connect: true, read: true, client_error: true, server_error: true };
    const NOTHING: Self = Self { connect: false, ..Self::CONNECT };

    fn parse(list: &str) -> Self {
        list.split(',').fold(Self::NOTHING, |on, word| match word {
            "ct" => Self { connect: true, ..on },
            "rt" => Self { read: true, ..on },
            "4xx" => Self { client_error: true, ..on },
            "5xx" => Self { server_error: true, ..on },
            "all" => Self::ALL,
            _ => on,
        })
    }
}

impl Overrides {
    /// Reads a fragment, without its `#`.
    pub(crate) fn parse(fragment: &str) -> Self {
        let pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
        pairs.fold(Self::default(), |overrides, (name, value)| match name {
            "ct" => Self { connect: millis(value, CONNECT_MS), ..overrides },
            "rt" => Self { read: millis(value, READ_MS), ..overrides },
            "tt" => Self { total: millis(value, TOTAL_MS), ..overrides },
            "rc" => Self { retries: retries(value), ..overrides },
            "rp" => Self { retry_on: Some(RetryOn::parse(value)), ..overrides },
            _ => overrides,
        })
    }
}

fn millis(value: &str, (least, most): (u64, u64)) -> Option<Duration> {
    value.parse().ok().map(|millis: u64| Duration::from_millis(millis.clamp(least, most)))
}

fn retries(value: &str) -> Option<u8> {
    let count: u64 = value.parse().ok()?;
    u8::try_from(count.min(RETRIES_MAX)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_overrides_what_it_names_within_bounds() {
        let none = Overrides::default();
        let ms = |millis| Some(Duration::from_millis(millis));
        let on = |retry_on| Overrides { retry_on: Some(retry_on), ..none };
        let cases = [
            ("", none),
            ("section-2", none),
            ("edge=dublin&sni=y&x", none),
            ("ct=soon&rc=-1&tt=", none),
            ("ct=2000", Overrides { connect: ms(2_000), ..none }),
            ("ct=1&rt=99&tt=0", Overrides { connect: ms(100), read: ms(100), total: ms(100), ..none }),
            (
                "ct=60000&rt=60000&tt=60000&rc=99",
                Overrides {
                    connect: ms(10_000),
                    read: ms(15_000),
                    total: ms(15_000),
                    retries: Some(5),
                    ..none
                },
            ),
            ("rc=2", Overrides { retries: Some(2), ..none }),
            ("rp=ct", on(RetryOn::CONNECT)),
            ("rp=all", on(RetryOn::ALL)),
            ("rp=4xx,5xx", on(RetryOn { connect: false, read: false, ..RetryOn::ALL })),
            ("rp=ct,rt,teapot", on(RetryOn { read: true, ..RetryOn::CONNECT })),
        ];
        for (fragment, expected) in cases {
            assert_eq!(Overrides::parse(fragment), expected, "#{fragment}");
        }
    }
}
