//! The goals. A measure without a row in a run is shown as not measured; a row without a goal here
//! is shown without one.

/// On which side of the goal it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// At least the goal.
    More,
    /// At most the goal.
    Less,
}

/// One line of the table.
#[derive(Debug)]
pub struct Goal {
    /// As in the rows.
    pub id: &'static str,
    /// What is measured.
    pub measure: &'static str,
    /// Where the goal lies.
    pub goal: f64,
    /// Which side is good.
    pub better: Better,
    /// Of goal and value.
    pub unit: &'static str,
}

const fn at_least(id: &'static str, measure: &'static str, goal: f64, unit: &'static str) -> Goal {
    Goal { id, measure, goal, better: Better::More, unit }
}

const fn at_most(id: &'static str, measure: &'static str, goal: f64, unit: &'static str) -> Goal {
    Goal { id, measure, goal, better: Better::Less, unit }
}

/// All of them, in the table's order.
pub const GOALS: &[Goal] = &[
    at_least(
        "hot-path-wasm",
        "produce, log, consume, 100 B records, one broker, wasm",
        1_000_000.0,
        "records/s",
    ),
    at_least("hot-path-native", "the same, native", 3_000_000.0, "records/s"),
    at_most(
        "idle-week-wasm",
        "idle week of virtual time, 12 partitions, 6 members, wasm",
        1_000.0,
        "ms",
    ),
    at_most("clone-native", "clone of an engine with 1,000,000 records, native", 5.0, "ms"),
    at_most("clone-wasm", "the same, wasm", 5.0, "ms"),
    at_most(
        "reopen",
        "reopen a workspace of 100,000 records, page open to first frame",
        500.0,
        "ms",
    ),
    at_most(
        "frame-work-p95",
        "10,000 records/s on 12 partitions: main-thread work a frame, p95",
        8.0,
        "ms",
    ),
    at_most("frame-interval-p95", "the same: frame interval, p95", 18.0, "ms"),
    at_most("first-load-size", "first load, all files, brotli", 350.0, "kB"),
    at_most("interactive", "first load, interactive on localhost", 1_000.0, "ms"),
];
