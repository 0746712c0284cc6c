//! The drawer below the stage: its tabs and what they show. The ledger's figures stay in its row of tabs, also
//! while it is closed.

mod config_row;
mod configs;
mod events;
mod fate;
mod figures;
mod hex;
mod hex_rows;
mod journal;
mod journal_words;
mod ledger;
mod ledger_rows;
mod lines;
mod metrics;
mod record;
mod terminal;
mod why;

pub use journal_words::words as journal_words;
pub(crate) use later::PART;

use crate::lazy::{self, Wait};
use crate::panels::icon::icon;
use crate::panels::tabs::{Tabs, tab_panel};
use crate::session::{DrawerTab, Session, use_session};
use leptos::prelude::*;

fn id_of(tab: DrawerTab) -> &'static str {
    match tab {
        DrawerTab::Events => "log",
        DrawerTab::Record => "record",
        DrawerTab::Ledger => "ledger",
        DrawerTab::Configs => "configs",
        DrawerTab::Terminal => "terminal",
        DrawerTab::Metrics => "metrics",
        DrawerTab::Journal => "journal",
    }
}

/// What outlives its pane, which goes when another tab is shown. Made when a tab is first shown.
#[derive(Clone, Copy)]
struct Desks {
    console: terminal::Console,
    metrics: metrics::Desk,
}

/// Where they are kept.
#[derive(Clone)]
struct Kept {
    owner: Owner,
    desks: StoredValue<Option<Desks>, LocalStorage>,
}

impl Kept {
    /// Kept as long as the drawer.
    fn new() -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self { owner, desks: StoredValue::new_local(None) }
    }

    fn desks(&self, session: Session) -> Desks {
        self.desks.get_value().unwrap_or_else(|| {
            let made = self.owner.with(|| Desks {
                console: terminal::Console::new(session),
                metrics: metrics::Desk::new(session),
            });
            self.desks.set_value(Some(made));
            made
        })
    }
}

lazy::part! {
    /// Every tab but the first.
    later in drawer: (tab: DrawerTab, kept: Kept) -> AnyView = pane
}

fn pane(tab: DrawerTab, kept: Kept) -> AnyView {
    let Desks { console, metrics } = kept.desks(use_session());
    match tab {
        DrawerTab::Events => ().into_any(),
        DrawerTab::Record => view! { <record::RecordPane/> }.into_any(),
        DrawerTab::Ledger => view! { <ledger::Ledger/> }.into_any(),
        DrawerTab::Configs => view! { <configs::Configs/> }.into_any(),
        DrawerTab::Terminal => view! { <terminal::TerminalPane console/> }.into_any(),
        DrawerTab::Metrics => view! { <metrics::MetricsPane desk=metrics/> }.into_any(),
        DrawerTab::Journal => view! { <journal::Journal/> }.into_any(),
    }
}

/// The drawer.
#[component]
pub fn Drawer() -> impl IntoView {
    let session = use_session();
    let page = session.page;
    let kept = Kept::new();
    let pick = Callback::new(move |id: &'static str| {
        if let Some(tab) = DrawerTab::ALL.into_iter().find(|tab| id_of(*tab) == id) {
            page.drawer_tab.set(tab);
            page.drawer_open.set(true);
        }
    });
    let word = move || if page.drawer_open.get() { "Collapse details" } else { "Open details" };
    view! {
        <section class="drawer" aria-label="Details">
            <div class="tabs">
                <Tabs
                    label="Details"
                    prefix="drawer"
                    class=""
                    tabs=DrawerTab::ALL.iter().map(|tab| (id_of(*tab), tab.title())).collect()
                    open=Signal::derive(move || id_of(page.drawer_tab.get()))
                    folded=Signal::derive(move || !page.drawer_open.get())
                    on_pick=pick
                />
                <figures::Figures/>
                <button
                    class="btn icon small drawer-fold"
                    aria-label=word
                    aria-expanded=move || page.drawer_open.get().to_string()
                    title=move || format!("{}  D", word())
                    on:click=move |_| page.drawer_open.update(|open| *open = !*open)
                >
                    {icon("chevron")}
                </button>
            </div>
            {move || {
                page.drawer_open.get().then(|| {
                    let tab = page.drawer_tab.get();
                    let class = match tab {
                        DrawerTab::Events => "pane pane-log",
                        DrawerTab::Record => "pane pane-record",
                        DrawerTab::Ledger => "pane pane-ledger",
                        DrawerTab::Configs => "pane pane-configs",
                        DrawerTab::Terminal => "pane pane-terminal",
                        DrawerTab::Metrics => "pane pane-metrics",
                        DrawerTab::Journal => "pane pane-journal",
                    };
                    let scrolls = tab == DrawerTab::Ledger;
                    let kept = kept.clone();
                    let body = match tab {
                        DrawerTab::Events => view! { <events::Events/> }.into_any(),
                        _ => lazy::view(&PART, Wait::InPlace, move || later::call(tab, kept.clone())),
                    };
                    tab_panel("drawer", id_of(tab), class, scrolls, body)
                })
            }}
        </section>
    }
}
