//! Commands about nodes: how they end, stand still and start again, and their disks.

use crate::command::{Command, Failure};
use crate::error::CommandError;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId};
use crate::world::{Down, MAX_BROKERS, Node, NodeState, World};

/// The highest `node.id` of a broker.
const MAX_BROKER_ID: i32 = 127;
/// The slowest disk.
const MAX_WRITE_MS: u32 = 60_000;

impl World {
    /// Refuses what no broker is there to do.
    pub(super) fn need_broker(&self) -> Result<(), CommandError> {
        if !self.running_brokers().is_empty() {
            return Ok(());
        }
        let text = "No broker runs. Start one first.";
        Err(CommandError::new("BROKER_NOT_AVAILABLE", "", text))
    }

    /// A broker or controller of this number.
    fn known_node(&self, node: i32) -> Result<(BrokerId, &Node), CommandError> {
        let id = BrokerId(node);
        self.nodes.get(&id).map(|known| (id, known)).ok_or_else(|| {
            let text = format!("There is no broker {node}.");
            CommandError::new("BROKER_ID_NOT_REGISTERED", "broker", text)
        })
    }

    pub(super) fn set_disk(
        &mut self,
        command: &Command,
        broker: i32,
        disk_bytes: Option<u64>,
    ) -> Result<EventId, CommandError> {
        let (id, _) = self.known_node(broker)?;
        let event = self.act(command);
        self.with_broker(id, event, |broker, ctx| {
            broker.set_disk(disk_bytes);
            let size = disk_bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
            ctx.emit(EventKind::DiskResized { broker: id, size });
        });
        Ok(event)
    }

    /// A new broker registers, is unfenced, and has nothing yet.
    pub(super) fn add_broker(
        &mut self,
        command: &Command,
        broker: Option<i32>,
        rack: Option<&str>,
    ) -> Result<EventId, CommandError> {
        let refuse = |code, field: &str, text: String| Err(CommandError::new(code, field, text));
        if self.brokers.len() >= usize::try_from(MAX_BROKERS).unwrap_or(usize::MAX) {
            let text = format!("A cluster has at most {MAX_BROKERS} brokers here.");
            return refuse("INVALID_REQUEST", "broker", text);
        }
        let free = |id: &i32| !self.nodes.contains_key(&BrokerId(*id));
        let Some(id) = broker.or_else(|| (1..=MAX_BROKER_ID).find(free)) else {
            let text = format!("All ids up to {MAX_BROKER_ID} are taken.");
            return refuse("INVALID_REQUEST", "broker", text);
        };
        if !(1..=MAX_BROKER_ID).contains(&id) {
            let text = format!("A broker's id is 1 to {MAX_BROKER_ID} here, not {id}.");
            return refuse("INVALID_CONFIG", "broker", text);
        }
        if !free(&id) {
            let text = format!("There is a broker {id} already.");
            return refuse("DUPLICATE_BROKER_REGISTRATION", "broker", text);
        }
        if rack.is_some_and(|rack| rack.is_empty() || rack.len() > 249) {
            return refuse("INVALID_CONFIG", "rack", "A rack has 1 to 249 characters.".to_owned());
        }
        let event = self.act(command);
        self.join(BrokerId(id), rack.map(Into::into), event);
        Ok(event)
    }

    /// A broker goes for good: it must be down.
    pub(super) fn remove_broker(
        &mut self,
        command: &Command,
        broker: i32,
    ) -> Result<EventId, CommandError> {
        let (id, node) = self.known_node(broker)?;
        if node.is_there() {
            let text = format!("Broker {broker} runs. Stop it first.");
            return Err(CommandError::new("INVALID_REQUEST", "broker", text));
        }
        if self.controllers.contains_key(&id) {
            let text = format!("Node {broker} is a voter of the quorum, whose voters are static.");
            return Err(CommandError::new("INVALID_REQUEST", "broker", text));
        }
        self.change_topic(command)
    }

    pub(super) fn slow_disk(
        &mut self,
        command: &Command,
        broker: i32,
        write_ms: u32,
    ) -> Result<EventId, CommandError> {
        let (id, _) = self.known_node(broker)?;
        if !self.brokers.contains_key(&id) || write_ms > MAX_WRITE_MS {
            let text = format!("A write of a broker takes at most {MAX_WRITE_MS} ms.");
            return Err(CommandError::new("INVALID_REQUEST", "write_ms", text));
        }
        let event = self.act(command);
        self.play_out(event);
        let write_ms = i64::from(write_ms);
        if let Some(node) = self.nodes.get_mut(&id) {
            node.write_ms = write_ms;
        }
        let kind = EventKind::DiskSpeed { broker: id, write_ms };
        self.tell(Some(event), kind);
        Ok(event)
    }

    pub(super) fn alter_broker_configs(
        &mut self,
        command: &Command,
        broker: Option<i32>,
    ) -> Result<EventId, CommandError> {
        if let Some(broker) = broker {
            self.known_node(broker)?;
        }
        self.change_topic(command)
    }

    /// A node stops in order, or fails.
    pub(super) fn fail_broker(
        &mut self,
        command: &Command,
        broker: i32,
        how: Failure,
    ) -> Result<EventId, CommandError> {
        let (id, node) = self.known_node(broker)?;
        check_failure(id, node, how)?;
        let event = self.act(command);
        self.fail(id, how, event);
        Ok(event)
    }

