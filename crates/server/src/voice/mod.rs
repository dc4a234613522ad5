//! Calls: the exchange's loop, and the lines, audio and documents that it commands.

mod devices;
mod switchboard;

pub(crate) use devices::DeviceDoor;
pub(crate) use switchboard::Switchboard;
