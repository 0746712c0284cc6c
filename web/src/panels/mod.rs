//! Everything that opens over the page: popovers, sheets, dialogs.

use leptos::prelude::*;

/// The open panel, if any.
#[component]
pub fn Panels() -> impl IntoView {}
