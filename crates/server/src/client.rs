//! How commands reach an installation: the running server by HTTP, or the data folder in this process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tower::ServiceExt;

use crate::credentials::Credentials;

/// The most that an answer may hold, in bytes.
const ANSWER_MAX: usize = 16 * 1024 * 1024;

/// A form's pairs, in order.
pub(crate) type Form<'a> = &'a [(&'a str, &'a str)];

/// A caller of the APIs, with the account's credentials.
pub(crate) struct Client {
    way: Way,
    credentials: Credentials,
}

enum Way {
    /// Through the router of this process.
    Inside(Router),
    /// To a server at this URL.
    Http(reqwest::Client, String),
}

impl Client {
    /// Makes a caller of a router in this process.
    pub(crate) fn inside(router: Router, credentials: &Credentials) -> Self {
        Self { way: Way::Inside(router), credentials: credentials.clone() }
    }

    /// Makes a caller of the server at `url`.
    pub(crate) fn http(url: String, credentials: &Credentials) -> Self {
        Self { way: Way::Http(http_client(), url), credentials: credentials.clone() }
    }

    /// Returns the account that the caller stands for.
    pub(crate) fn account(&self) -> String {
        self.credentials.account_sid.to_string()
    }

    /// Reads a resource.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, path, &[]).await
    }

    /// Creates or changes a resource.
    pub(crate) async fn post(&self, path: &str, form: Form<'_>) -> anyhow::Result<Value> {
        self.send(Method::POST, path, form).await
    }

    async fn send(&self, method: Method, path: &str, form: Form<'_>) -> anyhow::Result<Value> {
        let (status, body) = match &self.way {
            Way::Inside(router) => self.send_inside(router, method, path, form).await?,
            Way::Http(client, url) => self.send_http(client, method, &format!("{url}{path}"), form).await?,
        };
        let answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if !(200..300).contains(&status) {
            let message = answer["message"].as_str().unwrap_or("the answer is not of the API");
            bail!("{message} (HTTP {status} of {path})");
        }
        Ok(answer)
    }

    async fn send_inside(
        &self,
        router: &Router,
        method: Method,
        path: &str,
        form: Form<'_>,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(
                header::AUTHORIZATION,
                api::basic_authorization(&self.account(), &self.credentials.auth_token),
            )
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(api::encode_form(form)))?;
        let response = router.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        Ok((status, to_bytes(response.into_body(), ANSWER_MAX).await?.to_vec()))
    }

    async fn send_http(
        &self,
        client: &reqwest::Client,
        method: Method,
        url: &str,
        form: Form<'_>,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let request = client
            .request(method, url)
            .basic_auth(self.account(), Some(&self.credentials.auth_token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(api::encode_form(form));
        let response = request.send().await.with_context(|| format!("no answer from {url}"))?;
        let status = response.status().as_u16();
        Ok((status, response.bytes().await?.to_vec()))
    }
}

/// Returns a client that trusts the certificate authorities of this machine.
fn http_client() -> reqwest::Client {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default protocol versions")
        .with_root_certificates(authorities)
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).build();
    client.expect("a client whose TLS is ready has nothing left that can fail")
}

/// Leaves a note in the data folder of where its server listens.
pub(crate) fn announce(data: &Path, url: &str) -> anyhow::Result<()> {
    let path = note(data);
    std::fs::write(&path, url).with_context(|| format!("{} can not be written", path.display()))
}

/// Takes the note away; one that a killed server left is overwritten by the next.
pub(crate) fn withdraw(data: &Path) {
    if let Err(error) = std::fs::remove_file(note(data)) {
        tracing::debug!(%error, "the note of the server's address was gone");
    }
}

/// Returns where the server of a data folder listens, or last listened.
pub(crate) fn announced(data: &Path) -> Option<String> {
    std::fs::read_to_string(note(data)).ok()
}

fn note(data: &Path) -> PathBuf {
    data.join("server-url")
}
