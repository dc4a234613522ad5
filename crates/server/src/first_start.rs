//! What a new installation comes with, set up as a person would: through the APIs.
//!
//! Each thing is looked for by its name first, so that a first start that was interrupted is finished by the next.

use conversation::{AddressConfiguration, AddressKind, AutoCreation, Listener};
use serde_json::Value;
use store::{Unit, resources};

use crate::client::{Client, Form};
use crate::clock;
use crate::credentials::Credentials;
use crate::house::House;
use crate::platform::Installation;

/// The number that every new installation has.
pub(crate) const NUMBER: &str = "+15555550100";

/// How often a failed hand-over of a message to its flow is repeated, as published.
const STUDIO_RETRIES: u32 = 3;

/// The workspace of a new installation, its queue and its workflow.
const WORKSPACE: &str = "Flex Task Assignment";
const TASK_QUEUE: &str = "Everyone";
const WORKFLOW: &str = "Assign to Anyone";

/// The web chat of a new installation.
const WEBCHAT: &str = "Web chat";
const WEBCHAT_ADDRESS: &str = "webchat:demo";

/// Sets up what is missing; tells whether this was the first start.
pub(crate) async fn ensure(installation: &Installation, credentials: &Credentials) -> anyhow::Result<bool> {
    if installation.is_set_up().await? {
        return Ok(false);
    }
    let client = Client::inside(installation.router.clone(), credentials);
    let workspace =
        named(&client, "/taskrouter/v1/Workspaces", "workspaces", &[("FriendlyName", WORKSPACE)]).await?;
    let base = format!("/taskrouter/v1/Workspaces/{}", sid(&workspace));
    let everyone = [("FriendlyName", TASK_QUEUE), ("TargetWorkers", "1==1")];
    let queue = named(&client, &format!("{base}/TaskQueues"), "task_queues", &everyone).await?;
    let configuration = anyone(sid(&queue));
    let to_anyone = [("FriendlyName", WORKFLOW), ("Configuration", configuration.as_str())];
    let workflow = named(&client, &format!("{base}/Workflows"), "workflows", &to_anyone).await?;
    let flows = publish_flows(&client, &base, sid(&workflow)).await?;
    provision_number(&client, &flows).await?;
    take_into_conversations(installation, &flows).await?;
    open_webchat(&client, &flows.webchat_flow).await?;
    add_logins(&client, credentials).await?;
    installation.mark_set_up().await?;
    Ok(true)
}

/// Routes every task to the one queue.
fn anyone(queue: &str) -> String {
    serde_json::json!({ "task_routing": { "filters": [], "default_filter": { "queue": queue } } }).to_string()
}

/// By what the published flows are bound.
struct Flows {
    /// The webhook URL of the first number's calls.
    voice: String,
    /// The webhook URL of the first number's messages.
    messaging: String,
    /// The SID of the flow that hears of web chats.
    webchat_flow: String,
    /// The SID of the flow for messages.
    messaging_flow: String,
}

/// Publishes the three flows that use Send to Flex.
async fn publish_flows(client: &Client, workspace: &str, workflow: &str) -> anyhow::Result<Flows> {
    let channels = client.get(&format!("{workspace}/TaskChannels?PageSize=100")).await?;
    let channel = |unique_name: &str| {
        let channels = channels["channels"].as_array().into_iter().flatten();
        channels.filter(|channel| channel["unique_name"] == unique_name).map(sid).next().unwrap_or_default()
    };
    let (voice, chat) = (channel("voice"), channel("chat"));
    let voice = publish(client, "Voice IVR", &flow::voice_ivr(workflow, voice)).await?;
    let messaging = publish(client, "Messaging Flow", &flow::messaging(workflow, chat)).await?;
    let webchat = publish(client, "Webchat Flow", &flow::webchat(workflow, chat)).await?;
    Ok(Flows {
        voice: webhook_url(&voice),
        messaging: webhook_url(&messaging),
        messaging_flow: sid(&messaging).to_owned(),
        webchat_flow: sid(&webchat).to_owned(),
    })
}

