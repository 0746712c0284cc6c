//! The two live regions: one that waits its turn, one that does not.

use crate::session::use_session;
use leptos::prelude::*;

/// Regions for screen readers.
#[component]
pub fn LiveRegions() -> impl IntoView {
    let session = use_session();
    view! {
        <div class="sr" role="status" id="status">
            {move || session.page.status.get()}
        </div>
        <div class="sr" role="alert">
            {move || session.page.alert.get()}
        </div>
    }
}
