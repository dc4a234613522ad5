//! The trunks at hand: those of the configuration file and those that the API keeps, read again when either changes.

use std::sync::Arc;

use anyhow::bail;
use domain::Tick;
use parking_lot::RwLock;
use store::{Error, Trunk, TrunkTarget, Unit, resources};
use webhooks::Cidr;

use crate::clock;
use crate::config::TrunkTable;
use crate::house::House;

/// The trunks, as they were last read.
pub(crate) type Trunks = Arc<RwLock<Vec<Trunk>>>;

/// Reads the trunks again.
pub(crate) async fn reload(house: &House) -> Result<(), Error> {
    let all: Vec<Trunk> = resources::all(&house.store, &house.account.to_string()).await?;
    *house.trunks.write() = all;
    Ok(())
}

/// Makes the trunks of the configuration file what the file says; those that it names no more are gone.
pub(super) async fn take_from_file(house: &House, tables: &[TrunkTable]) -> anyhow::Result<()> {
    let account = house.account.to_string();
    let mut before: Vec<Trunk> = resources::all(&house.store, &account).await?;
    let mut unit = Unit::new();
    for table in tables {
        let place = before.iter().position(|trunk| trunk.name == table.name);
        let old = place.map(|place| before.remove(place));
        let trunk = trunk_of(house, table, old.as_ref(), &mut clock::tick())?;
        unit.push(resources::put(&trunk));
    }
    for gone in before.iter().filter(|trunk| trunk.is_from_file) {
        unit.push(resources::delete(&gone.sid.to_string()));
    }
    Ok(house.store.commit(unit).await?)
}

fn trunk_of(
    house: &House,
    table: &TrunkTable,
    old: Option<&Trunk>,
    tick: &mut Tick,
) -> anyhow::Result<Trunk> {
    let name = table.name.trim();
    if name.is_empty() {
        bail!("a [[trunk]] of the configuration file has no name\n  hint: name = \"main\"");
    }
    for network in &table.inbound {
        if network.parse::<Cidr>().is_err() {
            bail!(
                "the trunk {name} has the inbound network '{network}': one such as 192.0.2.0/24 is expected"
            );
        }
    }
    if let Some(uri) = table.outbound.iter().find(|uri| !uri.starts_with("sip:") && !uri.starts_with("sips:"))
    {
        bail!(
            "the trunk {name} has the outbound place '{uri}': one such as sip:gateway.example.com is expected"
        );
    }
    let place =
        |(at, uri): (usize, &String)| TrunkTarget { uri: uri.clone(), priority: at as u16, weight: 10 };
    Ok(Trunk {
        sid: old.map_or_else(|| tick.sid(), |old| old.sid),
        account: house.account,
        name: name.to_owned(),
        inbound_networks: table.inbound.clone(),
        outbound: table.outbound.iter().enumerate().map(place).collect(),
        username: table.username.clone(),
        password: table.password.clone(),
        is_from_file: true,
        date_created: old.map_or(tick.now, |old| old.date_created),
        date_updated: tick.now,
    })
}
