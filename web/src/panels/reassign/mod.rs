//! Replicas move to other brokers: the plan before it is carried out, what it copies, how far it is, and the way back
//! (KIP-455, `kafka-reassign-partitions.sh`).

mod plan;
mod progress;
mod table;

use crate::panels::note::{command_line, command_words};
use crate::panels::parts::dialog::Dialog;
use crate::panels::text::plural;
use crate::session::{Session, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::Reassignment;
use log_engine::view::LaneWindow;
use plan::{Placed, Target};
use progress::Progress;
use sorted::SortedMap;
use table::Table;

/// A partition by its name.
type Name = (String, i32);
/// A plan that is worked out.
type Work = dyn Fn(&[Placed], &[Target]) -> Vec<Placed>;

/// What the parts of the dialog share.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    /// The topic it is about; none for all.
    topic: RwSignal<Option<String>>,
    /// Where the replicas are, of the partitions it is about.
    placed: Memo<Vec<Placed>>,
    /// What stands in the fields that were written in, or that a plan filled.
    typed: RwSignal<SortedMap<Name, String>>,
    /// Why what was typed can't be done.
    refused: Memo<SortedMap<Name, String>>,
}

impl Desk {
    fn new(session: Session, topic: Option<String>) -> Self {
        let topic = RwSignal::new(topic);
        let typed: RwSignal<SortedMap<Name, String>> = RwSignal::new(SortedMap::new());
        let placed = Memo::new(move |_| {
            session.pulse.track();
            placed(session, topic.get().as_deref())
        });
        let refused = Memo::new(move |_| {
            placed.with(|placed| {
                typed.with(|typed| {
                    let wrong = |it: &Placed| {
                        let text = typed.get(&name(it))?;
                        Some((name(it), problem(session, it, text)?))
                    };
                    placed.iter().filter_map(wrong).collect::<SortedMap<_, _>>()
                })
            })
        });
        Self { session, topic, placed, typed, refused }
    }

    /// Brokers that can be given replicas: those in service.
    fn targets(self) -> Vec<Target> {
        self.session.cluster.with(|cluster| {
            let usable = cluster.brokers.iter().filter(|broker| !broker.fenced && broker.up);
            usable.map(|it| Target { id: it.id.0, rack: it.rack.clone() }).collect()
        })
    }

    /// Fills the fields with a plan; those it leaves alone are emptied.
    fn fill(self, plan: &[Placed]) {
        let before = self.placed.get_untracked();
        let changed = plan.iter().zip(&before).filter(|(plan, now)| plan.replicas != now.replicas);
        self.typed.set(changed.map(|(it, _)| (name(it), plan::words(&it.replicas))).collect());
    }

    /// The partitions that the plan changes.
    fn changes(self) -> Vec<(Placed, Vec<i32>)> {
        self.placed.with(|placed| {
            self.typed.with(|typed| {
                let change = |now: &Placed| {
                    let wanted = plan::parse(typed.get(&name(now))?)?;
                    (wanted != now.replicas).then(|| (now.clone(), wanted))
                };
                placed.iter().filter_map(change).collect()
            })
        })
    }
}

fn name(it: &Placed) -> Name {
    (it.topic.clone(), it.partition)
}

/// The replicas of a topic's partitions, or of all topics', as they will be when what moves has arrived.
fn placed(session: Session, topic: Option<&str>) -> Vec<Placed> {
    let topics: Vec<String> = match topic {
        Some(topic) => vec![topic.to_owned()],
        None => session.cluster.with_untracked(|cluster| {
            cluster.topics.iter().map(|topic| topic.name.clone()).collect()
        }),
    };
    let partitions = session.read(|engine| {
        topics.iter().flat_map(|topic| engine.partitions(topic)).collect::<Vec<_>>()
    });
    partitions
        .into_iter()
        .map(|it| Placed {
            replicas: it
                .replicas
                .iter()
                .filter(|id| !it.removing.contains(id))
                .map(|id| id.0)
                .collect(),
            topic: it.topic,
            partition: it.partition,
        })
        .collect()
}

/// Why a partition can't have these replicas, in Kafka's words: a clone is asked, which changes nothing.
fn problem(session: Session, now: &Placed, text: &str) -> Option<String> {
    let Some(replicas) = plan::parse(text) else {
        return Some("Write the numbers of brokers: 2, 3, 1.".to_owned());
    };
    if replicas == now.replicas {
        return None;
    }
    let partitions =
        vec![Reassignment { topic: now.topic.clone(), partition: now.partition, replicas }];
    let ask = Command::Reassign { partitions };
    session.read(|engine| engine.clone().apply(&ask)).err().map(|error| error.message)
}

/// The dialog.
#[component]
pub fn Reassign(
    /// The partition of the shown topic that it is about at first; none for all.
    partition: Option<i32>,
    /// The broker that is to be emptied.
    away: Option<i32>,
) -> impl IntoView {
    let session = use_session();
    let shown = session.page.topic.get_untracked().filter(|_| away.is_none());
    let desk = Desk::new(session, shown);
    if let Some(broker) = away {
        let plan = desk.placed.with_untracked(|it| plan::away(it, broker, &desk.targets()));
        desk.fill(&plan);
    }
    let foot = view! {
        <span role="status">{move || summary(desk)}</span>
        <span class="end">
            <button class="btn" on:click=move |_| session.close()>"Close"</button>
            <button
                class="btn primary"
                prop:disabled=move || desk.changes().is_empty() || desk.refused.with(|all| !all.is_empty())
                on:click=move |_| start(desk)
            >
                "Start the move"
            </button>
        </span>
    }
    .into_any();
    view! {
        <Dialog title="Move replicas" wide=true foot>
            <Progress session/>
            <Scope desk away/>
            <Table desk partition/>
            {move || {
                let changes = desk.changes();
                (!changes.is_empty()).then(|| command_line(command(&changes)))
            }}
        </Dialog>
    }
}

