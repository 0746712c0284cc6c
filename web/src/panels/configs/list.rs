//! The configs of a client in its sheet: searched, grouped, changed ones marked with their default.

use super::{ConfigDesk, ConfigInput, is_changed, or_null};
use crate::panels::parts::field::error_line;
use crate::panels::{controls::TextInput, icon::icon, text};
use leptos::prelude::*;

/// Title and config names of a group.
pub type Group = (&'static str, &'static [&'static str]);

/// A row: the name, what its number means or what its default was, the control, how far it is honoured.
pub fn config_row(desk: ConfigDesk, name: &str) -> AnyView {
    let view = desk.view(name);
    let Some(config) = view.get_untracked() else { return ().into_any() };
    let changed = move || view.with(|view| view.as_ref().is_some_and(is_changed));
    let aside = move || {
        view.with(|view| {
            let view = view.as_ref()?;
            let value = view.value.as_deref().unwrap_or_default();
            match (is_changed(view), text::config_meaning(&view.name, value)) {
                (true, _) => Some(format!("default {}", or_null(view.default.as_ref()))),
                (_, meaning) => meaning,
            }
        })
    };
    let own = StoredValue::new(config.name.clone());
    let reset = move |_| own.with_value(|name| desk.reset(name));
    let teaching = move || view.with(|view| view.as_ref().is_some_and(|view| view.teaching_value));
    let error = desk.error(name);
    let model = config.model.clone();
    let title = format!("{}\n{model}", config.explanation);
    view! {
        <div class="c-row" class:changed=changed>
            <span class="c-n" title=title>
                <code>{config.name.clone()}</code>
                <em>{aside}</em>
            </span>
            <ConfigInput desk config/>
            <Show when=changed fallback=move || model_dot(&model)>
                <button class="btn icon small" aria-label="Back to the default" title="Back to the default" on:click=reset>
                    {icon("reset")}
                </button>
            </Show>
            {move || error.get().map(|error| error_line(error, None))}
            <Show when=teaching>
                <p class="teach">"teaching value: a real broker refuses it"</p>
            </Show>
        </div>
    }
    .into_any()
}

/// How far a config is honoured here: full, half or empty dot.
pub fn model_dot(model: &str) -> AnyView {
    let class = format!("model {model}");
    view! { <span class=class title=model.to_owned()><span class="sr">{model.to_owned()}</span></span> }
        .into_any()
}

/// The list.
#[component]
pub fn ConfigList(
    /// Whose configs.
    desk: ConfigDesk,
    /// The groups; what is in none of them comes last.
    groups: &'static [Group],
    /// `producer`, `consumer`.
    what: &'static str,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let names = Memo::new(move |_| {
        desk.configs.with(|all| all.iter().map(|config| config.name.clone()).collect::<Vec<_>>())
    });
    let placeholder = format!("Search {} {what} configs", names.with_untracked(Vec::len));
    let sections = move || {
        let words = wanted.get().to_lowercase();
        let grouped = names.with(|names| group_names(names, groups, &words));
        if grouped.is_empty() {
            return view! { <p class="blank">"No config has this in its name."</p> }.into_any();
        }
        grouped
            .into_iter()
            .map(|(title, names)| section(desk, title, &names))
            .collect_view()
            .into_any()
    };
    view! {
        <label class="find wide">
            {icon("search")}
            <TextInput
                value=wanted
                class=""
                label="Search configs"
                placeholder
                on_input=Callback::new(move |text| wanted.set(text))
            />
        </label>
        {sections}
    }
}

fn section(desk: ConfigDesk, title: &'static str, names: &[String]) -> AnyView {
    let rows = names.iter().map(|name| config_row(desk, name)).collect_view();
    view! { <div class="sec cgroup"><h3>{title}</h3>{rows}</div> }.into_any()
}

fn group_names(
    names: &[String],
    groups: &[Group],
    words: &str,
) -> Vec<(&'static str, Vec<String>)> {
    let fits = |name: &str| words.split_whitespace().all(|word| name.contains(word));
    let known = |name: &str| names.iter().any(|known| known == name);
    let mut sections: Vec<(&'static str, Vec<String>)> = groups
        .iter()
        .map(|(title, members)| {
            let members = members.iter().filter(|name| known(name) && fits(name));
            (*title, members.map(|name| (*name).to_owned()).collect())
        })
        .collect();
    let in_a_group =
        |name: &String| groups.iter().any(|(_, members)| members.contains(&name.as_str()));
    let rest = names.iter().filter(|name| !in_a_group(name) && fits(name)).cloned().collect();
    sections.push(("Other", rest));
    sections.retain(|(_, names)| !names.is_empty());
    sections
}

#[cfg(test)]
mod tests {
    use super::group_names;

    #[test]
    fn what_is_in_no_group_comes_last_and_the_search_narrows() {
        let names = ["acks", "linger.ms", "zzz"].map(str::to_owned);
        let groups = [("Delivery", &["acks", "retries"][..]), ("Batching", &["linger.ms"][..])];
        let titles = |words: &str| {
            group_names(&names, &groups, words)
                .into_iter()
                .map(|(title, _)| title)
                .collect::<Vec<_>>()
        };
        assert_eq!(titles(""), ["Delivery", "Batching", "Other"]);
        assert_eq!(titles("linger"), ["Batching"]);
        assert!(titles("nothing").is_empty());
    }
}
