//! Who may call and register by SIP: trunks by address, users of SIP domains by password, and this machine itself.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{CredentialListSid, IpAccessControlListSid};
use signaling::{Admission, Algorithm, Caller, Directory, Proven, Purpose, Secret, Transport, Verdict};
use store::{Credential, Error, IpAddress, SipDomain, Trunk, resources};
use webhooks::Cidr;

use super::trunks::Trunks;
use crate::house::House;

/// The realm of trunks that prove themselves by a password; the name of no domain, having no dot.
const TRUNK_REALM: &str = "patchboard";

/// The directory that signaling asks.
pub(super) struct Guests {
    house: Arc<House>,
    trunks: Trunks,
    is_development: bool,
}

impl Guests {
    /// Makes the directory of a house.
    pub(super) fn new(house: Arc<House>, trunks: Trunks, is_development: bool) -> Self {
        Self { house, trunks, is_development }
    }
}

#[async_trait]
impl Directory for Guests {
    async fn admit(&self, caller: &Caller) -> Verdict {
        self.decide(caller).await.unwrap_or_else(|error| {
            tracing::error!(%error, "it can not be decided who may call");
            refuse(503, "try again later")
        })
    }

    async fn secret(&self, realm: &str, user: &str) -> Option<Secret> {
        self.find_secret(realm, user).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a SIP password can not be read");
            None
        })
    }

    async fn serves(&self, host: &str) -> bool {
        self.domain(host).await.is_ok_and(|domain| domain.is_some())
    }
}

impl Guests {
    async fn decide(&self, caller: &Caller) -> Result<Verdict, Error> {
        let is_call = caller.purpose == Purpose::Call;
        if let Some(trunk) = self.trunk_of(caller).filter(|_| is_call) {
            return Ok(admit(trunk));
        }
        let domain = self.domain(host_of(&caller.request_uri)).await?;
        if let Some(domain) = domain {
            return self.decide_for_domain(caller, &domain).await;
        }
        if self.is_development && caller.source.ip().is_loopback() {
            return Ok(admit(Admission::default()));
        }
        if is_call && caller.proven.is_none() && self.trunks.read().iter().any(proves_itself) {
            let algorithms = vec![Algorithm::Sha256, Algorithm::Md5];
            return Ok(Verdict::Challenge { realm: TRUNK_REALM.to_owned(), algorithms });
        }
        Ok(refuse(403, "no trunk or SIP domain of ours knows this caller"))
    }

    async fn decide_for_domain(&self, caller: &Caller, domain: &SipDomain) -> Result<Verdict, Error> {
        let admission = Admission {
            trunk: None,
            domain: Some(domain.domain_name.clone()),
            needs_encryption: domain.is_secure,
        };
        if domain.is_secure && caller.transport != Transport::Tls {
            return Ok(refuse(403, "this domain takes calls by TLS only"));
        }
        let lists = match caller.purpose {
            Purpose::Registration if !domain.takes_registrations => {
                return Ok(refuse(403, "phones can not register with this domain"));
            }
            Purpose::Registration => &domain.registration_credential_lists,
            Purpose::Call => &domain.call_credential_lists,
        };
        let proven = caller.proven.as_ref().filter(|proven| proven.realm == domain.domain_name);
        if let Some(Proven { user, .. }) = proven {
            let is_own = caller.purpose == Purpose::Call || user_of(&caller.to) == *user;
            return Ok(match is_own && self.find_password(lists, user).await?.is_some() {
                true => admit(admission),
                false => refuse(403, "this user may not do that for this address"),
            });
        }
        if caller.purpose == Purpose::Call
            && self.is_listed(&domain.call_access_lists, caller.source.ip()).await?
        {
            return Ok(admit(admission));
        }
        if lists.is_empty() {
            let is_own_machine = self.is_development && caller.source.ip().is_loopback();
            return Ok(if is_own_machine {
                admit(admission)
            } else {
                refuse(403, "nobody may call this domain")
            });
        }
        let algorithms = domain.digest_algorithms.split(',').filter_map(algorithm).collect();
        Ok(Verdict::Challenge { realm: domain.domain_name.clone(), algorithms })
    }

