//! From the engine into the signals: only what changed is written.

use super::views::Maybe;
use super::{Core, Session};
use leptos::prelude::*;

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
        let edits = self.edits.get_untracked();
        self.change(|core| {
            core.refresh_runs(edits);
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
            core.forget_lanes();
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

    /// At most `limit` of the lanes that changed; where two runs are on the page, each has its half of them.
    fn refresh_lanes(&mut self, topic: Option<&str>, limit: usize) {
        let limit = if self.compared().is_some() { limit.div_ceil(2) } else { limit };
        self.each_views(|views, player, run| {
            if let Some(engine) = player.engine_of(run) {
                views.refresh_lanes(engine, topic, limit);
            }
        });
    }

    fn refresh_part(&mut self, part: Part, topic: Option<&str>) {
        match part {
            Part::Cluster => self.refresh_cluster(topic),
            Part::Clients => self.refresh_clients(),
            Part::Lanes => self.write.pulse.update(|pulse| *pulse += 1),
            Part::Drawer => self.write.drawer_pulse.update(|pulse| *pulse += 1),
        }
    }

    fn refresh_cluster(&mut self, topic: Option<&str>) {
        self.each_views(|views, player, run| views.refresh_cluster(player, run, topic));
        self.write.history.maybe((self.player.can_undo(), self.player.can_redo()));
        self.write.title.maybe(self.player.facts().title.clone());
    }

    fn refresh_clients(&mut self) {
        self.each_views(|views, player, run| {
            if let Some(engine) = player.engine_of(run) {
                views.refresh_clients(engine);
            }
        });
    }
}
