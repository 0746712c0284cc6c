//! Small controls: segmented choice, switch, stepper, slider, text input. Values in, callbacks out.

use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh id for a label and its field.
pub fn fresh_id(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// One of a few: a row of buttons, the chosen one pressed.
#[component]
pub fn Segmented(
    /// Its name for screen readers.
    #[prop(into)]
    label: String,
    /// Value and word of each.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value that was chosen.
    on_pick: Callback<String>,
) -> impl IntoView {
    let button = move |(id, word): (String, String)| {
        let own = id.clone();
        view! {
            <button type="button" aria-pressed=move || (value.get() == own).to_string() on:click=move |_| on_pick.run(id.clone())>
                {word}
            </button>
        }
    };
    view! {
        <span class="seg-ctl" role="group" aria-label=label>
            {move || options.get().into_iter().map(button).collect_view()}
        </span>
    }
    .into_any()
}

/// The options of a [`Segmented`] whose words are their values.
pub fn words(options: &[&str]) -> Vec<(String, String)> {
    options.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect()
}

/// On or off.
#[component]
pub fn Switch(
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Called with what it is to be.
    on_change: Callback<bool>,
    /// Its name, where no text stands beside it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The text beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let solo = children.is_none();
    view! {
        <label class="switch" class:solo=solo>
            <input
                type="checkbox"
                role="switch"
                aria-label=label
                prop:checked=move || on.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class="track"></span>
            {children.map(|children| view! { <span>{children()}</span> })}
        </label>
    }
    .into_any()
}

/// A whole number with a button on each side.
#[component]
pub fn Stepper(
    /// Id of the field, for its label.
    #[prop(into)]
    id: String,
    /// The number.
    #[prop(into)]
    value: Signal<i64>,
    /// Not below this.
    #[prop(default = 1)]
    min: i64,
    /// Not above this.
    #[prop(default = 1000)]
    max: i64,
    /// Called with the new number.
    on_change: Callback<i64>,
) -> impl IntoView {
    let step = move |by: i64| on_change.run((value.get_untracked() + by).clamp(min, max));
    view! {
        <span class="stepper">
            <button type="button" aria-label="Fewer" prop:disabled=move || { value.get() <= min } on:click=move |_| step(-1)>
                "\u{2212}"
            </button>
            <input
                id=id
                inputmode="numeric"
                autocomplete="off"
                prop:value=move || value.get().to_string()
                on:change=move |event| {
                    let typed = event_target_value(&event).trim().parse::<i64>();
                    on_change.run(typed.unwrap_or_else(|_| value.get_untracked()).clamp(min, max));
                }
            />
            <button type="button" aria-label="More" prop:disabled=move || { value.get() >= max } on:click=move |_| step(1)>
                "+"
            </button>
        </span>
    }
    .into_any()
}

/// A slider over the places of a scale; what a place means stands beside it.
#[component]
pub fn Slider(
    /// Id of the field, for its label.
    #[prop(into)]
    id: String,
    /// The place, from 0.
    #[prop(into)]
    value: Signal<usize>,
    /// The last place.
    max: usize,
    /// What a place means, in words.
    words: Callback<usize, String>,
    /// Called when a place is chosen (on release, not while dragging).
    on_change: Callback<usize>,
) -> impl IntoView {
    let dragged = RwSignal::new(None::<usize>);
    let place = move || dragged.get().unwrap_or_else(|| value.get());
    let read = |event: &leptos::ev::Event| event_target_value(event).parse::<usize>().unwrap_or(0);
    let filled = move || format!("{}%", place() * 100 / max.max(1));
    view! {
        <div class="rate-row">
            <input
                id=id
                type="range"
                class="range"
                min="0"
                max=max
                prop:value=move || value.get().to_string()
                aria-valuetext=move || words.run(place())
                style=("--v", filled)
                on:input=move |event| dragged.set(Some(read(&event)))
                on:change=move |event| {
                    dragged.set(None);
                    on_change.run(read(&event));
                }
            />
            <output>{move || words.run(place())}</output>
        </div>
    }
    .into_any()
}

/// One line of text. `on_input` hears every key, `on_change` Enter and leaving.
#[component]
pub fn TextInput(
    /// Id of the field, for its label.
    #[prop(optional, into)]
    id: Option<String>,
    /// Its name, where no label points at it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// `mono`, `grow` ...
    #[prop(default = "mono")]
    class: &'static str,
    /// Marked as wrong.
    #[prop(optional, into)]
    bad: Signal<bool>,
    /// Id of the text that explains it.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// Where the focus goes when the panel opens.
    #[prop(optional)]
    focus: bool,
    /// Called at every key.
    #[prop(optional)]
    on_input: Option<Callback<String>>,
    /// Called at Enter and when the field is left after a change.
    #[prop(optional)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    view! {
        <input
            id=id
            class=class
            class:bad=move || bad.get()
            aria-label=label
            aria-invalid=move || bad.get().then_some("true")
            aria-describedby=described_by
            data-focus=focus.then_some("")
            placeholder=placeholder
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            prop:value=move || value.get()
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
            on:change=move |event| {
                if let Some(on_change) = on_change {
                    on_change.run(event_target_value(&event));
                }
            }
        />
    }
    .into_any()
}
