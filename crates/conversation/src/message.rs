//! Messages, and what became of each on its way to the participants.

use domain::{
    Attributes, ContentSid, ConversationMessageSid, ConversationSid, MediaSid, ParticipantSid, ReceiptSid,
    Tick, Timestamp, named,
};
use serde::{Deserialize, Serialize};

use crate::DeliveryReport;

named! {
    /// How far a message got on its way to one participant.
    pub enum DeliveryStatus {
        /// The carrier has taken it.
        Sent = "sent",
        /// The carrier's answer was lost: it may or may not have been sent.
        Unknown = "unknown",
        /// It could not be sent.
        Failed = "failed",
        /// The network says that it did not arrive.
        Undelivered = "undelivered",
        /// The network says that it arrived.
        Delivered = "delivered",
        /// The participant has read it.
        Read = "read",
    }
}

named! {
    /// To how many of those whom a message was sent to something applies.
    pub enum Share {
        /// To nobody.
        None = "none",
        /// To some.
        Some = "some",
        /// To everybody.
        All = "all",
    }
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub sid: ConversationMessageSid,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// Its place in the conversation.
    pub index: u64,
    /// Who wrote it: an identity, an address, or the name of what is no participant.
    pub author: String,
    /// The participant who wrote it.
    pub participant_sid: Option<ParticipantSid>,
    /// Its text.
    pub body: Option<String>,
    /// Its media.
    pub media: Vec<MessageMedia>,
    /// Its subject line.
    pub subject: Option<String>,
    /// The content template that stands for the text.
    pub content_sid: Option<ContentSid>,
    /// The values of the template's placeholders, as JSON text.
    pub content_variables: Option<String>,
    /// The user's own facts.
    pub attributes: Attributes,
    /// By which a repeated request is known.
    pub token: Option<String>,
    /// To how many participants behind addresses it was sent.
    pub recipients: u32,
    /// What became of it on its way to each of those, as far as is known.
    pub receipts: Vec<Receipt>,
    /// When it was written.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// A medium of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMedia {
    /// The medium.
    pub sid: MediaSid,
    /// Its size in bytes.
    pub size: u64,
    /// Its MIME type.
    pub content_type: String,
    /// The name of its file.
    pub filename: Option<String>,
}

/// What became of a message on its way to one participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The receipt.
    pub sid: ReceiptSid,
    /// The participant.
    pub participant_sid: ParticipantSid,
    /// The message as it was given to the carrier (`SM…`, `MM…`).
    pub channel_message_sid: Option<String>,
    /// How far it got.
    pub status: DeliveryStatus,
    /// The carrier's reason for a failure.
    pub error_code: Option<u32>,
    /// When the first report came.
    pub date_created: Timestamp,
    /// When the last report came that said something new.
    pub date_updated: Timestamp,
}

/// The receipts of a message in one view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverySummary {
    /// To how many participants it was sent.
    pub total: u32,
    /// How many carriers took it.
    pub sent: Share,
    /// To how many it was delivered.
    pub delivered: Share,
    /// How many have read it.
    pub read: Share,
    /// To how many it could not be sent.
    pub failed: Share,
    /// With how many it did not arrive.
    pub undelivered: Share,
}

impl Message {
    /// Returns the receipts in one view; none for a message that went to nobody behind an address.
    pub fn delivery(&self) -> Option<DeliverySummary> {
        use DeliveryStatus::*;
        (self.recipients > 0).then(|| DeliverySummary {
            total: self.recipients,
            sent: self.share(&[Sent, Delivered, Read, Undelivered]),
            delivered: self.share(&[Delivered, Read]),
            read: self.share(&[Read]),
            failed: self.share(&[Failed]),
            undelivered: self.share(&[Undelivered]),
        })
    }

    /// Takes a carrier's report and returns the receipt; none where it says nothing new.
    pub(crate) fn note(&mut self, report: DeliveryReport, tick: &mut Tick) -> Option<Receipt> {
        let of_same = |receipt: &&mut Receipt| receipt.participant_sid == report.participant_sid;
        if let Some(known) = self.receipts.iter_mut().find(of_same) {
            let is_news = known.status.yields_to(report.status);
            return is_news.then(|| known.take_up(report, tick.now));
        }
        let receipt = Receipt {
            sid: tick.sid(),
            participant_sid: report.participant_sid,
            channel_message_sid: report.channel_message_sid,
            status: report.status,
            error_code: report.error_code,
            date_created: tick.now,
            date_updated: tick.now,
        };
        self.receipts.push(receipt.clone());
        Some(receipt)
    }

    fn share(&self, statuses: &[DeliveryStatus]) -> Share {
        let count = self.receipts.iter().filter(|receipt| statuses.contains(&receipt.status)).count();
        match u32::try_from(count).unwrap_or(u32::MAX) {
            0 => Share::None,
            count if count >= self.recipients => Share::All,
            _ => Share::Some,
        }
    }
}

impl Receipt {
    fn take_up(&mut self, report: DeliveryReport, now: Timestamp) -> Receipt {
        self.status = report.status;
        self.error_code = report.error_code;
        self.channel_message_sid = report.channel_message_sid.or(self.channel_message_sid.take());
        self.date_updated = now;
        self.clone()
    }
}

impl DeliveryStatus {
    /// Tells whether a report of `next` says more than what is known; reports may come in any order.
    pub(crate) fn yields_to(self, next: DeliveryStatus) -> bool {
        self.rank() < next.rank()
    }

    fn rank(self) -> u8 {
        match self {
            DeliveryStatus::Unknown => 0,
            DeliveryStatus::Sent => 1,
            DeliveryStatus::Failed | DeliveryStatus::Undelivered => 2,
            DeliveryStatus::Delivered => 3,
            DeliveryStatus::Read => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_report_of_less_changes_nothing() {
        use DeliveryStatus::*;
        for (known, reported, is_news) in [
            (Unknown, Sent, true),
            (Sent, Delivered, true),
            (Delivered, Sent, false),
            (Delivered, Read, true),
            (Read, Delivered, false),
            (Undelivered, Delivered, true),
            (Failed, Undelivered, false),
        ] {
            assert_eq!(known.yields_to(reported), is_news, "{known} then {reported}");
        }
    }
}
