//! Say/Play: speaks a text or plays audio or keys to the caller.

use twiml::{Announcement, Digits, Play, Verb};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice::{self, PLAY, Prompt, SAY};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "say-play",
    label: "Say/Play",
    group: Group::Voice,
    help: "Speaks a text, plays audio or sends keys.",
    properties: &[
        SAY,
        PLAY,
        PropertyKind::liquid_text(
            "digits",
            "Keys to send: 0-9, A-D, #, * and w for half a second of silence.",
        ),
        PropertyKind::liquid_text("voice", "The voice."),
        PropertyKind::liquid_text("language", "The language of the voice."),
        PropertyKind::new("loop", PropertyType::Integer { min: 1, max: 99 }, "How often.").default("1"),
    ],
    events: &[EventKind::new("audioComplete", "Audio complete")],
    failure_event: None,
    outputs: &["CallSid", "CallStatus", "From", "To", "language", "voice"],
    compile: Some(compile),
};

#[derive(Debug)]
struct SayPlay {
    prompt: Prompt,
    digits: Option<Template>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SayPlay { prompt: Prompt::compile(source), digits: source.optional_template("digits") })
}

impl Behaviour for SayPlay {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        scope.visit.outputs = self.prompt.outputs(scope);
        match self.render(scope) {
            Some(verb) => voice::perform(scope, verb),
            None => {
                let warning = "there is nothing to say or to play".to_owned();
                voice::pass_over(scope, Exit::by("audioComplete"), warning)
            }
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave(scope, resume, |mut parameters| {
            parameters.extend(scope.visit.outputs.clone());
            Exit::by("audioComplete").with_outputs(parameters)
        })
    }
}

impl SayPlay {
    fn render(&self, scope: &mut Scope<'_>) -> Option<Verb> {
        if let Some(announcement) = self.prompt.render(scope) {
            return Some(match announcement {
                Announcement::Say(say) => say.into(),
                Announcement::Play(play) => play.into(),
                Announcement::Pause(pause) => pause.into(),
            });
        }
        let digits = voice::text_of(scope, self.digits.as_ref()?)?;
        match Digits::new(&digits) {
            Some(digits) => Some(Play { digits: Some(digits), ..Play::default() }.into()),
            None => {
                scope.warn(format!("'{digits}' are no keys: 0-9, A-D, #, *, w and W are expected"));
                None
            }
        }
    }
}
