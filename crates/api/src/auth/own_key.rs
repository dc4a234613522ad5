//! The key that signs what this installation gives out itself: access tokens and sessions of people who log in.

use domain::KeySid;
use store::{Key, Unit, resources};

use crate::app::App;
use crate::error::ApiError;
use crate::secrets;

/// The key's SID; deleting the key ends all tokens and sessions, and the next one makes it anew.
const OWN_KEY: &str = "SK00000000000000000000000000000000";

/// Returns the key, made on first use.
pub(crate) async fn own_key(app: &App) -> Result<Key, ApiError> {
    let sid: KeySid = OWN_KEY.parse().expect("a constant SID is a SID");
    if let Some(key) = resources::fetch(&app.store, OWN_KEY).await? {
        return Ok(key);
    }
    let (secret, now) = (app.platform.secret(), app.now());
    let key = Key {
        sid,
        account: app.account,
        friendly_name: "Access tokens of people who log in".to_owned(),
        secret_digest: secrets::digest(&secret),
        secret: Some(secret),
        date_created: now,
        date_updated: now,
    };
    match app.store.commit(Unit::new().with(resources::insert(&key))).await {
        Ok(()) => Ok(key),
        // Another request made it at the same time.
        Err(store::Error::Duplicate(_)) => {
            resources::fetch(&app.store, OWN_KEY).await?.ok_or_else(ApiError::not_found)
        }
        Err(error) => Err(error.into()),
    }
}