async fn publish(client: &Client, name: &str, definition: &Value) -> anyhow::Result<Value> {
    let definition = definition.to_string();
    let form = [
        ("FriendlyName", name),
        ("Status", "published"),
        ("Definition", definition.as_str()),
        ("CommitMessage", "Comes with Patchboard"),
    ];
    named(client, "/studio/v2/Flows", "flows", &form).await
}

/// Provisions the first number: calls to the Voice IVR, messages to the Messaging flow.
async fn provision_number(client: &Client, flows: &Flows) -> anyhow::Result<()> {
    let path = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", client.account());
    let found = client.get(&format!("{path}?PhoneNumber=%2B{}", &NUMBER[1..])).await?;
    let is_there = found["incoming_phone_numbers"].as_array().is_some_and(|numbers| !numbers.is_empty());
    if !is_there {
        let form = [
            ("PhoneNumber", NUMBER),
            ("FriendlyName", NUMBER),
            ("VoiceUrl", flows.voice.as_str()),
            ("SmsUrl", flows.messaging.as_str()),
        ];
        client.post(&path, &form).await?;
    }
    Ok(())
}

/// Has the first number's messages taken into conversations, which the Messaging flow hears.
async fn take_into_conversations(installation: &Installation, flows: &Flows) -> anyhow::Result<()> {
    let House { account, store, .. } = &*installation.house;
    let found = resources::by_name::<AddressConfiguration>(store, &account.to_string(), NUMBER).await?;
    if found.is_some() {
        return Ok(());
    }
    let mut tick = clock::tick();
    let listener = Listener::Studio { flow_sid: flows.messaging_flow.parse()?, retry_count: STUDIO_RETRIES };
    let configuration = AddressConfiguration {
        sid: tick.sid(),
        account_sid: *account,
        kind: AddressKind::Sms,
        address: NUMBER.to_owned(),
        friendly_name: Some(NUMBER.to_owned()),
        address_country: None,
        auto_creation: AutoCreation { is_enabled: true, service_sid: None, listener },
        date_created: tick.now,
        date_updated: tick.now,
    };
    Ok(store.commit(Unit::new().with(resources::insert(&configuration))).await?)
}

/// Opens the web chat of the demo page, whose conversations the Webchat flow hears of.
async fn open_webchat(client: &Client, flow: &str) -> anyhow::Result<()> {
    let form = [
        ("FriendlyName", WEBCHAT),
        ("Address", WEBCHAT_ADDRESS),
        ("Greeting", "Hello! Tell us your name and what this is about."),
        ("OfflineText", "Nobody is here at the moment. Leave us a message, and we will get back to you."),
        ("FlowSid", flow),
    ];
    named(client, "/v1/webchat-deployments", "webchat_deployments", &form).await.map(drop)
}

/// Makes the logins whose passwords stand in the credentials file.
async fn add_logins(client: &Client, credentials: &Credentials) -> anyhow::Result<()> {
    let users = client.get("/v1/users?PageSize=1000").await?;
    let is_there = |login: &str| {
        let mut users = users["users"].as_array().into_iter().flatten();
        users.any(|user| user["login"] == login)
    };
    for login in credentials.logins.iter().filter(|login| !is_there(&login.login)) {
        let mut form = vec![("Login", login.login.as_str()), ("Password", login.password.as_str())];
        form.extend(login.roles.iter().map(|role| ("Role", role.as_str())));
        client.post("/v1/users", &form).await?;
    }
    Ok(())
}

/// Returns the resource with the form's friendly name, made where there is none.
async fn named(client: &Client, path: &str, key: &str, form: Form<'_>) -> anyhow::Result<Value> {
    let name = form.iter().find(|(field, _)| *field == "FriendlyName").map(|(_, name)| *name);
    let listed = client.get(&format!("{path}?PageSize=1000")).await?;
    let found =
        listed[key].as_array().into_iter().flatten().find(|item| item["friendly_name"].as_str() == name);
    match found {
        Some(found) => Ok(found.clone()),
        None => client.post(path, form).await,
    }
}

fn sid(resource: &Value) -> &str {
    resource["sid"].as_str().unwrap_or_default()
}

fn webhook_url(flow: &Value) -> String {
    flow["webhook_url"].as_str().unwrap_or_default().to_owned()
}
