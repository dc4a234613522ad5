//! What follows from commands and events, a file for each part of a conversation's life.

mod ending;
mod inviting;
mod joining;
mod leaving;
mod living;
mod publishing;
mod task_attributes;
