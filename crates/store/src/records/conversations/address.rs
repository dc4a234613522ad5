//! Address configurations, which the engine reads, as records: one for each address of ours.

use conversation::AddressConfiguration;

record!(AddressConfiguration, "address_configuration", below account_sid, named address);
