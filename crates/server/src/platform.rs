//! The installation as the API sees it: every request of the outside goes through here to the part it concerns.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use api::instructions::Order;
use api::{
    App, ConversationLook, Failure, FlowAnswer, FlowRequest, InboundMessage, LiveEvent, LiveEvents, Look,
    Notices, OutboundMessage, Platform, StartExecution,
};
use async_trait::async_trait;
use axum::Router;
use conversation::CreateConversation;
use domain::{
    Address, CallSid, ConversationSid, ExecutionSid, FlowSid, MediaSid, MessageSid, MessagingServiceSid,
    Tick, UserDefinedMessageSid, WorkspaceSid,
};
use router::{
    Command, CreateWorkspace, CumulativeStatistics, DeleteWorkspace, Requester, StatisticsQuery, Subject,
};
use serde_json::Value;
use store::{Account, Error, Lease, Message, Sqlite, Store, Unit, resources};

use crate::carrier::{self, Bindings};
use crate::client::{self, Client};
use crate::config::Config;
use crate::credentials::Credentials;
use crate::house::House;
use crate::voice::{DeviceDoor, reload_trunks};
use crate::{
    clock, conversations, dispatch, executions, figures, flow_webhook, messages, statistics, workspaces,
};

/// How long a lease on an embedded database lasts: its file lock, not the time, says when it ends.
const LEASE: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A house with its front door.
pub(crate) struct Installation {
    /// The house.
    pub(crate) house: Arc<House>,
    /// Its APIs.
    pub(crate) router: Router,
    /// The URL under which others reach it.
    pub(crate) public_url: String,
    /// The URL under which this machine reaches it.
    pub(crate) local_url: String,
}

/// Opens the data of an installation and loads its engines.
pub(crate) async fn open(
    config: &Config,
    credentials: &Credentials,
    address: SocketAddr,
) -> anyhow::Result<Installation> {
    figures::start();
    let store = Store::new(Sqlite::open(&config.data.join("patchboard.db"))?);
    store.acquire(lease()).await?;
    let webhook_options = webhooks::Options {
        auth_token: credentials.auth_token.clone(),
        allow: config.webhook_allow.clone(),
        is_development: config.is_development,
    };
    let house = House::new(
        credentials.account_sid,
        store,
        webhook_options,
        config.providers.clone(),
        &config.voice.speech,
        &config.data,
    );
    workspaces::load(&house).await?;
    let local_url = local_url(address);
    let public_url = config.public_url.clone().unwrap_or_else(|| local_url.clone());
    house.publish_at(&public_url);
    if !config.carriers.is_empty() {
        house.set_carriers(Bindings::open(&config.carriers, house.webhooks(), &public_url)?);
    }
    let app = App {
        platform: Arc::new(Door { house: Arc::clone(&house), recordings: config.recordings() }),
        devices: Arc::new(DeviceDoor(Arc::clone(&house))),
        store: house.store.clone(),
        account: credentials.account_sid,
        auth_token: credentials.auth_token.clone(),
        public_url: public_url.clone(),
        api_domain: config.api_domain.clone(),
        is_development: config.is_development,
    };
    let router = carrier::with_entrance(&house, api::router(app));
    Ok(Installation { house, router, public_url, local_url })
}

/// Reaches the installation of a data folder: its server when one runs, otherwise its data in this process.
pub(crate) async fn connect(data: &Path) -> anyhow::Result<Client> {
    let Some(credentials) = Credentials::read(data)? else {
        bail!(
            "{} has no installation\n  hint: start the server once, or name its folder with --data",
            data.display()
        );
    };
    if let Some(url) = client::announced(data) {
        let running = Client::http(url, &credentials);
        if running.get("/health").await.is_ok() {
            return Ok(running);
        }
    }
    let options = crate::config::Options { data: Some(data.to_owned()), ..Default::default() };
    let config = Config::load(options)?;
    let installation = open(&config, &credentials, config.http).await?;
    Ok(Client::inside(installation.router, &credentials))
}

impl Installation {
    /// Tells whether the first start was finished.
    pub(crate) async fn is_set_up(&self) -> Result<bool, Error> {
        let account = self.house.account.to_string();
        Ok(resources::fetch::<Account>(&self.house.store, &account).await?.is_some())
    }

    /// Notes that the first start is finished.
    pub(crate) async fn mark_set_up(&self) -> Result<(), Error> {
        let now = clock::now();
        let account = Account {
            sid: self.house.account,
            friendly_name: "Patchboard".to_owned(),
            date_created: now,
            date_updated: now,
        };
        self.house.store.commit(Unit::new().with(resources::put(&account))).await
    }
}

fn lease() -> Lease {
    let now = clock::now();
    Lease { shard: "all".to_owned(), owner: clock::random_hex(16), now, expires_at: now + LEASE, force: true }
}

/// A listener on all addresses is reached by this machine at its loopback address.
fn local_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// What the API asks of the house.
struct Door {
    house: Arc<House>,
    recordings: PathBuf,
}

