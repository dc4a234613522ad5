//! Questions: documents and flows that are asked what comes next, and their answers.

use domain::CallSid;
use twiml::{Say, Verb};

use super::{Asker, Exchange};
use crate::parameters;
use crate::performance::{QueueNews, Signal, Told, WithoutAction};
use crate::run::{Driver, Lane, Purpose};
use crate::timer::Timer;
use crate::{Action, Application, Link, Parameters, Question, Request};

/// What a caller hears whose document can not be had.
const APOLOGY: &str = "We are sorry, an application error has occurred. Goodbye.";

impl Exchange {
    /// Asks for a document on behalf of a program.
    pub(crate) fn ask_document(&mut self, call: CallSid, lane: Lane, application: &Application) {
        let parameters = self.request_parameters(call, lane);
        self.ask_with(call, lane, application, parameters);
    }

    /// Asks a call's flow for its next verbs.
    pub(super) fn ask_flow(&mut self, call: CallSid, lane: Lane, more: Option<Parameters>) {
        let mut parameters = self.request_parameters(call, lane);
        parameters.extend(more.unwrap_or_default());
        self.ask(call, lane, Question::Flow { parameters });
    }

    /// Asks what a verb's action says, or the flow in its place, or goes on without.
    pub(super) fn ask_action(&mut self, call: CallSid, lane: Lane, told: Told, without: WithoutAction) {
        let Some(run) = self.calls.get(&call).and_then(|call| call.run(lane)) else { return };
        if run.driver == Driver::Flow {
            return self.ask_flow(call, lane, Some(told.parameters));
        }
        let written = told.action.url.as_deref().filter(|url| !url.is_empty());
        let application = match (written, without) {
            (Some(url), _) => {
                let (url, fallback) = (run.resolve(url), self.fallback(call, lane));
                Some(Application { url, method: told.action.method(), fallback })
            }
            (None, WithoutAction::SameDocument) => {
                let document = self.document_of(call, lane);
                document.map(|document| Application { method: told.action.method(), ..document })
            }
            (None, WithoutAction::NextVerb) => None,
        };
        match application {
            Some(application) => self.ask_anew(call, lane, &application, told.parameters),
            None => self.next_verb(call, lane),
        }
    }

    /// Asks what a verb's action is told though the answer can not be performed any longer.
    pub(super) fn ask_in_vain(&mut self, call: CallSid, lane: Lane, told: Told) {
        let Some(run) = self.calls.get(&call).and_then(|call| call.run(lane)) else { return };
        let url = told.action.url.as_deref().filter(|url| !url.is_empty()).map(|url| run.resolve(url));
        let is_flow = run.driver == Driver::Flow;
        let mut parameters = self.request_parameters(call, lane);
        parameters.extend(told.parameters);
        let method = told.action.method();
        let question = match url {
            _ if is_flow => Question::Flow { parameters },
            Some(url) => Question::Document { url, method, fallback: None, parameters },
            None => return,
        };
        let request = self.new_request(None);
        self.act(Action::Ask { request, call, question });
    }

    /// Asks for a document that is no call's program.
    pub(super) fn ask_for_conference(
        &mut self,
        conference: domain::ConferenceSid,
        call: CallSid,
        link: Link,
        parameters: Parameters,
    ) {
        let request = self.new_request(Some(Asker::Conference(conference)));
        let Link { url, method } = link;
        let question = Question::Document { url, method, fallback: None, parameters };
        self.act(Action::Ask { request, call, question });
    }

    /// Takes the answer of a question, if anybody still waits for it.
    pub(super) fn take_answer(&mut self, request: Request, base_url: String, verbs: Vec<Verb>) {
        match self.asking.remove(&request) {
            Some(Asker::Run(call, lane)) => self.take_document(call, lane, base_url, verbs),
            Some(Asker::Conference(conference)) => self.announce_verbs(conference, &base_url, verbs),
            None => {}
        }
    }

    /// Takes note that a question has no answer.
    pub(super) fn take_failure(&mut self, request: Request, code: u32, reason: String) {
        match self.asking.remove(&request) {
            Some(Asker::Run(call, lane)) => {
                self.report(call, code, reason);
                self.miss_document(call, lane);
            }
            Some(Asker::Conference(conference)) => self.end_conference_announcement(conference, true),
            None => {}
        }
    }

    /// Returns the document of a program, as it would be requested again.
    pub(super) fn document_of(&self, call: CallSid, lane: Lane) -> Option<Application> {
        let run = self.calls.get(&call)?.run(lane)?;
        let (url, method) = run.base()?;
        Some(Application { url: url.to_owned(), method, fallback: self.fallback(call, lane) })
    }

