//! One signal for each entity: lanes by partition, producers and groups by name. A slot lives as long as the
//! session, so that a component may hold its signal without asking whether the entity is still there.

use super::Session;
use leptos::prelude::*;
use log_engine::view::{GroupView, LaneView, LaneWindow, ProducerView};
use sorted::SortedMap;
use std::sync::Arc;

/// A lane's signal; none while the partition does not exist.
pub type LaneSignal = ReadSignal<Option<Arc<LaneView>>>;

/// What a lane shows until its component says how much room it has.
const FIRST_WINDOW: LaneWindow = LaneWindow::Tail(64);

type Pair<T> = (ReadSignal<Option<T>>, WriteSignal<Option<T>>);

pub(super) struct LaneSlot {
    pub(super) signal: Pair<Arc<LaneView>>,
    /// How many components look at it; a lane nobody looks at is not computed.
    pub(super) watchers: u32,
    pub(super) window: LaneWindow,
    /// Version and window that the signal holds.
    pub(super) shown: Option<(u64, LaneWindow)>,
}

pub(super) struct Slots {
    owner: Owner,
    /// Whose turn it is where not all lanes can be brought up to date in one frame.
    pub(super) next_lane: i32,
    pub(super) lanes: SortedMap<i32, LaneSlot>,
    pub(super) producers: SortedMap<String, Pair<ProducerView>>,
    pub(super) groups: SortedMap<String, Pair<GroupView>>,
}

impl Slots {
    pub(super) fn new() -> Self {
        Self {
            owner: Owner::current().unwrap_or_default(),
            next_lane: 0,
            lanes: SortedMap::new(),
            producers: SortedMap::new(),
            groups: SortedMap::new(),
        }
    }

    /// Makes every lane count as changed: another run or another topic.
    pub(super) fn forget(&mut self) {
        for slot in self.lanes.values_mut() {
            slot.shown = None;
        }
    }

    fn lane(&mut self, partition: i32) -> &mut LaneSlot {
        let owner = &self.owner;
        self.lanes.entry(partition).or_insert_with(|| LaneSlot {
            signal: owner.with(|| signal(None)),
            watchers: 0,
            window: FIRST_WINDOW,
            shown: None,
        })
    }

    pub(super) fn producer(&mut self, name: &str) -> Pair<ProducerView> {
        let owner = &self.owner;
        *self.producers.entry(name.to_owned()).or_insert_with(|| owner.with(|| signal(None)))
    }

    pub(super) fn group(&mut self, name: &str) -> Pair<GroupView> {
        let owner = &self.owner;
        *self.groups.entry(name.to_owned()).or_insert_with(|| owner.with(|| signal(None)))
    }
}

impl Session {
    /// A partition's lane of the shown topic, for as long as the calling component lives. It shows the newest
    /// records until [`Self::set_lane_window`] says otherwise.
    ///
    /// # Panics
    /// After the session is gone, which is never while a component lives.
    #[allow(clippy::expect_used)]
    pub fn lane(self, partition: i32) -> LaneSignal {
        on_cleanup(move || {
            self.change(|core| {
                let slot = core.views(self.lens).slots.lane(partition);
                slot.watchers = slot.watchers.saturating_sub(1);
            });
        });
        let signal = self.change(|core| {
            let slot = core.views(self.lens).slots.lane(partition);
            slot.watchers += 1;
            slot.signal.0
        });
        self.wake();
        signal.expect("the session outlives its components")
    }

    /// Says which part of a partition its lane should show.
    pub fn set_lane_window(self, partition: i32, window: LaneWindow) {
        let changed = self.change(|core| {
            let slot = core.views(self.lens).slots.lane(partition);
            let changed = slot.window != window;
            slot.window = window;
            changed
        });
        if changed == Some(true) {
            self.wake();
        }
    }

    /// A producer's view; none once it is removed.
    ///
    /// # Panics
    /// After the session is gone, which is never while a component lives.
    #[allow(clippy::expect_used)]
    pub fn producer(self, name: &str) -> ReadSignal<Option<ProducerView>> {
        self.change(|core| {
            let (read, write) = core.views(self.lens).slots.producer(name);
            if read.with_untracked(Option::is_none) {
                let found = core.engine(self.lens).producers().into_iter().find(|p| p.name == name);
                if found.is_some() {
                    write.set(found);
                }
            }
            read
        })
        .expect("the session outlives its components")
    }

    /// A group's view; none once it is removed.
    ///
    /// # Panics
    /// After the session is gone, which is never while a component lives.
    #[allow(clippy::expect_used)]
    pub fn group(self, name: &str) -> ReadSignal<Option<GroupView>> {
        self.change(|core| {
            let (read, write) = core.views(self.lens).slots.group(name);
            if read.with_untracked(Option::is_none) {
                let found = core.engine(self.lens).groups().into_iter().find(|g| g.group == name);
                if found.is_some() {
                    write.set(found);
                }
            }
            read
        })
        .expect("the session outlives its components")
    }
}