#[async_trait]
impl Platform for Door {
    fn tick(&self) -> Tick {
        clock::tick()
    }

    fn secret(&self) -> String {
        clock::random_hex(16)
    }

    async fn route(
        &self,
        workspace: WorkspaceSid,
        requester: Option<Requester>,
        command: Command,
    ) -> Result<Subject, Failure> {
        self.house.workspaces.get(workspace)?.execute_for(requester, command).await
    }

    async fn instruct(&self, workspace: WorkspaceSid, order: Order) -> Result<Subject, Failure> {
        dispatch::instruct(&self.house, workspace, order).await
    }

    async fn look(&self, workspace: WorkspaceSid, look: Look) -> Result<(), Failure> {
        self.house.workspaces.get(workspace)?.look(look).await
    }

    async fn statistics(
        &self,
        workspace: WorkspaceSid,
        queries: Vec<StatisticsQuery>,
    ) -> Result<Vec<CumulativeStatistics>, Failure> {
        statistics::answer(&self.house, workspace, queries).await
    }

    async fn figures(&self) -> Result<String, Failure> {
        Ok(figures::render(&self.house).await?)
    }

    fn notices(&self) -> Notices {
        self.house.notices.subscribe()
    }

    fn live_events(&self) -> LiveEvents {
        self.house.live.subscribe()
    }

    fn events_of(&self, conversation: ConversationSid) -> LiveEvents {
        self.house.live.subscribe_to(conversation)
    }

    async fn keep_medium(&self, medium: MediaSid, content: Vec<u8>) -> Result<(), Failure> {
        Ok(self.house.media.put(medium, content).await?)
    }

    async fn medium(&self, medium: MediaSid) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.house.media.get(medium).await?)
    }

    fn tell(&self, event: LiveEvent) {
        self.house.live.publish(vec![event]);
    }

    async fn create_workspace(&self, setup: CreateWorkspace) -> Result<WorkspaceSid, Failure> {
        workspaces::create(&self.house, setup).await
    }

    async fn delete_workspace(&self, workspace: WorkspaceSid) -> Result<(), Failure> {
        self.house
            .workspaces
            .get(workspace)?
            .execute(Command::DeleteWorkspace(DeleteWorkspace))
            .await
            .map(drop)
    }

    fn workspaces(&self) -> Vec<WorkspaceSid> {
        self.house.workspaces.sids()
    }

    async fn start_execution(&self, request: StartExecution) -> Result<ExecutionSid, Failure> {
        executions::start(&self.house, request).await
    }

    async fn stop_execution(&self, execution: ExecutionSid) -> Result<(), Failure> {
        executions::stop(&self.house, execution).await
    }

    async fn drive_flow(&self, request: FlowRequest) -> Result<FlowAnswer, Failure> {
        flow_webhook::answer(&self.house, request).await
    }

    fn is_signed(&self, url: &str, form: &[(String, String)], signature: &str) -> bool {
        webhooks::verify(self.house.auth_token(), url, webhooks::SignedBody::Form(form), signature)
    }

    async fn receive_message(&self, message: InboundMessage) -> Result<Message, Failure> {
        messages::receive(&self.house, message).await
    }

    async fn send_message(&self, message: OutboundMessage) -> Result<Message, Failure> {
        messages::send(&self.house, message).await
    }

    async fn choose_sender(&self, service: MessagingServiceSid, to: &Address) -> Result<Address, Failure> {
        messages::sender_for(&self.house, service, to).await
    }

    async fn cancel_message(&self, message: MessageSid) -> Result<Message, Failure> {
        messages::cancel(&self.house, message).await
    }

    async fn command_call(&self, command: call::Command) -> Result<call::Subject, Failure> {
        self.house.switchboard.execute(command).await
    }

    async fn drive_call(&self, flow: FlowSid, command: call::Command) -> Result<call::Subject, Failure> {
        self.house.switchboard.drive(flow, command).await
    }

    async fn message_device(
        &self,
        call: CallSid,
        sid: UserDefinedMessageSid,
        content: Value,
    ) -> Result<(), Failure> {
        self.house.switchboard.message(call, sid, content).await
    }

    async fn reload_trunks(&self) -> Result<(), Failure> {
        Ok(reload_trunks(&self.house).await?)
    }

    fn answers(&self, uri: &str) -> Option<bool> {
        self.house.trunks.answers(uri)
    }

    fn recordings(&self) -> &Path {
        &self.recordings
    }

    async fn create_conversation(
        &self,
        create: CreateConversation,
        origin: conversation::Origin,
    ) -> Result<ConversationSid, Failure> {
        conversations::create(&self.house, create, origin).await
    }

    async fn converse(
        &self,
        conversation: ConversationSid,
        command: conversation::Command,
        origin: conversation::Origin,
    ) -> Result<conversation::Subject, Failure> {
        conversations::execute(&self.house, conversation, command, origin).await
    }

    async fn look_at_conversation(
        &self,
        conversation: ConversationSid,
        look: ConversationLook,
    ) -> Result<(), Failure> {
        conversations::look(&self.house, conversation, look).await
    }
}
