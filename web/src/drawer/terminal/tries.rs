//! Commands to try, for the cluster as it is; pressing one puts it into the line.

use super::console::Console;
use crate::panels::text::since;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const SERVER: &str = "--bootstrap-server localhost:9092";

/// The foot links.
#[component]
pub fn Tries(console: Console) -> impl IntoView {
    let session = console.session;
    let lines = Memo::new(move |_| {
        let topic =
            session.topic.with(|topic| topic.as_ref().map(|topic| topic.summary.name.clone()));
        let group = session.group_names.with(|names| names.first().cloned());
        tries(topic.as_deref(), group.as_deref())
    });
    let row = move |(shown, line): (String, String)| {
        let title = line.clone();
        view! { <button title=title on:click=move |_| put(console, &line)>{shown}</button> }
    };
    let moment = move || session.cluster.with(|cluster| since(cluster.now_ms, cluster.start_ms));
    view! {
        <aside class="term-side" aria-label="Commands to try">
            <strong>"Try"</strong>
            {move || lines.get().into_iter().map(row).collect_view()}
            <p class="dim">
                "Runs against the picture at " {moment} ". Output is worded as by Kafka 4.3. 11 tools, "
                <b>"help"</b> " lists them."
            </p>
        </aside>
    }
}

/// What is shown, without the server, and the whole line.
fn tries(topic: Option<&str>, group: Option<&str>) -> Vec<(String, String)> {
    let mut all: Vec<(&str, String)> = Vec::new();
    let of_topic = topic.map_or(String::new(), |topic| format!(" --topic {topic}"));
    all.push(("kafka-topics.sh", format!("--describe{of_topic}")));
    if let Some(group) = group {
        all.push(("kafka-consumer-groups.sh", format!("--describe --group {group}")));
    }
    if let Some(topic) = topic {
        let rest = format!("--topic {topic} --from-beginning --formatter-property print.key=true");
        all.push(("kafka-console-consumer.sh", rest));
        let rest = format!(
            "--topic {topic} --reader-property parse.key=true --reader-property key.separator=:"
        );
        all.push(("kafka-console-producer.sh", rest));
    }
    let line = |(tool, rest): (&str, String)| {
        (format!("{tool} {rest}"), format!("{tool} {SERVER} {rest}"))
    };
    all.into_iter().map(line).collect()
}

fn put(console: Console, line: &str) {
    console.draft.set(line.to_owned());
    let field = document().query_selector(".term-line input").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}
