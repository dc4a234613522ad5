//! The trunks at hand: those of the configuration file and those that the API keeps, read again when either changes,
//! and whether the places that they send calls to answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use anyhow::bail;
use domain::Tick;
use parking_lot::{RwLock, RwLockReadGuard};
use signaling::Signaling;
use store::{Error, Trunk, TrunkTarget, Unit, resources};
use webhooks::Cidr;

use crate::clock;
use crate::config::TrunkTable;
use crate::house::House;

/// The trunks, as they were last read, with how their places were last found.
#[derive(Clone, Default)]
pub(crate) struct Trunks(Arc<Book>);

#[derive(Default)]
struct Book {
    known: RwLock<Vec<Trunk>>,
    /// By the URI of a place: whether it answered when it was last asked.
    answers: RwLock<BTreeMap<String, bool>>,
    /// Who asks the places, where SIP is on.
    signaling: OnceLock<Signaling>,
}

impl Trunks {
    /// Returns the trunks.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Vec<Trunk>> {
        self.0.known.read()
    }

    /// Tells whether a place answered when it was last asked; nothing where that is not known yet.
    pub(crate) fn answers(&self, uri: &str) -> Option<bool> {
        self.0.answers.read().get(uri).copied()
    }

    /// Has the places watched from here on.
    pub(super) fn watch_by(&self, signaling: &Signaling) {
        if self.0.signaling.set(signaling.clone()).is_ok() {
            places(&self.read()).into_iter().for_each(|uri| signaling.watch(uri));
        }
    }

    /// Notes that a place began or ceased to answer.
    pub(super) fn note(&self, uri: String, is_up: bool) {
        match is_up {
            true => tracing::info!(uri, "a trunk's place answers"),
            false => tracing::warn!(uri, "a trunk's place does not answer: calls try it last"),
        }
        self.0.answers.write().insert(uri, is_up);
    }

    fn replace(&self, all: Vec<Trunk>) {
        let after = places(&all);
        let before = places(&std::mem::replace(&mut *self.0.known.write(), all));
        let Some(signaling) = self.0.signaling.get() else { return };
        for gone in before.difference(&after) {
            signaling.unwatch(gone);
            self.0.answers.write().remove(gone);
        }
        after.difference(&before).for_each(|uri| signaling.watch(uri));
    }
}

/// The places that trunks send calls to, each once.
fn places(trunks: &[Trunk]) -> BTreeSet<String> {
    trunks.iter().flat_map(|trunk| &trunk.outbound).map(|place| place.uri.clone()).collect()
}

/// Reads the trunks again.
pub(crate) async fn reload(house: &House) -> Result<(), Error> {
    let all: Vec<Trunk> = resources::all(&house.store, &house.account.to_string()).await?;
    house.trunks.replace(all);
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
    let target =
        |(at, uri): (usize, &String)| TrunkTarget { uri: uri.clone(), priority: at as u16, weight: 10 };
    Ok(Trunk {
        sid: old.map_or_else(|| tick.sid(), |old| old.sid),
        account: house.account,
        name: name.to_owned(),
        inbound_networks: table.inbound.clone(),
        outbound: table.outbound.iter().enumerate().map(target).collect(),
        username: table.username.clone(),
        password: table.password.clone(),
        is_secure: table.secure,
        is_from_file: true,
        date_created: old.map_or(tick.now, |old| old.date_created),
        date_updated: tick.now,
    })
}
