//! Address configurations, which the engine reads, as records: one for each address of ours.

use conversation::AddressConfiguration;

use super::record;

record!(
    AddressConfiguration,
    "address_configuration",
    |it| it.sid.to_string(),
    |it| it.account_sid.to_string(),
    |it| Some(it.address.clone())
);
