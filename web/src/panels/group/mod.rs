//! What a group's ⋯ opens: the group, its members, its consumers' configs; and the forms for a new group and
//! one more member.

mod add;
mod add_member;
mod assignor;
mod group_tab;
mod member_card;
mod members_tab;
mod processing;
mod sheet;
mod topics_field;

pub use add::AddGroup;
pub use add_member::AddMember;
pub use sheet::GroupSheet;