/// Which topic, and the plans that are worked out.
#[component]
fn Scope(desk: Desk, away: Option<i32>) -> impl IntoView {
    let session = desk.session;
    let topics = session.cluster.with_untracked(|cluster| {
        cluster.topics.iter().map(|topic| topic.name.clone()).collect::<Vec<_>>()
    });
    let chosen = desk.topic.get_untracked();
    let option = |topic: String| {
        let selected = chosen.as_ref() == Some(&topic);
        view! { <option value=topic.clone() selected=selected>{topic.clone()}</option> }
    };
    let ids = session.cluster.with_untracked(|cluster| {
        cluster.brokers.iter().map(|broker| broker.id.0).collect::<Vec<_>>()
    });
    let empty_of = RwSignal::new(away.or(ids.last().copied()).unwrap_or(1));
    let work_out = move |how: &Work| {
        let plan = desk.placed.with_untracked(|placed| how(placed, &desk.targets()));
        desk.fill(&plan);
    };
    view! {
        <div class="row re-tools">
            <span class="mini">
                <select
                    aria-label="Topic"
                    on:change=move |event| {
                        desk.topic.set(Some(event_target_value(&event)).filter(|topic| !topic.is_empty()));
                        desk.typed.set(SortedMap::new());
                    }
                >
                    <option value="" selected=chosen.is_none()>"All topics"</option>
                    {topics.into_iter().map(option).collect_view()}
                </select>
            </span>
            <button class="btn outline" on:click=move |_| work_out(&|placed, targets| plan::even_out(placed, targets))>
                "Spread evenly"
            </button>
            <span class="re-away">
                <button
                    class="btn outline"
                    on:click=move |_| {
                        let broker = empty_of.get_untracked();
                        work_out(&move |placed, targets| plan::away(placed, broker, targets));
                    }
                >
                    "Empty broker"
                </button>
                <span class="mini">
                    <select
                        aria-label="Broker to empty"
                        on:change=move |event| empty_of.set(event_target_value(&event).parse().unwrap_or(1))
                    >
                        {ids.into_iter().map(|id| view! {
                            <option value=id.to_string() selected=id == empty_of.get_untracked()>{id}</option>
                        }).collect_view()}
                    </select>
                </span>
            </span>
            <button
                class="btn"
                prop:disabled=move || desk.typed.with(|typed| typed.as_slice().is_empty())
                on:click=move |_| desk.typed.set(SortedMap::new())
            >
                "As it is"
            </button>
        </div>
    }
}

/// What the plan does, in one line.
fn summary(desk: Desk) -> String {
    let changes = desk.changes();
    if changes.is_empty() {
        return "Nothing changes yet.".to_owned();
    }
    let (mut copies, mut size) = (0i64, 0i64);
    for (now, wanted) in &changes {
        let new = wanted.iter().filter(|id| !now.replicas.contains(id)).count();
        let new = i64::try_from(new).unwrap_or(0);
        let lane = |topic: &str| {
            desk.session.read(|engine| engine.lane(topic, now.partition, LaneWindow::Tail(0)))
        };
        copies += new;
        size += new * lane(&now.topic).map_or(0, |lane| lane.bytes);
    }
    let partitions = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let partitions = plural(partitions, "partition changes", "partitions change");
    match copies {
        0 => format!("{partitions}; nothing is copied, only the order differs."),
        _ => format!("{partitions}; {} of {}.", plural(copies, "copy", "copies"), bytes(size)),
    }
}

/// Kafka's tool, and what stands in the file that it reads.
fn command(changes: &[(Placed, Vec<i32>)]) -> Vec<String> {
    /// Partitions that are written out.
    const TOLD: usize = 4;
    let flags =
        [("--execute", String::new()), ("--reassignment-json-file", "plan.json".to_owned())];
    let mut words = command_words("kafka-reassign-partitions.sh", &flags);
    words.push("# {\"version\":1,\"partitions\":[".to_owned());
    for (now, wanted) in changes.iter().take(TOLD) {
        let ids = wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        words.push(format!("{{\"topic\":\"{}\",", now.topic));
        words.push(format!("\"partition\":{},\"replicas\":[{ids}]}},", now.partition));
    }
    if let Some(last) = words.last_mut().filter(|last| last.ends_with(',')) {
        last.pop();
    }
    words.push(if changes.len() > TOLD { ",\u{2026}]}" } else { "]}" }.to_owned());
    words
}

fn start(desk: Desk) {
    let changes = untrack(|| desk.changes());
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let partitions = changes
        .into_iter()
        .map(|(now, replicas)| Reassignment {
            topic: now.topic,
            partition: now.partition,
            replicas,
        })
        .collect();
    let text = format!("Move of {} started", plural(count, "partition", "partitions"));
    let still = !desk.session.playing.get_untracked();
    let detail = if still { "Time stands still: it begins once it runs." } else { "" };
    if desk.session.act_with_undo(Command::Reassign { partitions }, &text, detail) {
        desk.typed.set(SortedMap::new());
    }
}
