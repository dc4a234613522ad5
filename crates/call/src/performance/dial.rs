//! `<Dial>`: which of its three kinds it is.

use twiml::{Dial, DialTarget};

use super::Perform;
use super::{dial_conference, dial_legs, dial_queue};

/// Makes the performance: of legs, of a conference or of a queue.
pub(super) fn performance(mut dial: Dial) -> Box<dyn Perform> {
    let room = dial
        .targets
        .iter()
        .position(|target| matches!(target, DialTarget::Conference(_) | DialTarget::Queue(_)))
        .map(|index| dial.targets.remove(index));
    match room {
        Some(DialTarget::Conference(conference)) => {
            Box::new(dial_conference::Performance::new(dial, conference))
        }
        Some(DialTarget::Queue(queue)) => Box::new(dial_queue::Performance::new(dial, queue)),
        Some(
            DialTarget::Number(_)
            | DialTarget::Client(_)
            | DialTarget::Sip(_)
            | DialTarget::Sim(_)
            | DialTarget::Application(_)
            | DialTarget::WhatsApp(_),
        )
        | None => Box::new(dial_legs::Performance::new(dial)),
    }
}
