//! A key or a value: text, empty or null.

use super::record_form::{BytesDraft, Kind};
use crate::panels::controls::{Segmented, TextInput, words};
use crate::panels::parts::field::error_line;
use crate::ui::KeyChip;
use leptos::prelude::*;

/// The field.
#[component]
pub fn BytesField(
    /// `Key` or `Value`.
    title: &'static str,
    /// What it holds.
    draft: BytesDraft,
    /// What the three mean.
    help: &'static str,
    /// Shows the key's cell in the field.
    #[prop(optional)]
    chip: bool,
    /// What was refused.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let size =
        move || draft.get().map_or_else(|| "null".to_owned(), |text| format!("{} B", text.len()));
    let input = view! {
        <TextInput
            label=title
            class=if chip { "" } else { "mono grow" }
            value=draft.text
            on_input=Callback::new(move |text| draft.text.set(text))
        />
    }
    .into_any();
    let field = if chip {
        let key = Signal::derive(move || Some(draft.text.get()));
        view! { <span class="key-input grow"><KeyChip key/>{input}</span> }.into_any()
    } else {
        input
    };
    let field = StoredValue::new_local(Some(field));
    let typed = move || draft.kind.get() == Kind::Text;
    view! {
        <div class="sec">
            <h3>{title}" "<span class="dim">{size}</span></h3>
            <div class="row kv-row">
                <Segmented
                    label=format!("{title} is")
                    options=Signal::stored(words(&Kind::WORDS))
                    value=Signal::derive(move || draft.kind.get().word().to_owned())
                    on_pick=Callback::new(move |word: String| draft.kind.set(Kind::of(&word)))
                />
                <span class="grow row" hidden=move || !typed()>
                    {field.try_update_value(Option::take).flatten()}
                </span>
            </div>
            {move || error.get().map(|error| error_line(error, None))}
            <p class="help-l">{help}</p>
        </div>
    }
    .into_any()
}
