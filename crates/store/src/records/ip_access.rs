//! Lists of addresses from which SIP calls are taken.

use std::net::IpAddr;

use domain::{AccountSid, IpAccessControlListSid, IpAddressSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A list of addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IpAccessControlList {
    /// Its SID.
    pub sid: IpAccessControlListSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// An address, or the network around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IpAddress {
    /// Its SID.
    pub sid: IpAddressSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The list.
    pub list: IpAccessControlListSid,
    /// Its name.
    pub friendly_name: String,
    /// The address.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix_length: u8,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(IpAccessControlList, "ip_access_control_list", below account);

record!(IpAddress, "ip_address", below list);
