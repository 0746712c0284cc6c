//! The cluster as one deterministic state machine: clock, network, controller, brokers, clients, views.
//!
//! `state = f(cluster spec, seed, commands)`, bit for bit, on native and wasm alike. See `docs/architecture.md`.

pub mod command;
mod engine;
mod error;

pub mod assignor;
pub mod config;
pub mod coordinator;
pub mod ids;
pub mod partitioner;
pub mod protocol;
pub mod view;

pub use command::{ClusterSpec, Command, Configs};
pub use engine::{Advance, Engine};
pub use error::CommandError;
pub use ids::{BrokerId, EventId, TimestampMs, TopicPartition};

#[cfg(test)]
mod test_support;
