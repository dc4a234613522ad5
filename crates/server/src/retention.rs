//! The job that forgets: history when the installation is set to, and what carriers told long ago.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use store::{Error, InstallationSettings, Unit, resources, retention, submissions};

use crate::clock;
use crate::house::House;

/// How often the job looks.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How many media one transaction forgets.
const MEDIA_AT_ONCE: usize = 500;

/// How many days what a carrier told is known when it tells it again: providers repeat themselves for days.
const CARRIER_DAYS: u32 = 7;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Forgets every hour, for as long as the process runs.
pub(crate) async fn keep(house: Arc<House>) {
    loop {
        match forget(&house).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "history older than retention_days was deleted"),
            Err(error) => tracing::error!(%error, "old history could not be deleted"),
        }
        if let Err(error) = submissions::forget_told(&house.store, clock::now() - DAY * CARRIER_DAYS).await {
            tracing::error!(%error, "what carriers told long ago could not be deleted");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn forget(house: &House) -> Result<usize, Error> {
    let settings: Option<InstallationSettings> =
        resources::fetch(&house.store, InstallationSettings::KEY).await?;
    match settings.map_or(0, |settings| settings.retention_days) {
        0 => Ok(0),
        days => forget_before(house, clock::now() - DAY * days).await,
    }
}

/// Removes the files first: should the process end in between, the next look finds the rows and goes on.
async fn forget_before(house: &House, cutoff: Timestamp) -> Result<usize, Error> {
    let media = retention::media(&house.store, cutoff).await?;
    for some in media.chunks(MEDIA_AT_ONCE) {
        let mut unit = Unit::new();
        for medium in some {
            house.media.remove(*medium).await?;
            unit.push(resources::delete(&medium.to_string()));
        }
        house.store.commit(unit).await?;
    }
    retention::forget(&house.store, cutoff).await
}

#[cfg(test)]
mod tests {
    use conversation::{
        AddMessage, Command, ConversationState, CreateConversation, MessageMedia, Origin, UpdateConversation,
    };
    use domain::{ConversationSid, MediaSid, Sid};
    use store::Medium;

    use super::*;
    use crate::conversations;
    use crate::embedded::Embedded;

    #[tokio::test]
    async fn the_media_of_old_conversations_go_with_them_and_those_of_open_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let product = Embedded::open(folder.path()).await.unwrap();
        let house = &product.installation.house;
        let (over, open) = (talk(house).await, talk(house).await);
        let closed = Some(ConversationState::Closed);
        let close = UpdateConversation { state: closed, ..UpdateConversation::default() };
        conversations::execute(house, over.0, Command::UpdateConversation(close), Origin::api())
            .await
            .unwrap();
        assert_eq!(forget_before(house, clock::now() - DAY).await, Ok(0), "it is not old yet");
        assert!(house.media.get(over.1).await.unwrap().is_some());
        assert!(forget_before(house, clock::now() + DAY).await.unwrap() > 0);
        for (talk, is_kept) in [(over, false), (open, true)] {
            assert_eq!(house.media.get(talk.1).await.unwrap().is_some(), is_kept);
            let row: Option<Medium> = resources::fetch(&house.store, &talk.1.to_string()).await.unwrap();
            assert_eq!(row.is_some(), is_kept);
        }
    }

    /// Makes a conversation with a message that has a file.
    async fn talk(house: &Arc<House>) -> (ConversationSid, MediaSid) {
        let mut tick = clock::tick();
        let medium = Medium {
            sid: tick.sid(),
            account: house.account,
            service: Sid::from_bits(1),
            size: 3,
            content_type: "text/plain".into(),
            filename: Some("a.txt".into()),
            source_url: None,
            date_created: tick.now,
            date_updated: tick.now,
        };
        house.media.put(medium.sid, b"abc".to_vec()).await.unwrap();
        house.store.commit(Unit::new().with(resources::insert(&medium))).await.unwrap();
        let create = CreateConversation::of(house.account, medium.service);
        let sid = conversations::create(house, create, Origin::api()).await.unwrap();
        let shown = MessageMedia {
            sid: medium.sid,
            size: medium.size,
            content_type: medium.content_type,
            filename: medium.filename,
        };
        let message = AddMessage { media: vec![shown], ..AddMessage::default() };
        let add = Command::AddMessage(Box::new(message));
        conversations::execute(house, sid, add, Origin::api()).await.unwrap();
        (sid, medium.sid)
    }
}
