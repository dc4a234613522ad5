//! The conversations in memory: those that were used lately; rows in the database are the truth.

use std::collections::BTreeMap;

use conversation::Conversation;
use domain::ConversationSid;
use parking_lot::Mutex;

/// How many conversations are kept; the one used longest ago makes room.
const CONVERSATIONS_MAX: usize = 512;

/// Keeps conversations between two turns: whoever takes one out is its only holder.
#[derive(Default)]
pub(super) struct Shelf {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// With the number of the use, to know which was used longest ago.
    conversations: BTreeMap<ConversationSid, (u64, Conversation)>,
    by_use: BTreeMap<u64, ConversationSid>,
    uses: u64,
}

impl Shelf {
    /// Takes a conversation out, if it is here.
    pub(super) fn take_out(&self, sid: ConversationSid) -> Option<Conversation> {
        self.inside.lock().take_out(sid)
    }

    /// Puts a conversation in as it is committed.
    pub(super) fn put_in(&self, conversation: Conversation) {
        let mut inside = self.inside.lock();
        let sid = conversation.details().sid;
        inside.take_out(sid);
        inside.uses += 1;
        let number = inside.uses;
        inside.conversations.insert(sid, (number, conversation));
        inside.by_use.insert(number, sid);
        if inside.conversations.len() > CONVERSATIONS_MAX
            && let Some((_, oldest)) = inside.by_use.pop_first()
        {
            inside.conversations.remove(&oldest);
        }
    }
}

impl Inside {
    fn take_out(&mut self, sid: ConversationSid) -> Option<Conversation> {
        let (number, conversation) = self.conversations.remove(&sid)?;
        self.by_use.remove(&number);
        Some(conversation)
    }
}

#[cfg(test)]
mod tests {
    use conversation::{CreateConversation, Origin};
    use domain::{Sid, Tick, Timestamp};

    use super::*;

    #[test]
    fn the_conversation_used_longest_ago_makes_room() {
        let shelf = Shelf::default();
        let sids: Vec<_> = (0..=CONVERSATIONS_MAX as u64).map(|number| put_new(&shelf, number)).collect();
        assert!(shelf.take_out(sids[0]).is_none());
        assert!(sids[1..].iter().all(|sid| shelf.take_out(*sid).is_some()));
    }

    fn put_new(shelf: &Shelf, number: u64) -> ConversationSid {
        let create = CreateConversation::of(Sid::from_bits(1), Sid::from_bits(2));
        let mut tick = Tick::new(Timestamp::from_secs(1), number);
        let (conversation, _) = Conversation::create(create, &Origin::api(), &mut tick).unwrap();
        let sid = conversation.details().sid;
        shelf.put_in(conversation);
        sid
    }
}
