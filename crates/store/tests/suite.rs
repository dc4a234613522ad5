//! What every backend must keep: run against SQLite here, and against each further adapter by one more line.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{
    Address, KeySid, MessageSid, ReservationSid, Sid, TaskChannelSid, TaskSid, Tick, Timestamp, WorkerSid,
    WorkspaceSid,
};
use router::{Change, Record as Row, Reservation, ReservationStatus};
use store::{
    Direction, Error, Key, Lease, Message, MessageStatus, Page, Record, SendOptions, Sqlite, Store, Unit,
    messages, outbox, reservations, resources, retention, routing, submissions, timers,
};

#[tokio::test]
async fn a_unit_is_written_whole_or_not_at_all() {
    let (_folder, store) = sqlite().await;
    store.commit(Unit::new().with(outbox::owe("e1", now(), "first".into()))).await.unwrap();
    let unit = Unit::new()
        .with(resources::insert(&key(1)))
        .with(outbox::settle("e1"))
        .with(outbox::settle("never owed"));
    assert_eq!(store.commit(unit).await, Err(Error::Conflict(outbox::ALREADY_DONE)));
    assert_eq!(resources::fetch::<Key>(&store, &key(1).sid()).await.unwrap(), None);
    assert_eq!(outbox::all(&store).await.unwrap(), [("e1".to_owned(), "first".to_owned())]);
}

#[tokio::test]
async fn an_errand_is_settled_once() {
    let (_folder, store) = sqlite().await;
    store.commit(Unit::new().with(outbox::owe("e1", now(), String::new()))).await.unwrap();
    let settle = || Unit::new().with(outbox::settle("e1"));
    assert_eq!(store.commit(settle()).await, Ok(()));
    assert_eq!(store.commit(settle()).await, Err(Error::Conflict(outbox::ALREADY_DONE)));
}

#[tokio::test]
async fn what_a_carrier_told_is_known_until_it_is_forgotten() {
    let (_folder, store) = sqlite().await;
    let note = |key: &str, at| submissions::note_event("acme", (key, "p-1"), Timestamp::from_secs(at), None);
    let unit = Unit::new().with(note("old", 99)).with(note("new", 100));
    store.commit(unit).await.unwrap();
    submissions::forget_told(&store, Timestamp::from_secs(100)).await.unwrap();
    assert_eq!(submissions::is_noted(&store, "acme", "old").await, Ok(false));
    assert_eq!(submissions::is_noted(&store, "acme", "new").await, Ok(true));
}

#[tokio::test]
async fn parts_of_a_text_wait_in_their_order_and_a_repeated_one_counts_once() {
    let (_folder, store) = sqlite().await;
    let whole = ("acme", "them/us/7/3");
    for (part, units, at) in [(3, "[99]", 9), (2, "[98]", 10), (1, "[0]", 10), (1, "[97]", 11)] {
        let at = Timestamp::from_secs(at);
        submissions::keep_part(&store, whole, part, units.to_owned(), at).await.unwrap();
    }
    let since = |secs| submissions::parts(&store, whole, Timestamp::from_secs(secs));
    assert_eq!(since(9).await.unwrap(), ["[97]", "[98]", "[99]"]);
    assert_eq!(since(10).await.unwrap(), ["[97]", "[98]"]);
    store.commit(Unit::new().with(submissions::forget_parts(whole))).await.unwrap();
    assert!(since(0).await.unwrap().is_empty());
}

#[tokio::test]
async fn units_that_share_a_flush_stand_and_fall_alone() {
    let (_folder, store) = sqlite().await;
    let mut commits = Vec::new();
    for number in 0..200u128 {
        let store = store.clone();
        // Every second unit takes a name that is taken already.
        let unit = Unit::new().with(resources::insert(&key(number / 2)));
        commits.push(tokio::spawn(async move { store.commit(unit).await }));
    }
    let mut refused = 0;
    for commit in commits {
        refused += usize::from(matches!(commit.await.unwrap(), Err(Error::Duplicate(_))));
    }
    assert_eq!(refused, 100);
    let parent = key(0).parent();
    assert_eq!(resources::all::<Key>(&store, &parent).await.unwrap().len(), 100);
}

