//! Plain data for readers. A view is owned, holds no reference into the engine, and costs what it shows.
//! All times are virtual milliseconds since the epoch ([`TimestampMs`](crate::TimestampMs)); the page subtracts
//! [`ClusterView::start_ms`] where it shows the time since the scenario's start.

mod admin;
mod cleaner;
mod cluster;
mod difference;
mod event;
mod group;
mod lane;
mod ledger;
mod metrics;
mod producer;
mod record;

pub use admin::*;
pub use cleaner::*;
pub use cluster::*;
pub use difference::{RecordDifference, RecordSide};
pub use event::*;
pub use group::*;
pub use lane::*;
pub use ledger::*;
pub use metrics::*;
pub use producer::*;
pub use record::*;
