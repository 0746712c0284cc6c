//! Moving in time: play, pause, step, seek, jump.

use super::driver::SLICE_STEPS;
use super::{Core, Session};
use crate::browser;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use log_engine::view::{EventFilter, LaneWindow};
use scenario::Player;
use sorted::SortedMap;

/// Speeds there are, in virtual seconds a real second.
pub const SPEEDS: [f64; 10] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
/// Internal steps one press of Step may take before it gives up.
const STEP_BUDGET: u64 = 200_000;
/// A jump to a kind of event ends here at the latest: 7 days.
const FARTHEST_MS: u64 = 7 * 24 * 3_600_000;
/// Partitions whose high watermarks are told after a step.
const TOLD_PARTITIONS: i32 = 16;
/// Replay that takes less than this, in real ms, happens at once; more of it shows how far it is.
const AT_ONCE_MS: f64 = 12.0;
/// Between two looks at whether the player has arrived, in real ms.
const LOOK_MS: u32 = 10;

/// Where a jump ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JumpGoal {
    /// After this much virtual time, in ms.
    For(u64),
    /// At the next moment of this kind ([`MarkView::kind`](log_engine::view::MarkView)): `del`, `reb`, `warn`.
    NextMark(String),
    /// At the moment the player is on its way to: a seek, undo, a document that opens late.
    Replay,
}

/// A jump that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JumpProgress {
    /// What it goes to.
    pub goal: JumpGoal,
    /// Where it began, in ms since the start.
    pub from_ms: u64,
    /// Where it ends at the latest.
    pub to_ms: u64,
    /// How far it is.
    pub now_ms: u64,
    /// Events that happened on the way.
    pub events: u64,
}

impl Session {
    /// Lets time run.
    pub fn play(self) {
        self.set_playing(true);
    }

    /// Stops time, and says where.
    pub fn pause(self) {
        if self.playing.get_untracked() {
            self.set_playing(false);
            // A run beside the shown one may be a little late.
            if self.read_player(|player| player.elapsed_together_ms() < player.elapsed_ms()) {
                self.change(|core| core.player.stop_here());
                self.settle_player();
            }
            self.refresh();
            self.announce();
        }
    }

    /// Runs when it stands, stands when it runs.
    pub fn toggle_play(self) {
        if self.playing.get_untracked() { self.pause() } else { self.play() }
    }

    fn set_playing(self, playing: bool) {
        if self.playing.get_untracked() == playing {
            return;
        }
        self.change(|core| core.write.playing.set(playing));
        if playing {
            self.page.status.set(String::new());
        }
        self.wake();
    }

    /// Stops whatever moves time.
    pub(super) fn rest(self) {
        self.set_playing(false);
        self.change(|core| {
            core.player.stop_here();
            core.write.jump.set(None);
        });
    }

    /// Virtual seconds for each real one, 0.1 to 100.
    pub fn set_speed(self, speed: f64) {
        self.change(|core| core.write.speed.set(speed.clamp(0.1, 100.0)));
    }

    /// The next faster (or slower) of [`SPEEDS`].
    pub fn change_speed(self, faster: bool) {
        let now = self.speed.get_untracked();
        let next = if faster {
            SPEEDS.iter().find(|speed| **speed > now)
        } else {
            SPEEDS.iter().rev().find(|speed| **speed < now)
        };
        if let Some(next) = next {
            self.set_speed(*next);
            self.say(&format!("Speed {next} times"));
        }
    }

    /// To the next event.
    pub fn step(self) {
        self.rest();
        let found = self.change(|core| core.player.step(STEP_BUDGET)).flatten();
        self.refresh();
        if found.is_some() {
            self.announce();
        } else {
            self.say("Nothing happens by itself");
        }
    }

    /// To the event before. While an earlier step back is on its way, as a held key asks for, it comes to nothing.
    pub fn step_back(self) {
        let replays = |jump: &JumpProgress| jump.goal == JumpGoal::Replay;
        if self.jump.with_untracked(|jump| jump.as_ref().is_some_and(replays)) {
            return;
        }
        self.rest();
        let went = self.change(|core| core.player.step_back());
        if went == Some(true) {
            self.settle_player();
            self.announce();
        } else {
            self.say("This is the start");
        }
    }

    /// To a moment, in ms since the start. One that takes long shows as a jump with goal `Replay`.
    pub fn seek(self, elapsed_ms: u64) {
        self.change(|core| {
            core.write.jump.set(None);
            core.player.seek(elapsed_ms, SLICE_STEPS);
        });
        self.settle_player();
    }

    /// Works on getting to a moment until the clock says `until`; whether it is there. For scripts, which wait.
    pub fn travel(self, to_ms: u64, until: f64) -> bool {
        let reached = self.change(|core| {
            core.write.jump.set(None);
            loop {
                if core.player.seek(to_ms, SLICE_STEPS).reached {
                    break true;
                }
                if browser::now_ms() >= until {
                    break false;
                }
            }
        });
        self.change(|core| core.forget_lanes());
        self.refresh();
        reached.unwrap_or(true)
    }

