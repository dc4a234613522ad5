//! A naive router: plain vectors, scanned from end to end for every question. It says what the engine should do
//! and does not care how long that takes; `agreement` holds the two against each other.
//!
//! Whom a step may give work to is part of what is decided: first the workers whom it touched, in the order of
//! their creation, then the tasks that it left waiting, in their order.

mod ask;
mod asking;
mod ending;
mod matching;
mod people;
mod rules;
mod stepping;
mod transferring;
mod walking;
mod world;

pub(crate) use self::{ask::*, rules::*, world::*};
