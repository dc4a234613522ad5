//! Announcements to a whole conference: a document's Say and Play, one after the other, into the mix.

use domain::ConferenceSid;
use twiml::{ConferenceEvent, Verb};

use crate::exchange::Exchange;
use crate::parameters::pairs;
use crate::{Announcement, Onto, Parameters, Playback, Refusal, Source};

impl Exchange {
    pub(in crate::exchange) fn announce(&mut self, command: Announcement) -> Result<ConferenceSid, Refusal> {
        let sid = command.conference;
        self.check_conference(sid)?;
        let conference = self.conferences.get(&sid).expect("it was just checked");
        let Some(call) = conference.participants.keys().next().copied() else {
            return Err(Refusal::wrong_state("nobody takes part in the conference"));
        };
        let parameters = pairs([
            ("ConferenceSid", sid.to_string()),
            ("FriendlyName", conference.facts.friendly_name.clone()),
            ("AccountSid", self.settings.account_sid.to_string()),
        ]);
        self.ask_for_conference(sid, call, command.link, parameters);
        Ok(sid)
    }

    pub(in crate::exchange) fn announce_verbs(
        &mut self,
        sid: ConferenceSid,
        base_url: &str,
        verbs: Vec<Verb>,
    ) {
        let sources = verbs.into_iter().filter_map(|verb| source(verb, base_url));
        let Some(conference) = self.conferences.get_mut(&sid) else { return };
        conference.announcements.extend(sources);
        if conference.announcing.is_none() {
            self.announce_next(sid);
        }
    }

    pub(in crate::exchange) fn announcement_played(&mut self, sid: ConferenceSid, playback: Playback) {
        let conference = self.conferences.get(&sid);
        if conference.is_some_and(|conference| conference.announcing == Some(playback)) {
            self.announce_next(sid);
        }
    }

    /// Takes note that an announcement is over, or could not be had.
    pub(in crate::exchange) fn end_conference_announcement(&mut self, sid: ConferenceSid, has_failed: bool) {
        let name = if has_failed { "announcement-fail" } else { "announcement-end" };
        self.send_conference_notice(sid, ConferenceEvent::Announcement, name, Parameters::new());
    }

    fn announce_next(&mut self, sid: ConferenceSid) {
        let Some(conference) = self.conferences.get_mut(&sid) else { return };
        match conference.announcements.pop_front() {
            Some((source, loops)) => {
                let playback = self.play(Onto::Conference(sid), source, loops);
                if let Some(conference) = self.conferences.get_mut(&sid) {
                    conference.announcing = Some(playback);
                }
            }
            None => {
                conference.announcing = None;
                self.end_conference_announcement(sid, false);
            }
        }
    }

    /// Stops what is announced, since the conference is over.
    pub(super) fn stop_announcing(&mut self, sid: ConferenceSid) {
        let playback = self.conferences.get_mut(&sid).and_then(|conference| conference.announcing.take());
        if let Some(playback) = playback {
            self.stop_playing(playback);
        }
    }
}

fn source(verb: Verb, base_url: &str) -> Option<(Source, u32)> {
    match verb {
        Verb::Say(say) => {
            let loops = say.loop_count().max(1);
            let (voice, language) = (say.voice, say.language);
            Some((Source::Speech { parts: say.speech, voice, language }, loops))
        }
        Verb::Play(play) => {
            let loops = play.loop_count().max(1);
            let joined = url::Url::parse(base_url).and_then(|base| base.join(&play.url));
            Some((Source::File(joined.map_or(play.url, String::from)), loops))
        }
        Verb::Pause(_) | Verb::Gather(_) | Verb::Record(_) | Verb::Dial(_) | Verb::Enqueue(_) => None,
        Verb::Leave(_) | Verb::Redirect(_) | Verb::Reject(_) | Verb::Hangup(_) | Verb::Refer(_) => None,
        Verb::Start(_) | Verb::Stop(_) | Verb::Connect(_) | Verb::Echo(_) | Verb::Pay(_) => None,
        Verb::Sms(_) | Verb::Message(_) => None,
    }
}
