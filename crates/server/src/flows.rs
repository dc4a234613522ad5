//! Flows compiled for running: each revision once, for as long as it is in use.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::FlowSid;
use flow::{Execution, Flow, Settings, SubflowReference};
use jiff::tz::TimeZone;
use parking_lot::{Mutex, RwLock};
use store::{Error, FlowRecord, FlowRevision, Store, resources};

/// How many compiled revisions are kept; the one used longest ago makes room.
const REVISIONS_MAX: usize = 256;

/// Reads flows and keeps them compiled.
pub(crate) struct Library {
    store: Store,
    shelf: Mutex<Shelf>,
    /// The zone in which flows tell time: the oldest workspace's.
    time_zone: RwLock<TimeZone>,
}

#[derive(Default)]
struct Shelf {
    compiled: BTreeMap<(FlowSid, u32), Volume>,
    /// Counts uses, to know which volume was used longest ago.
    uses: u64,
}

/// A compiled revision.
struct Volume {
    flow: Arc<Flow>,
    used: u64,
}

impl Library {
    /// Makes the library of a database.
    pub(crate) fn new(store: Store) -> Self {
        Self { store, shelf: Mutex::default(), time_zone: RwLock::new(TimeZone::UTC) }
    }

    /// Sets the zone in which flows tell time; an unknown name leaves it as it is.
    pub(crate) fn set_time_zone(&self, name: &str) {
        if self.time_zone.read().iana_name() == Some(name) {
            return;
        }
        match TimeZone::get(name) {
            Ok(time_zone) => *self.time_zone.write() = time_zone,
            Err(error) => tracing::warn!(name, %error, "flows keep the time zone that they had"),
        }
    }

    /// Returns what a contact of a flow runs: the newest published revision, or a test user's newest draft.
    pub(crate) async fn published(
        &self,
        flow: FlowSid,
        contact: &str,
    ) -> Result<Option<(u32, Arc<Flow>)>, Error> {
        let Some(record) = self.record(flow).await? else { return Ok(None) };
        let is_test_user = record.test_users.iter().any(|user| user == contact);
        let revision = if is_test_user { Some(record.revision) } else { record.published_revision };
        match revision {
            Some(revision) => Ok(Some((revision, self.compiled(&record, revision).await?))),
            None => Ok(None),
        }
    }

    /// Returns what an execution runs: the revision to which it is pinned.
    pub(crate) async fn flow_of(&self, execution: &Execution) -> Result<Arc<Flow>, Error> {
        let (flow, revision) = (execution.flow_sid(), execution.flow_revision());
        let record = self.record(flow).await?.ok_or_else(|| gone(flow, revision))?;
        self.compiled(&record, revision).await
    }

    async fn record(&self, flow: FlowSid) -> Result<Option<FlowRecord>, Error> {
        resources::fetch(&self.store, &flow.to_string()).await
    }

    async fn compiled(&self, record: &FlowRecord, revision: u32) -> Result<Arc<Flow>, Error> {
        let settings = self.settings_of(record);
        if let Some(flow) = self.shelf.lock().take_out((record.sid, revision), &settings) {
            return Ok(flow);
        }
        let flow = self.compile(record, revision).await?;
        let subflows = self.subflows_of(&flow).await?;
        let compiled = Arc::new(flow.with_subflows(subflows));
        // What runs other flows is compiled anew for each event: those may have been published meanwhile.
        if compiled.subflows_wanted().is_empty() {
            self.shelf.lock().put_in((record.sid, revision), Arc::clone(&compiled));
        }
        Ok(compiled)
    }

    async fn compile(&self, record: &FlowRecord, revision: u32) -> Result<Flow, Error> {
        let key = FlowRevision::key(record.sid, revision);
        let stored: Option<FlowRevision> = resources::fetch(&self.store, &key).await?;
        let stored = stored.ok_or_else(|| gone(record.sid, revision))?;
        Flow::parse(&stored.definition, self.settings_of(record))
            .map_err(|problems| Error::Corrupt(format!("revision {key} can not be run: {problems:?}")))
    }

    /// Returns the flows that a flow runs; one that is not there is left out, and its widget fails.
    async fn subflows_of(&self, flow: &Flow) -> Result<BTreeMap<SubflowReference, Arc<Flow>>, Error> {
        let mut found = BTreeMap::new();
        for reference in flow.subflows_wanted() {
            if let Some(subflow) = self.subflow(reference).await? {
                found.insert(reference.clone(), Arc::new(subflow));
            }
        }
        Ok(found)
    }

    async fn subflow(&self, reference: &SubflowReference) -> Result<Option<Flow>, Error> {
        let Ok(sid) = reference.flow_sid.parse() else { return Ok(None) };
        let Some(record) = self.record(sid).await? else { return Ok(None) };
        let revision = match reference.revision.as_str() {
            "LatestPublished" | "" => record.published_revision,
            "LatestDraft" => Some(record.revision),
            number => number.parse().ok().filter(|revision| (1..=record.revision).contains(revision)),
        };
        match revision {
            Some(revision) => self.compile(&record, revision).await.map(Some),
            None => Ok(None),
        }
    }

    fn settings_of(&self, record: &FlowRecord) -> Settings {
        Settings {
            strict_liquid: record.strict_liquid,
            stuck_policy: record.stuck_policy.parse().unwrap_or_default(),
            time_zone: self.time_zone.read().clone(),
            ..Settings::default()
        }
    }
}

impl Shelf {
    /// Takes out a revision that was compiled for these settings.
    fn take_out(&mut self, key: (FlowSid, u32), settings: &Settings) -> Option<Arc<Flow>> {
        self.uses += 1;
        let volume = self.compiled.get_mut(&key)?;
        volume.used = self.uses;
        (volume.flow.settings() == settings).then(|| Arc::clone(&volume.flow))
    }

    fn put_in(&mut self, key: (FlowSid, u32), flow: Arc<Flow>) {
        if self.compiled.len() >= REVISIONS_MAX {
            let oldest = self.compiled.iter().min_by_key(|(_, volume)| volume.used).map(|(key, _)| *key);
            oldest.map(|key| self.compiled.remove(&key));
        }
        self.compiled.insert(key, Volume { flow, used: self.uses });
    }
}

fn gone(flow: FlowSid, revision: u32) -> Error {
    Error::Corrupt(format!("revision {revision} of flow {flow} is gone"))
}
