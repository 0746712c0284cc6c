//! Group and member commands.

use super::clients::config_exception;
use super::limits::{self, MAX_CLIENTS, MAX_GROUPS, MAX_PROCESSING_US};
use crate::command::{Command, Configs, GroupSpec, MemberSpec};
use crate::config::ConsumerConfig;
use crate::consumer::{Consumer, GroupSetup, MemberSetup, Process};
use crate::error::CommandError;
use crate::ids::EventId;
use crate::sim::ActorId;
use crate::world::{Restart, World};
use std::sync::Arc;

const STRATEGY: &str = "partition.assignment.strategy";

/// What an AlterGroup asks for.
pub(super) struct GroupChange<'a> {
    pub topics: Option<&'a [String]>,
    pub processing_us: Option<u64>,
    pub set: &'a Configs,
    pub delete: &'a [String],
}

fn refuse(field: &str, text: impl Into<String>) -> CommandError {
    CommandError::new("INVALID_REQUEST", field, text)
}

/// What a member of `group` would run with.
fn member_setup(
    group: &GroupSetup,
    name: &Arc<str>,
    own_topics: Option<&[String]>,
    own_configs: &Configs,
    processing_us: Option<u64>,
) -> Result<MemberSetup, CommandError> {
    let mut overrides = group.configs.clone();
    overrides.extend(own_configs.clone());
    overrides.insert("group.id".to_owned(), group.group.to_string());
    let config =
        ConsumerConfig::resolve(&overrides).map_err(|refused| config_exception(&refused))?;
    if config.consumer_protocol {
        let text = "group.protocol=consumer (KIP-848) is not modelled yet. Use classic.";
        return Err(CommandError::new("ConfigException", "configs.group.protocol", text));
    }
    let processing_us = processing_us.unwrap_or(group.processing_us);
    check_processing(processing_us)?;
    let topics = match own_topics {
        Some(topics) => topic_names(topics)?,
        None => group.topics.clone(),
    };
    Ok(MemberSetup {
        name: Arc::clone(name),
        group: Arc::clone(&group.group),
        topics,
        own_topics: own_topics.is_some(),
        own_configs: own_configs.clone(),
        config,
        processing_us,
    })
}

fn check_processing(processing_us: u64) -> Result<(), CommandError> {
    if processing_us > MAX_PROCESSING_US {
        return Err(refuse("processing_us", "A record takes at most a day, 86 400 000 000 µs."));
    }
    Ok(())
}

fn topic_names(topics: &[String]) -> Result<Vec<Arc<str>>, CommandError> {
    for topic in topics {
        if let Some(wrong) = crate::config::invalid_name_reason(topic) {
            let text = format!("Topic name is invalid: {wrong}");
            return Err(CommandError::new("INVALID_TOPIC_EXCEPTION", "topics", text));
        }
    }
    if topics.is_empty() || topics.len() > 100 {
        return Err(refuse("topics", "Subscribe to 1 to 100 topics."));
    }
    let mut names: Vec<Arc<str>> = topics.iter().map(|topic| topic.as_str().into()).collect();
    sorted::sort(&mut names);
    names.dedup();
    Ok(names)
}

impl World {
    /// The index of the member of this name that is listed.
    pub(crate) fn consumer_index(&self, name: &str) -> Option<u32> {
        let at = self
            .consumers
            .iter()
            .rposition(|known| known.is_listed() && &*known.setup.name == name)?;
        u32::try_from(at).ok()
    }

    fn need_member(&self, name: &str) -> Result<u32, CommandError> {
        self.consumer_index(name)
            .ok_or_else(|| refuse("member", format!("There is no member '{name}'.")))
    }

    fn need_group(&self, group: &str) -> Result<usize, CommandError> {
        self.groups.iter().position(|known| &*known.group == group).ok_or_else(|| {
            CommandError::new(
                "GROUP_ID_NOT_FOUND",
                "group",
                format!("The group {group} is not found."),
            )
        })
    }

    fn need_running(&self, name: &str) -> Result<u32, CommandError> {
        let at = self.need_member(name)?;
        match self.consumer(at).map(|consumer| consumer.process) {
            Some(Process::Running) => Ok(at),
            _ => Err(refuse("member", format!("{name} is not running. Start it first."))),
        }
    }

