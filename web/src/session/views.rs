//! What the page shows of a run, as signals. There is one set of them for the run that is shown and, where two runs
//! are compared, one for each half of the stage. A handle reads through its [`Lens`], so the same components draw
//! either: what stands in a half gets [`Session::half`] from context.

use super::slots::{LaneSlot, Slots};
use super::{Core, Session, Side};
use leptos::prelude::*;
use log_engine::Engine;
use log_engine::view::{ClusterView, LedgerView, TopicView};
use scenario::{Mark, Player, RunId};
use std::sync::Arc;

/// Whose run a handle reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lens {
    /// The one that is shown, and that actions go to.
    #[default]
    Shown,
    /// The one in a half of the comparison.
    Half(Side),
}

/// Both ends of a signal.
type Ends<T> = (ReadSignal<T>, WriteSignal<T>);

/// The signals of one run's views.
pub(super) struct Views {
    pub slots: Slots,
    pub cluster: Ends<ClusterView>,
    pub topic: Ends<Option<TopicView>>,
    pub producer_names: Ends<Vec<String>>,
    pub group_names: Ends<Vec<String>>,
    pub ledger: Ends<LedgerView>,
    pub marks: Ends<Vec<Mark>>,
}

impl Views {
    /// Owned by the present reactive owner.
    pub fn new(engine: &Engine) -> Self {
        Self {
            slots: Slots::new(),
            cluster: signal(engine.cluster()),
            topic: signal(None),
            producer_names: signal(Vec::new()),
            group_names: signal(Vec::new()),
            ledger: signal(LedgerView::default()),
            marks: signal(Vec::new()),
        }
    }

    /// At most `limit` of the lanes that changed, those first whose turn it is.
    pub fn refresh_lanes(&mut self, engine: &Engine, topic: Option<&str>, limit: usize) {
        let next_lane = self.slots.next_lane;
        let watched = self.slots.lanes.iter_mut().filter(|(_, slot)| slot.watchers > 0);
        let mut lanes: Vec<(&i32, &mut LaneSlot)> = watched.collect();
        let turn = lanes.iter().position(|(partition, _)| **partition >= next_lane);
        lanes.rotate_left(turn.unwrap_or(0));
        let mut left = limit;
        for (partition, slot) in lanes {
            let version = topic.and_then(|topic| engine.lane_version(topic, *partition));
            let Some(version) = version else {
                if slot.shown.take().is_some() || slot.signal.0.with_untracked(Option::is_some) {
                    slot.signal.1.set(None);
                }
                continue;
            };
            if slot.shown == Some((version, slot.window)) {
                continue;
            }
            if left == 0 {
                self.slots.next_lane = *partition;
                return;
            }
            left -= 1;
            // What is shown is of this run, as long as nothing was forgotten.
            let before = slot.signal.0.get_untracked().filter(|_| slot.shown.is_some());
            let lane = match before {
                Some(before) => engine.lane_after(&before, slot.window),
                None => topic.and_then(|topic| engine.lane(topic, *partition, slot.window)),
            };
            slot.shown = Some((version, slot.window));
            slot.signal.1.set(lane.map(Arc::new));
        }
    }

    /// Cluster, topic and ledger.
    pub fn refresh_cluster(&self, player: &Player, run: RunId, topic: Option<&str>) {
        let Some(engine) = player.engine_of(run) else { return };
        self.cluster.1.maybe(engine.cluster());
        self.topic.1.maybe(topic.and_then(|name| engine.topic(name)));
        self.ledger.1.maybe(engine.ledger(None));
        self.marks.1.maybe(player.marks_of(run));
    }