    fn fail(&mut self, id: BrokerId, how: Failure, event: EventId) {
        let down = match how {
            Failure::Stop => return self.stop_node(id, event),
            Failure::Crash => Down::Crashed,
            Failure::Power => Down::PowerLost,
            Failure::Disk => Down::DiskLost,
        };
        let event = self.tell_down(id, down, event);
        self.take_down(id, down, event);
    }

    /// Says that a node's process ends.
    pub(crate) fn tell_down(&mut self, id: BrokerId, how: Down, cause: EventId) -> EventId {
        let kind = EventKind::NodeDown { node: id, how };
        let event = self.tell(Some(cause), kind);
        let label = format!("broker {} {}", id.0, crate::read::down_word(how));
        self.trace.mark(self.now_ms, "down", label, event);
        event
    }

    /// Controlled shutdown; a node that is no broker has nothing to hand over.
    fn stop_node(&mut self, id: BrokerId, event: EventId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.stopping = true;
        }
        if self.brokers.contains_key(&id) {
            self.play_out(event);
            self.with_broker(id, event, |broker, ctx| broker.stop(ctx));
        } else {
            self.end_in_order(id, event);
        }
    }

    pub(super) fn start_broker(
        &mut self,
        command: &Command,
        broker: i32,
    ) -> Result<EventId, CommandError> {
        let (id, node) = self.known_node(broker)?;
        if node.is_there() {
            let text = format!("Broker {broker} runs already.");
            return Err(CommandError::new("INVALID_REQUEST", "broker", text));
        }
        let event = self.act(command);
        self.bring_up(id, event);
        Ok(event)
    }

    pub(super) fn freeze_broker(
        &mut self,
        command: &Command,
        broker: i32,
        for_ms: Option<u32>,
    ) -> Result<EventId, CommandError> {
        let (id, node) = self.known_node(broker)?;
        if !node.runs() {
            let text = format!("Broker {broker} does not run.");
            return Err(CommandError::new("BROKER_NOT_AVAILABLE", "broker", text));
        }
        let event = self.act(command);
        let kind = EventKind::NodeFrozen { node: id, for_ms: for_ms.map_or(-1, i64::from) };
        let frozen = self.tell(Some(event), kind);
        self.trace.mark(self.now_ms, "down", format!("broker {broker} frozen"), frozen);
        self.freeze(id, for_ms.map(i64::from), frozen);
        Ok(event)
    }

    pub(super) fn thaw_broker(
        &mut self,
        command: &Command,
        broker: i32,
    ) -> Result<EventId, CommandError> {
        let (id, node) = self.known_node(broker)?;
        if node.state != NodeState::Frozen {
            let text = format!("Broker {broker} is not frozen.");
            return Err(CommandError::new("INVALID_REQUEST", "broker", text));
        }
        let event = self.act(command);
        self.thaw(id, Some(event));
        Ok(event)
    }

    fn rack(
        &self,
        rack: &str,
        wanted: impl Fn(&Node) -> bool,
    ) -> Result<Vec<BrokerId>, CommandError> {
        let in_rack = |node: &Node| node.rack.as_deref() == Some(rack);
        let refuse = |text| Err(CommandError::new("INVALID_REQUEST", "rack", text));
        if !self.nodes.values().any(in_rack) {
            return refuse(format!("No broker is in rack '{rack}'."));
        }
        let nodes = self.nodes.iter().filter(|(_, node)| in_rack(node) && wanted(node));
        let nodes: Vec<BrokerId> = nodes.map(|(&id, _)| id).collect();
        if nodes.is_empty() {
            return refuse(format!("Nothing in rack '{rack}' is in a state for that."));
        }
        Ok(nodes)
    }

    pub(super) fn fail_rack(
        &mut self,
        command: &Command,
        rack: &str,
        how: Failure,
    ) -> Result<EventId, CommandError> {
        let nodes = self.rack(rack, |node| {
            node.is_there() && !(how == Failure::Stop && (node.stopping || !node.runs()))
        })?;
        let event = self.act(command);
        for id in nodes {
            self.fail(id, how, event);
        }
        Ok(event)
    }

    pub(super) fn start_rack(
        &mut self,
        command: &Command,
        rack: &str,
    ) -> Result<EventId, CommandError> {
        let nodes = self.rack(rack, |node| !node.is_there())?;
        let event = self.act(command);
        for id in nodes {
            self.bring_up(id, event);
        }
        Ok(event)
    }
}

/// Whether a node can fail that way now.
fn check_failure(id: BrokerId, node: &Node, how: Failure) -> Result<(), CommandError> {
    let refuse = |code, text: String| Err(CommandError::new(code, "broker", text));
    // A disk can be lost while nothing runs; all else needs a process.
    if !node.is_there() && how != Failure::Disk {
        return refuse("BROKER_NOT_AVAILABLE", format!("Broker {} does not run.", id.0));
    }
    if how == Failure::Stop && node.state == NodeState::Frozen {
        let text = format!(
            "Broker {} is frozen and can't shut down in order. Crash it, or thaw it.",
            id.0
        );
        return refuse("INVALID_REQUEST", text);
    }
    if how == Failure::Stop && node.stopping {
        return refuse("INVALID_REQUEST", format!("Broker {} is shutting down already.", id.0));
    }
    Ok(())
}
