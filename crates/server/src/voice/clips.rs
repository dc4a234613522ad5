//! Audio by URL and spoken text, made ready to be played: fetched and spoken once, then shared.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call::Playback;
use domain::Timestamp;
use media::{Clip, Utterance};
use parking_lot::Mutex;
use webhooks::Request;

use super::switchboard::Request as Told;
use crate::clock;
use crate::house::House;

/// The largest file that is played.
const FILE_BYTES_MAX: usize = 40 * 1024 * 1024;

/// How long a file is played from memory before its server is asked again.
const FRESH_FOR: Duration = Duration::from_secs(300);

/// How many files are kept in memory.
const FILES_MAX: usize = 200;

/// What is to be made ready.
pub(super) enum Wanted {
    /// Spoken text.
    Speech(Utterance),
    /// A file, by its absolute URL.
    File(String),
}

/// Files that were fetched lately.
#[derive(Default)]
pub(crate) struct Files(Mutex<BTreeMap<String, (Timestamp, Arc<Clip>)>>);

/// Makes audio ready, and tells the exchange's loop.
pub(super) async fn fetch(house: &Arc<House>, playback: Playback, wanted: Wanted) {
    let clip = match wanted {
        Wanted::File(url) => file(house, &url).await,
        Wanted::Speech(utterance) => house.speech.say(house.webhooks(), &utterance).await,
    };
    // The loop may have ended with the process.
    let _ = house.switchboard.send(Told::ClipReady(playback, clip)).await;
}

async fn file(house: &House, url: &str) -> Result<Arc<Clip>, String> {
    if let Some(clip) = house.files.fresh(url) {
        return Ok(clip);
    }
    let request = Request { limit_bytes: FILE_BYTES_MAX, is_signed: false, ..Request::get(url) };
    let response = house.webhooks().send(request).await.map_err(|failure| failure.to_string())?;
    if !response.is_success() {
        return Err(format!("{url} answers HTTP {}", response.status));
    }
    let bytes = response.body.to_vec();
    let decoded = tokio::task::spawn_blocking(move || Clip::from_file_bytes(bytes)).await;
    let clip =
        Arc::new(decoded.map_err(|error| error.to_string())?.map_err(|error| format!("{url}: {error}"))?);
    house.files.keep(url, &clip);
    Ok(clip)
}

impl Files {
    fn fresh(&self, url: &str) -> Option<Arc<Clip>> {
        let files = self.0.lock();
        let (fetched_at, clip) = files.get(url)?;
        (clock::now().since(*fetched_at) < FRESH_FOR).then(|| Arc::clone(clip))
    }

    fn keep(&self, url: &str, clip: &Arc<Clip>) {
        let mut files = self.0.lock();
        if files.len() >= FILES_MAX {
            let oldest = files.iter().min_by_key(|(_, (at, _))| *at).map(|(url, _)| url.clone());
            oldest.map(|url| files.remove(&url));
        }
        files.insert(url.to_owned(), (clock::now(), Arc::clone(clip)));
    }
}
