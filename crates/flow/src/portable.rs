//! Definitions that move between installations: one canonical form, and names in the place of SIDs.

mod bindings;
mod canonical;

pub use bindings::{BindingError, Bindings, PriorityOrder, ResourceKind};
pub use canonical::{canonical, canonical_text, with_names, with_sids};
