//! A batch's bytes with the fields marked: a field marks its bytes, a byte marks its field.

use super::hex_rows::{field_at, html, record_span, span};
use leptos::prelude::*;
use log_engine::view::{BatchView, FieldView};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The bytes and the fields.
#[component]
pub fn BatchBytes(
    /// The batch.
    batch: BatchView,
    /// The chosen record.
    offset: i64,
) -> impl IntoView {
    let key = batch.fields.iter().position(|f| f.name == "key" && f.record_offset == Some(offset));
    let hot = RwSignal::new(key);
    let record = record_span(&batch.fields, offset);
    let horizon = batch.delete_horizon_ms.is_some();
    let batch = StoredValue::new(batch);
    let pointed = move |event: leptos::ev::PointerEvent| {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let at =
            element.and_then(|element| element.get_attribute("data-at")?.parse::<usize>().ok());
        if let Some(at) = at {
            let field = batch.with_value(|batch| field_at(&batch.fields, at));
            if field.is_some() && field != hot.get_untracked() {
                hot.set(field);
            }
        }
    };
    // The byte that the keyboard stands on.
    let here = RwSignal::new(None::<usize>);
    let start_of = move |field: Option<usize>| {
        batch.with_value(|batch| {
            field.and_then(|at| batch.fields.get(at)).map_or(0, |field| span(field).start)
        })
    };
    let walk = move |event: leptos::ev::KeyboardEvent| {
        let last = batch.with_value(|batch| batch.bytes.len().saturating_sub(1));
        let at = here.get_untracked().unwrap_or_else(|| start_of(hot.get_untracked()));
        let to = match event.key().as_str() {
            "ArrowLeft" => at.saturating_sub(1),
            "ArrowRight" => (at + 1).min(last),
            "ArrowUp" => at.saturating_sub(16),
            "ArrowDown" => {
                if at + 16 <= last {
                    at + 16
                } else {
                    at
                }
            }
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        here.set(Some(to));
        hot.set(batch.with_value(|batch| field_at(&batch.fields, to)));
    };
    let rows = move || {
        batch.with_value(|batch| html(&batch.bytes, &batch.fields, hot.get(), &record, here.get()))
    };
    let cut = batch.with_value(|batch| {
        let shown = u32::try_from(batch.bytes.len()).unwrap_or(u32::MAX);
        (shown < batch.bytes_len)
            .then(|| format!("The first {shown} bytes of {}.", batch.bytes_len))
    });
    view! {
        <div class="hexwrap">
            <div>
                <div
                    class="hex mono"
                    role="application"
                    aria-roledescription="bytes"
                    aria-label="Batch bytes: the arrow keys walk from byte to byte, the line below names the field"
                    tabindex="0"
                    on:pointermove=pointed
                    on:keydown=walk
                    on:focus=move |_| here.set(Some(start_of(hot.get_untracked())))
                    on:blur=move |_| here.set(None)
                    inner_html=rows
                ></div>
                <p class="hexfield" aria-live="polite">
                    {move || batch.with_value(|batch| hot.get().and_then(|at| batch.fields.get(at)).map(|field| sentence(field, horizon)))}
                </p>
                {cut.map(|cut| view! { <p class="hexfield dim">{cut}</p> })}
            </div>
            <ul class="fields" aria-label="Fields of the batch and of this record">
                {batch.with_value(|batch| field_list(&batch.fields, offset, hot))}
            </ul>
        </div>
    }
    .into_any()
}

fn field_list(fields: &[FieldView], offset: i64, hot: RwSignal<Option<usize>>) -> AnyView {
    let own = |field: &&FieldView| field.record_offset.is_none_or(|of| of == offset);
    let row = |(at, field): (usize, &FieldView)| {
        let (name, value) = (field.name.clone(), field.value.clone());
        let of_record = field.record_offset.is_some();
        view! {
            <li>
                <button
                    class:hot=move || hot.get() == Some(at)
                    class:val=of_record
                    aria-pressed=move || (hot.get() == Some(at)).to_string()
                    on:pointerenter=move |_| hot.set(Some(at))
                    on:focus=move |_| hot.set(Some(at))
                    on:click=move |_| hot.set(Some(at))
                >
                    <span>{name}</span><b class="mono" title=value.clone()>{value.clone()}</b>
                </button>
            </li>
        }
    };
    let rows = fields.iter().enumerate().filter(|(_, field)| own(field)).map(row);
    rows.collect_view().into_any()
}

/// `key at bytes 65–70 of record 28: carol`.
fn sentence(field: &FieldView, horizon: bool) -> AnyView {
    let span = span(field);
    let last = span.end.saturating_sub(1);
    let at = if span.start == last {
        format!(" at byte {last}")
    } else {
        format!(" at bytes {}–{last}", span.start)
    };
    let of = field.record_offset.map(|offset| format!(" of record {offset}")).unwrap_or_default();
    let also = (horizon && field.name == "baseTimestamp")
        .then_some(", the delete horizon: attributes bit 6 is set");
    view! { <b>{field.name.clone()}</b>{at}{of}": "{field.value.clone()}{also} }.into_any()
}
