//! The widgets: one file each, and one line here.

mod trigger;

use crate::WidgetKind;

/// All types of widget, in the order in which the editor shows them.
pub(crate) static ALL: &[&WidgetKind] = &[&trigger::KIND];
