//! Chips: a key as its cell looks, a partition as its number.

use crate::session::use_session;
use leptos::prelude::*;

/// A key as it looks in a cell; `None` is the null key.
#[component]
pub fn KeyChip(
    /// The key.
    #[prop(into)]
    key: Signal<Option<String>>,
    /// 16 px instead of 18.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let session = use_session();
    let mark =
        Memo::new(move |_| key.get().map(|key| session.legend.with(|legend| legend.mark(&key))));
    view! {
        <i
            class=move || {
                let colour = mark.with(|mark| mark.as_ref().map_or("k-null", |mark| mark.class()));
                format!("cellchip {colour}{}", if small { " sm" } else { "" })
            }
            aria-hidden="true"
        >
            {move || mark.with(|mark| mark.as_ref().map_or_else(|| "–".to_owned(), |m| m.letters.to_string()))}
        </i>
    }
}

/// A partition's number, as in a member's list.
#[component]
pub fn PartitionChip(
    /// The partition.
    partition: i32,
    /// It has to be given up.
    #[prop(optional, into)]
    revoked: Signal<bool>,
) -> impl IntoView {
    view! { <span class="pchip" class:revoked=revoked>{format!("P{partition}")}</span> }
}
