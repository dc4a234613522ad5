//! The widgets: one file each, and one line in the list.

mod add_twiml_redirect;
mod capture_payments;
mod common;
mod connect_call_to;
mod connect_virtual_agent;
mod connect_virtual_agent_v2;
mod enqueue_call;
mod fork_stream;
mod gather_input_on_call;
mod make_http_request;
mod make_outgoing_call_v1;
mod make_outgoing_call_v2;
mod record_call;
mod record_voicemail;
mod resume_conversation;
mod run_conversation_relay;
mod run_function;
mod run_subflow;
mod say_play;
mod send_and_wait_for_reply;
mod send_message;
mod send_to_auto_pilot;
mod send_to_flex;
mod set_variables;
mod split_based_on;
mod start_conversation;
mod trigger;

use crate::WidgetKind;

/// All types of widget, in the order in which the editor shows them.
pub(crate) static ALL: &[&WidgetKind] = &[
    &trigger::KIND,
    &split_based_on::KIND,
    &set_variables::KIND,
    &run_subflow::KIND,
    &send_message::KIND,
    &send_and_wait_for_reply::KIND,
    &start_conversation::KIND,
    &resume_conversation::KIND,
    &say_play::KIND,
    &gather_input_on_call::KIND,
    &connect_call_to::KIND,
    &make_outgoing_call_v2::KIND,
    &make_outgoing_call_v1::KIND,
    &record_voicemail::KIND,
    &record_call::KIND,
    &capture_payments::KIND,
    &fork_stream::KIND,
    &run_conversation_relay::KIND,
    &send_to_flex::KIND,
    &enqueue_call::KIND,
    &connect_virtual_agent_v2::KIND,
    &connect_virtual_agent::KIND,
    &send_to_auto_pilot::KIND,
    &run_function::KIND,
    &make_http_request::KIND,
    &add_twiml_redirect::KIND,
];
