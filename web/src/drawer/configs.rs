//! The Configs tab: every config of the topic, the broker, a producer or a group, with its source and its effect.

use super::config_row::row;
use crate::panels::controls::{Segmented, TextInput};
use crate::panels::icon::icon;
use crate::panels::{ConfigDesk, Whose};
use crate::session::{Session, use_session};
use leptos::prelude::*;
use log_engine::view::ConfigView;

/// What narrows the table.
#[derive(Clone, Copy)]
struct Narrow {
    search: RwSignal<String>,
    changed: RwSignal<bool>,
    not_honoured: RwSignal<bool>,
    important: RwSignal<bool>,
}

fn is_set(config: &ConfigView) -> bool {
    config.source != "DEFAULT_CONFIG"
}

impl Narrow {
    fn names(self, desk: ConfigDesk) -> Vec<String> {
        let words = self.search.get().to_lowercase();
        let (changed, not_honoured) = (self.changed.get(), self.not_honoured.get());
        let important = self.important.get();
        let fits = |config: &&ConfigView| {
            let text = format!(
                "{} {} {}",
                config.name,
                config.kind.to_lowercase(),
                config.explanation.to_lowercase()
            );
            words.split_whitespace().all(|word| text.contains(word))
                && (!changed || is_set(config))
                && (!not_honoured || config.model != "honoured")
                && (!important || config.importance == "HIGH")
        };
        let mut found: Vec<(bool, String)> = desk
            .configs
            .with(|all| all.iter().filter(fits).map(|c| (!is_set(c), c.name.clone())).collect());
        // What is set stands first; each part in order of name.
        sorted::sort(&mut found);
        found.into_iter().map(|(_, name)| name).collect()
    }
}

/// The pane.
#[component]
pub fn Configs() -> impl IntoView {
    let session = use_session();
    let (kind, broker) = (session.page.config_owner, session.page.config_broker);
    let (producer, group) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let first = |chosen: Option<String>, all: Vec<String>| {
        chosen
            .filter(|name| all.contains(name))
            .or_else(|| all.into_iter().next())
            .unwrap_or_default()
    };
    let whose = Signal::derive(move || match kind.get().as_str() {
        "broker" => Whose::Broker(broker.get()),
        "coordinator" => Whose::Coordinator,
        "producer" => Whose::Producer(first(producer.get(), session.producer_names.get())),
        "group" => Whose::Group(first(group.get(), session.group_names.get())),
        _ => Whose::Topic(session.page.topic.get().unwrap_or_default()),
    });
    let desk = ConfigDesk::new(whose);
    let narrow = Narrow {
        search: session.page.config_search,
        changed: RwSignal::new(false),
        not_honoured: RwSignal::new(false),
        important: RwSignal::new(false),
    };
    // One owner's rows are not another's, even where names are alike.
    let rows = Memo::new(move |_| {
        let owner = format!("{:?}", whose.get());
        narrow.names(desk).into_iter().map(|name| (owner.clone(), name)).collect::<Vec<_>>()
    });
    view! {
        <div class="cfg">
            <div class="cfg-tools">
                <Search narrow desk/>
                <Segmented
                    label="Whose configs"
                    options=Signal::derive(move || {
                        let topic = session.page.topic.get();
                        let topic = topic.map_or_else(|| "Topic".to_owned(), |topic| format!("Topic {topic}"));
                        let word = |id: &str, word: &str| (id.to_owned(), word.to_owned());
                        vec![
                            ("topic".to_owned(), topic),
                            word("broker", "Broker"),
                            word("producer", "Producer"),
                            word("group", "Consumer"),
                            word("coordinator", "Group"),
                        ]
                    })
                    value=kind
                    on_pick=Callback::new(move |id| kind.set(id))
                />
                {move || match kind.get().as_str() {
                    "producer" => owner("Producer", session.producer_names, producer),
                    "group" => owner("Group", session.group_names, group),
                    "broker" => brokers(session, broker),
                    _ => ().into_any(),
                }}
                <Chips narrow desk/>
                <span class="dim cfg-cli">{move || command(&whose.get())}</span>
            </div>
            <div class="cfg-list" tabindex="0" role="region" aria-label="Configs">
                <table class="grid">
                    <thead>
                        <tr>
                            <th scope="col">"Config"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Kafka default"</th>
                            <th scope="col">"Type and range"</th>
                            <th scope="col">"Importance"</th>
                            <th scope="col">"Source"</th>
                            <th scope="col">"Model"</th>
                            <th scope="col">"Effect"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.get() key=Clone::clone children=move |(_, name)| row(desk, &name)/>
                    </tbody>
                </table>
            </div>
        </div>
    }
}

