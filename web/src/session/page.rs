//! State of the page itself. Signals that handlers may set freely; nothing here is in the document.

use super::panel::{Density, DrawerTab, Panel, Selection, Theme};
use super::{Notice, Saved, Toast};
use leptos::prelude::*;
use log_engine::view::WhyTarget;

/// The page's own signals.
#[derive(Clone, Copy)]
pub struct Page {
    /// It runs in an iframe at `/embed/`.
    pub embedded: bool,
    /// The name of the shown topic.
    pub topic: RwSignal<Option<String>>,
    /// A topic that is to be shown as soon as it exists.
    pub(super) awaited_topic: RwSignal<Option<String>>,
    /// The selected record.
    pub selection: RwSignal<Option<Selection>>,
    /// What a "why?" was asked of; the event log answers it.
    pub why: RwSignal<Option<WhyTarget>>,
    /// What is open over the page.
    pub panel: RwSignal<Option<Panel>>,
    /// The drawer's tab.
    pub drawer_tab: RwSignal<DrawerTab>,
    /// The drawer is open.
    pub drawer_open: RwSignal<bool>,
    /// What the drawer's Configs tab is searched for.
    pub config_search: RwSignal<String>,
    /// Whose configs that tab shows: `topic`, `broker`, `producer`, `group`, `coordinator`.
    pub config_owner: RwSignal<String>,
    /// Of which broker, where it shows brokers'; none is what holds for all.
    pub config_broker: RwSignal<Option<i32>>,
    /// Light, dark or system.
    pub theme: RwSignal<Theme>,
    /// Normal or large.
    pub density: RwSignal<Density>,
    /// Single-letter keys act.
    pub letter_keys: RwSignal<bool>,
    /// Tables stand in the place of the lanes.
    pub tables: RwSignal<bool>,
    /// Where the playhead is dragged, in ms since the start; none while it is not.
    pub scrub: RwSignal<Option<u64>>,
    /// Steps of zoom, 0 fits the lanes to their room.
    pub zoom: RwSignal<i32>,
    /// The key that is pointed at in the legend: `Some(None)` is the null key.
    pub lit_key: RwSignal<Option<Option<String>>>,
    /// The group whose wires are drawn where only one's can be.
    pub traced: RwSignal<Option<String>>,
    /// Groups whose cursors are in the lanes, at most two; empty means the first two.
    pub shown_groups: RwSignal<Vec<String>>,
    /// Messages over the transport.
    pub toasts: RwSignal<Vec<Toast>>,
    /// A modal dialog is open: messages are shown in it, since all else is out of reach.
    pub modal: RwSignal<bool>,
    /// Bars under the top bar.
    pub notices: RwSignal<Vec<Notice>>,
    /// The polite live region.
    pub status: RwSignal<String>,
    /// The assertive one.
    pub alert: RwSignal<String>,
    /// The hint of the first run is up.
    pub hint: RwSignal<bool>,
    /// How the document is kept.
    pub saved: RwSignal<Saved>,
    /// Nothing may be changed: another tab writes this workspace.
    pub read_only: RwSignal<bool>,
}

impl Page {
    pub(super) fn new() -> Self {
        Self {
            embedded: crate::browser::is_embed(),
            topic: RwSignal::new(None),
            awaited_topic: RwSignal::new(None),
            selection: RwSignal::new(None),
            why: RwSignal::new(None),
            panel: RwSignal::new(None),
            drawer_tab: RwSignal::new(DrawerTab::default()),
            drawer_open: RwSignal::new(true),
            config_search: RwSignal::new(String::new()),
            config_owner: RwSignal::new("topic".to_owned()),
            config_broker: RwSignal::new(None),
            theme: RwSignal::new(Theme::default()),
            density: RwSignal::new(Density::default()),
            letter_keys: RwSignal::new(true),
            tables: RwSignal::new(false),
            scrub: RwSignal::new(None),
            zoom: RwSignal::new(0),
            lit_key: RwSignal::new(None),
            traced: RwSignal::new(None),
            shown_groups: RwSignal::new(Vec::new()),
            toasts: RwSignal::new(Vec::new()),
            modal: RwSignal::new(false),
            notices: RwSignal::new(Vec::new()),
            status: RwSignal::new(String::new()),
            alert: RwSignal::new(String::new()),
            hint: RwSignal::new(false),
            saved: RwSignal::new(Saved::default()),
            read_only: RwSignal::new(false),
        }
    }

    /// Back to what a freshly opened document shows.
    pub(super) fn reset(self) {
        self.topic.set(None);
        self.awaited_topic.set(None);
        self.selection.set(None);
        self.why.set(None);
        self.panel.set(None);
        self.config_broker.set(None);
        self.traced.set(None);
        self.shown_groups.set(Vec::new());
        self.lit_key.set(None);
        self.zoom.set(0);
    }
}
