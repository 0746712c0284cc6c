//! Whom of the quorum a broker asks: the voter it takes for the leader, the one that a voter names, or the next in turn
//! (`NodeToControllerRequestThread`).

use super::Broker;
use super::lifecycle::LifeState;
use crate::ids::BrokerId;
use crate::protocol::{Request, Response};
use crate::sim::{ActorId, Ctx, Timer};

/// `controller.socket.timeout.ms`, at its default.
const TIMEOUT_MS: i64 = 30_000;

/// What a request to the controller was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Register,
    Heartbeat,
    AlterPartition,
    Other,
}

impl Broker {
    /// Asks the node it takes for the active controller. None if it knows no such node.
    pub(super) fn ask_controller(&mut self, ctx: &mut Ctx<'_>, request: Request) -> Option<u64> {
        let call = match &request {
            Request::Registration(_) => Call::Register,
            Request::Heartbeat(_) => Call::Heartbeat,
            Request::AlterPartition(_) => Call::AlterPartition,
            _ => Call::Other,
        };
        let controller = self.lifecycle.controller?;
        let id = self.next_id();
        self.lifecycle.calls.insert(id, (controller, call));
        ctx.request(ActorId::Controller(controller), id, request);
        // A heartbeat is followed by the next one; whatever else has no answer would wait for ever.
        if call != Call::Heartbeat {
            ctx.timer(ctx.now_ms + TIMEOUT_MS, Timer::ControllerTimeout(id));
        }
        Some(id)
    }

    /// A request has had no answer for too long: the connection is given up, and what it carried is sent again
    /// (`NodeToControllerRequestThread.handleResponse`, `NetworkClient.handleTimedOutRequests`).
    pub(super) fn controller_timeout(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        if let Some(&(node, _)) = self.lifecycle.calls.get(&id) {
            ctx.disconnect(node);
            self.controller_is(ctx, node, None);
        }
    }

    /// The next voter in turn.
    fn try_other_controller(&mut self) {
        let voters = &self.lifecycle.voters;
        self.lifecycle.asked += 1;
        let at = self.lifecycle.asked.checked_rem(voters.len()).unwrap_or(0);
        self.lifecycle.controller = voters.get(at).copied();
    }

    /// Asks again a little later.
    pub(super) fn retry_controller(&mut self, ctx: &mut Ctx<'_>) {
        if !self.lifecycle.retry_armed {
            self.lifecycle.retry += 1;
            self.lifecycle.retry_armed = true;
            ctx.timer(ctx.now_ms + 50, Timer::ControllerRetry(self.lifecycle.retry));
        }
    }

    /// What waits to be asked of the controller is asked again.
    pub(super) fn controller_retry(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.lifecycle.retry {
            return;
        }
        self.lifecycle.retry_armed = false;
        let asking = |call: Call| self.lifecycle.calls.values().any(|(_, known)| *known == call);
        let restless = matches!(
            self.lifecycle.state,
            LifeState::Starting | LifeState::Recovery | LifeState::PendingShutdown
        );
        if restless && !asking(Call::Register) && !asking(Call::Heartbeat) {
            self.say_alive(ctx);
        }
        self.send_alter_partitions(ctx);
        self.send_forwarded(ctx);
    }

    /// A node of the quorum is gone, or says that another one leads it.
    pub(super) fn controller_is(
        &mut self,
        ctx: &mut Ctx<'_>,
        node: BrokerId,
        leader: Option<BrokerId>,
    ) {
        let lost: Vec<u64> = self
            .lifecycle
            .calls
            .iter()
            .filter(|(_, (asked, _))| *asked == node)
            .map(|(&id, _)| id)
            .collect();
        if self.lifecycle.controller == Some(node) {
            match leader {
                Some(leader) => self.lifecycle.controller = Some(leader),
                None => self.try_other_controller(),
            }
        }
        for id in lost {
            self.lifecycle.calls.remove(&id);
            self.alter_partitions_failed(id);
            self.forward_failed(id);
        }
        self.retry_controller(ctx);
    }

    /// An answer of the controller; none if it was for something else.
    pub(super) fn on_controller_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        node: BrokerId,
        id: u64,
        response: Response,
    ) -> Option<Response> {
        match response {
            Response::NotController(leader) => self.controller_is(ctx, node, leader),
            Response::Registration(result) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_registered(ctx, result);
            }
            Response::Heartbeat(answer) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_heartbeat(ctx, node, answer);
            }
            Response::AlterPartition(answer) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_alter_partitions(ctx, id, answer);
            }
            other => {
                self.lifecycle.calls.remove(&id);
                return Some(other);
            }
        }
        None
    }

    /// A node it has a connection to is gone.
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, node: BrokerId) {
        if self.lifecycle.voters.contains(&node) {
            self.controller_is(ctx, node, None);
        }
        if self.fetchers.get(&node).is_some_and(|fetcher| fetcher.waits()) {
            self.fetch_failed(ctx, node);
        }
    }
}
