//! Lanes: jobs of one key run one after another, jobs of different keys side by side.
//!
//! This is what makes an execution, or a pair of addresses, have one writer at a time.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How many jobs run side by side at most: as many commits can share one flush to disk.
const LANES: usize = 1024;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A handle on the lanes; they end when the last handle is dropped.
#[derive(Clone)]
pub(crate) struct Lanes {
    senders: Arc<[UnboundedSender<Job>]>,
    waiting: Arc<AtomicUsize>,
}

impl Lanes {
    /// Starts the lanes on the current runtime.
    pub(crate) fn start() -> Self {
        let waiting = Arc::new(AtomicUsize::new(0));
        let start_lane = |_| {
            let (sender, receiver) = unbounded_channel();
            tokio::spawn(run(receiver, Arc::clone(&waiting)));
            sender
        };
        Self { senders: (0..LANES).map(start_lane).collect(), waiting: Arc::clone(&waiting) }
    }

    /// Adds a job behind those of the same key.
    pub(crate) fn push(&self, key: &impl Hash, job: impl Future<Output = ()> + Send + 'static) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if self.senders[lane].send(Box::pin(job)).is_err() {
            // The runtime is being shut down: what was owed stays in the outbox for the next start.
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Returns how many jobs wait or run.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Runs the jobs of one lane in order.
async fn run(mut jobs: UnboundedReceiver<Job>, waiting: Arc<AtomicUsize>) {
    while let Some(job) = jobs.recv().await {
        job.await;
        waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn jobs_of_one_key_keep_their_order() {
        let lanes = Lanes::start();
        let seen = Arc::new(Mutex::new(Vec::new()));
        for number in 0..100 {
            let seen = Arc::clone(&seen);
            lanes.push(&"contact", async move {
                tokio::task::yield_now().await;
                seen.lock().push(number);
            });
        }
        let (done, finished) = oneshot::channel();
        lanes.push(&"contact", async move { done.send(()).unwrap() });
        finished.await.unwrap();
        assert_eq!(*seen.lock(), (0..100).collect::<Vec<_>>());
    }
}
