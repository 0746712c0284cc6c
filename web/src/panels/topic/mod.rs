//! Topics: the menu, a new one, more partitions, what retention will do.

mod add_partitions;
mod draft;
mod draft_configs;
mod forecast;
mod menu;
mod new_topic;
mod retention;

pub use add_partitions::AddPartitions;
pub use menu::TopicMenu;
pub use new_topic::NewTopic;
pub use retention::Retention;
