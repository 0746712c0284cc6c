//! The control that fits a config: a switch, a choice, or a line of text.

use super::ConfigDesk;
use crate::panels::controls::{Switch, TextInput};
use leptos::prelude::*;
use log_engine::view::ConfigView;

/// The values of a config that takes one of a few (`[none, gzip, snappy, lz4, zstd]`).
pub fn choices(kind: &str, valid: Option<&str>) -> Option<Vec<String>> {
    if kind != "STRING" {
        return None;
    }
    let valid = valid?;
    let inner = valid.get(valid.find('[')? + 1..valid.rfind(']')?)?;
    let all: Vec<String> = inner.split(',').map(|one| one.trim().to_owned()).collect();
    let closed = all.len() > 1 && all.iter().all(|one| !one.is_empty() && !one.contains("..."));
    closed.then_some(all)
}

/// The control of config `name` at this desk.
#[component]
pub fn ConfigInput(
    /// Where it is set.
    desk: ConfigDesk,
    /// What it is like; its value is read from the desk.
    config: ConfigView,
    /// Id of the text that explains it.
    #[prop(optional, into)]
    described_by: Option<String>,
) -> impl IntoView {
    let name = StoredValue::new(config.name.clone());
    let shown = desk.shown(&config.name);
    let error = desk.error(&config.name);
    let set = move |value: String| name.with_value(|name| desk.set(name, &value));
    if config.kind == "BOOLEAN" {
        let on = Signal::derive(move || shown.get() == "true");
        return view! {
            <Switch on label=config.name on_change=Callback::new(move |on: bool| set(on.to_string()))>
                <span aria-hidden="true">{move || shown.get()}</span>
            </Switch>
        }
        .into_any();
    }
    match choices(&config.kind, config.valid.as_deref()) {
        Some(options) => {
            view! { <Choice name=config.name shown options on_change=Callback::new(set)/> }
                .into_any()
        }
        None => view! {
            <TextInput
                label=config.name
                value=shown
                placeholder=if config.default.is_none() { "null" } else { "" }
                bad=Signal::derive(move || error.get().is_some())
                described_by=described_by.unwrap_or_default()
                on_change=Callback::new(set)
            />
        }
        .into_any(),
    }
}

/// One of a few values.
#[component]
pub fn Choice(
    /// Its name for screen readers.
    name: String,
    /// The chosen one.
    shown: Signal<String>,
    /// All of them.
    options: Vec<String>,
    /// Called with the one that was chosen.
    on_change: Callback<String>,
) -> impl IntoView {
    let option = move |value: String| {
        let own = value.clone();
        let chosen = move || shown.get().eq_ignore_ascii_case(&own);
        view! { <option value=value.clone() prop:selected=chosen>{value.clone()}</option> }
    };
    view! {
        <span class="mini">
            <select class="mono" aria-label=name on:change=move |event| on_change.run(event_target_value(&event))>
                {options.into_iter().map(option).collect_view()}
            </select>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::choices;

    #[test]
    fn a_closed_list_of_values_is_a_choice() {
        let codecs = choices("STRING", Some("[none, gzip, snappy, lz4, zstd]"));
        assert_eq!(codecs.map(|all| all.len()), Some(5));
        let strategy = choices("STRING", Some("(case insensitive) [REBOOTSTRAP, NONE]"));
        assert_eq!(strategy.as_deref(), Some(&["REBOOTSTRAP".to_owned(), "NONE".to_owned()][..]));
    }

    #[test]
    fn ranges_and_lists_are_typed() {
        assert_eq!(choices("INT", Some("[0,...]")), None);
        assert_eq!(choices("LIST", Some("[compact, delete]")), None);
        assert_eq!(choices("STRING", None), None);
    }
}
