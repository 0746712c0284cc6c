//! The cluster as one deterministic state machine: clock, network, controller, brokers, clients, views.
//!
//! `state = f(cluster spec, seed, commands)`, bit for bit, on native and wasm alike. See `docs/architecture.md`.

pub mod command;
mod engine;
mod error;

mod actions;
pub mod assignor;
mod broker;
mod column;
pub mod config;
mod consumer;
mod controller;
pub mod coordinator;
mod copies;
mod event;
mod hash;
pub mod ids;
pub mod invariants;
mod ledger;
mod metrics;
pub mod partitioner;
mod producer;
pub mod protocol;
mod read;
mod sim;
mod trace;
pub mod view;
mod world;

pub use command::{ClusterSpec, Command, Configs};
pub use copies::Differing;
pub use engine::{Advance, Engine};
pub use error::CommandError;
pub use ids::{BrokerId, EventId, TimestampMs, TopicPartition};

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
