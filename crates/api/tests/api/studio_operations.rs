//! Every operation that the published description of Studio v2 names exists, and its reply is of the described shape.

use axum::http::Method;
use serde_json::Value;

use crate::client::{Answer, Client, asking_flow, sid};
use crate::openapi::{descriptions, misfits};

#[tokio::test]
async fn every_described_operation_answers_in_the_described_shape() {
    let Some(folder) = descriptions() else {
        eprintln!("left out: the published API descriptions are not there");
        return;
    };
    let text = std::fs::read_to_string(folder.join("twilio_studio_v2.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut problems = Vec::new();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let operation = &item[method.as_str().to_lowercase()];
            if operation.is_null() {
                continue;
            }
            count += 1;
            let (status, response) = operation["responses"].as_object().unwrap().iter().next().unwrap();
            let answer = Scene::set().await.carry_out(&method, path).await;
            let mut found = Vec::new();
            if answer.status.as_str() != status {
                found.push(format!("answers {} {}", answer.status, answer.text));
            } else if let Some(schema) = response["content"]["application/json"].get("schema") {
                misfits(&document, schema, &answer.json(), "", &mut found);
            }
            problems.extend(found.into_iter().map(|problem| format!("{method} {path}: {problem}")));
        }
    }
    assert_eq!((count, problems), (19, Vec::<String>::new()));
}

/// One flow with one execution that waits for a reply.
struct Scene {
    client: Client,
    flow: String,
    execution: String,
    step: String,
}

impl Scene {
    async fn set() -> Self {
        let client = Client::new().await;
        let path = client.flow(&asking_flow()).await;
        let form = [("To", "+15551230001"), ("From", "+15555550100")];
        let execution = sid(&client.post(&format!("{path}/Executions"), &form).await.ok());
        let steps = client.get(&format!("{path}/Executions/{execution}/Steps")).await.ok();
        let flow = path.rsplit('/').next().unwrap().to_owned();
        Self { client, flow, execution, step: sid(&steps["steps"][0]) }
    }

    async fn carry_out(&self, method: &Method, path: &str) -> Answer {
        let is_step = path.contains("/Steps/{Sid}");
        let own = match path.contains("/Executions/{Sid}") {
            _ if is_step => &self.step,
            true => &self.execution,
            false => &self.flow,
        };
        let path = path
            .replace("{FlowSid}", &self.flow)
            .replace("{ExecutionSid}", &self.execution)
            .replace("{StepSid}", &self.step)
            .replace("{Revision}", "1")
            .replace("{Sid}", own);
        let definition = asking_flow().to_string();
        let status = if path.contains("/Executions/") { "ended" } else { "published" };
        let form = [
            ("FriendlyName", "Described"),
            ("Status", status),
            ("Definition", definition.as_str()),
            ("CommitMessage", "as described"),
            ("TestUsers", "+15551230001"),
            ("To", "+15551230002"),
            ("From", "+15555550100"),
            ("Parameters", "{\"name\": \"Ann\"}"),
        ];
        let form = if *method == Method::POST { form.as_slice() } else { &[] };
        self.client.send(method.clone(), &format!("/studio{path}"), form, &[]).await
    }
}