#[tokio::test]
async fn an_update_over_a_changed_row_is_refused() {
    let (_folder, store) = sqlite().await;
    let read = key(1);
    store.commit(Unit::new().with(resources::insert(&read))).await.unwrap();
    let changed = Key { friendly_name: "mine".into(), date_updated: Timestamp::from_secs(9), ..read.clone() };
    let update = || Unit::new().with(resources::update(&changed, read.date_updated));
    assert_eq!(store.commit(update()).await, Ok(()));
    assert!(matches!(store.commit(update()).await, Err(Error::Conflict(_))));
    assert_eq!(resources::fetch::<Key>(&store, &read.sid()).await.unwrap(), Some(changed));
}

#[tokio::test]
async fn pages_go_forth_and_back_without_holes_while_rows_come_in() {
    let (_folder, store) = sqlite().await;
    for number in 0..7 {
        store.commit(Unit::new().with(messages::put(&message(number)))).await.unwrap();
    }
    let account = message(0).account;
    let list = async |page: Page| messages::list(&store, account, &Default::default(), &page).await.unwrap();
    let bodies = |items: &[Message]| items.iter().map(|m| m.body.clone()).collect::<Vec<_>>();

    let first = list(Page::first(3).newest_first()).await;
    assert_eq!(bodies(&first.items), ["6", "5", "4"]);
    assert_eq!(first.previous, None);
    store.commit(Unit::new().with(messages::put(&message(8)))).await.unwrap();
    let second = list(Page { cursor: first.next, ..Page::first(3).newest_first() }).await;
    assert_eq!(bodies(&second.items), ["3", "2", "1"]);
    let last = list(Page { cursor: second.next, ..Page::first(3).newest_first() }).await;
    assert_eq!((bodies(&last.items), last.next), (vec!["0".to_owned()], None));
    let back = list(Page { cursor: second.previous, ..Page::first(3).newest_first() }).await;
    assert_eq!(bodies(&back.items), ["6", "5", "4"]);
}

#[tokio::test]
async fn history_before_the_cutoff_goes_in_as_many_steps_as_it_takes() {
    let (_folder, store) = sqlite().await;
    let mut unit = Unit::new();
    unit.extend((0..1_200).map(|number| messages::put(&message(number))));
    unit.push(messages::put(&Message { status: MessageStatus::Queued, ..message(2_000) }));
    store.commit(unit).await.unwrap();
    assert_eq!(retention::forget(&store, Timestamp::from_secs(1_000 + 1_100)).await, Ok(1_100));
    let left =
        messages::list(&store, message(0).account, &Default::default(), &Page::first(1_000)).await.unwrap();
    assert_eq!(left.items.len(), 101);
}

#[tokio::test]
async fn a_worker_is_found_among_more_reservations_than_a_bucket_of_the_index_holds() {
    let (_folder, store) = sqlite().await;
    let workspace = WorkspaceSid::from_bits(1);
    let mut unit = Unit::new();
    for number in 0..9_000 {
        let change = Change::Put(Row::Reservation(Box::new(reservation(number))));
        unit.extend(routing::write(workspace, &change));
    }
    store.commit(unit).await.unwrap();
    let filter = reservations::Filter { worker: Some(reservation(7).worker_sid), ..Default::default() };
    let mut found = vec![];
    let mut page = Page::first(5);
    loop {
        let listing = reservations::list(&store, workspace, &filter, &page).await.unwrap();
        found.extend(listing.items.iter().map(|one| one.sid));
        let Some(next) = listing.next else { break };
        page.cursor = Some(next);
    }
    let expected: Vec<_> = (7..9_000).step_by(1_000).map(|number| reservation(number).sid).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_timer_is_one_row_for_each_aggregate() {
    let (_folder, store) = sqlite().await;
    let at = |seconds| Some(Timestamp::from_secs(seconds));
    let unit = Unit::new()
        .with(timers::set("FN1", at(5)))
        .with(timers::set("FN2", at(3)))
        .with(timers::set("FN1", at(1)))
        .with(timers::set("FN3", at(9)))
        .with(timers::set("FN3", None));
    store.commit(unit).await.unwrap();
    let due: Vec<_> =
        timers::all(&store).await.unwrap().into_iter().map(|(aggregate, _)| aggregate).collect();
    assert_eq!(due, ["FN1", "FN2"]);
}

#[tokio::test]
async fn who_lost_the_lease_writes_nothing_more() {
    let (folder, store) = sqlite().await;
    let unit = || Unit::new().with(timers::set("FN1", Some(now())));
    store.commit(unit()).await.unwrap();
    // Another process takes the lease behind this one's back.
    let other = rusqlite::Connection::open(folder.path().join("patchboard.db")).unwrap();
    other.execute("UPDATE leases SET owner = 'other', epoch = epoch + 1", ()).unwrap();
    assert_eq!(store.commit(unit()).await, Err(Error::Fenced));
}

#[tokio::test]
async fn without_a_lease_nothing_is_written_and_a_held_one_is_not_given() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Sqlite::open(&folder.path().join("patchboard.db")).unwrap());
    let unit = Unit::new().with(timers::set("FN1", Some(now())));
    assert_eq!(store.commit(unit.clone()).await, Err(Error::Fenced));
    store.acquire(lease("first", false)).await.unwrap();
    assert_eq!(store.acquire(lease("second", false)).await, Err(Error::InUse));
    store.acquire(lease("first", false)).await.unwrap();
    store.acquire(lease("second", true)).await.unwrap();
    assert_eq!(store.commit(unit).await, Ok(()));
}

