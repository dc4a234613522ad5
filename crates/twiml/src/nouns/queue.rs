//! `<Queue>`: the caller who waits longest in a queue, to be talked to.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Element, Pass};

/// A queue whose first caller is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Queue {
    /// The name of the queue.
    pub name: String,
    /// TwiML that the waiting caller hears before being connected.
    pub whisper: Callback,
    /// The reservation to accept: its task's caller is taken.
    pub reservation_sid: Option<String>,
    /// The activity of the worker after the call.
    pub post_work_activity_sid: Option<String>,
}

impl Element for Queue {
    const NAME: &'static str = "Queue";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["url", "method"], &mut self.whisper, 14210);
        pass.text("reservationSid", &mut self.reservation_sid);
        pass.text("postWorkActivitySid", &mut self.post_work_activity_sid);
        pass.inner_text(&mut self.name);
    }
}
