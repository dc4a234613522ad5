//! Which lists a SIP domain lets call and register. A mapping has no row and no SID of its own: it goes by its list's.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{CredentialListSid, IpAccessControlListSid, SipDomainSid, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{CredentialList, IpAccessControlList, SipDomain, Unit, resources};

use super::sip_domains::find;
use super::{Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes; the ones without `Auth` are the older names of those for calls.
pub(crate) fn routes() -> Router<Shared> {
    let all = || get(list).post(create);
    let one = || get(fetch).delete(remove);
    Router::new()
        .route(&below_account("/SIP/Domains/{domain}/Auth/{purpose}/{lists}"), all())
        .route(&below_account("/SIP/Domains/{domain}/Auth/{purpose}/{lists}/{sid}"), one())
        .route(&below_account("/SIP/Domains/{domain}/{lists}"), all())
        .route(&below_account("/SIP/Domains/{domain}/{lists}/{sid}"), one())
}

#[derive(Deserialize)]
struct Place {
    domain: SipDomainSid,
    purpose: Option<String>,
    lists: Document<String>,
    sid: Option<Document<String>>,
}

/// What is mapped, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    CallCredentials,
    CallAddresses,
    RegistrationCredentials,
}

impl Place {
    fn kind(&self) -> Result<Kind, ApiError> {
        match (self.purpose.as_deref(), self.lists.0.as_str()) {
            (None | Some("Calls"), "CredentialListMappings") => Ok(Kind::CallCredentials),
            (None | Some("Calls"), "IpAccessControlListMappings") => Ok(Kind::CallAddresses),
            (Some("Registrations"), "CredentialListMappings") => Ok(Kind::RegistrationCredentials),
            _ => Err(ApiError::not_found()),
        }
    }

    /// Returns the path below the account of what lies in this place.
    fn tail(&self, sid: &str) -> String {
        let auth = self.purpose.as_ref().map(|purpose| format!("/Auth/{purpose}")).unwrap_or_default();
        format!("/SIP/Domains/{}{auth}/{}/{sid}.json", self.domain, self.lists.0)
    }
}

impl Kind {
    fn parameter(self) -> &'static str {
        match self {
            Kind::CallCredentials | Kind::RegistrationCredentials => "CredentialListSid",
            Kind::CallAddresses => "IpAccessControlListSid",
        }
    }

    fn mapped(self, domain: &SipDomain) -> Vec<String> {
        match self {
            Kind::CallCredentials => domain.call_credential_lists.iter().map(ToString::to_string).collect(),
            Kind::CallAddresses => domain.call_access_lists.iter().map(ToString::to_string).collect(),
            Kind::RegistrationCredentials => {
                domain.registration_credential_lists.iter().map(ToString::to_string).collect()
            }
        }
    }

    fn map(self, domain: &mut SipDomain, sids: &[String]) {
        let credentials =
            || sids.iter().filter_map(|sid| sid.parse::<CredentialListSid>().ok()).collect::<Vec<_>>();
        match self {
            Kind::CallCredentials => domain.call_credential_lists = credentials(),
            Kind::RegistrationCredentials => domain.registration_credential_lists = credentials(),
            Kind::CallAddresses => {
                let addresses = sids.iter().filter_map(|sid| sid.parse::<IpAccessControlListSid>().ok());
                domain.call_access_lists = addresses.collect();
            }
        }
    }
}

async fn list(State(app): State<Shared>, _: Ours, Path(place): Path<Place>, list: List) -> Answer {
    let kind = place.kind()?;
    let domain = find(&app, place.domain).await?;
    let mut shown = Vec::new();
    for sid in kind.mapped(&domain) {
        // A list that was deleted meanwhile is not shown.
        shown.extend(present(&app, &place, kind, &sid).await?);
    }
    let key = if place.purpose.is_some() { "contents" } else { older_key(kind) };
    let page = list.cut(shown, |mapping| mapping["sid"].to_string());
    Ok(list.reply_2010(key, each(page, |mapping| mapping)))
}

async fn create(State(app): State<Shared>, _: Ours, Path(place): Path<Place>, Form(form): Form) -> Answer {
    let kind = place.kind()?;
    let mut domain = find(&app, place.domain).await?;
    let parameter = kind.parameter();
    let sid = form.required(parameter)?;
    let unknown = || ApiError::invalid(parameter, format!("there is no list '{sid}'"));
    let mapping = present(&app, &place, kind, &sid).await?.ok_or_else(unknown)?;
    let mut mapped = kind.mapped(&domain);
    if mapped.contains(&sid) {
        let message = format!("{parameter}: {sid} is mapped already");
        return Err(ApiError::new(catalog::CONFLICT, message));
    }
    mapped.push(sid.clone());
    kind.map(&mut domain, &mapped);
    save(&app, domain).await?;
    Ok(Reply::created(mapping))
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(place): Path<Place>) -> Answer {
    let kind = place.kind()?;
    let (_, sid) = mapped_one(&app, &place, kind).await?;
    Ok(Reply::ok(present(&app, &place, kind, &sid).await?.ok_or_else(ApiError::not_found)?))
}

async fn remove(State(app): State<Shared>, _: Ours, Path(place): Path<Place>) -> Answer {
    let kind = place.kind()?;
    let (mut domain, sid) = mapped_one(&app, &place, kind).await?;
    let rest: Vec<String> = kind.mapped(&domain).into_iter().filter(|other| *other != sid).collect();
    kind.map(&mut domain, &rest);
    save(&app, domain).await?;
    Ok(Reply::deleted())
}

async fn mapped_one(app: &App, place: &Place, kind: Kind) -> Result<(SipDomain, String), ApiError> {
    let domain = find(app, place.domain).await?;
    let wanted = place.sid.as_ref().map(|sid| sid.0.clone()).ok_or_else(ApiError::not_found)?;
    match kind.mapped(&domain).contains(&wanted) {
        true => Ok((domain, wanted)),
        false => Err(ApiError::not_found()),
    }
}

async fn save(app: &App, mut domain: SipDomain) -> Result<(), ApiError> {
    let read_at = domain.date_updated;
    domain.date_updated = app.now();
    Ok(app.store.commit(Unit::new().with(resources::update(&domain, read_at))).await?)
}

/// The key of the older lists.
fn older_key(kind: Kind) -> &'static str {
    match kind {
        Kind::CallCredentials | Kind::RegistrationCredentials => "credential_list_mappings",
        Kind::CallAddresses => "ip_access_control_list_mappings",
    }
}

/// Presents the mapping of a list, where there is such a list.
async fn present(app: &App, place: &Place, kind: Kind, sid: &str) -> Result<Option<Value>, ApiError> {
    let found: Option<(String, Timestamp, Timestamp)> = match kind {
        Kind::CallCredentials | Kind::RegistrationCredentials => {
            let list: Option<CredentialList> = resources::fetch(&app.store, sid).await?;
            list.map(|it| (it.friendly_name, it.date_created, it.date_updated))
        }
        Kind::CallAddresses => {
            let list: Option<IpAccessControlList> = resources::fetch(&app.store, sid).await?;
            list.map(|it| (it.friendly_name, it.date_created, it.date_updated))
        }
    };
    Ok(found.map(|(friendly_name, date_created, date_updated)| {
        json!({
            "sid": sid,
            "account_sid": app.account,
            "domain_sid": place.domain,
            "friendly_name": friendly_name,
            "date_created": date_created.to_rfc2822(),
            "date_updated": date_updated.to_rfc2822(),
            "uri": uri(app.account, &place.tail(sid)),
            "subresource_uris": {},
        })
    }))
}