#[tokio::test]
async fn a_second_process_is_kept_out_and_a_restart_finds_everything() {
    let (folder, store) = sqlite().await;
    let path = folder.path().join("patchboard.db");
    store.commit(Unit::new().with(resources::insert(&key(1)))).await.unwrap();
    assert_eq!(Sqlite::open(&path).err(), Some(Error::InUse));
    drop(store);
    let again = Store::new(Sqlite::open(&path).unwrap());
    assert_eq!(resources::fetch::<Key>(&again, &key(1).sid()).await.unwrap(), Some(key(1)));
}

async fn sqlite() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Sqlite::open(&folder.path().join("patchboard.db")).unwrap());
    store.acquire(lease("test", false)).await.unwrap();
    (folder, store)
}

fn lease(owner: &str, force: bool) -> Lease {
    Lease {
        shard: "all".into(),
        owner: owner.into(),
        now: now(),
        expires_at: Timestamp::from_secs(2_000),
        force,
    }
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_000)
}

fn key(number: u128) -> Key {
    Key {
        sid: KeySid::from_bits(number),
        account: domain::AccountSid::from_bits(1),
        friendly_name: format!("key {number}"),
        secret_digest: String::new(),
        secret: None,
        date_created: now(),
        date_updated: now(),
    }
}

/// One of a thousand workers' in turn.
fn reservation(number: u64) -> Reservation {
    let at = Timestamp::from_secs(1_000 + number as i64);
    Reservation {
        sid: ReservationSid::from_bits(number.into()),
        task_sid: TaskSid::from_bits(number.into()),
        worker_sid: WorkerSid::from_bits((number % 1_000).into()),
        task_channel_sid: TaskChannelSid::from_bits(1),
        status: ReservationStatus::Completed,
        timeout_secs: 120,
        is_on_hold: false,
        canceled_reason_code: None,
        transfer_sid: None,
        version: 0,
        date_created: at,
        date_updated: at,
        is_history: true,
    }
}

fn message(number: u64) -> Message {
    let mut tick = Tick::new(now(), number);
    let address = |text: &str| text.parse::<Address>().unwrap();
    Message {
        sid: tick.sid::<MessageSid>(),
        account: domain::AccountSid::from_bits(1),
        from: address("+15555550100"),
        to: address("+15551230001"),
        body: number.to_string(),
        media: vec![],
        direction: Direction::Inbound,
        status: MessageStatus::Received,
        segments: 1,
        profile_name: None,
        messaging_service_sid: None,
        error_code: None,
        error_message: None,
        status_callback: None,
        conversation: None,
        options: SendOptions::default(),
        opt_out: None,
        feedback: None,
        date_created: Timestamp::from_secs(1_000 + number as i64),
        date_updated: now(),
        date_sent: Some(now()),
    }
}