    pub(crate) fn consumer(&self, at: u32) -> Option<&Consumer> {
        self.consumers.get(usize::try_from(at).ok()?)
    }

    pub(super) fn add_group(
        &mut self,
        command: &Command,
        group: &str,
        spec: &GroupSpec,
    ) -> Result<EventId, CommandError> {
        limits::check_name(group, "group")?;
        if self.groups.iter().any(|known| &*known.group == group) {
            return Err(refuse(
                "group",
                format!("The group '{group}' exists. Add members to it instead."),
            ));
        }
        if self.groups.len() >= MAX_GROUPS {
            return Err(refuse("group", format!("Ottla runs at most {MAX_GROUPS} groups.")));
        }
        let setup = GroupSetup {
            group: group.into(),
            topics: topic_names(&spec.topics)?,
            configs: spec.configs.clone(),
            processing_us: spec.processing_us,
            removing: false,
        };
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut members = Vec::new();
        // A group may begin without members: its configs are checked all the same.
        member_setup(&setup, &setup.group, None, &Configs::new(), None)?;
        for member in &spec.members {
            let setup = self.new_member(&setup, member, &names)?;
            names.push(Arc::clone(&setup.name));
            members.push(setup);
        }
        let event = self.act(command);
        self.ensure_offsets_topic(event);
        self.groups.push(setup);
        for member in members {
            self.start_new_member(member, event);
        }
        Ok(event)
    }

    /// Checks what a new member asks for; `taken` are names given out just now.
    fn new_member(
        &self,
        group: &GroupSetup,
        spec: &MemberSpec,
        taken: &[Arc<str>],
    ) -> Result<MemberSetup, CommandError> {
        let is_taken =
            |name: &str| self.name_taken(name) || taken.iter().any(|other| &**other == name);
        let name: Arc<str> = match &spec.member {
            Some(name) => {
                limits::check_name(name, "member")?;
                if is_taken(name) {
                    let text =
                        format!("A client named '{name}' runs already. Choose another name.");
                    return Err(refuse("member", text));
                }
                name.as_str().into()
            }
            None => (1u32..)
                .map(|number| format!("{}-{number}", group.group))
                .find(|name| !is_taken(name))
                .unwrap_or_default()
                .into(),
        };
        let listed = self.consumers.iter().filter(|known| known.is_listed()).count();
        if listed + taken.len() >= MAX_CLIENTS {
            let text = format!("Ottla runs at most {MAX_CLIENTS} consumers. Close one first.");
            return Err(refuse("member", text));
        }
        member_setup(group, &name, spec.topics.as_deref(), &spec.configs, spec.processing_us)
    }

    fn start_new_member(&mut self, setup: MemberSetup, event: EventId) {
        let host = Arc::clone(&setup.group);
        self.consumers.push(Consumer::new(setup));
        let at = u32::try_from(self.consumers.len() - 1).unwrap_or(u32::MAX);
        self.net.register(ActorId::Consumer(at), &host);
        self.start_consumer(at, event);
    }

    pub(crate) fn start_consumer(&mut self, at: u32, cause: EventId) {
        let brokers = self.bootstrap();
        self.with_consumer(at, cause, |consumer, ctx| consumer.start(ctx, &brokers));
    }

    pub(super) fn add_member(
        &mut self,
        command: &Command,
        group: &str,
        spec: &MemberSpec,
    ) -> Result<EventId, CommandError> {
        let at = self.need_group(group)?;
        let Some(group) = self.groups.get(at).cloned() else {
            return Err(refuse("group", "The group is not found."));
        };
        let setup = self.new_member(&group, spec, &[])?;
        let event = self.act(command);
        self.start_new_member(setup, event);
        Ok(event)
    }

