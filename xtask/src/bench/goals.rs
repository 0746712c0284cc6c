//! The goals. A goal without a row in a run is shown as not measured; a row without a goal here is
//! shown without one.

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
    /// Name of the measure, as in the rows.
    pub name: &'static str,
    /// Where it is measured, as in the rows.
    pub source: &'static str,
    /// What is measured.
    pub measure: &'static str,
    /// Where the goal lies.
    pub goal: f64,
    /// Which side is good.
    pub better: Better,
    /// Of the goal; a row comes in the same.
    pub unit: &'static str,
}

impl Goal {
    const fn at_least(self, goal: f64, unit: &'static str) -> Self {
        Self { goal, unit, better: Better::More, ..self }
    }

    const fn at_most(self, goal: f64, unit: &'static str) -> Self {
        Self { goal, unit, better: Better::Less, ..self }
    }
}

const fn of(name: &'static str, source: &'static str, measure: &'static str) -> Goal {
    Goal { name, source, measure, goal: 0.0, better: Better::Less, unit: "" }
}

/// All of them, in the table's order.
pub const GOALS: &[Goal] = &[
    of("throughput", "browser", "produce, log, consume: 100 B records, one broker, wasm")
        .at_least(1_000_000.0, "records/s"),
    of("throughput", "native", "the same, native").at_least(3_000_000.0, "records/s"),
    of("idle-week", "browser", "idle week of virtual time: 12 partitions, 6 members, wasm")
        .at_most(1.0, "s"),
    of("replicated", "browser", "produce, replicate RF 3, consume: acks=all, 100 B, wasm")
        .at_least(1_000_000.0, "records/s"),
    of("replicated", "native", "the same, native").at_least(3_000_000.0, "records/s"),
    of(
        "idle-week-cluster",
        "browser",
        "idle week: 3 brokers, RF 3, 12 partitions, 6 members, wasm",
    )
    .at_most(1.0, "s"),
    of("hundred", "browser", "100 brokers, 1,000 partitions, RF 3, 10,000 records/s, wasm")
        .at_least(10.0, "s/s"),
    of("account", "browser", "ledger and causes on, wasm: cost over off").at_most(30.0, "%"),
    of("account", "native", "the same, native").at_most(30.0, "%"),
    of("seek", "browser", "seek to a random moment of 100,000 commands, 1,000,000 records, wasm")
        .at_most(100.0, "ms"),
    of("step-back", "browser", "one step back in that run, wasm").at_most(16.0, "ms"),
    of("keyframes", "browser", "keyframes of that run").at_most(64.0, "MiB"),
    of("first-difference", "browser", "first difference of two forks of that run, wasm")
        .at_most(200.0, "ms"),
    of("clone", "browser", "clone of an engine of 1,000,000 records, wasm").at_most(5.0, "ms"),
    of("clone", "native", "the same, native").at_most(5.0, "ms"),
    of("reopen", "browser", "reopen a workspace of 100,000 records, page open to first frame")
        .at_most(500.0, "ms"),
    of("frame-work-p95", "browser", "10,000 records/s on 12 partitions: work a frame, p95")
        .at_most(8.0, "ms"),
    of("frame-interval-p95", "browser", "the same: frame interval, p95").at_most(18.0, "ms"),
    of(
        "cluster-frame-work-p95",
        "browser",
        "3 brokers, 100 partitions, 10,000 records/s: work a frame, p95",
    )
    .at_most(8.0, "ms"),
    of("cluster-frame-interval-p95", "browser", "the same: frame interval, p95")
        .at_most(18.0, "ms"),
    of("append-retain", "kafka", "append, roll, retention: as fast as Kafka's UnifiedLog, native")
        .at_least(2.0, "times"),
    of("clean", "kafka", "clean 1,000,000 records of 100,000 keys: as fast as Kafka's cleaner")
        .at_least(1.0, "times"),
    of("export", "browser", "export of 100 MB in the page, press to file").at_most(2.0, "s"),
    of("export-memory", "browser", "the same: memory on top of the log").at_most(2.0, "x"),
    of("import", "browser", "import of a 100 MB segment in the page, file to topic")
        .at_most(3.0, "s"),
    of("first-load", "size", "first load, all files until it can be used, brotli")
        .at_most(350.0, "kB"),
    of("interactive", "browser", "first load, interactive on localhost").at_most(1_000.0, "ms"),
];
