//! What of the installation shows in requests and links.

use domain::AccountSid;
use serde::{Deserialize, Serialize};

/// What the exchange knows of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The account that all requests name.
    pub account_sid: AccountSid,
    /// Where the API is reached, without a slash at the end; recordings are linked there.
    pub api_url: String,
}
