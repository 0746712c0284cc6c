//! Operations as JSON has them.

use log_engine::{ClusterSpec, Command};
use serde::Deserialize;

/// One line of input.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// A new cluster.
    New {
        /// What it is.
        cluster: ClusterSpec,
        /// Where its randomness comes from.
        seed: u64,
        /// What the document is called.
        #[serde(default)]
        title: String,
    },
    /// One command of the journal, now.
    Do {
        /// Which.
        command: Command,
    },
    /// Several records at one moment.
    Produce {
        /// Who sends.
        producer: String,
        /// Where to.
        topic: String,
        /// Key and value of each.
        records: Vec<(Option<String>, Option<String>)>,
    },
    /// Time passes.
    Pass {
        /// How much.
        ms: u64,
    },
    /// What became of a producer's records.
    Outcomes {
        /// Whose.
        producer: String,
        /// How long to wait at most.
        ms: u64,
    },
    /// Time passes until nothing has happened for so long.
    Settle {
        /// How long.
        ms: u64,
    },
    /// How the cluster stands.
    State,
    /// All so far as a link.
    Link,
}