    /// Returns what is requested when a document of a program can not be had.
    pub(super) fn fallback(&self, call: CallSid, lane: Lane) -> Option<Link> {
        match &self.calls.get(&call)?.run(lane)?.driver {
            Driver::Document { fallback, .. } => fallback.clone(),
            Driver::Flow | Driver::Nobody => None,
        }
    }

    /// A flow's answer needs no base; a document's own URL is where relative ones begin.
    fn take_document(&mut self, call: CallSid, lane: Lane, base_url: String, verbs: Vec<Verb>) {
        let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) else { return };
        run.asking = None;
        match &mut run.driver {
            Driver::Flow if verbs.is_empty() => return self.hang_up(call),
            Driver::Document { url, .. } if !base_url.is_empty() => *url = Some(base_url),
            Driver::Document { .. } | Driver::Flow | Driver::Nobody => {}
        }
        self.go_on_with(call, lane, verbs);
    }

    fn miss_document(&mut self, call: CallSid, lane: Lane) {
        let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) else { return };
        run.asking = None;
        match run.purpose {
            Purpose::Drive => self.go_on_with(call, lane, vec![Say::new(APOLOGY).into()]),
            Purpose::Whisper(_) => self.hang_up(call),
            Purpose::QueueWait => {
                self.end_aside(call);
                self.tell(call, Lane::Main, Signal::Queue(QueueNews::WaitFailed));
            }
            // The two are connected all the same, and a conference waits in silence.
            Purpose::QueueWhisper(_) | Purpose::ConferenceWait | Purpose::Announcement => {
                self.go_on_with(call, lane, vec![]);
            }
        }
    }

    fn ask_anew(&mut self, call: CallSid, lane: Lane, application: &Application, more: Parameters) {
        if let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) {
            run.verbs.clear();
        }
        let mut parameters = self.request_parameters(call, lane);
        parameters.extend(more);
        self.ask_with(call, lane, application, parameters);
    }

    fn ask_with(&mut self, call: CallSid, lane: Lane, application: &Application, parameters: Parameters) {
        if let Some(Driver::Document { url, method, .. }) =
            self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)).map(|run| &mut run.driver)
        {
            (*url, *method) = (Some(application.url.clone()), application.method);
        }
        let Application { url, method, fallback } = application.clone();
        self.ask(call, lane, Question::Document { url, method, fallback, parameters });
    }

    /// Asks on behalf of a program, or keeps the question for a while where it asks too fast.
    fn ask(&mut self, call: CallSid, lane: Lane, question: Question) {
        let now = self.now();
        let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) else { return };
        match run.pace.ask(now) {
            None => {
                let request = self.new_request(Some(Asker::Run(call, lane)));
                self.act(Action::Ask { request, call, question });
            }
            Some(at) => {
                run.held = Some(question);
                self.timers.set(Timer::Ask(call, lane), Some(at));
            }
        }
    }

    /// Asks what a program had to wait with.
    pub(super) fn ask_what_was_held(&mut self, call: CallSid, lane: Lane) {
        let run = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane));
        if let Some(question) = run.and_then(|run| run.held.take()) {
            let request = self.new_request(Some(Asker::Run(call, lane)));
            self.act(Action::Ask { request, call, question });
        }
    }

    fn new_request(&mut self, asker: Option<Asker>) -> Request {
        self.next_request += 1;
        let request = Request(self.next_request);
        if let Some(asker) = asker {
            self.asking.insert(request, asker);
        }
        if let Some(Asker::Run(call, lane)) = asker
            && let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane))
        {
            run.asking = Some(request);
        }
        request
    }

    /// Returns what a request about a call carries; who waits in a queue is told how things stand there.
    fn request_parameters(&self, call: CallSid, lane: Lane) -> Parameters {
        let Some(live) = self.calls.get(&call) else { return Parameters::new() };
        let mut parameters = parameters::standard(live, &self.settings);
        match live.run(lane).map(|run| run.purpose) {
            Some(Purpose::QueueWait) => parameters.extend(self.waiting_parameters(call)),
            Some(Purpose::QueueWhisper(by)) => parameters.extend(self.whisper_parameters(call, by)),
            Some(Purpose::ConferenceWait | Purpose::Announcement) => {
                parameters.extend(self.conference_parameters(call));
            }
            Some(Purpose::Drive | Purpose::Whisper(_)) | None => {}
        }
        parameters
    }
}
