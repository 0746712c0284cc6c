//! From the engine into the signals: only what changed is written.

use super::{Core, Session};
use leptos::prelude::*;
use std::sync::Arc;

/// What is brought up to date four times a second while time runs, each part in a frame of its own: all at once they
/// would be more than a frame has time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Part {
    /// Cluster, topic, ledger, timeline.
    #[default]
    Cluster,
    /// Producers and groups.
    Clients,
    /// What stands beside the lanes, and all else that follows [`Session::pulse`].
    Lanes,
    /// The drawer.
    Drawer,
}

impl Part {
    /// All, in the order in which they take turns.
    pub(super) const ALL: [Self; 4] = [Self::Cluster, Self::Clients, Self::Lanes, Self::Drawer];

    /// Whose turn is next.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Cluster => Self::Clients,
            Self::Clients => Self::Lanes,
            Self::Lanes => Self::Drawer,
            Self::Drawer => Self::Cluster,
        }
    }
}

impl Session {
    /// Brings every signal up to date, now. For after a command or a seek; while time runs the driver does it.
    pub(super) fn refresh(self) {
        self.choose_topic();
        let topic = self.page.topic.get_untracked();
        self.change(|core| {
            core.looked.look_again();
            core.refresh_clock();
            core.refresh_lanes(topic.as_deref(), usize::MAX);
            for part in Part::ALL {
                core.refresh_part(part, topic.as_deref());
            }
        });
    }

    /// A frame of play: the lanes, or, where one is due, the clock and a part of the rest. Both in one frame would be
    /// layout and paint on top of drawing, and one frame in four too long.
    pub(super) fn refresh_in_play(self, part: Option<Part>) {
        if part == Some(Part::Cluster) {
            self.choose_topic();
        }
        let topic = self.page.topic.get_untracked();
        self.change(|core| match part {
            Some(part) => {
                core.refresh_clock();
                core.refresh_part(part, topic.as_deref());
            }
            None => {
                let lanes = core.driver.pace.lanes();
                core.refresh_lanes(topic.as_deref(), lanes);
            }
        });
    }

    /// Shows the topic that is asked for, or the first there is.
    fn choose_topic(self) {
        let names: Vec<String> =
            self.read(|engine| engine.cluster().topics.into_iter().map(|t| t.name).collect());
        let awaited = self.page.awaited_topic.get_untracked();
        if awaited.as_ref().is_some_and(|name| names.contains(name)) {
            self.page.awaited_topic.set(None);
            self.show_topic(awaited);
            return;
        }
        let wanted = self.page.topic.get_untracked();
        if wanted.as_ref().is_some_and(|name| names.contains(name)) {
            return;
        }
        let next = names.into_iter().next();
        if next != wanted {
            self.show_topic(next);
        }
    }

    /// Shows another topic. One that was just asked for is shown once the controller has made it.
    pub fn select_topic(self, name: &str) {
        self.page.awaited_topic.set(Some(name.to_owned()));
        self.refresh();
    }

    fn show_topic(self, name: Option<String>) {
        self.change(|core| {
            core.slots.forget();
            core.told_watermarks.clear();
        });
        self.page.topic.set(name);
        self.page.selection.set(None);
    }
}

impl Core {
    fn refresh_clock(&mut self) {
        let (elapsed, horizon) = (self.player.elapsed_ms(), self.player.horizon_ms());
        self.write.elapsed_ms.maybe(elapsed);
        self.write.horizon_ms.maybe(horizon);
    }

    /// At most `limit` of the lanes that changed, those first whose turn it is.
    fn refresh_lanes(&mut self, topic: Option<&str>, limit: usize) {
        let engine = self.player.engine();
        let next_lane = self.slots.next_lane;
        let watched = self.slots.lanes.iter_mut().filter(|(_, slot)| slot.watchers > 0);
        let mut lanes: Vec<_> = watched.collect();
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

    fn refresh_part(&mut self, part: Part, topic: Option<&str>) {
        match part {
            Part::Cluster => self.refresh_cluster(topic),
            Part::Clients => self.refresh_clients(),
            Part::Lanes => self.write.pulse.update(|pulse| *pulse += 1),
            Part::Drawer => {
                self.write.drawer_pulse.update(|pulse| *pulse += 1);
                self.refresh_runs();
            }
        }
    }

    fn refresh_cluster(&mut self, topic: Option<&str>) {
        let engine = self.player.engine();
        self.write.cluster.maybe(engine.cluster());
        self.write.topic.maybe(topic.and_then(|name| engine.topic(name)));
        self.write.ledger.maybe(engine.ledger(None));
        self.write.marks.maybe(self.player.marks());
        self.write.history.maybe((self.player.can_undo(), self.player.can_redo()));
        self.write.title.maybe(self.player.facts().title.clone());
    }

    fn refresh_clients(&mut self) {
        let producers = self.player.engine().producers();
        let groups = self.player.engine().groups();
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
        self.write.producer_names.maybe(names);
        let names: Vec<String> = groups.iter().map(|g| g.group.clone()).collect();
        for (name, (_, write)) in &self.slots.groups {
            if gone(&names, name) {
                write.maybe(None);
            }
        }
        for group in groups {
            self.slots.group(&group.group.clone()).1.maybe(Some(group));
        }
        self.write.group_names.maybe(names);
    }
}

/// Sets a signal only where the value differs, so that nothing runs for nothing.
trait Maybe<T> {
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
