//! The configs of a topic that is being written: those that differ from the broker's, each with its meaning.

use super::draft::{Draft, Problems};
use crate::panels::controls::{Segmented, TextInput, fresh_id, words};
use crate::panels::parts::field::Field;
use crate::panels::{icon::icon, text};
use leptos::prelude::*;
use log_engine::config::{ConfigKind, Scope, definitions, lookup};

/// The floor of `segment.bytes` on a real broker (R-LOG-21).
const SEGMENT_FLOOR: i64 = 1_048_576;

/// The list with its "Add a config".
#[component]
pub fn DraftConfigs(
    /// The form.
    draft: Draft,
    /// What is wrong.
    problems: Memo<Problems>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        draft.configs.with(|all| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())
    });
    let total = definitions(Scope::Topic).len();
    let head = move || format!("{} of {total} set", draft.configs.with(Vec::len));
    view! {
        <div class="sec">
            <h4>"Configs "<span class="dim">{head}</span></h4>
            <For each=move || names.get() key=String::clone children=move |name| row(draft, problems, name)/>
            <AddConfig draft/>
        </div>
    }
}

fn row(draft: Draft, problems: Memo<Problems>, name: String) -> AnyView {
    let Some(config) = lookup(Scope::Topic, &name) else { return ().into_any() };
    let own = StoredValue::new(name.clone());
    let value = Memo::new(move |_| {
        own.with_value(|name| {
            draft.configs.with(|all| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
        })
        .unwrap_or_default()
    });
    let error = Signal::derive(move || {
        problems.with(|all| own.with_value(|name| all.configs.get(name).cloned()))
    });
    let id = fresh_id("config");
    let remark = remark(draft, own, value);
    view! {
        <Field
            label=name
            id=id.clone()
            mono=true
            error
            help=Signal::derive(move || {
                let value = value.get();
                let meaning = own.with_value(|name| text::config_meaning(name, &value));
                let default = config.default.unwrap_or("null");
                let meaning = meaning.map(|meaning| format!("{meaning}. ")).unwrap_or_default();
                format!("{meaning}{}. Default {default}.", config.explanation)
            })
        >
            <div class="row">
                {value_control(draft, own, &id, value, error, config.kind == ConfigKind::Boolean)}
                <button
                    type="button"
                    class="btn icon small"
                    aria-label="Leave this config at its default"
                    title="Leave this config at its default"
                    on:click=move |_| own.with_value(|name| draft.drop_config(name))
                >
                    {icon("x")}
                </button>
            </div>
        </Field>
        {remark}
    }
    .into_any()
}

fn value_control(
    draft: Draft,
    own: StoredValue<String>,
    id: &str,
    value: Memo<String>,
    error: Signal<Option<String>>,
    boolean: bool,
) -> AnyView {
    let set = Callback::new(move |value: String| {
        own.with_value(|name| draft.set_config(name, value.trim()))
    });
    if boolean {
        let options = Signal::stored(words(&["true", "false"]));
        return view! { <Segmented label=own.get_value() options value on_pick=set/> }.into_any();
    }
    view! {
        <TextInput
            id=id.to_owned()
            value
            bad=Signal::derive(move || error.get().is_some())
            described_by=format!("{id}-d")
            on_input=set
        />
    }
    .into_any()
}

/// What to know about small segments: Kafka's own tests use an internal config for them.
fn remark(draft: Draft, own: StoredValue<String>, value: Memo<String>) -> impl IntoView {
    let small = move || value.get().parse::<i64>().is_ok_and(|n| n > 0 && n < SEGMENT_FLOOR);
    let swap = move |_| {
        draft.set_config("internal.segment.bytes", &value.get_untracked());
        draft.drop_config("segment.bytes");
    };
    move || {
        match own.get_value().as_str() {
        "internal.segment.bytes" if small() => view! {
            <p class="f-note teach">"teaching value: segment.bytes of a real broker begins at 1 MiB; Kafka's own tests go below it with this config"</p>
        }
        .into_any(),
        "segment.bytes" if small() => view! {
            <p class="f-note">
                <button type="button" class="link" on:click=swap>"Set internal.segment.bytes instead"</button>
                ", as Kafka's own tests do"
            </p>
        }
        .into_any(),
        _ => ().into_any(),
    }
    }
}

/// A choice of all configs that are not set yet.
#[component]
fn AddConfig(draft: Draft) -> impl IntoView {
    let left = move || {
        let set =
            draft.configs.with(|all| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        let free =
            definitions(Scope::Topic).iter().filter(|def| !set.iter().any(|name| name == def.name));
        free.map(|def| view! { <option value=def.name>{def.name}</option> }).collect_view()
    };
    let add = move |event: leptos::ev::Event| {
        if let Some(def) = lookup(Scope::Topic, &event_target_value(&event)) {
            draft.set_config(def.name, def.default.unwrap_or_default());
        }
        event_target::<web_sys::HtmlSelectElement>(&event).set_value("");
    };
    view! {
        <div class="row">
            <span class="mini add-config">
                <select aria-label="Add a config" on:change=add>
                    <option value="">"Add a config"</option>
                    {left}
                </select>
            </span>
            <button type="button" class="btn small" on:click=move |_| draft.make_small()>
                {icon("eye")}"Small enough to watch"
            </button>
        </div>
    }
}
