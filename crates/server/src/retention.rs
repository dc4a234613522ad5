//! The job that forgets: history when the installation is set to, and what carriers told long ago.

use std::sync::Arc;
use std::time::Duration;

use store::{Error, InstallationSettings, resources, retention, submissions};

use crate::clock;
use crate::house::House;

/// How often the job looks.
const EVERY: Duration = Duration::from_secs(60 * 60);

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
        days => retention::forget(&house.store, clock::now() - DAY * days).await,
    }
}
