//! Pairs of addresses: messages between the same two keep their order, and a pair that waits holds up no other.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::errand::Contact;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;
type Key = (String, String);

/// A handle on the queues of all pairs.
#[derive(Clone, Default)]
pub(crate) struct Pairs {
    /// What waits behind the job that runs; a pair without a job has no entry.
    queues: Arc<Mutex<BTreeMap<Key, VecDeque<Job>>>>,
    waiting: Arc<AtomicUsize>,
}

impl Pairs {
    /// Adds a job behind those of the same pair.
    pub(crate) fn push(&self, contact: &Contact, job: impl Future<Output = ()> + Send + 'static) {
        let key = (contact.theirs.clone(), contact.ours.clone());
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let mut queues = self.queues.lock();
        if let Some(queue) = queues.get_mut(&key) {
            return queue.push_back(Box::pin(job));
        }
        queues.insert(key.clone(), VecDeque::new());
        tokio::spawn(self.clone().run(key, Box::pin(job)));
    }

    /// Returns how many jobs wait or run.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    async fn run(self, key: Key, first: Job) {
        let mut next = Some(first);
        while let Some(job) = next {
            job.await;
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            next = self.next(&key);
        }
    }

    fn next(&self, key: &Key) -> Option<Job> {
        let mut queues = self.queues.lock();
        let next = queues.get_mut(key).and_then(VecDeque::pop_front);
        if next.is_none() {
            queues.remove(key);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_pair_keeps_its_order_and_one_that_waits_holds_up_no_other() {
        let pairs = Pairs::default();
        let (stuck, other) = (Contact::new("+1", "+2"), Contact::new("+1", "+3"));
        let (seen, mut sights) = mpsc::unbounded_channel();
        pairs.push(&stuck, std::future::pending());
        let behind = seen.clone();
        pairs.push(&stuck, async move { behind.send(0).unwrap() });
        for number in 1..=100 {
            let seen = seen.clone();
            pairs.push(&other, async move {
                tokio::task::yield_now().await;
                seen.send(number).unwrap();
            });
        }
        for number in 1..=100 {
            assert_eq!(sights.recv().await, Some(number));
        }
        assert!(sights.try_recv().is_err());
        assert_eq!(pairs.queues.lock().len(), 1);
    }
}
