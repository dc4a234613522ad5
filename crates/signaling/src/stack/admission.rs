//! Whether somebody may come in: the directory decides, a challenge may stand in between.

use super::{Pending, Stack};
use crate::digest::{Algorithm, Credentials, Parameters, Secret};
use crate::directory::{Caller, Proven, Purpose, Verdict};
use crate::gatekeeper::Judgement;
use crate::message::Request;
use crate::world::Question;

impl Stack {
    /// Asks the directory about a request.
    pub(super) fn ask_admission(&mut self, transaction: u64, proven: Option<Proven>) {
        let Some(server) = self.transactions.server(transaction) else { return };
        let is_proven = proven.is_some();
        let caller = Caller {
            purpose: if super::is_register(&server.request) { Purpose::Registration } else { Purpose::Call },
            source: server.source.peer,
            transport: server.source.transport,
            from: server.request.from().map_or_else(String::new, |from| from.uri),
            to: server.request.to().map_or_else(String::new, |to| to.uri),
            request_uri: server.request.uri.clone(),
            proven,
        };
        self.ask(Pending::Admission { transaction, is_proven }, Question::Admit(Box::new(caller)));
    }

    pub(super) fn take_verdict(&mut self, transaction: u64, is_proven: bool, verdict: Verdict) {
        let Some(server) = self.transactions.server(transaction).filter(|server| server.is_open()) else {
            return;
        };
        let is_register = super::is_register(&server.request);
        match verdict {
            Verdict::Admit(admission) if is_register => self.register(transaction, &admission),
            Verdict::Admit(admission) => self.announce(transaction, admission),
            // The secret was right and is not enough: asking again would never end.
            Verdict::Challenge { .. } if is_proven => {
                self.transactions.refuse(&mut self.world, transaction, 403)
            }
            Verdict::Challenge { realm, algorithms } => self.challenge(transaction, realm, algorithms),
            Verdict::Refuse { status, reason } => self.turn_away(transaction, status, &reason),
        }
    }

    pub(super) fn take_proof(
        &mut self,
        transaction: u64,
        realm: String,
        user: String,
        secret: Option<Secret>,
    ) {
        let Some(server) = self.transactions.server(transaction).filter(|server| server.is_open()) else {
            return;
        };
        let Some(answer) = proof(&server.request, &realm) else { return };
        let judgement = match secret {
            Some(secret) => {
                let credentials = Credentials { user: user.clone(), secret };
                self.gatekeeper.judge(self.world.now, &server.request, &answer, &credentials)
            }
            None => Judgement::Wrong,
        };
        // A stale answer is asked for again by the algorithm that it used.
        let algorithms: Vec<Algorithm> = answer.algorithm().into_iter().collect();
        match judgement {
            Judgement::Right => self.ask_admission(transaction, Some(Proven { realm, user })),
            Judgement::Stale => self.show_challenges(transaction, &realm, &algorithms, true),
            Judgement::Wrong => self.transactions.refuse(&mut self.world, transaction, 403),
        }
    }

    fn challenge(&mut self, transaction: u64, realm: String, algorithms: Vec<Algorithm>) {
        let Some(server) = self.transactions.server(transaction) else { return };
        let user =
            proof(&server.request, &realm).and_then(|answer| answer.get("username").map(str::to_owned));
        match user {
            Some(user) => {
                let question = Question::Credentials { realm: realm.clone(), user: user.clone() };
                self.ask(Pending::Proof { transaction, realm, user }, question);
            }
            None => self.show_challenges(transaction, &realm, &algorithms, false),
        }
    }

    fn show_challenges(&mut self, transaction: u64, realm: &str, algorithms: &[Algorithm], is_stale: bool) {
        let Some(mut response) = self.transactions.response(transaction, 401) else { return };
        for challenge in self.gatekeeper.challenges(self.world.now, realm, algorithms, is_stale) {
            response.headers.push("WWW-Authenticate", challenge);
        }
        self.transactions.respond(&mut self.world, transaction, &response);
    }

    fn turn_away(&mut self, transaction: u64, status: u16, reason: &str) {
        let status = if (300..700).contains(&status) { status } else { 403 };
        if let Some(response) = self.transactions.response(transaction, status) {
            self.transactions.respond(&mut self.world, transaction, &response.because(reason));
        }
    }
}

/// The answer to a challenge of that realm which a request brings.
fn proof(request: &Request, realm: &str) -> Option<Parameters> {
    let answers = request.headers.all("Authorization").filter_map(Parameters::parse);
    let mut answers = answers.filter(|answer| answer.get("realm") == Some(realm));
    answers.find(|answer| answer.algorithm().is_some())
}
