//! A broker's disk: what lies on it, what the next retention check takes, and what helps when it is full.

mod tables;

use crate::panels::controls::{TextInput, fresh_id};
use crate::panels::icon::icon;
use crate::panels::note::{Kind, note};
use crate::panels::parts::dialog::Dialog;
use crate::panels::parts::field::Field;
use crate::panels::text::since;
use crate::session::{Session, use_session};
use crate::ui::text::{bytes, number};
use leptos::prelude::*;
use log_engine::view::BrokerView;
use log_engine::{BrokerId, Command};

/// The dialog.
#[component]
pub fn Disk(
    /// `node.id`.
    broker: i32,
) -> impl IntoView {
    let session = use_session();
    let view = Memo::new(move |_| {
        session.cluster.with(|cluster| cluster.brokers.iter().find(|b| b.id.0 == broker).cloned())
    });
    let halted =
        Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.halted_ms)));
    let head =
        view! { <span class="dim">{format!("broker {broker}, log directory")}</span> }.into_any();
    view! {
        <Dialog title="Disk" wide=true head>
            {move || halted.get().map(|at_ms| failed(session, broker, at_ms))}
            {move || view.get().map(|view| usage(&view))}
            <Size broker view/>
            <Speed broker view/>
            {tables::next_check(session, BrokerId(broker))}
            {tables::partitions(session)}
        </Dialog>
    }
}

/// All that counts for the disk.
pub fn used(broker: &BrokerView) -> i64 {
    broker.log_bytes + broker.index_bytes + broker.deleted_bytes
}

/// Doubles a broker's disk, at least to twice what is on it, and starts the broker again.
pub fn make_room(session: Session, broker: i32) {
    let (used, size) = session.cluster.with_untracked(|cluster| {
        let found = cluster.brokers.iter().find(|b| b.id.0 == broker);
        found.map_or((0, 0), |found| (used(found), found.disk_bytes.unwrap_or(0)))
    });
    let room = u64::try_from(2 * used.max(size)).unwrap_or(0);
    if session.act(Command::SetDisk { broker, disk_bytes: Some(room) })
        && session.act(Command::StartBroker { broker })
    {
        let room = bytes(i64::try_from(room).unwrap_or(i64::MAX));
        session.toast(&format!("Broker {broker} starts"), &format!("with a disk of {room}"), true);
    }
}

fn failed(session: Session, broker: i32, at_ms: i64) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let words = format!(
        "No space left on device at {}: KAFKA_STORAGE_ERROR. Its only log directory is offline, so the broker stopped; its partitions have no leader. Producers keep trying until delivery.timeout.ms, consumers wait. Room alone does not bring it back: start it, too.",
        since(at_ms, start_ms)
    );
    view! {
        {note(Kind::Bad, "The log directory failed.", words)}
        <div class="row disk-acts">
            <button class="btn primary" on:click=move |_| make_room(session, broker)>"Make room and start"</button>
            <button class="btn" on:click=move |_| { session.act(Command::StartBroker { broker }); }>
                {icon("power")}"Start as it is"
            </button>
        </div>
    }
    .into_any()
}

/// The bar and its parts.
fn usage(broker: &BrokerView) -> AnyView {
    let used = used(broker);
    let whole = broker.disk_bytes.unwrap_or(used).max(used).max(1);
    let share = |part: i64| format!("{}%", part.saturating_mul(1000) / whole / 10);
    let parts = [
        ("log", "segments", broker.log_bytes),
        ("index", "indexes", broker.index_bytes),
        ("gone", "deleted, until file.delete.delay.ms is over", broker.deleted_bytes),
    ];
    let bar = parts.map(|(class, _, part)| view! { <i class=class style:width=share(part)></i> });
    let words = parts.map(|(class, word, part)| {
        view! { <li><i class=class aria-hidden="true"></i><b>{bytes(part)}</b>" "{word}</li> }
    });
    let of = match broker.disk_bytes {
        Some(size) => format!("{} of {} used", bytes(used), bytes(size)),
        None => format!("{} used, without bound", bytes(used)),
    };
    view! {
        <p class="disk-of"><b>{of}</b></p>
        <span class="disk-bar" aria-hidden="true">{bar.into_iter().collect_view()}</span>
        <ul class="disk-parts">{words.into_iter().collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn Size(broker: i32, view: Memo<Option<BrokerView>>) -> impl IntoView {
    let session = use_session();
    let id = fresh_id("disk");
    let refused = RwSignal::new(None::<String>);
    let shown = Signal::derive(move || {
        view.with(|view| {
            view.as_ref()
                .and_then(|view| view.disk_bytes)
                .map_or_else(String::new, |n| n.to_string())
        })
    });
    let set = Callback::new(move |typed: String| {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let disk_bytes = match digits.as_str() {
            "" => None,
            digits => match digits.parse::<u64>() {
                Ok(bytes) => Some(bytes),
                Err(_) => {
                    return refused
                        .set(Some("A number of bytes, or nothing for no bound.".to_owned()));
                }
            },
        };
        let outcome = session.apply(Command::SetDisk { broker, disk_bytes });
        refused.set(outcome.err().map(|error| error.message));
    });
    let help = Signal::derive(move || {
        let free = view.with(|view| {
            let view = view.as_ref()?;
            Some(view.disk_bytes? - used(view))
        });
        match free {
            Some(free) if free >= 0 => format!(
                "{} bytes free. The append that does not fit takes the log directory offline.",
                number(free)
            ),
            Some(_) => "Less than what is on it: the next append fails.".to_owned(),
            None => "Bytes; empty is without bound.".to_owned(),
        }
    });
    view! {
        <Field label="Size" id=id.clone() help error=refused>
            <TextInput id=id.clone() value=shown described_by=format!("{id}-d") placeholder="no bound" on_change=set/>
        </Field>
    }
}

/// How long a write takes.
#[component]
fn Speed(broker: i32, view: Memo<Option<BrokerView>>) -> impl IntoView {
    let session = use_session();
    let id = fresh_id("write");
    let refused = RwSignal::new(None::<String>);
    let shown = Signal::derive(move || {
        view.with(|view| view.as_ref().map_or(0, |view| view.write_ms)).to_string()
    });
    let set = Callback::new(move |typed: String| {
        let Ok(write_ms) = typed.trim().parse::<u32>() else {
            return refused.set(Some("A whole number of milliseconds.".to_owned()));
        };
        let outcome = session.apply(Command::SlowDisk { broker, write_ms });
        refused.set(outcome.err().map(|error| error.message));
    });
    let help = Signal::stored(
        "Milliseconds; while one lasts the broker does nothing else. 0 is no time at all."
            .to_owned(),
    );
    view! {
        <Field label="A write takes" id=id.clone() help error=refused>
            <TextInput id=id.clone() value=shown described_by=format!("{id}-d") on_change=set/>
        </Field>
    }
}
