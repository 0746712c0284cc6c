//! Members that are restarted one by one or together, and groups that go once their last member has.

use super::{Restart, World};
use crate::consumer::{Consumer, Process};
use crate::ids::EventId;
use std::sync::Arc;

impl World {
    /// Goes on with restarts: one by one, the next member closing once the one before has started again; or
    /// together, all closing before the first starts.
    pub(crate) fn roll_on(&mut self) {
        while let Some(first) = self.rolling.front().cloned() {
            let batch: Vec<u32> = match first.together {
                false => vec![first.consumer],
                true => self
                    .rolling
                    .iter()
                    .filter(|restart| restart.cause == first.cause)
                    .map(|restart| restart.consumer)
                    .collect(),
            };
            for &at in &batch {
                let running =
                    self.consumer(at).is_some_and(|known| known.process == Process::Running);
                if running && !self.restarted.contains(&(at, first.cause)) {
                    self.with_consumer(at, first.cause, |consumer, ctx| consumer.close(ctx));
                }
            }
            let closing = |at: &u32| {
                self.consumer(*at).is_some_and(|known| known.process == Process::Closing)
            };
            if batch.iter().any(closing) {
                return;
            }
            self.rolling.pop_front();
            self.restart(first);
        }
        self.restarted.clear();
    }

    fn restart(&mut self, restart: Restart) {
        let Restart { consumer: at, setup, cause, .. } = restart;
        let closed = self.consumer(at).is_some_and(|known| known.process == Process::Closed);
        let brokers = self.bootstrap();
        self.restarted.push((at, cause));
        self.with_consumer(at, cause, |consumer, ctx| {
            if closed {
                consumer.restart(ctx, setup, &brokers);
            } else {
                // Crashed meanwhile: it will start with the new setup.
                consumer.setup = setup;
            }
        });
    }

    /// Deletes groups that were to be removed and whose last member has closed.
    pub(crate) fn remove_empty_groups(&mut self, cause: EventId) {
        let empty = |setup: &crate::consumer::GroupSetup| {
            let mut members =
                self.consumers.iter().filter(|known| known.setup.group == setup.group);
            setup.removing && !members.any(Consumer::is_listed)
        };
        let gone: Vec<Arc<str>> =
            self.groups.iter().filter(|setup| empty(setup)).map(|s| Arc::clone(&s.group)).collect();
        self.groups.retain(|setup| !gone.contains(&setup.group));
        for group in gone {
            for id in self.bootstrap() {
                let group = Arc::clone(&group);
                self.with_broker(id, cause, |broker, ctx| broker.delete_group(ctx, group));
            }
        }
    }
}
