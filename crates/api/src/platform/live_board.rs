//! Where live events are left for those who listen: to all of them, or to one conversation.
//!
//! Thousands of visitors listen to a conversation each: what happens in one wakes only those who listen to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ConversationSid;
use parking_lot::Mutex;
use tokio::sync::broadcast::Sender;

use super::{LiveEvent, LiveEvents};

/// How many commits a listener may lie behind: to all events, and to those of one conversation.
const BEHIND_MAX: usize = 4096;
const BEHIND_OF_ONE_MAX: usize = 32;

/// How many conversations are kept at least before it is looked which of them nobody listens to any more.
const CONVERSATIONS_MIN: usize = 1024;

type Board = Sender<Arc<Vec<LiveEvent>>>;

/// The board of an installation.
pub struct LiveBoard {
    all: Board,
    of_conversations: Mutex<OfConversations>,
}

struct OfConversations {
    boards: BTreeMap<ConversationSid, Board>,
    /// At how many conversations those without listeners are dropped.
    clean_at: usize,
}

impl Default for LiveBoard {
    fn default() -> Self {
        let of_conversations = OfConversations { boards: BTreeMap::new(), clean_at: CONVERSATIONS_MIN };
        Self { all: Sender::new(BEHIND_MAX), of_conversations: Mutex::new(of_conversations) }
    }
}

impl LiveBoard {
    /// Listens to everything from this moment on.
    pub fn subscribe(&self) -> LiveEvents {
        self.all.subscribe()
    }

    /// Listens to one conversation from this moment on.
    pub fn subscribe_to(&self, conversation: ConversationSid) -> LiveEvents {
        self.of_conversations.lock().board(conversation).subscribe()
    }

    /// Tells listeners what a commit brought about.
    pub fn publish(&self, events: Vec<LiveEvent>) {
        if events.is_empty() {
            return;
        }
        self.of_conversations.lock().publish(&events);
        // An error says that nobody listens.
        let _ = self.all.send(Arc::new(events));
    }
}

impl OfConversations {
    fn board(&mut self, conversation: ConversationSid) -> &Board {
        if self.boards.len() >= self.clean_at {
            self.boards.retain(|_, board| board.receiver_count() > 0);
            self.clean_at = CONVERSATIONS_MIN.max(2 * self.boards.len());
        }
        self.boards.entry(conversation).or_insert_with(|| Sender::new(BEHIND_OF_ONE_MAX))
    }

    fn publish(&mut self, events: &[LiveEvent]) {
        let mut heard: BTreeMap<ConversationSid, Vec<LiveEvent>> = BTreeMap::new();
        for event in events {
            if let Some(sid) = event.conversation().filter(|sid| self.boards.contains_key(sid)) {
                heard.entry(sid).or_default().push(event.clone());
            }
        }
        for (sid, events) in heard {
            let sent = self.boards.get(&sid).map(|board| board.send(Arc::new(events)));
            if matches!(sent, Some(Err(_))) {
                self.boards.remove(&sid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Sid, Timestamp};
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn who_listens_to_a_conversation_hears_of_no_other() {
        let board = LiveBoard::default();
        let (mut all, mut first) = (board.subscribe(), board.subscribe_to(sid(1)));
        board.publish(vec![typing(1), typing(2)]);
        board.publish(vec![typing(2)]);
        assert_eq!(*first.try_recv().unwrap(), [typing(1)]);
        assert_eq!(first.try_recv(), Err(TryRecvError::Empty));
        assert_eq!((all.try_recv().unwrap().len(), all.try_recv().unwrap().len()), (2, 1));
    }

    #[test]
    fn conversations_that_nobody_listens_to_any_more_are_forgotten() {
        let board = LiveBoard::default();
        drop(board.subscribe_to(sid(1)));
        board.publish(vec![typing(1)]);
        assert_eq!(board.of_conversations.lock().boards.len(), 0);
        let one = board.subscribe_to(sid(0));
        for number in 1..4 * CONVERSATIONS_MIN as u64 {
            drop(board.subscribe_to(sid(number)));
        }
        assert!(board.of_conversations.lock().boards.len() <= CONVERSATIONS_MIN);
        assert!(board.of_conversations.lock().boards.contains_key(&sid(0)));
        drop(one);
    }

    fn sid(number: u64) -> ConversationSid {
        ConversationSid::from_bits(number.into())
    }

    fn typing(number: u64) -> LiveEvent {
        LiveEvent::Typing { conversation: sid(number), identity: "ada".into(), at: Timestamp::from_secs(1) }
    }
}
