//! Messages: checked and written down before anybody hears of them, and followed until their fate is known.
//!
//! `receiving` and `sending` are the two ways in, `composing` makes a message of what is asked for, `progress` moves it
//! on, and `answering` asks the applications behind numbers and messaging services.

mod answering;
mod composing;
mod loop_guard;
mod opt_out;
mod progress;
mod receiving;
mod segments;
mod senders;
mod sending;
mod templates;
mod window;

use api::Failure;

pub(crate) use self::answering::{Listener, answer, listener};
pub(crate) use self::loop_guard::LoopGuard;
pub(crate) use self::progress::{cancel, reach, send_out, wake};
pub(crate) use self::receiving::{receive, receive_with};
pub(crate) use self::senders::sender_for;
pub(crate) use self::sending::{send, send_for_conversation, send_for_flow};
pub(crate) use self::templates::approved_template;

use crate::house::House;

/// How many errands may wait before no further message is taken on: a minute's work at the worst.
const ERRANDS_WAITING_MAX: usize = 50_000;

/// Refuses work that could only wait: who sent it can slow down, a queue without an end can not.
pub(crate) fn check_load(house: &House) -> Result<(), Failure> {
    if house.errands_waiting() > ERRANDS_WAITING_MAX { Err(Failure::Busy) } else { Ok(()) }
}
