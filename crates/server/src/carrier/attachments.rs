//! Media that only a carrier has: fetched when their message comes, and kept here.

use std::sync::Arc;

use api::Failure;
use carriers::{Attachment, Content, Unfetched};
use domain::ConversationServiceSid;
use store::{Media, Medium, resources};

use super::bindings::Bound;
use crate::house::House;
use crate::work::Work;
use crate::{clock, conversations};

/// The largest medium that is kept, as of those that are uploaded.
const BYTES_MAX: usize = 16 << 20;

/// Keeps the media of a message; one that is gone for good is left out, since the text still counts.
pub(super) async fn keep(
    house: &Arc<House>,
    bound: &Bound,
    work: &mut Work,
    attachments: &[Attachment],
) -> Result<Vec<Media>, Failure> {
    let mut media = Vec::new();
    if attachments.is_empty() {
        return Ok(media);
    }
    let service = conversations::settings(house).await?.default_service_sid;
    for attachment in attachments {
        if let Some(content) = content_of(bound, attachment).await? {
            media.push(keep_one(house, work, (service, attachment), content).await?);
        }
    }
    Ok(media)
}

async fn content_of(bound: &Bound, attachment: &Attachment) -> Result<Option<Vec<u8>>, Failure> {
    let content = match &attachment.content {
        Content::Held(bytes) => Ok(bytes.clone()),
        Content::AtProvider(key) => bound.carrier.fetch(key).await,
    };
    match content {
        Ok(bytes) if bytes.is_empty() || bytes.len() > BYTES_MAX => {
            tracing::warn!(carrier = bound.name, bytes = bytes.len(), "a medium is empty or too large");
            Ok(None)
        }
        Ok(bytes) => Ok(Some(bytes)),
        Err(Unfetched::Gone(reason)) => {
            tracing::warn!(carrier = bound.name, reason, "a medium can not be had");
            Ok(None)
        }
        Err(Unfetched::Later(reason)) => Err(store::Error::Unavailable(reason).into()),
    }
}

async fn keep_one(
    house: &House,
    work: &mut Work,
    (service, attachment): (ConversationServiceSid, &Attachment),
    content: Vec<u8>,
) -> Result<Media, Failure> {
    let mut tick = clock::tick();
    let medium = Medium {
        sid: tick.sid(),
        account: house.account,
        service,
        size: content.len() as u64,
        content_type: api::payloads::medium_type(&content, Some(&attachment.content_type)),
        filename: attachment.filename.as_deref().and_then(api::payloads::medium_name),
        source_url: None,
        date_created: tick.now,
        date_updated: tick.now,
    };
    house.media.put(medium.sid, content).await?;
    work.write(resources::insert(&medium));
    Ok(Media {
        url: house.link_to(medium.sid),
        content_type: Some(medium.content_type),
        kept: Some(medium.sid),
    })
}
