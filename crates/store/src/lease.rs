//! Who may write: a lease row whose epoch grows with every new holder, checked by every commit.

use domain::Timestamp;

/// A request to be the one who writes a shard until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The part of the data that is leased; an embedded installation has one, `all`.
    pub shard: String,
    /// Who asks: unique to this run of this process.
    pub owner: String,
    /// The time at which it asks.
    pub now: Timestamp,
    /// Until when nobody else may take it without force.
    pub expires_at: Timestamp,
    /// Takes the lease even when another holder's has not run out: an embedded database's file lock says who is alone.
    pub force: bool,
}

/// The proof of a lease that a commit carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The shard written to.
    pub shard: String,
    /// The epoch under which this process writes.
    pub epoch: i64,
}

/// Takes the lease when it is free, ours, run out or forced, with an epoch one higher for a new owner.
pub(crate) const ACQUIRE: &str = "\
INSERT INTO leases (shard, owner, epoch, expires_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (shard) DO UPDATE SET
  epoch = CASE WHEN leases.owner = excluded.owner THEN leases.epoch ELSE leases.epoch + 1 END,
  owner = excluded.owner,
  expires_at = excluded.expires_at
WHERE leases.owner = excluded.owner OR leases.expires_at < $4 OR $5 = 1
RETURNING epoch";

/// Reads the epoch that is in force.
pub(crate) const EPOCH: &str = "SELECT epoch FROM leases WHERE shard = $1";
