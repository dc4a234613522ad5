//! Couriers: jobs that wait for the world outside, side by side, a limited number at a time.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// How many applications are waited for at the same time.
const COURIERS_MAX: usize = 256;

/// A handle on the couriers.
#[derive(Clone)]
pub(crate) struct Couriers {
    free: Arc<Semaphore>,
}

impl Default for Couriers {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(COURIERS_MAX)) }
    }
}

impl Couriers {
    /// Sends a courier as soon as one is free; whatever is unfinished at a stop is owed at the next start.
    pub(crate) fn send(&self, job: impl Future<Output = ()> + Send + 'static) {
        let free = Arc::clone(&self.free);
        tokio::spawn(async move {
            let _courier = free.acquire_owned().await;
            job.await;
        });
    }
}
