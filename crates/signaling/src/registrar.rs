//! Who can be called where: the contacts that devices registered (RFC 3261 §10).

use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::flow::Flow;

/// Contacts of one address at one time; further ones are refused.
pub(crate) const CONTACTS_MAX: usize = 20;

/// Where a device can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its URI.
    pub uri: String,
    /// Its preference, in thousandths; devices with a higher one want to be called first.
    pub preference: u16,
    /// Whether the directory lets it in for calls with encrypted audio only.
    pub needs_encryption: bool,
    /// The way that the registration came by, which is the way back through a NAT.
    pub(crate) flow: Flow,
    /// The proxies on that way (RFC 3327).
    pub(crate) path: Vec<String>,
    pub(crate) call_id: String,
    pub(crate) sequence: u32,
    pub(crate) expires_at: Moment,
}

/// All contacts by address of record.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    contacts: BTreeMap<String, Vec<Contact>>,
}

/// What one REGISTER wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To know the contacts.
    Query,
    /// To take all contacts out.
    RemoveAll { call_id: String, sequence: u32 },
    /// To put contacts in, or take out those that expire at once.
    Update(Vec<Contact>),
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A contact is there, until its time.
    Added(Contact),
    /// A contact is gone.
    Removed(Contact),
}

impl Registrar {
    /// The contacts of an address, the preferred first.
    pub(crate) fn contacts(&self, address: &str) -> Vec<Contact> {
        self.contacts.get(address).cloned().unwrap_or_default()
    }

    /// Does what a REGISTER wants, all or nothing; `None` where it is older than what is known, or too much.
    pub(crate) fn apply(&mut self, now: Moment, address: &str, wish: Wish) -> Option<Vec<Change>> {
        let mut list = self.contacts(address);
        let changes = match wish {
            Wish::Query => return Some(Vec::new()),
            Wish::RemoveAll { call_id, sequence } => remove_all(&mut list, &call_id, sequence)?,
            Wish::Update(contacts) => {
                let changes = contacts.into_iter().map(|contact| put(&mut list, now, contact));
                changes.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
            }
        };
        if list.len() > CONTACTS_MAX {
            return None;
        }
        list.sort_by_key(|contact| std::cmp::Reverse(contact.preference));
        self.keep(address, list);
        Some(changes)
    }

    /// Takes out what has run out, and says whose it was.
    pub(crate) fn expire(&mut self, now: Moment) -> Vec<(String, Contact)> {
        self.take_out(|contact| contact.expires_at <= now)
    }

    /// Takes out what can not be reached any more because its stream broke.
    pub(crate) fn broken(&mut self, flow: Flow) -> Vec<(String, Contact)> {
        self.take_out(|contact| contact.flow == flow)
    }

    fn take_out(&mut self, is_gone: impl Fn(&Contact) -> bool) -> Vec<(String, Contact)> {
        let mut gone = Vec::new();
        for (address, list) in &mut self.contacts {
            let out = list.extract_if(.., |contact| is_gone(contact));
            gone.extend(out.map(|contact| (address.clone(), contact)));
        }
        self.contacts.retain(|_, list| !list.is_empty());
        gone
    }

    fn keep(&mut self, address: &str, list: Vec<Contact>) {
        if list.is_empty() {
            self.contacts.remove(address);
        } else {
            self.contacts.insert(address.to_owned(), list);
        }
    }
}

fn remove_all(list: &mut Vec<Contact>, call_id: &str, sequence: u32) -> Option<Vec<Change>> {
    if list.iter().any(|known| known.call_id == call_id && known.sequence >= sequence) {
        return None;
    }
    Some(list.drain(..).map(Change::Removed).collect())
}

fn put(list: &mut Vec<Contact>, now: Moment, contact: Contact) -> Option<Option<Change>> {
    let known = list.iter().position(|known| known.uri == contact.uri);
    let is_old = |known: &Contact| known.call_id == contact.call_id && known.sequence >= contact.sequence;
    if known.is_some_and(|at| is_old(&list[at])) {
        return None;
    }
    let before = known.map(|at| list.remove(at));
    if contact.expires_at <= now {
        return Some(before.map(Change::Removed));
    }
    list.push(contact.clone());
    Some(Some(Change::Added(contact)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::flow::Transport;

    #[test]
    fn contacts_come_go_and_run_out() {
        let mut registrar = Registrar::default();
        let both = vec![contact("sip:a@1", 1, 60), Contact { preference: 900, ..contact("sip:a@2", 1, 90) }];
        registrar.apply(at(0), "a@x", Wish::Update(both)).unwrap();
        assert_eq!(uris(&registrar), ["sip:a@2", "sip:a@1"]);
        assert_eq!(registrar.apply(at(1), "a@x", Wish::Update(vec![contact("sip:a@1", 1, 80)])), None);
        registrar.apply(at(1), "a@x", Wish::Update(vec![contact("sip:a@2", 2, 0)])).unwrap();
        assert_eq!(uris(&registrar), ["sip:a@1"]);
        assert_eq!(registrar.expire(at(60)).len(), 1);
        assert!(uris(&registrar).is_empty());
    }

    #[test]
    fn a_star_takes_all_out() {
        let mut registrar = Registrar::default();
        registrar.apply(at(0), "a@x", Wish::Update(vec![contact("sip:a@1", 1, 60)])).unwrap();
        let old = Wish::RemoveAll { call_id: "c".to_owned(), sequence: 1 };
        assert_eq!(registrar.apply(at(0), "a@x", old), None);
        let star = Wish::RemoveAll { call_id: "c".to_owned(), sequence: 2 };
        assert_eq!(registrar.apply(at(0), "a@x", star).map(|changes| changes.len()), Some(1));
    }

    fn uris(registrar: &Registrar) -> Vec<String> {
        registrar.contacts("a@x").into_iter().map(|contact| contact.uri).collect()
    }

    fn contact(uri: &str, sequence: u32, expires: u64) -> Contact {
        let flow = Flow { transport: Transport::Udp, peer: ([127, 0, 0, 1], 5060).into(), socket: None };
        let (uri, call_id) = (uri.to_owned(), "c".to_owned());
        Contact {
            uri,
            preference: 500,
            needs_encryption: false,
            flow,
            path: Vec::new(),
            call_id,
            sequence,
            expires_at: at(expires),
        }
    }

    fn at(secs: u64) -> Moment {
        Duration::from_secs(secs)
    }
}
