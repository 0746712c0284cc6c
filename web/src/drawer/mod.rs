//! The drawer below the stage: its tabs and what they show.

use leptos::prelude::*;

/// The drawer.
#[component]
pub fn Drawer() -> impl IntoView {}
