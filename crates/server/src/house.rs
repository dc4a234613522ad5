//! What every part of the shell shares: the database, the engines' loops, the lanes and the clock's deadlines.

use std::sync::Arc;

use domain::AccountSid;
use store::Store;

use crate::flows::Library;
use crate::lanes::Lanes;
use crate::notices::NoticeBoard;
use crate::timers::Timers;
use crate::workspaces::Workspaces;

/// The running product, without its listeners.
pub(crate) struct House {
    /// The account that it serves.
    pub(crate) account: AccountSid,
    /// The database.
    pub(crate) store: Store,
    /// The workspaces' loops.
    pub(crate) workspaces: Workspaces,
    /// Flows compiled for running.
    pub(crate) library: Library,
    /// What concerns one contact's flow, in order.
    pub(crate) flow_lanes: Lanes,
    /// What carriers send between two addresses, in order.
    pub(crate) carrier_lanes: Lanes,
    /// When executions want to be woken.
    pub(crate) timers: Timers,
    /// Who listens to what happens.
    pub(crate) notices: NoticeBoard,
}

impl House {
    /// Makes the house on a database; workspaces, errands and deadlines are loaded by `start`.
    pub(crate) fn new(account: AccountSid, store: Store) -> Arc<Self> {
        Arc::new(Self {
            account,
            workspaces: Workspaces::default(),
            library: Library::new(store.clone()),
            store,
            flow_lanes: Lanes::start(),
            carrier_lanes: Lanes::start(),
            timers: Timers::default(),
            notices: NoticeBoard::default(),
        })
    }

    /// Returns how many errands of this process wait or run.
    pub(crate) fn errands_waiting(&self) -> usize {
        self.flow_lanes.waiting() + self.carrier_lanes.waiting()
    }
}
