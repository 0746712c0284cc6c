//! Broker commands.

use crate::command::Command;
use crate::error::CommandError;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId};
use crate::world::World;
use std::sync::Arc;

impl World {
    /// Refuses what no broker is there to do.
    pub(super) fn need_broker(&self) -> Result<(), CommandError> {
        if self.brokers.values().any(|broker| broker.halted().is_none()) {
            return Ok(());
        }
        let text = "No broker runs. Start one first.";
        Err(CommandError::new("BROKER_NOT_AVAILABLE", "", text))
    }

    fn known_broker(&self, broker: i32) -> Result<BrokerId, CommandError> {
        let id = BrokerId(broker);
        if self.brokers.contains_key(&id) {
            return Ok(id);
        }
        let text = format!("There is no broker {broker}.");
        Err(CommandError::new("BROKER_ID_NOT_REGISTERED", "broker", text))
    }

    pub(super) fn set_disk(
        &mut self,
        command: &Command,
        broker: i32,
        disk_bytes: Option<u64>,
    ) -> Result<EventId, CommandError> {
        let id = self.known_broker(broker)?;
        let event = self.act(command);
        self.with_broker(id, event, |broker, ctx| {
            broker.set_disk(disk_bytes);
            let size = disk_bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
            ctx.emit(EventKind::DiskResized { broker: id, size });
        });
        Ok(event)
    }

    pub(super) fn start_broker(
        &mut self,
        command: &Command,
        broker: i32,
    ) -> Result<EventId, CommandError> {
        let id = self.known_broker(broker)?;
        if self.brokers.get(&id).is_some_and(|broker| broker.halted().is_none()) {
            let text = format!("Broker {broker} runs already.");
            return Err(CommandError::new("INVALID_REQUEST", "broker", text));
        }
        let event = self.act(command);
        self.with_controller(event, |controller, ctx| controller.broker_restarted(ctx, id));
        let image = Arc::clone(self.controller.image());
        self.with_broker(id, event, |broker, ctx| broker.restart(ctx, image));
        Ok(event)
    }
}
