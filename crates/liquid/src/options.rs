//! What a render may do and what it has to know of the world: limits, dialect, moment and time zone.

use domain::Timestamp;
use jiff::tz::TimeZone;

/// The most iterations of one loop in a flow's template.
/// <https://www.twilio.com/docs/studio/user-guide/liquid-template-language>
const STUDIO_LOOP_LIMIT: usize = 15;

/// The longest text of a flow's template in bytes, as the same page has it.
const STUDIO_OUTPUT_LIMIT: usize = 16 * 1024;

/// The most steps of one render of a flow's template: far above what fifteen iterations in three nested
/// loops take, and done in a fraction of a second.
const STUDIO_WORK_LIMIT: usize = 1_000_000;

/// The limits, dialect and moment of a render.
#[derive(Debug, Clone)]
pub struct Options {
    /// The moment that `'now'` and `'today'` mean in the `date` filter.
    pub now: Timestamp,
    /// The time zone in which the `date` filter reads and writes.
    pub time_zone: TimeZone,
    /// The iterations after which a loop ends as if its collection had ended there, without an error.
    pub loop_limit: Option<usize>,
    /// The bytes of output beyond which a render fails.
    pub output_limit: Option<usize>,
    /// The steps beyond which a render fails: one for each output, tag and iteration, more for long values.
    pub work_limit: Option<usize>,
    /// Whether outputs that land inside a JSON string of the text are escaped so that they stay inside it.
    pub json_safe: bool,
    /// Whether `<`, `>`, `<=` and `>=` read numeric strings as numbers, and are false for values without
    /// an order, where the standard language fails.
    pub lax_order: bool,
}

impl Options {
    /// Returns the limits and the dialect of flows, in UTC.
    pub fn studio(now: Timestamp) -> Self {
        Self {
            now,
            time_zone: TimeZone::UTC,
            loop_limit: Some(STUDIO_LOOP_LIMIT),
            output_limit: Some(STUDIO_OUTPUT_LIMIT),
            work_limit: Some(STUDIO_WORK_LIMIT),
            json_safe: false,
            lax_order: true,
        }
    }

    /// Returns the standard language without limits, in UTC: for templates that are trusted.
    pub fn unlimited(now: Timestamp) -> Self {
        Self { loop_limit: None, output_limit: None, work_limit: None, lax_order: false, ..Self::studio(now) }
    }
}
