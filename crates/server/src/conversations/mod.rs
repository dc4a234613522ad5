//! Conversations in the product: each has one writer, its lane, that decides, commits and only then answers.
//!
//! `desk` is the writer and the way in; `acting` writes down or owes what a conversation asks of the world, and each
//! other file joins it to one neighbour: networks, applications, flows, agents.

mod acting;
mod arrivals;
mod desk;
mod flow_orders;
mod flow_replies;
mod hooks;
mod outgoing;
mod router_join;
mod shelf;
mod sweeping;

pub(crate) use self::arrivals::take_message;
pub(crate) use self::desk::{Conversations, create, execute, look, tell, wake};
pub(crate) use self::flow_orders::{FlowAsker, FlowOrder, Wish, fill};
pub(crate) use self::flow_replies::{InteractionNews, lane_of, pass_message, tell_of_interaction};
pub(crate) use self::hooks::{HookCall, HookInquiry, ask, call, settings};
pub(crate) use self::outgoing::{Delivery, report, send};
pub(crate) use self::router_join::{
    InviteOrder, ReservationOrder, answer_reservation, create_task, end_task, of_notice, of_release,
    policy_of,
};
pub(crate) use self::sweeping::keep;
