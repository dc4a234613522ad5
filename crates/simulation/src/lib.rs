//! The engines on one thread under a virtual clock: what takes hours in life takes microseconds here.
//!
//! What it is: [`rehearsal`] runs flows through the engine that the server runs. People, carriers and the router are
//! played by what a scenario says of them.
//! What it is not: no files, no sockets, no clock of its own: the commands read files, and time moves when a scenario
//! says so.
//!
//! ```text
//! rehearsal::read(text, path)                     -> Result<Vec<Scenario>, ReadError>
//! RehearsedFlow::parse(&definition, settings)     -> Result<RehearsedFlow, Vec<flow::Problem>>
//! Run::of(&scenario, &flow)                       -> Run        (its transcript, and what failed)
//! coverage.add(&run)                              -> ()         (then: coverage.never_taken())
//! Stage::begin(&flow, trigger, answers, at)       -> Stage      (by hand, step by step)
//! explore(&definition, &flow, stories)            -> Coverage   (by chance: which ways can be taken at all)
//! ```
//!
//! Invariants:
//! - The same scenario and flow give the same transcript, SIDs included.
//! - What a run is judged by is what its transcript shows.

mod exploration;
pub mod rehearsal;

pub use exploration::explore;
