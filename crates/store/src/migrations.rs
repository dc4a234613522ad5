//! The schema's history: each file is applied once, in order, and never changed after it was released.

/// The migrations, oldest first; a schema of version N has the first N of them.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_foundations.sql"),
    include_str!("migrations/0002_execution_search.sql"),
    include_str!("migrations/0003_lookups.sql"),
    include_str!("migrations/0004_calls.sql"),
    include_str!("migrations/0005_conversations.sql"),
    include_str!("migrations/0006_lean_assignments.sql"),
    include_str!("migrations/0007_webhook_messages.sql"),
    include_str!("migrations/0008_carriers.sql"),
    include_str!("migrations/0009_running_in_conversation.sql"),
    include_str!("migrations/0010_parts_and_threads.sql"),
    include_str!("migrations/0011_local_indexes.sql"),
    include_str!("migrations/0013_call_notes.sql"),
];
