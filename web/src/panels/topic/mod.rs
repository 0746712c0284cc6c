//! Topics: the menu, a new one, more partitions, what retention will do.

mod add_partitions;
mod at_time;
mod clean_pass;
mod cleaner;
mod delete_records;
mod draft;
mod draft_configs;
mod forecast;
mod lane_menu;
mod menu;
mod new_topic;
mod retention;

pub use add_partitions::AddPartitions;
pub use at_time::JumpToTime;
pub use clean_pass::show_pass;
pub use cleaner::Cleaner;
pub use delete_records::DeleteRecords;
pub use lane_menu::LaneMenu;
pub use menu::TopicMenu;
pub use new_topic::NewTopic;
pub use retention::Retention;

use crate::session::Session;

/// Says that what was asked for waits for time to run: even the controller needs a moment.
pub(super) fn stands_still(session: Session, what: &str) {
    session.toast("Time stands still.", what, false);
}
