//! Statistics of all workspaces: counted as things happen, for a day in memory.
//!
//! What lies further back, or happened before the process started, is counted again from the event log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::Failure;
use domain::{Timestamp, WorkspaceSid};
use parking_lot::Mutex;
use router::{CumulativeStatistics, Notice, NoticeKind, Statistics, StatisticsQuery, Workspace};
use store::{Cursor, Error, Page, events};

use crate::clock;
use crate::house::House;

/// How far back memory reaches.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much longer memory may grow before the oldest minutes are forgotten.
const SLACK: Duration = Duration::from_secs(60 * 60);

/// How many events are read at once.
const EVENTS_MAX: usize = 1_000;

/// The figures of every workspace.
#[derive(Default)]
pub(crate) struct Ledger {
    books: Mutex<BTreeMap<WorkspaceSid, Book>>,
}

/// The figures of one workspace.
enum Book {
    /// The past is being read; what happens meanwhile waits.
    Opening(Vec<Notice>),
    /// Everything from a time on is counted.
    Open { statistics: Box<Statistics>, since: Timestamp },
}

impl Ledger {
    /// Begins the figures of a workspace that was just made.
    pub(crate) fn begin(&self, workspace: &Workspace) {
        let mut statistics = Statistics::default();
        statistics.begin(workspace);
        let book = Book::Open { statistics: Box::new(statistics), since: Timestamp::default() };
        self.books.lock().insert(workspace.settings().sid, book);
    }

    /// Lets what happens in a workspace wait until its past is read.
    pub(crate) fn announce(&self, workspace: WorkspaceSid) {
        self.books.lock().insert(workspace, Book::Opening(Vec::new()));
    }

    /// Counts what a commit brought about.
    pub(crate) fn observe(&self, notices: &[Notice]) {
        let mut books = self.books.lock();
        for notice in notices {
            if notice.kind == NoticeKind::WorkspaceDeleted {
                books.remove(&notice.workspace_sid);
            } else if let Some(book) = books.get_mut(&notice.workspace_sid) {
                book.observe(notice);
            }
        }
    }

    /// Opens a workspace's book with its past; a look at the workspace says what that leaves open.
    fn open(&self, mut past: Statistics, since: Timestamp, workspace: &Workspace) {
        let mut books = self.books.lock();
        let Some(book) = books.get_mut(&workspace.settings().sid) else { return };
        let Book::Opening(waiting) = book else { return };
        waiting.iter().for_each(|notice| past.observe(notice));
        past.begin(workspace);
        *book = Book::Open { statistics: Box::new(past), since };
    }

    /// Answers from memory; none where memory does not reach back so far.
    fn recall(
        &self,
        workspace: WorkspaceSid,
        queries: &[StatisticsQuery],
    ) -> Option<Vec<CumulativeStatistics>> {
        match self.books.lock().get(&workspace)? {
            Book::Opening(_) => None,
            Book::Open { statistics, since } => {
                let is_held = queries.iter().all(|query| query.from >= *since);
                is_held.then(|| queries.iter().map(|query| statistics.query(query)).collect())
            }
        }
    }
}

impl Book {
    fn observe(&mut self, notice: &Notice) {
        match self {
            Book::Opening(waiting) => waiting.push(notice.clone()),
            Book::Open { statistics, since } => {
                statistics.observe(notice);
                let first = notice.at - MEMORY;
                if first - SLACK > *since {
                    statistics.forget_before(first);
                    *since = whole_minute_after(first);
                }
            }
        }
    }
}

/// Reads the past of all workspaces that were there when the process started.
pub(crate) async fn open_books(house: Arc<House>, started_at: Timestamp) {
    for workspace in house.workspaces.sids() {
        if let Err(error) = open_book(&house, workspace, started_at).await {
            tracing::warn!(%workspace, %error, "statistics are counted from the event log for each request");
        }
    }
}

async fn open_book(house: &Arc<House>, sid: WorkspaceSid, started_at: Timestamp) -> Result<(), Failure> {
    let since = whole_minute_after(started_at - MEMORY);
    let past = read(house, sid, since, started_at).await?;
    let ledger = Arc::clone(house);
    let open = move |workspace: &Workspace| ledger.statistics.open(past, since, workspace);
    house.workspaces.get(sid)?.look(Box::new(open)).await
}

/// Answers questions about the past of a workspace.
pub(crate) async fn answer(
    house: &Arc<House>,
    sid: WorkspaceSid,
    queries: Vec<StatisticsQuery>,
) -> Result<Vec<CumulativeStatistics>, Failure> {
    if let Some(answers) = house.statistics.recall(sid, &queries) {
        return Ok(answers);
    }
    let Some(from) = queries.iter().map(|query| query.from).min() else { return Ok(vec![]) };
    let mut past = read(house, sid, whole_minute_before(from), clock::now()).await?;
    let (answer, answered) = tokio::sync::oneshot::channel();
    let look = move |workspace: &Workspace| {
        past.begin(workspace);
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(queries.iter().map(|query| past.query(query)).collect());
    };
    house.workspaces.get(sid)?.look(Box::new(look)).await?;
    answered.await.map_err(|_| Failure::NotFound)
}

/// Counts the events of a time, the last moment left out.
async fn read(
    house: &House,
    workspace: WorkspaceSid,
    from: Timestamp,
    before: Timestamp,
) -> Result<Statistics, Error> {
    let to = before - Duration::from_micros(1);
    let filter = events::Filter { from: Some(from), to: Some(to), ..events::Filter::default() };
    let mut statistics = Statistics::default();
    let mut page = Page::first(EVENTS_MAX);
    loop {
        let listing = events::list(&house.store, workspace, &filter, &page).await?;
        listing.items.iter().for_each(|notice| statistics.observe(notice));
        match listing.next {
            Some(next @ (Cursor::After(..) | Cursor::Before(..))) => page.cursor = Some(next),
            None => return Ok(statistics),
        }
    }
}

/// Figures are counted by minutes: one that is known in part only is not known.
fn whole_minute_after(time: Timestamp) -> Timestamp {
    Timestamp::from_secs(time.as_secs().div_euclid(60) * 60 + 60)
}

fn whole_minute_before(time: Timestamp) -> Timestamp {
    Timestamp::from_secs(time.as_secs().div_euclid(60) * 60)
}