fn command(whose: &Whose) -> String {
    match whose {
        Whose::Topic(topic) => format!("kafka-configs.sh --alter --topic {topic} --add-config …"),
        Whose::Coordinator => "kafka-configs.sh --alter --entity-type groups, not here".to_owned(),
        Whose::Broker(None) => {
            "kafka-configs.sh --alter --broker-defaults --add-config \u{2026}".to_owned()
        }
        Whose::Broker(Some(id)) => {
            format!("kafka-configs.sh --alter --broker {id} --add-config \u{2026}")
        }
        Whose::Producer(_) => "a change restarts the producer".to_owned(),
        Whose::Group(_) => "a change restarts the members one by one".to_owned(),
    }
}

fn owner(
    label: &'static str,
    names: ReadSignal<Vec<String>>,
    chosen: RwSignal<Option<String>>,
) -> AnyView {
    let option = move |name: String| {
        let own = name.clone();
        let on = move || chosen.with(|chosen| chosen.as_ref() == Some(&own));
        view! { <option value=name.clone() prop:selected=on>{name.clone()}</option> }
    };
    view! {
        <span class="mini">
            <select aria-label=label on:change=move |event| chosen.set(Some(event_target_value(&event)))>
                {move || names.get().into_iter().map(option).collect_view()}
            </select>
        </span>
    }
    .into_any()
}

/// Which broker, or all.
fn brokers(session: Session, chosen: RwSignal<Option<i32>>) -> AnyView {
    let ids = Memo::new(move |_| {
        session.cluster.with(|all| all.brokers.iter().map(|it| it.id.0).collect::<Vec<_>>())
    });
    let option = move |id: i32| {
        let on = move || chosen.get() == Some(id);
        view! { <option value=id.to_string() prop:selected=on>{format!("Broker {id}")}</option> }
    };
    view! {
        <span class="mini">
            <select aria-label="Broker" on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                <option value="" prop:selected=move || chosen.get().is_none()>"All brokers"</option>
                {move || ids.get().into_iter().map(option).collect_view()}
            </select>
        </span>
    }
    .into_any()
}

#[component]
fn Search(narrow: Narrow, desk: ConfigDesk) -> impl IntoView {
    let placeholder =
        Memo::new(move |_| desk.configs.with(|all| format!("Search {} configs", all.len())));
    view! {
        <label class="find">
            {icon("search")}
            {move || view! {
                <TextInput
                    class=""
                    label="Search configs"
                    placeholder=placeholder.get()
                    value=narrow.search
                    on_input=Callback::new(move |text| narrow.search.set(text))
                />
            }}
        </label>
    }
}

#[component]
fn Chips(narrow: Narrow, desk: ConfigDesk) -> impl IntoView {
    let count = move |fits: fn(&ConfigView) -> bool| {
        desk.configs.with(|all| all.iter().filter(|config| fits(config)).count())
    };
    let chip = move |word: &'static str, on: RwSignal<bool>, fits: fn(&ConfigView) -> bool| {
        view! {
            <button
                class="fchip"
                aria-pressed=move || on.get().to_string()
                on:click=move |_| on.update(|on| *on = !*on)
            >
                {move || format!("{word} {}", count(fits))}
            </button>
        }
    };
    view! {
        {chip("Set", narrow.changed, is_set)}
        {chip("Important", narrow.important, |config| config.importance == "HIGH")}
        {chip("Not honoured", narrow.not_honoured, |config| config.model != "honoured")}
    }
}
