//! Flows compiled for running: each revision once, for as long as it is in use.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::FlowSid;
use flow::{Execution, Flow, Providers, Settings, SubflowReference};
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
    providers: Providers,
}

/// What a new execution runs.
pub(crate) struct Edition {
    /// The revision of the flow.
    pub(crate) revision: u32,
    /// The revisions of the flows that it runs inside itself.
    pub(crate) subflows: Pins,
    /// All of them, compiled.
    pub(crate) flow: Arc<Flow>,
}

/// The revisions of subflows, by how the flow names them.
pub(crate) type Pins = Vec<(SubflowReference, u32)>;

/// What is compiled together: a revision of a flow, and those of its subflows.
type Key = (FlowSid, u32, Pins);

#[derive(Default)]
struct Shelf {
    compiled: BTreeMap<Key, Volume>,
    /// The subflows that revisions name: all that must be known of them before they are looked for here.
    wanted: BTreeMap<(FlowSid, u32), Vec<SubflowReference>>,
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
    pub(crate) fn new(store: Store, providers: Providers) -> Self {
        Self { store, shelf: Mutex::default(), time_zone: RwLock::new(TimeZone::UTC), providers }
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
    pub(crate) async fn published(&self, flow: FlowSid, contact: &str) -> Result<Option<Edition>, Error> {
        let Some(record) = self.record(flow).await? else { return Ok(None) };
        let is_test_user = record.test_users.iter().any(|user| user == contact);
        let revision = if is_test_user { Some(record.revision) } else { record.published_revision };
        let Some(revision) = revision else { return Ok(None) };
        let mut subflows = Pins::new();
        for reference in self.wanted(&record, revision).await? {
            if let Some(number) = self.newest(&reference, is_test_user).await? {
                subflows.push((reference, number));
            }
        }
        let flow = self.compiled(&record, revision, &subflows).await?;
        Ok(Some(Edition { revision, subflows, flow }))
    }

    /// Returns what an execution runs: the revisions to which it is pinned.
    pub(crate) async fn flow_of(&self, execution: &Execution) -> Result<Arc<Flow>, Error> {
        let (flow, revision) = (execution.flow_sid(), execution.flow_revision());
        let record = self.record(flow).await?.ok_or_else(|| gone(flow, revision))?;
        self.compiled(&record, revision, execution.subflow_revisions()).await
    }

    async fn record(&self, flow: FlowSid) -> Result<Option<FlowRecord>, Error> {
        resources::fetch(&self.store, &flow.to_string()).await
    }

    async fn compiled(
        &self,
        record: &FlowRecord,
        revision: u32,
        subflows: &[(SubflowReference, u32)],
    ) -> Result<Arc<Flow>, Error> {
        let key = (record.sid, revision, subflows.to_vec());
        if let Some(flow) = self.shelf.lock().take_out(&key, &self.settings_of(record)) {
            return Ok(flow);
        }
        let flow = self.compile(record, revision).await?;
        let mut found = BTreeMap::new();
        for (reference, number) in subflows {
            if let Some(subflow) = self.subflow(reference, *number).await? {
                found.insert(reference.clone(), Arc::new(subflow));
            }
        }
        let is_whole = found.len() == subflows.len();
        let compiled = Arc::new(flow.with_subflows(found));
        if is_whole {
            self.shelf.lock().put_in(key, Arc::clone(&compiled));
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

    /// Returns the subflows that a revision names; a revision never changes, so they are read once.
    async fn wanted(&self, record: &FlowRecord, revision: u32) -> Result<Vec<SubflowReference>, Error> {
        let key = (record.sid, revision);
        if let Some(wanted) = self.shelf.lock().wanted.get(&key) {
            return Ok(wanted.clone());
        }
        let flow = self.compile(record, revision).await?;
        let wanted: Vec<SubflowReference> = flow.subflows_wanted().into_iter().cloned().collect();
        self.shelf.lock().want(key, wanted.clone());
        Ok(wanted)
    }

    /// Returns the revision that a reference means at present; nothing where there is none, and its widget fails.
    ///
    /// A draft is for the parent's test users; for all others it is what was published last.
    async fn newest(&self, reference: &SubflowReference, is_test_user: bool) -> Result<Option<u32>, Error> {
        let Ok(sid) = reference.flow_sid.parse() else { return Ok(None) };
        let Some(record) = self.record(sid).await? else { return Ok(None) };
        Ok(match reference.revision.as_str() {
            "LatestDraft" if is_test_user => Some(record.revision),
            "LatestPublished" | "LatestDraft" | "" => record.published_revision,
            number => number.parse().ok().filter(|revision| (1..=record.revision).contains(revision)),
        })
    }

    /// Compiles a pinned subflow; nothing where it was deleted.
    async fn subflow(&self, reference: &SubflowReference, revision: u32) -> Result<Option<Flow>, Error> {
        let Ok(sid) = reference.flow_sid.parse() else { return Ok(None) };
        match self.record(sid).await? {
            Some(record) => self.compile(&record, revision).await.map(Some),
            None => Ok(None),
        }
    }

    fn settings_of(&self, record: &FlowRecord) -> Settings {
        Settings {
            strict_liquid: record.strict_liquid,
            stuck_policy: record.stuck_policy.parse().unwrap_or_default(),
            time_zone: self.time_zone.read().clone(),
            providers: self.providers.clone(),
            ..Settings::default()
        }
    }
}

impl Shelf {
    /// Takes out what was compiled for these settings.
    fn take_out(&mut self, key: &Key, settings: &Settings) -> Option<Arc<Flow>> {
        self.uses += 1;
        let volume = self.compiled.get_mut(key)?;
        volume.used = self.uses;
        (volume.flow.settings() == settings).then(|| Arc::clone(&volume.flow))
    }

    fn put_in(&mut self, key: Key, flow: Arc<Flow>) {
        if self.compiled.len() >= REVISIONS_MAX {
            let oldest =
                self.compiled.iter().min_by_key(|(_, volume)| volume.used).map(|(key, _)| key.clone());
            oldest.map(|key| self.compiled.remove(&key));
        }
        self.compiled.insert(key, Volume { flow, used: self.uses });
    }

    /// Notes what a revision names; the oldest flow makes room, as its SID says.
    fn want(&mut self, key: (FlowSid, u32), wanted: Vec<SubflowReference>) {
        if self.wanted.len() >= REVISIONS_MAX {
            self.wanted.pop_first();
        }
        self.wanted.insert(key, wanted);
    }
}

fn gone(flow: FlowSid, revision: u32) -> Error {
    Error::Corrupt(format!("revision {revision} of flow {flow} is gone"))
}
