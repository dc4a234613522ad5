//! Commands about activities.

use domain::ActivitySid;

/// Creates an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateActivity {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// Whether a worker in it takes tasks; can not be changed later.
    pub available: bool,
}

/// Renames an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateActivity {
    /// The activity.
    pub sid: ActivitySid,
    /// Another name.
    pub friendly_name: Option<String>,
}

/// Deletes an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteActivity {
    /// The activity.
    pub sid: ActivitySid,
}
