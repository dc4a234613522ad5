//! WhatsApp's window: free text only within a day of the contact's last message; templates at any time.

use std::time::Duration;

use store::{Error, Message, messages};

use super::composing::Rejection;
use crate::clock;
use crate::house::House;

/// How long a contact may be answered freely.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns why a message may not go out by this network at this time, if it may not.
pub(super) async fn check(house: &House, message: &Message) -> Result<Option<Rejection>, Error> {
    if message.to.channel_type() != "whatsapp" || message.options.content.is_some() {
        return Ok(None);
    }
    let last = messages::last_received(&house.store, &message.to, &message.from).await?;
    Ok(match last {
        Some(last) if clock::now() <= last + WINDOW => None,
        Some(last) => Some(closed(format!("{} last wrote at {}", message.to, last.to_iso8601()))),
        None => Some(closed(format!("{} has never written to {}", message.to, message.from))),
    })
}

fn closed(fact: String) -> Rejection {
    let reason = format!(
        "{fact}: WhatsApp takes free text for 24 hours after the contact's last message; send a template with ContentSid"
    );
    Rejection { code: 63016, parameter: "Body", reason }
}
