//! The whole product in this process, without listeners: for benches and tests that need no socket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::{Failure, InboundMessage, LiveEvents, Notices, StartExecution};
use axum::Router;
use domain::{ExecutionSid, FlowSid, WorkspaceSid};
use router::{Command, CreateWorkspace, Subject, Template};
use serde_json::Value;
use store::Message;

use crate::client::Client;
use crate::config::{Config, Options};
use crate::credentials::Credentials;
use crate::platform::{self, Installation};
use crate::{executions, first_start, messages, workspaces};

/// How often `settle` looks whether errands still run.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A running installation on a data folder.
pub struct Embedded {
    pub(crate) installation: Installation,
    credentials: Credentials,
}

impl Embedded {
    /// Opens the data folder, sets up what a new installation has, and goes on with what was owed.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)?;
        let config = Config::load(Options { data: Some(data.to_owned()), ..Options::default() })?;
        let credentials = Credentials::ensure(&config)?;
        let installation = platform::open(&config, &credentials, config.http).await?;
        first_start::ensure(&installation, &credentials).await?;
        Arc::clone(&installation.house).resume().await?;
        tokio::spawn(Arc::clone(&installation.house).keep_time());
        Ok(Self { installation, credentials })
    }

    /// Returns the APIs.
    pub fn router(&self) -> Router {
        self.installation.router.clone()
    }

    /// Returns the account's SID and token.
    pub fn credentials(&self) -> (String, String) {
        (self.credentials.account_sid.to_string(), self.credentials.auth_token.clone())
    }

    /// Takes a message from the loopback network; it is on disk when this returns.
    pub async fn receive_message(&self, message: InboundMessage) -> Result<Message, Failure> {
        messages::receive(&self.installation.house, message).await
    }

    /// Makes a workspace with its default activities and task channels.
    pub async fn create_workspace(&self, friendly_name: &str) -> Result<WorkspaceSid, Failure> {
        let setup = CreateWorkspace {
            account_sid: self.credentials.account_sid,
            friendly_name: friendly_name.to_owned(),
            template: Template::None,
            event_callback_url: None,
            events_filter: None,
            multi_task_enabled: None,
            prioritize_queue_order: None,
        };
        workspaces::create(&self.installation.house, setup).await
    }

    /// Carries out a command of a workspace; it is on disk when this returns.
    pub async fn execute(&self, workspace: WorkspaceSid, command: Command) -> Result<Subject, Failure> {
        self.installation.house.workspaces.get(workspace)?.execute(command).await
    }

    /// Listens to what is on disk from this moment on.
    pub fn notices(&self) -> Notices {
        self.installation.house.notices.subscribe()
    }

    /// Listens to what happens in executions and conversations, on disk from this moment on.
    pub fn live_events(&self) -> LiveEvents {
        self.installation.house.live.subscribe()
    }

    /// Publishes a flow.
    pub async fn publish_flow(&self, friendly_name: &str, definition: &Value) -> anyhow::Result<FlowSid> {
        let definition = definition.to_string();
        let form =
            [("FriendlyName", friendly_name), ("Status", "published"), ("Definition", definition.as_str())];
        let flow = self.post("/studio/v2/Flows", &form).await?;
        Ok(flow["sid"].as_str().unwrap_or_default().parse()?)
    }

    /// Makes or changes something by the APIs, as the account; returns what they answer.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Value> {
        Client::inside(self.router(), &self.credentials).post(path, form).await
    }

    /// Starts an execution; its steps up to the first wait are on disk when this returns.
    pub async fn start_execution(&self, start: StartExecution) -> Result<ExecutionSid, Failure> {
        executions::start(&self.installation.house, start).await
    }

    /// Returns once no errand waits or runs.
    pub async fn settle(&self) {
        while self.installation.house.errands_waiting() > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
