//! The end of calls when the process is told to stop: everybody is hung up on properly, and nobody is let in.

use std::time::Duration;

use call::{Command, ModifyCall, WishedEnding};
use domain::CallSid;
use signaling::Signaling;
use tokio::sync::oneshot;

use super::service::{Round, Service};
use super::switchboard::{Request, Switchboard};

/// Ends all calls, and waits for the last farewell for so long at most.
pub(crate) async fn stop(switchboard: &Switchboard, at_most: Duration) {
    let (answer, answered) = oneshot::channel();
    if switchboard.send(Request::Stop(answer)).await.is_err() {
        return;
    }
    if let Ok(Some(signaling)) = answered.await {
        signaling.drained(at_most).await;
    }
}

impl Service {
    /// Hangs up all calls; who asked is told with the signaling that still says farewell.
    pub(super) fn stop(&mut self, answer: oneshot::Sender<Option<Signaling>>, round: &mut Round) {
        let signaling = self.lines.signaling().cloned();
        signaling.iter().for_each(Signaling::drain);
        let calls: Vec<CallSid> = self.exchange.calls().map(|call| call.sid).collect();
        if !calls.is_empty() {
            tracing::info!(calls = calls.len(), "the calls at hand are hung up");
        }
        for call in calls {
            let ending = ModifyCall { status: Some(WishedEnding::Completed), ..ModifyCall::of(call) };
            // One that went with another is over already.
            let _ = self.execute(Command::ModifyCall(Box::new(ending)), round);
        }
        round.stopped = Some((answer, signaling));
    }
}
