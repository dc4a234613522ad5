//! What holds while one batch is written and the next is decided, above all when the database fails.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::{AccountSid, Sid};
use router::{Command, CreateActivity, CreateWorkspace, DeleteWorkspace, Template};
use store::{Backend, Lease, Query, Row, Sqlite, Store, Unit};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::service::BATCH_MAX;
use super::*;
use crate::config::SpeechConfig;

#[tokio::test]
async fn nobody_is_answered_before_the_own_commit() {
    let centre = Centre::open().await;
    let first = centre.create_activity("First").await;
    let second = centre.create_activity("Second").await;
    let seen = centre.look().await;
    assert!(!first.is_finished() && !second.is_finished() && !seen.is_finished());
    centre.disk.commits.add_permits(1);
    assert!(first.await.unwrap().is_ok());
    step_aside().await;
    assert!(!second.is_finished() && !seen.is_finished());
    centre.disk.commits.add_permits(1);
    assert!(second.await.unwrap().is_ok());
    assert_eq!(seen.await.unwrap()[..2], ["First", "Second"]);
}

#[tokio::test]
async fn a_failed_commit_takes_back_what_was_decided_on_top_of_it() {
    let centre = Centre::open().await;
    let first = centre.create_activity("First").await;
    let on_top = centre.create_activity("Second").await;
    // It would be refused for its name if the first were there for good.
    let clash = centre.create_activity("First").await;
    centre.disk.fails.store(true, Ordering::SeqCst);
    centre.disk.commits.add_permits(1);
    for told in [first, on_top, clash] {
        assert!(matches!(told.await.unwrap(), Err(Failure::Store(Error::Unavailable(_)))));
    }
    centre.disk.commits.add_permits(100);
    let names = centre.look().await.await.unwrap();
    assert!(names.iter().all(|name| name != "First" && name != "Second"), "{names:?}");
    let again = centre.create_activity("First").await;
    assert!(again.await.unwrap().is_ok());
    let in_memory = centre.look().await.await.unwrap();
    let on_disk = super::read(&centre.house, centre.workspace).await.unwrap();
    assert_eq!(in_memory, names_of(&on_disk));
}

#[tokio::test]
async fn full_batches_behind_the_one_that_is_written_go_with_it_or_follow_it() {
    for fails in [true, false] {
        let centre = Centre::open().await;
        let mut asked = vec![];
        for number in 0..BATCH_MAX * 2 {
            asked.push(centre.create_activity(&format!("Activity {number}")).await);
        }
        let seen = centre.look().await;
        step_aside().await;
        assert!(asked.iter().all(|one| !one.is_finished()));
        centre.disk.fails.store(fails, Ordering::SeqCst);
        centre.disk.commits.add_permits(BATCH_MAX * 4);
        for one in asked {
            assert_eq!(one.await.unwrap().is_err(), fails);
        }
        assert_eq!(seen.await.unwrap().iter().any(|name| name == "Activity 511"), !fails);
    }
}

#[tokio::test]
async fn what_is_asked_behind_a_deletion_finds_the_workspace_gone() {
    let centre = Centre::open().await;
    let deletion = centre.ask(Command::DeleteWorkspace(DeleteWorkspace)).await;
    let behind = centre.create_activity("Late").await;
    centre.disk.commits.add_permits(100);
    assert!(deletion.await.unwrap().is_ok());
    assert!(matches!(behind.await.unwrap(), Err(Failure::NotFound)));
}

/// A database whose every commit waits for a permit, and fails when told to.
struct Disk {
    sqlite: Sqlite,
    commits: Semaphore,
    fails: AtomicBool,
}

/// The disk, shared with the test.
struct Shared(Arc<Disk>);

#[async_trait]
impl Backend for Shared {
    async fn commit(&self, unit: Unit) -> Result<(), Error> {
        self.0.commits.acquire().await.expect("it is never closed").forget();
        if self.0.fails.swap(false, Ordering::SeqCst) {
            return Err(Error::Unavailable("the disk is full".to_owned()));
        }
        self.0.sqlite.commit(unit).await
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, Error> {
        self.0.sqlite.query(query).await
    }

    async fn acquire(&self, lease: Lease) -> Result<(), Error> {
        self.0.sqlite.acquire(lease).await
    }
}

/// A workspace on a disk that waits.
struct Centre {
    _folder: tempfile::TempDir,
    disk: Arc<Disk>,
    house: Arc<House>,
    workspace: WorkspaceSid,
}

impl Centre {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("patchboard.db")).unwrap();
        let disk = Arc::new(Disk { sqlite, commits: Semaphore::new(1), fails: AtomicBool::new(false) });
        let store = Store::new(Shared(Arc::clone(&disk)));
        let now = clock::now();
        let expires_at = now + std::time::Duration::from_secs(60);
        let lease = Lease { shard: "all".into(), owner: "test".into(), now, expires_at, force: false };
        store.acquire(lease).await.unwrap();
        let account_sid = AccountSid::from_bits(1);
        let (options, providers) = (webhooks::Options::default(), flow::Providers::default());
        let speech = SpeechConfig::default();
        let house = House::new(account_sid, store, options, providers, &speech, folder.path());
        let setup = CreateWorkspace {
            account_sid,
            friendly_name: "Test".to_owned(),
            template: Template::None,
            event_callback_url: None,
            events_filter: None,
            multi_task_enabled: None,
            prioritize_queue_order: None,
        };
        let workspace = create(&house, setup).await.unwrap();
        Self { _folder: folder, disk, house, workspace }
    }

    async fn create_activity(&self, name: &str) -> JoinHandle<Result<Subject, Failure>> {
        let activity = CreateActivity { friendly_name: name.to_owned(), available: true };
        self.ask(Command::CreateActivity(activity)).await
    }

    /// Asks, and lets the workspace decide.
    async fn ask(&self, command: Command) -> JoinHandle<Result<Subject, Failure>> {
        let handle = self.house.workspaces.get(self.workspace).unwrap();
        let asked = tokio::spawn(async move { handle.execute(command).await });
        step_aside().await;
        asked
    }

    /// Asks for the names of all activities, sorted.
    async fn look(&self) -> JoinHandle<Vec<String>> {
        let handle = self.house.workspaces.get(self.workspace).unwrap();
        let looked = tokio::spawn(async move {
            let (answer, answered) = oneshot::channel();
            let look = move |workspace: &Workspace| drop(answer.send(names_of(workspace)));
            handle.look(Box::new(look)).await.unwrap();
            answered.await.unwrap()
        });
        step_aside().await;
        looked
    }
}

fn names_of(workspace: &Workspace) -> Vec<String> {
    let mut names: Vec<String> =
        workspace.activities().map(|activity| activity.friendly_name.to_string()).collect();
    // Activities of one moment come in any order.
    names.sort_by_key(|name| (!["First", "Second"].contains(&name.as_str()), name.clone()));
    names
}

/// Lets everything else on this one thread run until it waits for the disk.
async fn step_aside() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
