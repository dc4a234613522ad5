//! What `<Start>` sets going and `<Stop>` ends, while other verbs are performed.

use super::{Recording, Siprec, Stream, Transcription};
use crate::schema::one_of;

one_of! {
    /// A service in the background of a call.
    pub enum BackgroundService { Stream, Siprec, Transcription, Recording }
}
