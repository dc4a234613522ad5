//! What every part of the shell shares: the database, the engines' loops, the lanes and the clock's deadlines.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use api::LiveBoard;
use domain::{AccountSid, MediaSid};
use router::Notice;
use store::Store;

use crate::audience::Audience;
use crate::carrier::{Bindings, Pairs};
use crate::clock;
use crate::config::SpeechConfig;
use crate::conversations::Conversations;
use crate::couriers::Couriers;
use crate::flows::Library;
use crate::lanes::Lanes;
use crate::media_folder::MediaFolder;
use crate::messages::LoopGuard;
use crate::notices::NoticeBoard;
use crate::statistics::Ledger;
use crate::timers::Timers;
use crate::voice::{Files, Recognizer, Speaker, Switchboard, Trunks};
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
    /// What applications are told of one message, in order.
    pub(crate) telling_lanes: Lanes,
    /// Who lately had answers from applications.
    pub(crate) loop_guard: LoopGuard,
    /// Messages on their way to carriers, in order for each two addresses.
    pub(crate) pairs: Pairs,
    /// The carriers, once they are known.
    carriers: OnceLock<Bindings>,
    /// What applications are told and asked.
    pub(crate) couriers: Couriers,
    /// The client of all applications' webhooks.
    webhooks: OnceLock<webhooks::Client>,
    webhook_options: webhooks::Options,
    /// The conversations' writers.
    pub(crate) conversations: Conversations,
    /// When executions and conversations want to be woken.
    pub(crate) timers: Timers,
    /// Who listens to what happens in workspaces.
    pub(crate) notices: NoticeBoard<Notice>,
    /// Who listens to what happens to executions and conversations.
    pub(crate) live: LiveBoard,
    /// The way to the calls.
    pub(crate) switchboard: Switchboard,
    /// The trunks, as they were last read.
    pub(crate) trunks: Trunks,
    /// What speaks for calls.
    pub(crate) speech: Speaker,
    /// What puts callers' speech into words, where anything does.
    pub(crate) recognizer: Option<Recognizer>,
    /// Audio files that were fetched lately.
    pub(crate) files: Files,
    /// The contents of conversations' media.
    pub(crate) media: MediaFolder,
    /// The URL under which others reach this installation.
    public_url: OnceLock<String>,
    /// What has happened, counted.
    pub(crate) statistics: Ledger,
    /// Who waits for an execution to move on.
    pub(crate) audience: Audience,
}

impl House {
    /// Makes the house on a database; workspaces, errands and deadlines are loaded by `start`.
    pub(crate) fn new(
        account: AccountSid,
        store: Store,
        webhook_options: webhooks::Options,
        providers: flow::Providers,
        speech: &SpeechConfig,
        data: &Path,
    ) -> Arc<Self> {
        Arc::new(Self {
            account,
            workspaces: Workspaces::default(),
            library: Library::new(store.clone(), providers),
            store,
            flow_lanes: Lanes::start(),
            carrier_lanes: Lanes::start(),
            telling_lanes: Lanes::start(),
            loop_guard: LoopGuard::default(),
            pairs: Pairs::default(),
            carriers: OnceLock::new(),
            couriers: Couriers::default(),
            webhooks: OnceLock::new(),
            webhook_options,
            conversations: Conversations::start(),
            timers: Timers::default(),
            notices: NoticeBoard::default(),
            switchboard: Switchboard::default(),
            trunks: Trunks::default(),
            speech: Speaker::new(speech.speech.clone()),
            recognizer: speech.recognition.as_ref().and_then(Recognizer::find),
            files: Files::default(),
            media: MediaFolder::below(data),
            public_url: OnceLock::new(),
            statistics: Ledger::default(),
            live: LiveBoard::default(),
            audience: Audience::default(),
        })
    }

    /// Names the URL under which others reach this installation; the first one counts.
    pub(crate) fn publish_at(&self, public_url: &str) {
        let _ = self.public_url.set(public_url.to_owned());
    }

    /// Returns a link under which a carrier fetches a medium of a conversation.
    pub(crate) fn link_to(&self, medium: MediaSid) -> String {
        let public_url = self.public_url.get().map_or("", String::as_str);
        api::payloads::media_link(public_url, self.auth_token(), medium, clock::now())
    }

    /// Returns the account's token.
    pub(crate) fn auth_token(&self) -> &str {
        &self.webhook_options.auth_token
    }

    /// Returns the client of webhooks, made at its first use: it reads the machine's certificates.
    pub(crate) fn webhooks(&self) -> &webhooks::Client {
        self.webhooks.get_or_init(|| webhooks::Client::new(self.webhook_options.clone()))
    }

    /// Returns the carriers.
    pub(crate) fn carriers(&self) -> &Bindings {
        self.carriers.get_or_init(Bindings::default)
    }

    /// Sets the carriers, before anything is sent.
    pub(crate) fn set_carriers(&self, carriers: Bindings) {
        // They are set once, where the house is opened.
        let _ = self.carriers.set(carriers);
    }

    /// Tells whether the loopback network is there.
    pub(crate) fn is_development(&self) -> bool {
        self.webhook_options.is_development
    }

    /// Returns how many errands of this process wait or run.
    pub(crate) fn errands_waiting(&self) -> usize {
        self.flow_lanes.waiting()
            + self.carrier_lanes.waiting()
            + self.pairs.waiting()
            + self.conversations.waiting()
    }
}
