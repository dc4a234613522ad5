//! Lists of events: groups are read by time, and their events held against the filter one by one.

use std::collections::VecDeque;

use domain::{Timestamp, WorkspaceSid};
use router::Notice;

use super::packing::unpack;
use crate::page::{Selection, cut};
use crate::{Cursor, Error, Listing, Page, Query, Store};

/// How many groups are read at once at least; most hold several events.
const GROUPS_MIN: usize = 32;

/// Which events a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before or at this time.
    pub to: Option<Timestamp>,
    /// Only those of this type, as published.
    pub kind: Option<String>,
    /// Only those about this task.
    pub task: Option<String>,
    /// Only those about this worker.
    pub worker: Option<String>,
    /// Only those about this reservation.
    pub reservation: Option<String>,
    /// Only those in this queue.
    pub queue: Option<String>,
    /// Only those in this workflow.
    pub workflow: Option<String>,
    /// Only those about tasks of this task channel, or about the channel itself.
    pub task_channel: Option<String>,
    /// Only the one with this SID.
    pub sid: Option<String>,
}

/// Returns a page of a workspace's events.
pub async fn list(
    store: &Store,
    workspace: WorkspaceSid,
    filter: &Filter,
    page: &Page,
) -> Result<Listing<Notice>, Error> {
    let mut log = Log::new(store, workspace, filter, page);
    let mut to_skip = if page.cursor.is_some() { 0 } else { page.skip };
    let mut found = Vec::new();
    while found.len() <= page.size
        && let Some(notice) = log.next().await?
    {
        match to_skip {
            0 => found.push(notice),
            _ => to_skip -= 1,
        }
    }
    cut(page, found, |notice| Ok((notice.at, notice.sid.to_string())))
}

/// The events that a filter holds, one after another.
struct Log<'a> {
    store: &'a Store,
    workspace: WorkspaceSid,
    filter: &'a Filter,
    /// The event at which the page before ended.
    begins_behind: Option<(Timestamp, String)>,
    is_descending: bool,
    /// The times between which groups are still to be read.
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    /// How many groups are read at once.
    chunk: usize,
    read: VecDeque<Notice>,
    is_at_end: bool,
}

impl<'a> Log<'a> {
    fn new(store: &'a Store, workspace: WorkspaceSid, filter: &'a Filter, page: &Page) -> Self {
        let is_backwards = matches!(page.cursor, Some(Cursor::Before(..)));
        let begins_behind = page.cursor.as_ref().map(|cursor| match cursor {
            Cursor::After(at, sid) | Cursor::Before(at, sid) => (*at, sid.clone()),
        });
        let mut log = Self {
            store,
            workspace,
            filter,
            is_descending: page.newest_first != is_backwards,
            from: filter.from,
            to: filter.to,
            chunk: GROUPS_MIN.max(page.size / 4),
            read: VecDeque::new(),
            is_at_end: false,
            begins_behind: None,
        };
        if let Some((at, _)) = &begins_behind {
            log.go_on_at(*at);
        }
        Self { begins_behind, ..log }
    }

    async fn next(&mut self) -> Result<Option<Notice>, Error> {
        while self.read.is_empty() && !self.is_at_end {
            self.read_on().await?;
        }
        Ok(self.read.pop_front())
    }

    /// Reads the next groups. What is read ends between two times, for groups of one time may share it in any order.
    async fn read_on(&mut self) -> Result<(), Error> {
        let mut rows = self.store.query(self.query()).await?;
        self.is_at_end = rows.len() < self.chunk;
        if !self.is_at_end
            && let Some(last) = rows.last().map(|row| row.timestamp(0)).transpose()?
        {
            rows.retain(|row| row.timestamp(0) != Ok(last));
            self.go_on_at(last);
            if rows.is_empty() {
                self.chunk *= 2;
            }
        }
        let mut notices = Vec::new();
        for row in &rows {
            notices.extend(unpack(row.bytes(1)?)?.into_iter().filter(|notice| self.wants(notice)));
        }
        notices.sort_by_key(|notice| (notice.at, notice.sid));
        if self.is_descending {
            notices.reverse();
        }
        self.read.extend(notices);
        Ok(())
    }

    fn query(&self) -> Query {
        let mut selection = Selection::of("SELECT date_created, body FROM event_groups");
        selection.filter("workspace =", self.workspace.to_string());
        selection.equal("task", self.filter.task.as_deref());
        if let Some(from) = self.from {
            selection.filter("date_created >=", from);
        }
        if let Some(to) = self.to {
            selection.filter("date_created <=", to);
        }
        for word in self.filter.keys().into_iter().flatten() {
            // A wildcard in it lets more groups through, not more events.
            selection.filter("words LIKE", format!("% {word} %"));
        }
        selection.by_time(self.is_descending, self.chunk)
    }

    fn go_on_at(&mut self, at: Timestamp) {
        match self.is_descending {
            true => self.to = Some(self.to.map_or(at, |to| to.min(at))),
            false => self.from = Some(self.from.map_or(at, |from| from.max(at))),
        }
    }

    /// Tells whether an event is in the list, behind the page before.
    fn wants(&self, notice: &Notice) -> bool {
        let place = (notice.at, notice.sid.to_string());
        let is_behind = self.begins_behind.as_ref().is_none_or(|before| match self.is_descending {
            true => place < *before,
            false => place > *before,
        });
        is_behind && self.filter.holds(notice)
    }
}

impl Filter {
    fn keys(&self) -> [Option<&str>; 7] {
        [
            &self.kind,
            &self.task,
            &self.worker,
            &self.reservation,
            &self.queue,
            &self.workflow,
            &self.task_channel,
        ]
        .map(|key| key.as_deref())
    }

    /// Tells whether an event has what is asked for; its time is looked at in the database.
    fn holds(&self, notice: &Notice) -> bool {
        let is_it = self.sid.as_ref().is_none_or(|sid| *sid == notice.sid.to_string());
        let agrees =
            |(wanted, has): (Option<&str>, Option<String>)| wanted.is_none() || wanted == has.as_deref();
        is_it && self.keys().into_iter().zip(keys_of(notice)).all(agrees)
    }
}

/// Returns what an event can be found by, in the order of [`Filter::keys`].
pub(super) fn keys_of(notice: &Notice) -> [Option<String>; 7] {
    let subjects = &notice.subjects;
    let task = subjects.task.as_ref().map(|snapshot| &snapshot.task);
    let queue = task.and_then(|task| task.task_queue_sid);
    let workflow = task.and_then(|task| task.workflow_sid);
    let channel = task.map(|task| task.task_channel_sid);
    [
        Some(notice.kind.as_str().to_owned()),
        text(task.map(|task| task.sid)),
        text(subjects.worker.as_ref().map(|snapshot| snapshot.worker.sid)),
        text(subjects.reservation.as_ref().map(|reservation| reservation.sid)),
        text(queue.or(subjects.task_queue.as_ref().map(|queue| queue.sid))),
        text(workflow.or(subjects.workflow.as_ref().map(|workflow| workflow.sid))),
        text(channel.or(subjects.task_channel.as_ref().map(|channel| channel.sid))),
    ]
}

fn text(sid: Option<impl ToString>) -> Option<String> {
    sid.map(|sid| sid.to_string())
}