    /// Returns how a call comes in by a trunk: known by its address, or by the user that it proved to be.
    fn trunk_of(&self, caller: &Caller) -> Option<Admission> {
        let source = caller.source.ip();
        let proven = caller.proven.as_ref().filter(|proven| proven.realm == TRUNK_REALM);
        let trunks = self.trunks.read();
        let mut known = trunks.iter().filter(|trunk| {
            let mut networks = trunk.inbound_networks.iter().filter_map(|text| text.parse::<Cidr>().ok());
            let is_proven = |proven: &Proven| trunk.username.as_ref() == Some(&proven.user);
            networks.any(|network| network.contains(source))
                || (proves_itself(trunk) && proven.is_some_and(is_proven))
        });
        let admitted = |trunk: &Trunk| Admission {
            trunk: Some(trunk.name.clone()),
            domain: None,
            needs_encryption: trunk.is_secure,
        };
        known.next().map(admitted)
    }

    async fn domain(&self, host: &str) -> Result<Option<SipDomain>, Error> {
        resources::by_name(&self.house.store, &self.house.account.to_string(), host).await
    }

    async fn is_listed(&self, lists: &[IpAccessControlListSid], source: IpAddr) -> Result<bool, Error> {
        for list in lists {
            let addresses: Vec<IpAddress> = resources::all(&self.house.store, &list.to_string()).await?;
            let mut networks = addresses
                .iter()
                .filter_map(|it| format!("{}/{}", it.address, it.prefix_length).parse::<Cidr>().ok());
            if networks.any(|network| network.contains(source)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the password of a trunk, or of a user of a SIP domain, whose name is the realm.
    async fn find_secret(&self, realm: &str, user: &str) -> Result<Option<Secret>, Error> {
        if realm == TRUNK_REALM {
            let trunks = self.trunks.read();
            let mut known = trunks.iter().filter(|trunk| proves_itself(trunk));
            let trunk = known.find(|trunk| trunk.username.as_deref() == Some(user));
            return Ok(trunk.and_then(|trunk| trunk.password.clone()).map(Secret::Password));
        }
        let Some(domain) = self.domain(realm).await? else { return Ok(None) };
        let lists = [domain.call_credential_lists, domain.registration_credential_lists].concat();
        Ok(self.find_password(&lists, user).await?.map(Secret::Password))
    }

    async fn find_password(&self, lists: &[CredentialListSid], user: &str) -> Result<Option<String>, Error> {
        for list in lists {
            if let Some(password) = self.password(*list, user).await? {
                return Ok(Some(password));
            }
        }
        Ok(None)
    }

    async fn password(&self, list: CredentialListSid, user: &str) -> Result<Option<String>, Error> {
        let found: Option<Credential> =
            resources::by_name(&self.house.store, &list.to_string(), user).await?;
        Ok(found.map(|credential| credential.password))
    }
}

/// Tells whether a trunk's calls are known by user and password, having no network to be known by.
fn proves_itself(trunk: &Trunk) -> bool {
    trunk.inbound_networks.is_empty() && trunk.username.is_some() && trunk.password.is_some()
}

fn admit(admission: Admission) -> Verdict {
    Verdict::Admit(admission)
}

fn refuse(status: u16, reason: &str) -> Verdict {
    Verdict::Refuse { status, reason: reason.to_owned() }
}

fn algorithm(name: &str) -> Option<Algorithm> {
    match name.trim() {
        "SHA-256" => Some(Algorithm::Sha256),
        "MD5" => Some(Algorithm::Md5),
        _ => None,
    }
}

/// Returns the user of a SIP URI.
fn user_of(uri: &str) -> String {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let user = rest.split_once('@').map_or("", |(user, _)| user);
    percent_encoding::percent_decode_str(user).decode_utf8_lossy().into_owned()
}

/// Returns the host of a SIP URI, without port and parameters.
fn host_of(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    host.split([':', ';', '?', '>']).next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_uri_names_the_domain() {
        for (uri, host) in [
            ("sip:alice@example.com:5060;transport=tcp", "example.com"),
            ("sip:example.com", "example.com"),
            ("sips:+1555@pbx.example.com", "pbx.example.com"),
        ] {
            assert_eq!(host_of(uri), host);
        }
    }
}
