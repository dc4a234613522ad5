//! Calls: the exchange's loop, and the lines, audio and documents that it commands.

mod admission;
mod answerers;
mod arrivals;
mod audio;
mod clips;
mod devices;
mod documents;
mod drives;
mod instructions;
mod leftovers;
mod lines;
mod notices;
mod outgoing;
mod reading;
mod recognition;
mod recognizer;
mod router_desk;
mod router_news;
mod service;
mod start;
mod stop;
mod streams;
mod switchboard;
mod trunks;

pub(crate) use clips::Files;
pub(crate) use devices::DeviceDoor;
pub(crate) use instructions::carry_out;
pub(crate) use notices::{CallNotice, tell};
pub(crate) use outgoing::{CallOrder, PlacedCall, await_outcome, place};
pub(crate) use recognizer::Recognizer;
pub(crate) use router_news::{of_notice, of_release};
pub(crate) use start::start;
pub(crate) use stop::stop;
pub(crate) use switchboard::Switchboard;
pub(crate) use trunks::{Trunks, reload as reload_trunks};
