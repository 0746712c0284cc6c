//! Links that change: what was parked is played out first, and what a cut held up goes on.

use super::World;
use crate::ids::EventId;
use crate::sim::{Due, Host, Link};

impl World {
    /// Changes links.
    pub(crate) fn set_links(&mut self, changes: Vec<(Host, Host, Link)>, event: EventId) {
        self.play_out(event);
        for (from, to, link) in changes {
            self.net.set(from, to, link);
        }
        self.net.settle(self.now_ms);
        for message in self.net.take_released() {
            let at_ms = self.net.arrives_ms(self.now_ms, message.from, message.to);
            self.queue.push(at_ms, Due::Deliver(Box::new(message)));
        }
        self.watch_timeouts(event);
    }
}
