//! The Record tab: the selected record, the batch it sits in with its real bytes, and its fate.

use super::fate::fate;
use super::hex::BatchBytes;
use crate::panels::icon::key_chip;
use crate::panels::text::{lossy, since};
use crate::session::{Session, use_session};
use crate::ui::text::{number, ratio};
use leptos::prelude::*;
use log_engine::view::{BatchView, FateStepView, RecordView};

/// The pane.
#[component]
pub fn RecordPane() -> impl IntoView {
    let session = use_session();
    let record = Memo::new(move |_| {
        session.drawer_pulse.track();
        let at = session.page.selection.get()?;
        session.read(|engine| engine.record(&at.topic, at.partition, at.offset))
    });
    // Bytes and facts never change; the fate does, and must not take the focus off the bytes.
    let fixed = Memo::new(move |_| {
        record.with(|record| record.clone().map(|record| RecordView { fate: Vec::new(), ..record }))
    });
    let steps: Memo<Vec<FateStepView>> = Memo::new(move |_| {
        record.with(|record| record.as_ref().map(|record| record.fate.clone()).unwrap_or_default())
    });
    let selected = move || session.page.selection.with(Option::is_some);
    move || {
        match fixed.get() {
        Some(record) => view! {
            {facts(session, &record)}
            {bytes(&record)}
            {move || fate(session, steps.get())}
        }
        .into_any(),
        None if selected() => view! {
            <p class="blank">"This offset holds no record now: it is deleted, or not written at this moment."</p>
        }
        .into_any(),
        None => view! {
            <p class="blank">"Select a record in a lane: click it, or walk there with the arrow keys."</p>
        }
        .into_any(),
    }
    }
}

fn facts(session: Session, record: &RecordView) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let key = record.key.as_deref().map(lossy);
    let marker = marker(record);
    let name = match key.as_deref() {
        _ if marker.is_some() => format!("transaction marker, {}", marker.unwrap_or_default()),
        None => "no key".to_owned(),
        Some("") => "empty key".to_owned(),
        Some(key) => key.to_owned(),
    };
    let value = record.value.as_deref().map_or_else(
        || "null, a tombstone".to_owned(),
        |value| {
            if value.is_empty() { "0 bytes".to_owned() } else { lossy(value) }
        },
    );
    let timestamp = format!("{} {}", since(record.timestamp, start_ms), record.timestamp_type);
    let mut rows = vec![("value", value)];
    for (name, value) in &record.headers {
        let value = value.as_deref().map_or_else(|| "null".to_owned(), lossy);
        rows.push(("header", format!("{name} = {value}")));
    }
    rows.push(("timestamp", timestamp));
    if let Some(at_ms) = record.batch.delete_horizon_ms {
        rows.push((
            "delete horizon",
            format!("{}: a later pass of the cleaner drops it", since(at_ms, start_ms)),
        ));
    }
    rows.push(("producer", producer(record)));
    rows.push(("segment", segment(record)));
    let row = |(word, text): (&'static str, String)| {
        view! { <div><dt>{word}</dt><dd class="mono" title=text.clone()>{text.clone()}</dd></div> }
    };
    let place = format!("P{}, offset {}", record.partition, number(record.offset));
    view! {
        <div class="rec-a">
            <h4>{key_chip(key.as_deref())}{name}" "<span class="dim">{place}</span></h4>
            <dl class="kv">{rows.into_iter().map(row).collect_view()}</dl>
        </div>
    }
    .into_any()
}

/// `COMMIT` or `ABORT`, if the record is a transaction's marker.
fn marker(record: &RecordView) -> Option<String> {
    let fields = &record.batch.fields;
    let control = fields.iter().any(|f| {
        f.name == "attributes" && f.record_offset.is_none() && f.value.contains(", control")
    });
    let key = fields.iter().find(|f| f.name == "key" && f.record_offset == Some(record.offset))?;
    control.then(|| key.value.clone())
}

fn producer(record: &RecordView) -> String {
    let name = record.producer.clone().unwrap_or_else(|| "unknown".to_owned());
    if record.batch.producer_id < 0 {
        return format!("{name}, without producer id");
    }
    let batch = &record.batch;
    format!(
        "{name}, id {}, epoch {}, seq {}",
        batch.producer_id, batch.producer_epoch, record.sequence
    )
}

fn segment(record: &RecordView) -> String {
    let state = if record.segment_active { "active" } else { "closed" };
    format!("…{}.log, {state}, byte {}", record.segment_base, number(record.batch_position))
}

fn bytes(record: &RecordView) -> AnyView {
    let batch: &BatchView = &record.batch;
    let records = if batch.records == 1 {
        "1 record".to_owned()
    } else {
        format!("{} records", batch.records)
    };
    let codec = match (batch.compression.as_str(), batch.uncompressed_len) {
        ("none", _) => ", not compressed".to_owned(),
        (codec, None) => format!(", {codec}"),
        (codec, Some(whole)) => format!(
            ", {codec}: {} bytes without, {}",
            number(i64::from(whole)),
            ratio(u64::from(whole), u64::from(batch.bytes_len))
        ),
    };
    let about =
        format!("{} bytes, {records}, format v2{codec}", number(i64::from(batch.bytes_len)));
    view! {
        <div class="rec-b">
            <h4>"Batch bytes "<span class="dim">{about}</span></h4>
            <BatchBytes batch=batch.clone() offset=record.offset/>
        </div>
    }
    .into_any()
}
