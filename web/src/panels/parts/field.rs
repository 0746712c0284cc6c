//! A row of a form: its name, its control, and under it the help or, in Kafka's own words, what is wrong.

use super::icon::icon;
use leptos::prelude::*;

/// A row. With `id`, the name is the label of the control that has this id.
#[component]
pub fn Field(
    /// Its name.
    #[prop(into)]
    label: String,
    /// The control's id; none for a group of controls.
    #[prop(optional, into)]
    id: Option<String>,
    /// The name is a config's.
    #[prop(optional)]
    mono: bool,
    /// The control is tall.
    #[prop(optional)]
    top: bool,
    /// One line of help.
    #[prop(optional, into)]
    help: Option<Signal<String>>,
    /// What is wrong; it takes the place of the help.
    #[prop(optional, into)]
    error: Option<Signal<Option<String>>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let below = id.as_ref().map(|id| format!("{id}-d"));
    let label = breakable(&label);
    let name = match &id {
        Some(id) => view! { <label for=id.clone()>{label}</label> }.into_any(),
        None => view! { <span>{label}</span> }.into_any(),
    };
    let under = move || match (error.and_then(|error| error.get()), help) {
        (Some(error), _) => error_line(error, below.clone()),
        (None, Some(help)) => {
            view! { <p class="help" id=below.clone()>{move || help.get()}</p> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div class="f-row" class=("mono-l", mono) class:top=top>
            {name}
            <div>{children()}</div>
            {under}
        </div>
    }
    .into_any()
}

/// An error under a field.
pub fn error_line(text: String, id: Option<String>) -> AnyView {
    view! { <p class="f-err" role="alert" id=id>{icon("warn")}<span>{text}</span></p> }.into_any()
}

/// Long config names may break after a dot.
fn breakable(name: &str) -> String {
    if name.len() > 18 && !name.contains(' ') {
        name.replace('.', ".\u{200b}")
    } else {
        name.to_owned()
    }
}
