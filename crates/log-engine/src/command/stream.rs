//! A producer's stream of records.

use super::{default_value_bytes, is_thousand, is_zero_u32, thousand};
use serde::{Deserialize, Serialize};

/// A stream of records: how many, with which keys, how large. Integers only, so that it plays alike everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamSpec {
    /// The topic.
    pub topic: String,
    /// This many records ...
    pub records: u32,
    /// ... in each span of this many milliseconds.
    #[serde(default = "thousand", skip_serializing_if = "is_thousand")]
    pub per_ms: u32,
    /// How they are spread over the span.
    #[serde(default, skip_serializing_if = "Arrivals::is_even")]
    pub arrivals: Arrivals,
    /// Which keys.
    #[serde(default)]
    pub keys: KeyDistribution,
    /// Of 100 records this many have no key, whatever `keys` says.
    #[serde(default, skip_serializing_if = "is_zero_u32")]
    pub null_key_percent: u32,
    /// Smallest value, in bytes.
    #[serde(default = "default_value_bytes")]
    pub value_bytes_min: u32,
    /// Largest value, in bytes.
    #[serde(default = "default_value_bytes")]
    pub value_bytes_max: u32,
}

/// How a stream's records are spread over time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// At equal distances.
    #[default]
    Even,
    /// At a random moment of each interval, from the seed.
    Random,
}

impl Arrivals {
    fn is_even(&self) -> bool {
        *self == Arrivals::Even
    }
}

/// Which keys a stream uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum KeyDistribution {
    /// No key: the sticky partitioner spreads them (R-PRD-06).
    #[default]
    Null,
    /// Each key equally often, drawn from the seed.
    Fixed {
        /// The keys.
        keys: Vec<String>,
    },
    /// Key k (from 1) with a weight of 1/k: a few hot keys, many cold ones.
    Zipf {
        /// The keys, hottest first.
        keys: Vec<String>,
    },
    /// `prefix0`, `prefix1`, ... and again from 0 after `count`.
    Sequence {
        /// What stands before the number.
        prefix: String,
        /// How many different keys.
        count: u32,
    },
}
