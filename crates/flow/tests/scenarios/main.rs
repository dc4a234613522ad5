//! Stories about flows, told from outside: events go in, every action that comes out is asserted.

mod calls;
mod context;
mod conversations;
mod definitions;
mod every_way;
mod http;
mod limits;
mod messages;
mod random;
mod scenario;
mod send_to_flex;
mod subflows;
mod unrun_widgets;
mod voice_widgets;
