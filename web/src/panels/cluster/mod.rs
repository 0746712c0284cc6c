//! What can be done to the cluster as a whole: more brokers, elections, replicas on the move, links.

mod add_broker;
mod menu;
mod state;

pub use add_broker::AddBroker;
pub use menu::ClusterMenu;
pub(super) use menu::show_configs;
pub(super) use state::{Copying, Moving, moving};
