//! The event log: what a workspace announces comes back whole, in order, by every filter and page by page.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{AccountSid, Sid, Tick, Timestamp};
use router::{
    Action, Command, CreateTask, CreateTaskQueue, CreateWorker, CreateWorkspace, Notice, Outcome, Template,
    Workspace,
};
use store::events::{self, Filter};
use store::{Lease, Page, Sqlite, Store, Unit};

#[tokio::test]
async fn events_come_back_in_order_page_by_page_and_there_and_back() {
    let centre = Centre::open().await;
    for size in [1, 2, 3, 7, 1_000] {
        for newest_first in [false, true] {
            let mut expected = centre.notices.clone();
            if newest_first {
                expected.reverse();
            }
            let first = Page { newest_first, ..Page::first(size) };
            assert_eq!(centre.walk(&Filter::default(), first).await, expected, "{size} {newest_first}");
        }
    }
    let skipped = centre.list(&Filter::default(), &Page { skip: 5, ..Page::first(2) }).await;
    assert_eq!(skipped.items, centre.notices[5..7]);
    let back = Page { cursor: skipped.previous, ..Page::first(3) };
    assert_eq!(centre.list(&Filter::default(), &back).await.items, centre.notices[2..5]);
}

#[tokio::test]
async fn every_filter_finds_what_a_look_at_each_event_finds() {
    let centre = Centre::open().await;
    let mut tried = 0;
    for notice in &centre.notices {
        for (filter, is_in) in filters_of(notice) {
            let expected: Vec<Notice> = centre.notices.iter().filter(|one| is_in(one)).cloned().collect();
            assert_eq!(centre.walk(&filter, Page::first(9)).await, expected, "{filter:?}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried} filters");
}

#[tokio::test]
async fn an_event_is_found_by_its_sid_and_in_its_workspace_only() {
    let centre = Centre::open().await;
    let workspace = centre.notices[0].workspace_sid;
    for notice in &centre.notices {
        let found = events::fetch(&centre.store, workspace, &notice.sid.to_string()).await.unwrap();
        assert_eq!(found.as_ref(), Some(notice));
    }
    let elsewhere = domain::WorkspaceSid::from_bits(1);
    let sid = centre.notices[0].sid.to_string();
    assert_eq!(events::fetch(&centre.store, elsewhere, &sid).await.unwrap(), None);
    assert_eq!(events::fetch(&centre.store, workspace, "EV").await.unwrap(), None);
}

/// What a test asks the log for, and who should come back.
type Case<'a> = (Filter, Box<dyn Fn(&Notice) -> bool + 'a>);

fn filters_of(notice: &Notice) -> Vec<Case<'_>> {
    let task = |one: &Notice| one.subjects.task.as_ref().map(|task| task.task.clone());
    let worker = |one: &Notice| one.subjects.worker.as_ref().map(|worker| worker.worker.sid);
    let reservation = |one: &Notice| one.subjects.reservation.as_ref().map(|one| one.sid);
    let (own_task, own_worker, own_reservation) = (task(notice), worker(notice), reservation(notice));
    let mut cases: Vec<Case<'_>> = vec![
        (
            Filter { kind: Some(notice.kind.as_str().to_owned()), ..Filter::default() },
            Box::new(|one| one.kind == notice.kind),
        ),
        (
            Filter { sid: Some(notice.sid.to_string()), ..Filter::default() },
            Box::new(|one| one.sid == notice.sid),
        ),
        (Filter { from: Some(notice.at), ..Filter::default() }, Box::new(|one| one.at >= notice.at)),
        (Filter { to: Some(notice.at), ..Filter::default() }, Box::new(|one| one.at <= notice.at)),
    ];
    if let Some(own) = own_task {
        let queue = own.task_queue_sid;
        let filter = Filter { task: Some(own.sid.to_string()), ..Filter::default() };
        cases.push((filter, Box::new(move |one| task(one).is_some_and(|task| task.sid == own.sid))));
        if let Some(queue) = queue {
            let filter = Filter { queue: Some(queue.to_string()), ..Filter::default() };
            let is_in = move |one: &Notice| {
                let own_queue = one.subjects.task_queue.as_ref().map(|queue| queue.sid);
                task(one).and_then(|task| task.task_queue_sid).or(own_queue) == Some(queue)
            };
            cases.push((filter, Box::new(is_in)));
        }
    }
    if let Some(own) = own_worker {
        let filter = Filter { worker: Some(own.to_string()), ..Filter::default() };
        cases.push((filter, Box::new(move |one| worker(one) == Some(own))));
    }
    if let Some(own) = own_reservation {
        let filter = Filter { reservation: Some(own.to_string()), ..Filter::default() };
        cases.push((filter, Box::new(move |one| reservation(one) == Some(own))));
    }
    cases
}

/// A log of all that two workers, two queues and a few tasks bring about.
struct Centre {
    _folder: tempfile::TempDir,
    store: Store,
    notices: Vec<Notice>,
}

impl Centre {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Sqlite::open(&folder.path().join("patchboard.db")).unwrap());
        let (now, expires_at) = (Timestamp::from_secs(1_000), Timestamp::from_secs(2_000));
        let lease = Lease { shard: "all".into(), owner: "test".into(), now, expires_at, force: false };
        store.acquire(lease).await.unwrap();
        let mut notices = announced();
        for commit in notices.chunks(5) {
            let mut unit = Unit::new();
            unit.extend(events::insert(commit));
            store.commit(unit).await.unwrap();
        }
        notices.sort_by_key(|notice| (notice.at, notice.sid));
        Self { _folder: folder, store, notices }
    }

    async fn list(&self, filter: &Filter, page: &Page) -> store::Listing<Notice> {
        events::list(&self.store, self.notices[0].workspace_sid, filter, page).await.unwrap()
    }

    async fn walk(&self, filter: &Filter, mut page: Page) -> Vec<Notice> {
        let mut all = vec![];
        loop {
            let listing = self.list(filter, &page).await;
            all.extend(listing.items);
            match listing.next {
                Some(next) => page.cursor = Some(next),
                None => return all,
            }
        }
    }
}

/// Two commands share each microsecond: their events lie between each other in the log.
fn announced() -> Vec<Notice> {
    let setup = CreateWorkspace {
        account_sid: AccountSid::from_bits(1),
        friendly_name: "Log".to_owned(),
        template: Template::Fifo,
        event_callback_url: None,
        events_filter: None,
        multi_task_enabled: None,
        prioritize_queue_order: None,
    };
    let at = |number: u64| Tick::new(Timestamp::from_micros(1_000_000_000 + number as i64 / 2), number);
    let (mut workspace, mut actions) = Workspace::create(setup, &mut at(0)).unwrap();
    let available = workspace.activities().find(|activity| activity.available).unwrap().sid;
    let mut commands = vec![Command::CreateTaskQueue(CreateTaskQueue {
        friendly_name: "Second".to_owned(),
        ..CreateTaskQueue::default()
    })];
    for (name, worker) in [("Alice", true), ("Bob", false)] {
        commands.push(Command::CreateWorker(CreateWorker {
            friendly_name: name.to_owned(),
            activity_sid: worker.then_some(available),
            attributes: None,
        }));
    }
    commands.extend((0..15).map(|_| Command::CreateTask(CreateTask::default())));
    for (number, command) in (1..).zip(commands) {
        let Outcome { actions: more, .. } = workspace.execute(command, &mut at(number)).unwrap();
        actions.extend(more);
    }
    let notices = actions.into_iter().filter_map(|action| match action {
        Action::Announce(notice) => Some(*notice),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    });
    notices.collect()
}
