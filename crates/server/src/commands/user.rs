//! `patchboard user …`: the people who log in, through the same API that the desktop uses.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use super::{Installation, say};
use crate::client::Client;
use crate::clock;
use crate::platform;

/// The commands about people.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a person; prints the password when it was made up
    Add(Add),
    /// Give a person another password; prints it when it was made up
    Password(Password),
    /// List the people who can log in
    List(List),
    /// Shut a person's login, or open it again
    Disable(Disable),
}

/// Options of `patchboard user add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The name typed at login
    login: String,
    /// The name shown to others [default: the login]
    #[arg(long)]
    name: Option<String>,
    /// What the person may do; may be repeated
    #[arg(long = "role", value_enum, default_values_t = [Role::Agent])]
    roles: Vec<Role>,
    /// Read the password from standard input in place of making one up
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    installation: Installation,
}

/// Options of `patchboard user password`.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// The name typed at login
    login: String,
    /// Read the password from standard input in place of making one up
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    installation: Installation,
}

/// Options of `patchboard user list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    installation: Installation,
}

/// Options of `patchboard user disable`.
#[derive(Debug, Args)]
pub(crate) struct Disable {
    /// The name typed at login
    login: String,
    /// Open the login again
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    installation: Installation,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    Agent,
    Supervisor,
    Admin,
    Author,
}

/// Runs a command about people.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let text = match command {
        Command::Add(options) => add(&options).await?,
        Command::Password(options) => change_password(&options).await?,
        Command::List(options) => list(&options).await?,
        Command::Disable(options) => disable(&options).await?,
    };
    say(&text);
    Ok(ExitCode::SUCCESS)
}

async fn add(options: &Add) -> anyhow::Result<String> {
    let client = connect(&options.installation).await?;
    let (password, is_made_up) = password(options.password_stdin)?;
    let name = options.name.as_deref().unwrap_or(&options.login);
    let mut form =
        vec![("Login", options.login.as_str()), ("FriendlyName", name), ("Password", password.as_str())];
    form.extend(options.roles.iter().map(|role| ("Role", role.as_str())));
    client.post("/v1/users", &form).await?;
    Ok(format!("added {}{}\n", options.login, shown(&password, is_made_up)))
}

async fn change_password(options: &Password) -> anyhow::Result<String> {
    let client = connect(&options.installation).await?;
    let path = path_of(&client, &options.login).await?;
    let (password, is_made_up) = password(options.password_stdin)?;
    client.post(&path, &[("Password", password.as_str())]).await?;
    Ok(format!("changed the password of {}{}\n", options.login, shown(&password, is_made_up)))
}

async fn list(options: &List) -> anyhow::Result<String> {
    let client = connect(&options.installation).await?;
    let mut text = format!("{:<20} {:<28} {:<24} {}\n", "LOGIN", "NAME", "ROLES", "STATE");
    for user in users(&client).await? {
        let field = |name: &str| user[name].as_str().unwrap_or_default().to_owned();
        let roles: Vec<&str> =
            user["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let state = if user["disabled"] == true { "disabled" } else { "active" };
        let line = format!(
            "{:<20} {:<28} {:<24} {state}\n",
            field("login"),
            field("friendly_name"),
            roles.join(",")
        );
        text.push_str(&line);
    }
    Ok(text)
}

async fn disable(options: &Disable) -> anyhow::Result<String> {
    let client = connect(&options.installation).await?;
    let path = path_of(&client, &options.login).await?;
    let disabled = if options.undo { "false" } else { "true" };
    client.post(&path, &[("Disabled", disabled)]).await?;
    let verb = if options.undo { "enabled" } else { "disabled" };
    Ok(format!("{verb} {}\n", options.login))
}

async fn connect(installation: &Installation) -> anyhow::Result<Client> {
    platform::connect(&installation.data).await
}

/// Returns the path of the person with this login.
async fn path_of(client: &Client, login: &str) -> anyhow::Result<String> {
    let users = users(client).await?;
    let found =
        users.iter().find(|user| user["login"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(login)));
    match found.and_then(|user| user["sid"].as_str()) {
        Some(sid) => Ok(format!("/v1/users/{sid}")),
        None => bail!("nobody logs in as '{login}'\n  hint: patchboard user list shows who does"),
    }
}

async fn users(client: &Client) -> anyhow::Result<Vec<Value>> {
    let mut answer = client.get("/v1/users?PageSize=1000").await?;
    Ok(answer["users"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// Reads a password, or makes one up.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((clock::random_hex(8), true));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password can not be read")?;
    Ok((text.trim_end_matches(['\r', '\n']).to_owned(), false))
}

fn shown(password: &str, is_made_up: bool) -> String {
    if is_made_up { format!(", password {password}") } else { String::new() }
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::Author => "author",
        }
    }
}
