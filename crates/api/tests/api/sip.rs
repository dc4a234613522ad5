//! SIP domains with whom they let in, applications, and trunks.

use insta::assert_json_snapshot;

use crate::client::{Client, golden, sid};

const BASE: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001";

#[tokio::test]
async fn a_domain_lets_in_the_users_and_addresses_that_are_mapped_to_it() {
    let client = Client::new().await;
    let form = [
        ("DomainName", "Phones.Example.com"),
        ("VoiceUrl", "https://example.com/voice"),
        ("SipRegistration", "true"),
        ("DigestAlgorithms", "md5"),
    ];
    let domain = client.post(&format!("{BASE}/SIP/Domains.json"), &form).await.ok();
    assert_json_snapshot!("sip_domain", golden(&domain));
    assert_eq!(client.post(&format!("{BASE}/SIP/Domains.json"), &form).await.refusal(), (409, 20409));
    let wrong = [("DomainName", "no host")];
    assert_eq!(client.post(&format!("{BASE}/SIP/Domains.json"), &wrong).await.refusal(), (400, 20001));
    let users =
        client.post(&format!("{BASE}/SIP/CredentialLists.json"), &[("FriendlyName", "staff")]).await.ok();
    let places = client
        .post(&format!("{BASE}/SIP/IpAccessControlLists.json"), &[("FriendlyName", "office")])
        .await
        .ok();
    let below = |tail: &str| domain["uri"].as_str().unwrap().replace(".json", tail);
    for (tail, parameter, list) in [
        ("/Auth/Calls/CredentialListMappings", "CredentialListSid", &users),
        ("/Auth/Registrations/CredentialListMappings", "CredentialListSid", &users),
        ("/Auth/Calls/IpAccessControlListMappings", "IpAccessControlListSid", &places),
    ] {
        let all = below(&format!("{tail}.json"));
        assert_eq!(client.post(&all, &[(parameter, "CLx")]).await.refusal(), (400, 20001), "{tail}");
        let mapped = client.post(&all, &[(parameter, &sid(list))]).await.ok();
        assert_eq!((&mapped["sid"], &mapped["friendly_name"]), (&list["sid"], &list["friendly_name"]));
        assert_eq!(client.post(&all, &[(parameter, &sid(list))]).await.refusal(), (409, 20409));
        assert_eq!(client.get(&all).await.ok()["contents"][0], mapped);
        assert_eq!(client.get(mapped["uri"].as_str().unwrap()).await.ok(), mapped);
    }
    let older = client.get(&below("/CredentialListMappings.json")).await.ok();
    assert_eq!(older["credential_list_mappings"][0]["sid"], users["sid"]);
    let shown = client.get(domain["uri"].as_str().unwrap()).await.ok();
    assert_eq!(shown["auth_type"], "IP_ACL,CREDENTIAL_LIST");
    assert_eq!(client.delete(users["uri"].as_str().unwrap()).await.refusal(), (409, 20409));
    for tail in ["/Auth/Calls", "/Auth/Registrations"] {
        let mapping = below(&format!("{tail}/CredentialListMappings/{}.json", sid(&users)));
        assert_eq!(client.delete(&mapping).await.status, 204);
    }
    assert_eq!(client.delete(users["uri"].as_str().unwrap()).await.status, 204);
    assert_eq!(
        client.get(&below("/Auth/Elsewhere/CredentialListMappings.json")).await.refusal(),
        (404, 20404)
    );
}

#[tokio::test]
async fn a_user_has_a_password_that_is_strong_and_never_shown() {
    let client = Client::new().await;
    let list =
        client.post(&format!("{BASE}/SIP/CredentialLists.json"), &[("FriendlyName", "staff")]).await.ok();
    let users = list["subresource_uris"]["credentials"].as_str().unwrap();
    for weak in ["Short1aB", "nocapitals123", "NOSMALLS12345", "NoDigitsAtAll", ""] {
        let answer = client.post(users, &[("Username", "ann"), ("Password", weak)]).await;
        assert_eq!(answer.refusal(), (400, 20001), "{weak}");
        assert!(weak.is_empty() || !answer.text.contains(weak));
    }
    let form = [("Username", "ann"), ("Password", "Correct4Horse")];
    let made = client.post(users, &form).await;
    assert!(!made.text.contains("Correct4Horse"));
    assert_json_snapshot!("sip_credential", golden(&made.ok()));
    assert_eq!(client.post(users, &form).await.refusal(), (409, 20409));
    let own = made.json()["uri"].as_str().unwrap().to_owned();
    assert_eq!(client.post(&own, &[("Password", "weak")]).await.refusal(), (400, 20001));
    assert_eq!(client.post(&own, &[("Password", "Another4Horse")]).await.status, 200);
    assert_eq!(client.delete(list["uri"].as_str().unwrap()).await.status, 204);
    assert_eq!(client.get(&own).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn an_address_stands_for_itself_or_for_the_network_around_it() {
    let client = Client::new().await;
    let lists = format!("{BASE}/SIP/IpAccessControlLists.json");
    let list = client.post(&lists, &[("FriendlyName", "office")]).await.ok();
    let addresses = list["subresource_uris"]["ip_addresses"].as_str().unwrap();
    let form = [("FriendlyName", "gateway"), ("IpAddress", "192.0.2.7")];
    let made = client.post(addresses, &form).await.ok();
    assert_json_snapshot!("ip_address", golden(&made));
    let own = made["uri"].as_str().unwrap();
    assert_eq!(client.post(own, &[("CidrPrefixLength", "24")]).await.ok()["cidr_prefix_length"], 24);
    assert_eq!(client.post(own, &[("CidrPrefixLength", "33")]).await.refusal(), (400, 20001));
    assert_eq!(
        client.post(addresses, &[("FriendlyName", "x"), ("IpAddress", "here")]).await.refusal().0,
        400
    );
    assert_eq!(client.delete(own).await.status, 204);
}

#[tokio::test]
async fn a_trunk_is_read_again_whenever_it_changes() {
    let client = Client::new().await;
    let form = [
        ("FriendlyName", "main"),
        ("InboundNetworks", "192.0.2.7, 198.51.100.0/24"),
        ("Outbound", "sip:a.example.com,sip:b.example.com;transport=tcp"),
        ("Username", "us"),
        ("Password", "hidden-word"),
    ];
    let made = client.post("/v1/trunks", &form).await;
    assert!(!made.text.contains("hidden-word"));
    assert_json_snapshot!("trunk", golden(&made.ok()));
    assert_eq!(client.post("/v1/trunks", &form).await.refusal(), (409, 20409));
    for (name, value) in
        [("Outbound", "http://a"), ("Outbound", "sip:me@a"), ("InboundNetworks", "1.2.3.4/33")]
    {
        let own = format!("/v1/trunks/{}", sid(&made.json()));
        assert_eq!(client.post(&own, &[(name, value)]).await.refusal(), (400, 20001), "{value}");
    }
    let own = format!("/v1/trunks/{}", sid(&made.json()));
    let heavier = r#"[{"uri": "sip:c.example.com", "priority": 1, "weight": 5}]"#;
    assert_eq!(client.post(&own, &[("Outbound", heavier)]).await.ok()["outbound"][0]["weight"], 5);
    assert_eq!(client.get("/v1/trunks").await.ok()["trunks"].as_array().unwrap().len(), 1);
    assert_eq!(client.delete(&own).await.status, 204);
    let reloads = client.platform.trunk_reloads.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(reloads, 3);
}
