//! How a type describes its element once, for reading and writing alike.

mod callback;
mod choice;
mod element;
mod one_of;
mod pass;
mod value;

pub use callback::{Callback, Method, StatusCallback};
pub use value::{Digits, Keys};

pub(crate) use callback::{RECORDING_STATUS_CALLBACK, STATUS_CALLBACK};
pub(crate) use choice::choice;
pub(crate) use element::Element;
pub(crate) use one_of::{OneOf, one_of};
pub(crate) use pass::{Pass, Reading};
pub(crate) use value::Value;
