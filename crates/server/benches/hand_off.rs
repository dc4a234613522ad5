//! Messages to tasks: texts come in, the Messaging flow runs, Send to Flex makes a task of each, all of it on disk.
//!
//! In process, without HTTP; `cargo bench -p server --bench hand_off`.

use std::time::Instant;

use api::InboundMessage;
use server::Embedded;

/// How many contacts write one message each.
const CONTACTS: u64 = 20_000;

/// How many of them write at the same time.
const AT_ONCE: u64 = 256;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let product = std::sync::Arc::new(Embedded::open(folder.path()).await?);
    let started = start();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..AT_ONCE {
        let product = std::sync::Arc::clone(&product);
        writers.spawn(async move {
            for contact in (writer..CONTACTS).step_by(AT_ONCE as usize) {
                product.receive_message(message(contact)).await?;
            }
            Ok::<_, api::Failure>(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    let accepted = started.elapsed().as_secs_f64();
    product.settle().await;
    let handed_over = started.elapsed().as_secs_f64();
    report(accepted, handed_over);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn start() -> Instant {
    Instant::now()
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(accepted: f64, handed_over: f64) {
    let rate = |seconds: f64| CONTACTS as f64 / seconds;
    println!("messages acknowledged   {:>8.0} /s", rate(accepted));
    println!(
        "messages -> tasks       {:>8.0} /s  ({CONTACTS} messages in {handed_over:.2} s)",
        rate(handed_over)
    );
}

fn message(contact: u64) -> InboundMessage {
    InboundMessage {
        from: format!("+1555{contact:07}").parse().expect("eleven digits are a number"),
        to: "+15555550100".parse().expect("it is a number"),
        body: "Hello".to_owned(),
        media: vec![],
        profile_name: None,
    }
}
