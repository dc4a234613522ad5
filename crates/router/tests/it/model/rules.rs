//! The rules that random workspaces are made of: each as the text that the engine reads, and as what it means.

use serde_json::{Value, json};

use super::world::{Activity, Model, TaskChannel, Worker};

/// Which workers serve a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crew {
    Everyone,
    Nobody,
    English,
    GermanAtWork,
    EnglishOrBob,
    WithRoomForChat,
}

/// Which tasks a filter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    All,
    English,
    EnglishOrGerman,
}

/// Which workers suit a task in a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suits {
    SpeaksTheLanguage,
    HalfFreeForChat,
    Experienced,
}

/// When a target is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skip {
    NobodyAvailable,
    Always,
}

/// Which attribute of a task names its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownBy {
    Sid,
    FriendlyName,
}

/// Returns the name of the worker with a number.
pub(crate) fn name_of_worker(number: usize) -> String {
    ["alice", "bob", "carol"]
        .get(number)
        .map_or_else(|| format!("worker {number}"), |name| (*name).to_owned())
}

/// One stop; queues are numbered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Target {
    pub(crate) queue: usize,
    pub(crate) suits: Option<Suits>,
    pub(crate) priority: Option<u32>,
    pub(crate) timeout: Option<u64>,
    /// Whether the highest level goes first, or the lowest.
    pub(crate) by_level: Option<bool>,
    pub(crate) skip: Option<Skip>,
    pub(crate) known: Option<KnownBy>,
}

/// A workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rules {
    pub(crate) filters: Vec<(Takes, Vec<Target>)>,
    pub(crate) default: Option<Target>,
}

impl Crew {
    pub(crate) const ALL: [Crew; 6] = [
        Crew::Everyone,
        Crew::Nobody,
        Crew::English,
        Crew::GermanAtWork,
        Crew::EnglishOrBob,
        Crew::WithRoomForChat,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Crew::Everyone => "1==1",
            Crew::Nobody => "",
            Crew::English => "skills HAS 'english'",
            Crew::GermanAtWork => "skills HAS 'german' AND activity_name != 'Break'",
            Crew::EnglishOrBob => "skills HAS 'english' OR friendly_name == 'bob'",
            Crew::WithRoomForChat => "channel.chat.available_capacity_percentage > 0",
        }
    }

    pub(crate) fn has(self, model: &Model, worker: &Worker) -> bool {
        match self {
            Crew::Everyone => true,
            Crew::Nobody => false,
            Crew::English => worker.speaks("english"),
            Crew::GermanAtWork => worker.speaks("german") && worker.activity != Activity::Break,
            Crew::EnglishOrBob => worker.speaks("english") || worker.name == "bob",
            Crew::WithRoomForChat => model.free_percent(worker, TaskChannel::Chat) > 0,
        }
    }
}

impl Takes {
    fn text(self) -> Option<&'static str> {
        match self {
            Takes::All => None,
            Takes::English => Some("language == 'english'"),
            Takes::EnglishOrGerman => Some("language IN ['german', 'english']"),
        }
    }

    pub(crate) fn takes(self, language: &str) -> bool {
        match self {
            Takes::All => true,
            Takes::English => language == "english",
            Takes::EnglishOrGerman => language == "german" || language == "english",
        }
    }
}

impl Suits {
    fn text(self) -> &'static str {
        match self {
            Suits::SpeaksTheLanguage => "task.language IN worker.skills",
            Suits::HalfFreeForChat => "worker.channel.chat.available_capacity_percentage > 50",
            Suits::Experienced => "worker.level > 1",
        }
    }
}

impl Target {
    fn json(&self, queues: &[String]) -> Value {
        let mut target = json!({ "queue": queues[self.queue] });
        let mut set = |key: &str, value: Value| target[key] = value;
        if let Some(suits) = self.suits {
            set("expression", suits.text().into());
        }
        if let Some(priority) = self.priority {
            set("priority", priority.into());
        }
        if let Some(timeout) = self.timeout {
            // The published examples write it both ways.
            set("timeout", if timeout % 2 == 0 { timeout.into() } else { timeout.to_string().into() });
        }
        if let Some(highest_first) = self.by_level {
            set("order_by", if highest_first { "worker.level DESC" } else { "worker.level ASC" }.into());
        }
        match self.skip {
            Some(Skip::NobodyAvailable) => set("skip_if", "workers.available == 0".into()),
            Some(Skip::Always) => set("skip_if", "1==1".into()),
            None => {}
        }
        match self.known {
            Some(KnownBy::Sid) => set("known_worker_sid", "task.colleague_sid".into()),
            Some(KnownBy::FriendlyName) => set("known_worker_friendly_name", "task.colleague".into()),
            None => {}
        }
        target
    }
}

impl Rules {
    /// Writes the configuration with the SIDs of the queues.
    pub(crate) fn text(&self, queues: &[String]) -> String {
        let filter = |(takes, targets): &(Takes, Vec<Target>)| {
            let targets: Vec<Value> = targets.iter().map(|target| target.json(queues)).collect();
            match takes.text() {
                Some(expression) => json!({ "expression": expression, "targets": targets }),
                None => json!({ "targets": targets }),
            }
        };
        let filters: Vec<Value> = self.filters.iter().map(filter).collect();
        let mut routing = json!({ "filters": filters });
        if let Some(default) = &self.default {
            routing["default_filter"] = default.json(queues);
        }
        json!({ "task_routing": routing }).to_string()
    }

    pub(crate) fn queues(&self) -> impl Iterator<Item = usize> {
        let targets = self.filters.iter().flat_map(|(_, targets)| targets);
        targets.chain(&self.default).map(|target| target.queue)
    }
}
