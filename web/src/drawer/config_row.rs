//! One row of the Configs tab.

use crate::panels::configs::{or_null, words_of};
use crate::panels::icon::icon;
use crate::panels::{ConfigDesk, ConfigInput};
use leptos::prelude::*;
use log_engine::view::ConfigView;

/// The row of config `name`.
pub fn row(desk: ConfigDesk, name: &str) -> AnyView {
    let view = desk.view(name);
    let Some(config) = view.get_untracked() else { return ().into_any() };
    let set =
        Memo::new(move |_| view.with(|v| v.as_ref().is_some_and(|v| v.source != "DEFAULT_CONFIG")));
    let source = move || view.with(|v| v.as_ref().map(|v| v.source.clone()).unwrap_or_default());
    let own = StoredValue::new(config.name.clone());
    let error = desk.error(name);
    let editable = desk.editable(name);
    let own_value = Memo::new(move |_| view.with(|v| v.as_ref().is_some_and(|v| desk.is_own(v))));
    let reset = move || {
        (own_value.get() && editable).then(|| {
            view! {
                <button
                    class="btn icon small"
                    aria-label=own.with_value(|name| format!("{name} back to the default"))
                    title="Back to the default"
                    on:click=move |_| own.with_value(|name| desk.reset(name))
                >
                    {icon("reset")}
                </button>
            }
        })
    };
    let about = config.explanation.clone();
    let effect = move || match error.get() {
        Some(error) => view! { <span class="f-err" role="alert">{error}</span> }.into_any(),
        None => effect(view.get().as_ref(), &about),
    };
    let value = if editable {
        view! { <ConfigInput desk config=config.clone()/> }.into_any()
    } else {
        let value = or_null(config.value.as_ref());
        let why = format!("{value}, and not to be changed while it runs");
        view! { <span class="mono fixed" title=why>{value.clone()}</span> }.into_any()
    };
    let default = or_null(config.default.as_ref());
    let range = match config.valid.as_deref().filter(|valid| !valid.is_empty()) {
        Some(valid) => format!("{} {valid}", config.kind),
        None => config.kind.clone(),
    };
    view! {
        <tr class:changed=move || set.get()>
            <th scope="row" class="mono">{breakable(&config.name)}</th>
            <td><span class="cfg-v">{value}{reset}</span></td>
            <td class="mono dim"><span class="cut" title=default.clone()>{default.clone()}</span></td>
            <td class="mono dim"><span class="cut" title=range.clone()>{range.clone()}</span></td>
            <td class="dim">{config.importance.to_lowercase()}</td>
            <td><code class="src" class:on=move || set.get()>{source}</code></td>
            <td><span class=format!("model {}", config.model)>{config.model.clone()}</span></td>
            <td>{effect}</td>
        </tr>
    }
    .into_any()
}

/// A name that may go on in a second line behind a dot: the effect needs the room.
fn breakable(name: &str) -> AnyView {
    let part = |part: &str| view! { {part.to_owned()}<wbr/> };
    name.split_inclusive('.').map(part).collect_view().into_any()
}

fn effect(config: Option<&ConfigView>, about: &str) -> AnyView {
    let teaching = config.is_some_and(|config| config.teaching_value);
    let about = about.to_owned();
    if teaching {
        return view! { <span class="teach">"teaching value: a real broker refuses it. "</span>{about} }.into_any();
    }
    let meaning = config.and_then(words_of).map(|meaning| format!("{meaning}. "));
    view! { {meaning}{about} }.into_any()
}
