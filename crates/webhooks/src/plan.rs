//! How long, how often and how much: the limits of one request after the overrides in its URL.

use std::time::Duration;

use crate::overrides::{Overrides, RetryOn};
use crate::{Failure, Request, Response};

/// How long connecting may take where nothing else is said.
const CONNECT: Duration = Duration::from_secs(5);
/// Connect timeouts are rounded up to this step, since each needs connections of its own.
const CONNECT_STEP_MS: u128 = 100;

/// The limits of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// How long connecting may take.
    pub(crate) connect: Duration,
    /// How long the answer may keep silent.
    pub(crate) read: Duration,
    /// How long all attempts may take together.
    pub(crate) total: Duration,
    /// How often it is tried again.
    pub(crate) retries: u8,
    retry_on: RetryOn,
}

impl Plan {
    /// Joins what the request asks for with what its URL overrides: no override makes the request longer.
    pub(crate) fn new(request: &Request, overrides: Overrides) -> Self {
        let total = overrides.total.map_or(request.timeout, |total| total.min(request.timeout));
        Self {
            connect: stepped(overrides.connect.unwrap_or(CONNECT)),
            read: overrides.read.map_or(total, |read| read.min(total)),
            total,
            retries: overrides.retries.unwrap_or(request.retries),
            retry_on: overrides.retry_on.unwrap_or(RetryOn::CONNECT),
        }
    }

    /// Tells whether an outcome is worth another attempt.
    pub(crate) fn is_worth_another(&self, outcome: &Result<Response, Failure>) -> bool {
        let on = self.retry_on;
        match outcome {
            Ok(response) => match response.status {
                400..=499 => on.client_error,
                500..=599 => on.server_error,
                _ => false,
            },
            Err(Failure::Timeout { .. }) => on.read,
            Err(failure) => on.connect && failure.is_unsent() && failure.is_passing(),
        }
    }
}

fn stepped(timeout: Duration) -> Duration {
    let steps = timeout.as_millis().div_ceil(CONNECT_STEP_MS);
    Duration::from_millis(u64::try_from(steps * CONNECT_STEP_MS).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_shorten_a_request_and_never_lengthen_it() {
        let request = Request { timeout: Duration::from_secs(5), ..Request::get("https://a.example") };
        let plan = |fragment| Plan::new(&request, Overrides::parse(fragment));
        assert_eq!(plan("").total, Duration::from_secs(5));
        assert_eq!(plan("").read, Duration::from_secs(5));
        assert_eq!(plan("tt=15000&rt=15000"), plan(""));
        assert_eq!(plan("tt=1000").total, Duration::from_secs(1));
        assert_eq!(plan("tt=1000").read, Duration::from_secs(1));
        assert_eq!(plan("ct=2010").connect, Duration::from_millis(2100));
    }

    #[test]
    fn what_may_have_been_received_is_tried_again_only_on_request() {
        let target = String::new;
        let unreachable = || Err(Failure::Unreachable { target: target(), reason: String::new() });
        let timeout = || Err(Failure::Timeout { target: target(), within: Duration::ZERO });
        let too_large = || Err(Failure::TooLarge { target: target(), limit_bytes: 0 });
        let cases = [
            ("", unreachable(), true),
            ("", timeout(), false),
            ("", answer(500), false),
            ("rp=rt", timeout(), true),
            ("rp=rt", unreachable(), false),
            ("rp=5xx", answer(503), true),
            ("rp=5xx", answer(404), false),
            ("rp=4xx", answer(404), true),
            ("rp=all", answer(200), false),
            ("rp=all", too_large(), false),
        ];
        for (fragment, outcome, expected) in cases {
            let plan = Plan::new(&Request::get(""), Overrides::parse(fragment));
            assert_eq!(plan.is_worth_another(&outcome), expected, "#{fragment} {outcome:?}");
        }
    }

    fn answer(status: u16) -> Result<Response, Failure> {
        let (content_type, headers, body, url) = Default::default();
        Ok(Response { status, content_type, headers, body, url })
    }
}
