//! Lists are walked by their links alone, in memory, in the store, and in the form of the 2010 API.

use serde_json::Value;

use crate::client::{ACCOUNT, Client, PUBLIC_URL};

#[tokio::test]
async fn a_list_is_walked_by_its_links_to_the_end_and_back() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    for number in 0..5 {
        let name = format!("worker {number}");
        client.post(&format!("{workspace}/Workers"), &[("FriendlyName", &name)]).await.ok();
        client.post(&format!("{workspace}/Tasks"), &[("Priority", &number.to_string())]).await.ok();
    }
    let newest_first = format!("{workspace}/Tasks?PageSize=2&Ordering=Priority:desc");
    for (path, key, total) in [
        (format!("{workspace}/Workers?PageSize=2"), "workers", 5),
        (format!("{workspace}/Tasks?PageSize=2&AssignmentStatus=pending,reserved"), "tasks", 5),
        (newest_first, "tasks", 5),
        (format!("{workspace}/Events?PageSize=7&EventType=task.created"), "events", 5),
        (format!("{workspace}/TaskChannels?PageSize=2"), "channels", 5),
    ] {
        let pages = walk(&client, &path, key).await;
        let sids: Vec<String> = pages.iter().flatten().map(crate::client::sid).collect();
        let mut unique = sids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((sids.len(), unique.len()), (total, total), "{path}");
    }
}

/// Follows `next_page_url` to the end; each page's `previous_page_url` must show the page before.
async fn walk(client: &Client, path: &str, key: &str) -> Vec<Items> {
    let mut pages: Vec<Items> = Vec::new();
    let mut url = format!("{PUBLIC_URL}{path}");
    loop {
        let page = client.get(&url).await.ok();
        assert_eq!(page["meta"]["key"], key);
        if let Some(previous) = page["meta"]["previous_page_url"].as_str() {
            assert_eq!(client.get(previous).await.ok()[key].as_array(), pages.last());
        }
        pages.push(page[key].as_array().unwrap().clone());
        match page["meta"]["next_page_url"].as_str() {
            Some(next) => url = next.to_owned(),
            None => return pages,
        }
    }
}

type Items = Vec<Value>;

#[tokio::test]
async fn the_2010_form_has_paths_and_nothing_beside_the_list() {
    let client = Client::new().await;
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    for number in 0..3 {
        let body = format!("message {number}");
        let form = [("From", "+15555550100"), ("To", "+15551230001"), ("Body", body.as_str())];
        client.post(&path, &form).await.ok();
    }
    let first = client.get(&format!("{path}?PageSize=2&To=%2B15551230001")).await.ok();
    let bodies = |page: &Value| -> Vec<String> {
        let messages = page["messages"].as_array().unwrap();
        messages.iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(bodies(&first), ["message 2", "message 1"]);
    let next = client.get(first["next_page_uri"].as_str().unwrap()).await.ok();
    assert_eq!(bodies(&next), ["message 0"]);
    assert_eq!((&next["start"], &next["end"], &next["page"]), (&2.into(), &2.into(), &1.into()));
    let known =
        ["end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"];
    let others: Vec<&String> =
        next.as_object().unwrap().keys().filter(|key| !known.contains(&key.as_str())).collect();
    assert_eq!(others, ["messages"]);
}