    /// Producers and groups.
    pub fn refresh_clients(&mut self, engine: &Engine) {
        let producers = engine.producers();
        let groups = engine.groups();
        let gone = |names: &[String], name: &String| !names.contains(name);
        let names: Vec<String> = producers.iter().map(|p| p.name.clone()).collect();
        for (name, (_, write)) in &self.slots.producers {
            if gone(&names, name) {
                write.maybe(None);
            }
        }
        for producer in producers {
            self.slots.producer(&producer.name.clone()).1.maybe(Some(producer));
        }
        self.producer_names.1.maybe(names);
        let names: Vec<String> = groups.iter().map(|g| g.group.clone()).collect();
        for (name, (_, write)) in &self.slots.groups {
            if gone(&names, name) {
                write.maybe(None);
            }
        }
        for group in groups {
            self.slots.group(&group.group.clone()).1.maybe(Some(group));
        }
        self.group_names.1.maybe(names);
    }
}

impl Core {
    /// The runs of the two halves, the earlier one at the left; none while nothing is compared.
    pub(super) fn compared(&self) -> Option<[RunId; 2]> {
        let (shown, beside) = (self.player.shown(), self.player.beside()?);
        Some([shown.min(beside), shown.max(beside)])
    }

    /// The run that a handle reads.
    pub(super) fn run_of(&self, lens: Lens) -> RunId {
        match (lens, self.compared()) {
            (Lens::Half(Side::Left), Some([left, _])) => left,
            (Lens::Half(Side::Right), Some([_, right])) => right,
            _ => self.player.shown(),
        }
    }

    /// The cluster that a handle reads.
    pub(super) fn engine(&self, lens: Lens) -> &Engine {
        let run = self.run_of(lens);
        self.player.engine_of(run).unwrap_or_else(|| self.player.engine())
    }

    /// The signals that a handle has.
    pub(super) fn views(&mut self, lens: Lens) -> &mut Views {
        let [left, right] = &mut self.halves;
        match lens {
            Lens::Shown => &mut self.shown,
            Lens::Half(Side::Left) => left,
            Lens::Half(Side::Right) => right,
        }
    }

    /// Every set of views that is on the page, with its run.
    pub(super) fn each_views(&mut self, mut work: impl FnMut(&mut Views, &Player, RunId)) {
        let compared = self.compared();
        work(&mut self.shown, &self.player, self.player.shown());
        if let Some([one, other]) = compared {
            let [left, right] = &mut self.halves;
            work(left, &self.player, one);
            work(right, &self.player, other);
        }
    }

    /// Makes every lane count as changed.
    pub(super) fn forget_lanes(&mut self) {
        self.shown.slots.forget();
        self.halves.iter_mut().for_each(|views| views.slots.forget());
    }
}

impl Session {
    /// Reads this handle's run and another's, without tracking.
    pub fn read_with<T>(self, other: Self, look: impl FnOnce(&Engine, &Engine) -> T) -> T {
        self.core.with_value(|core| look(core.engine(self.lens), core.engine(other.lens)))
    }

    /// The handle for what stands in a half of the comparison.
    pub fn half(self, side: Side) -> Self {
        let lens = Lens::Half(side);
        let ends = self.change(|core| {
            let views = core.views(lens);
            Self {
                lens,
                cluster: views.cluster.0,
                topic: views.topic.0,
                producer_names: views.producer_names.0,
                group_names: views.group_names.0,
                ledger: views.ledger.0,
                marks: views.marks.0,
                ..self
            }
        });
        ends.unwrap_or(self)
    }

    /// Where this handle reads one half of a comparison: the handle of the other.
    pub fn other_half(self) -> Option<Self> {
        match self.lens {
            Lens::Shown => None,
            Lens::Half(Side::Left) => Some(self.half(Side::Right)),
            Lens::Half(Side::Right) => Some(self.half(Side::Left)),
        }
    }
}

/// Sets a signal only where the value differs, so that nothing runs for nothing.
pub(super) trait Maybe<T> {
    fn maybe(&self, value: T);
}

impl<T: PartialEq + Send + Sync + 'static> Maybe<T> for WriteSignal<T> {
    fn maybe(&self, value: T) {
        self.try_maybe_update(|old| {
            let differs = *old != value;
            if differs {
                *old = value;
            }
            (differs, ())
        });
    }
}
