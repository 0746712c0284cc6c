//! Requests and responses, named and shaped as Kafka's (the fields that matter here; API versions are not
//! modelled, R-SCP-33). Brokers are reached by these alone.

pub mod error;
pub mod group;

pub use error::ErrorCode;