    pub(super) fn alter_group(
        &mut self,
        command: &Command,
        group: &str,
        change: &GroupChange<'_>,
    ) -> Result<EventId, CommandError> {
        let at = self.need_group(group)?;
        let Some(mut setup) = self.groups.get(at).cloned() else {
            return Err(refuse("group", "The group is not found."));
        };
        if let Some(topics) = change.topics {
            setup.topics = topic_names(topics)?;
        }
        setup.processing_us = change.processing_us.unwrap_or(setup.processing_us);
        setup.configs.retain(|name, _| !change.delete.contains(name));
        setup.configs.extend(change.set.clone());
        member_setup(&setup, &setup.group, None, &Configs::new(), None)?;
        let restart =
            change.topics.is_some() || !change.set.is_empty() || !change.delete.is_empty();
        // Members without a common assignor can't be in one group (INCONSISTENT_GROUP_PROTOCOL).
        let together =
            change.set.contains_key(STRATEGY) || change.delete.iter().any(|d| d == STRATEGY);
        let mut members = Vec::new();
        for (at, known) in (0u32..).zip(&self.consumers) {
            if known.setup.group == setup.group && known.is_listed() {
                let own = &known.setup;
                let names: Vec<String> = own.topics.iter().map(|topic| topic.to_string()).collect();
                let own_topics = own.own_topics.then_some(&names[..]);
                let processing_us = change.processing_us.or(Some(own.processing_us));
                let new =
                    member_setup(&setup, &own.name, own_topics, &own.own_configs, processing_us)?;
                members.push((at, new));
            }
        }
        let event = self.act(command);
        if let Some(known) = self.groups.get_mut(at) {
            *known = setup;
        }
        for (at, new) in members {
            if restart {
                let restart = Restart { consumer: at, setup: new, cause: event, together };
                self.rolling.push_back(restart);
            } else {
                self.with_consumer(at, event, |consumer, _| {
                    consumer.setup.processing_us = new.processing_us;
                });
            }
        }
        self.roll_on();
        Ok(event)
    }

    pub(super) fn remove_group(
        &mut self,
        command: &Command,
        group: &str,
    ) -> Result<EventId, CommandError> {
        let at = match self.need_group(group) {
            Ok(at) => at,
            // A group that was only ever reset has no members to close.
            Err(_) if self.is_coordinated(group) => {
                return Ok(self.delete_simple_group(command, group));
            }
            Err(refused) => return Err(refused),
        };
        let event = self.act(command);
        if let Some(setup) = self.groups.get_mut(at) {
            setup.removing = true;
        }
        let members: Vec<u32> = (0u32..)
            .zip(&self.consumers)
            .filter(|(_, known)| &*known.setup.group == group && known.is_listed())
            .map(|(at, _)| at)
            .collect();
        for at in members {
            self.with_consumer(at, event, |consumer, ctx| consumer.go_away(ctx));
        }
        self.remove_empty_groups(event);
        Ok(event)
    }

    pub(super) fn close_member(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let at = self.need_member(name)?;
        let event = self.act(command);
        self.with_consumer(at, event, |consumer, ctx| consumer.go_away(ctx));
        Ok(event)
    }

    pub(super) fn crash_member(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let at = self.need_running(name)?;
        let event = self.act(command);
        self.with_consumer(at, event, |consumer, ctx| consumer.crash(ctx));
        for id in self.bootstrap() {
            self.with_broker(id, event, |broker, ctx| {
                broker.forget_fetches_of(ctx, ActorId::Consumer(at));
            });
        }
        Ok(event)
    }

    pub(super) fn start_member(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let at = self.need_member(name)?;
        let stopped = self
            .consumer(at)
            .is_some_and(|known| matches!(known.process, Process::Crashed | Process::Failed(_)));
        if !stopped {
            return Err(refuse("member", format!("{name} is running.")));
        }
        let event = self.act(command);
        self.start_consumer(at, event);
        Ok(event)
    }

    pub(super) fn pause_member(
        &mut self,
        command: &Command,
        name: &str,
        pause: bool,
    ) -> Result<EventId, CommandError> {
        let at = self.need_running(name)?;
        if self.consumer(at).is_some_and(|known| known.paused == pause) {
            let state = if pause { "is paused already" } else { "is not paused" };
            return Err(refuse("member", format!("{name} {state}.")));
        }
        let event = self.act(command);
        self.with_consumer(at, event, |consumer, ctx| consumer.set_paused(ctx, pause));
        Ok(event)
    }

    pub(super) fn set_processing(
        &mut self,
        command: &Command,
        name: &str,
        processing_us: u64,
    ) -> Result<EventId, CommandError> {
        let at = self.need_member(name)?;
        check_processing(processing_us)?;
        let event = self.act(command);
        self.with_consumer(at, event, |consumer, _| consumer.setup.processing_us = processing_us);
        Ok(event)
    }
}
