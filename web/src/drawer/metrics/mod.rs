//! The Metrics tab: Kafka's own metrics with small charts, the chosen one large with what explains it.

mod big;
mod list;
mod plot;
mod table;
mod words;

use crate::panels::controls::{Segmented, TextInput};
use crate::panels::icon::icon;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::view::{MetricId, MetricsOf};

/// What the tab shows; it outlives the pane, which goes when another tab is shown.
#[derive(Clone, Copy)]
pub struct Desk {
    session: Session,
    wanted: RwSignal<MetricsOf>,
    /// Whose metrics, of those there are.
    whose: Memo<MetricsOf>,
    text: RwSignal<String>,
    chosen: RwSignal<MetricId>,
    span: RwSignal<String>,
    table: RwSignal<bool>,
    /// Where the charts begin.
    from_ms: Memo<Option<i64>>,
    all: Memo<Vec<MetricsOf>>,
    /// How many pass the filter.
    total: RwSignal<usize>,
}

/// The stretches of time that can be chosen: value, word, ms.
const SPANS: [(&str, &str, Option<i64>); 3] =
    [("minute", "1 min", Some(60_000)), ("ten", "10 min", Some(600_000)), ("all", "All", None)];

impl Desk {
    /// Opened on the first metric to look at.
    pub fn new(session: Session) -> Self {
        let wanted = RwSignal::new(MetricsOf::Cluster);
        let all = Memo::new(move |_| {
            session.drawer_pulse.track();
            session.read(log_engine::Engine::metrics_of)
        });
        let whose = Memo::new(move |_| {
            let wanted = wanted.get();
            if all.with(|all| all.contains(&wanted)) { wanted } else { MetricsOf::Cluster }
        });
        let span = RwSignal::new("all".to_owned());
        let from_ms = Memo::new(move |_| {
            session.drawer_pulse.track();
            let span = span.get();
            let ms = SPANS.iter().find(|(id, ..)| *id == span).and_then(|(.., ms)| *ms)?;
            Some(session.read(|engine| engine.now_ms() - ms))
        });
        let first = MetricId {
            whose: MetricsOf::Cluster,
            mbean: "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions".to_owned(),
            attribute: "Value".to_owned(),
        };
        Self {
            session,
            wanted,
            whose,
            text: RwSignal::new(String::new()),
            chosen: RwSignal::new(first),
            span,
            table: RwSignal::new(false),
            from_ms,
            all,
            total: RwSignal::new(0),
        }
    }
}

/// The pane.
#[component]
pub fn MetricsPane(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.total.get());
    view! {
        <div class="met">
            <div class="cfg-tools met-tools">
                <label class="find">
                    {icon("search")}
                    <TextInput
                        class=""
                        label="Search metrics"
                        placeholder="Search: isr, lag, Produce 99th"
                        value=desk.text
                        on_input=Callback::new(move |text| desk.text.set(text))
                    />
                </label>
                <Whose desk/>
                <Segmented
                    label="Time shown"
                    options=Signal::stored(
                        SPANS.iter().map(|(id, word, _)| ((*id).to_owned(), (*word).to_owned())).collect::<Vec<_>>(),
                    )
                    value=desk.span
                    on_pick=Callback::new(move |span| desk.span.set(span))
                />
                <span class="dim met-count">{move || words::metrics(count.get())}</span>
            </div>
            <list::List desk/>
        </div>
        <big::Big desk/>
    }
}

/// Whose metrics: the cluster's, a node's, a client's.
#[component]
fn Whose(desk: Desk) -> impl IntoView {
    let part = move |label: &'static str, of: fn(&MetricsOf) -> bool| {
        let options = move || {
            let some = desk.all.get().into_iter().filter(of);
            some.map(|whose| {
                let (id, word) = (words::id(&whose), words::whose(&whose));
                let on = move || desk.whose.get() == whose;
                view! { <option value=id prop:selected=on>{word}</option> }
            })
            .collect_view()
        };
        let any = move || desk.all.with(|all| all.iter().any(of));
        view! { <Show when=any><optgroup label=label>{options}</optgroup></Show> }
    };
    let pick = move |event: leptos::ev::Event| {
        let id = event_target_value(&event);
        let found = desk.all.get_untracked().into_iter().find(|whose| words::id(whose) == id);
        desk.wanted.set(found.unwrap_or_default());
    };
    view! {
        <span class="mini">
            <select aria-label="Whose metrics" on:change=pick>
                <option value="cluster" prop:selected=move || desk.whose.get() == MetricsOf::Cluster>"Cluster"</option>
                {part("Brokers", |whose| matches!(whose, MetricsOf::Broker { .. }))}
                {part("Controllers", |whose| matches!(whose, MetricsOf::Controller { .. }))}
                {part("Producers", |whose| matches!(whose, MetricsOf::Producer { .. }))}
                {part("Consumers", |whose| matches!(whose, MetricsOf::Consumer { .. }))}
            </select>
        </span>
    }
}