    /// Lets the player get to where it is going: at once if that is quick, else over the next frames.
    pub(super) fn settle_player(self) {
        let until = browser::now_ms() + AT_ONCE_MS;
        let progress = self.change(|core| {
            core.forget_lanes();
            loop {
                let progress = core.player.catch_up(SLICE_STEPS);
                if progress.reached || browser::now_ms() >= until {
                    break progress;
                }
            }
        });
        if let Some(progress) = progress.filter(|progress| !progress.reached) {
            self.begin_jump(JumpGoal::Replay, progress.at_ms, progress.to_ms);
        }
        self.refresh();
        // Older events may have to be brought back.
        self.wake();
    }

    /// Waits until the player is where it was going.
    pub async fn settled(self) {
        while self.jump.get_untracked().is_some() {
            TimeoutFuture::new(LOOK_MS).await;
        }
    }

    /// Begins a jump. The page stays responsive; [`Self::jump`] tells how far it is.
    pub fn jump_to(self, goal: JumpGoal) {
        self.rest();
        let from_ms = self.read_player(Player::elapsed_ms);
        let to_ms = from_ms.saturating_add(match goal {
            JumpGoal::For(ms) => ms,
            JumpGoal::NextMark(_) | JumpGoal::Replay => FARTHEST_MS,
        });
        self.begin_jump(goal, from_ms, to_ms);
    }

    fn begin_jump(self, goal: JumpGoal, from_ms: u64, to_ms: u64) {
        let progress = JumpProgress { goal, from_ms, to_ms, now_ms: from_ms, events: 0 };
        self.change(|core| core.write.jump.set(Some(progress)));
        self.wake();
    }

    /// Ends a jump where it is.
    pub fn stop_jump(self) {
        self.change(|core| {
            core.player.stop_here();
            core.write.jump.set(None);
        });
        if self.read_player(Player::is_replaying) {
            // The run beside comes to the same moment.
            self.settle_player();
        } else {
            self.refresh();
        }
        if !self.playing.get_untracked() {
            self.announce();
        }
    }

    /// Ends a jump and goes back to where it began.
    pub fn cancel_jump(self) {
        let from = self.jump.with_untracked(|jump| jump.as_ref().map(|jump| jump.from_ms));
        self.stop_jump();
        if let Some(from_ms) = from {
            self.seek(from_ms);
        }
    }

    /// One frame of a jump; false when it has arrived.
    pub(super) fn jump_frame(self, until: f64) -> bool {
        let Some(mut progress) = self.jump.get_untracked() else { return false };
        let arrived = self.change(|core| core.jump_until(&mut progress, until)).unwrap_or(true);
        if arrived {
            self.stop_jump();
        } else {
            self.change(|core| core.write.jump.set(Some(progress)));
        }
        !arrived
    }

    /// Says the last event in the live region: after a pause or a step, never while time runs.
    pub(super) fn announce(self) {
        let newest = self.read(|engine| engine.events(&EventFilter::default(), None, 1));
        let moved = self.moved_watermarks();
        if let Some(event) = newest.first() {
            self.say(&format!("{}: {}{moved}", event.subject, event.text));
        }
    }
}

impl Session {
    /// High watermarks that moved since they were told last: "; P2 high watermark 28 to 29".
    fn moved_watermarks(self) -> String {
        let Some(topic) = self.page.topic.get_untracked() else { return String::new() };
        self.change(|core| {
            let engine = core.player.engine();
            let lane = |partition| engine.lane(&topic, partition, LaneWindow::Tail(0));
            let now: SortedMap<i32, i64> = (0..TOLD_PARTITIONS)
                .map_while(lane)
                .map(|lane| (lane.partition, lane.high_watermark))
                .collect();
            let before = std::mem::replace(&mut core.told_watermarks, now.clone());
            let moved = now.iter().filter_map(|(partition, to)| {
                let from = before.get(partition).filter(|from| *from != to)?;
                Some(format!("; P{partition} high watermark {from} to {to}"))
            });
            moved.collect()
        })
        .unwrap_or_default()
    }
}

impl Core {
    /// Whether the jump arrived.
    fn jump_until(&mut self, progress: &mut JumpProgress, until: f64) -> bool {
        let before = self.player.engine().cluster().events;
        let arrived = loop {
            let reached = match progress.goal {
                JumpGoal::Replay => self.player.catch_up(SLICE_STEPS).reached,
                _ => self.player.advance_to(progress.to_ms, SLICE_STEPS).reached,
            };
            if let JumpGoal::NextMark(kind) = &progress.goal
                && let Some(at_ms) = self.mark_after(kind, progress.from_ms)
            {
                self.player.seek(at_ms, u64::MAX);
                break true;
            }
            if reached || browser::now_ms() >= until {
                break reached;
            }
        };
        progress.now_ms = self.player.elapsed_ms();
        progress.events += self.player.engine().cluster().events.saturating_sub(before);
        arrived
    }

    fn mark_after(&self, kind: &str, from_ms: u64) -> Option<u64> {
        let marks = self.player.marks();
        let mut ahead = marks.iter().filter(|mark| mark.at_ms > from_ms && !mark.ahead);
        ahead.find(|mark| mark.mark.kind == kind).map(|mark| mark.at_ms)
    }
}
