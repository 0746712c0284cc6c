//! Producers, records and groups as commands name them.

use super::{Configs, StreamSpec, is_zero_u64};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a producer is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProducerSpec {
    /// Producer configs that differ from Kafka's defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Its stream, if it sends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamSpec>,
}

/// Bytes as a document writes them: text, or hex where they are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Payload {
    /// UTF-8 text; `""` is zero bytes, which is not null.
    Text(String),
    /// Any bytes, lower-case hex.
    Hex {
        /// Two digits a byte.
        hex: String,
    },
}

impl Payload {
    /// The bytes; none where hex digits are missing or are none.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Payload::Text(text) => Some(text.as_bytes().to_vec()),
            Payload::Hex { hex } => {
                let digits = hex.as_bytes().chunks(2);
                digits.map(|pair| Some(nibble(pair.first())? << 4 | nibble(pair.get(1))?)).collect()
            }
        }
    }
}

fn nibble(digit: Option<&u8>) -> Option<u8> {
    char::from(*digit?).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// One record as a person writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordSpec {
    /// The key: text, empty or null are three different things (R-PRD-03).
    #[serde(default)]
    pub key: Option<Payload>,
    /// The value; null is a tombstone.
    #[serde(default)]
    pub value: Option<Payload>,
    /// Headers in order; a value may be null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, Option<Payload>)>,
    /// CreateTime in ms since the epoch; none means the clock at send (R-PRD-17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// A chosen partition instead of the partitioner's (R-PRD-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
}

/// How a consumer group is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupSpec {
    /// Topics its members subscribe to.
    pub topics: Vec<String>,
    /// Consumer configs that differ from Kafka's defaults, for all members.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Processing time for each record, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub processing_us: u64,
    /// The members to start at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberSpec>,
}

/// How one member is set up; what is left out is the group's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberSpec {
    /// Its name and `client.id`; left out, it is `GROUP-N` with the first free N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Topics, where it subscribes to others than the rest of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// Consumer configs on top of the group's (`group.instance.id` for a static member, for example).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Processing time for each record, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_us: Option<u64>,
}
