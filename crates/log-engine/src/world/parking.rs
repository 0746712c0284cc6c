//! Idle cycles: long polls of consumers and followers, heartbeats of members and brokers. While nothing happens they
//! are *parked*; what one actor's step means for those is carried out here. Also processes that end by themselves.

use super::{Down, World};
use crate::ids::{BrokerId, EventId, TimestampMs};
use crate::sim::{ActorId, Side};
use std::sync::Arc;

impl World {
    /// What one actor's step means for what others have parked.
    pub(crate) fn settle(&mut self) {
        if !self.net.lost.is_empty() {
            self.count_losses();
        }
        while let Some(side) = self.side.pop() {
            let cause = EventId(self.trace.newest());
            match side {
                Side::Disturbed(client) => self.unpark(client, cause),
                Side::ParkFetch { from, broker, id, correlation, request } => {
                    let again = match from {
                        ActorId::Consumer(at) => self.consumer(at).is_some_and(|known| {
                            known.would_fetch_again(self.now_ms, (broker, correlation), &request)
                        }),
                        ActorId::Broker(follower) => {
                            self.brokers.get(&follower).is_some_and(|known| {
                                known.would_follow_again(broker, correlation, &request)
                            })
                        }
                        _ => false,
                    };
                    if again {
                        self.tell_of_fetch(from, broker, None);
                    }
                    self.with_broker(broker, cause, |broker, ctx| match again {
                        true => broker.park_fetch(id),
                        false => broker.answer_fetch(ctx, id),
                    });
                }
                Side::ParkHeartbeats { consumer, first_arrival_ms, interval_ms } => {
                    self.park_heartbeats(consumer, first_arrival_ms, interval_ms);
                }
                Side::ResumeHeartbeats { group, member_id, next_arrival_ms } => {
                    let found = self.consumers.iter().position(|known| {
                        known.setup.group == group && known.member_id == member_id
                    });
                    if let Some(at) = found.and_then(|at| u32::try_from(at).ok()) {
                        self.with_consumer(at, cause, |consumer, ctx| {
                            consumer.resume_heartbeats(ctx, next_arrival_ms);
                        });
                    }
                }
                Side::ParkBroker { broker, controller, next_ms, interval_ms } => {
                    self.park_broker(broker, controller, next_ms, interval_ms);
                }
                Side::ParkQuorum(leader) => self.park_quorum(leader),
                Side::BrokerUnregistered(broker) => self.forget_broker(broker),
                Side::HeartbeatsWereIdle { broker, member_id, parked } => {
                    self.heartbeats_were_idle(broker, &member_id, parked);
                }
                Side::FetchGoesOn { client, broker, sent_ms } => {
                    self.tell_of_fetch(client, broker, Some(sent_ms));
                }
                Side::DisturbedBroker(broker) => self.unpark_broker(broker, cause),
                Side::BrokerEnds { broker, clean, event } => {
                    if clean {
                        self.end_in_order(broker, event);
                    } else {
                        self.take_down(broker, Down::Halted, event);
                    }
                }
            }
        }
    }

    /// Everything that is parked is played out step by step from here on: a node or a link is about to change.
    pub(crate) fn play_out(&mut self, cause: EventId) {
        let consumers = (0..).zip(&self.consumers).map(|(at, _)| ActorId::Consumer(at));
        let clients: Vec<ActorId> =
            consumers.chain(self.brokers.keys().map(|&id| ActorId::Broker(id))).collect();
        for client in clients {
            self.unpark(client, cause);
        }
        for broker in self.bootstrap() {
            self.unpark_broker(broker, cause);
        }
        self.unpark_quorum(cause);
        self.carry_fetches_on();
    }

    /// Clients learn when the fetches that were parked would have been sent last: their time runs from there.
    fn carry_fetches_on(&mut self) {
        for side in std::mem::take(&mut self.side) {
            match side {
                Side::FetchGoesOn { client, broker, sent_ms } => {
                    self.tell_of_fetch(client, broker, Some(sent_ms));
                }
                other => self.side.push(other),
            }
        }
    }

    /// A client's fetch is parked, or goes on and would have been sent last then.
    fn tell_of_fetch(&mut self, client: ActorId, broker: BrokerId, sent_ms: Option<TimestampMs>) {
        match client {
            ActorId::Consumer(at) => {
                let known = usize::try_from(at).ok().and_then(|at| self.consumers.get_mut(at));
                if let Some(consumer) = known {
                    consumer.fetch_parked(broker, sent_ms);
                }
            }
            ActorId::Broker(id) => {
                if let Some(follower) = self.brokers.get_mut(&id) {
                    follower.fetch_parked(broker, sent_ms);
                }
            }
            _ => {}
        }
    }

    fn unpark(&mut self, client: ActorId, cause: EventId) {
        let membership = match client {
            ActorId::Consumer(at) => self
                .consumer(at)
                .map(|known| (Arc::clone(&known.setup.group), Arc::clone(&known.member_id))),
            _ => None,
        };
        for id in self.running_brokers() {
            self.with_broker(id, cause, |broker, ctx| {
                broker.unpark_fetches_of(ctx, client);
                if let Some((group, member_id)) = &membership {
                    broker.unpark_heartbeats(ctx, group, member_id);
                }
            });
        }
    }

    fn park_heartbeats(&mut self, at: u32, first_arrival_ms: TimestampMs, interval_ms: i64) {
        let Some(consumer) = self.consumer(at) else { return };
        let (group, member_id) =
            (Arc::clone(&consumer.setup.group), Arc::clone(&consumer.member_id));
        let Some(coordinator) = consumer.coordinator() else { return };
        let now_ms = self.now_ms;
        let parked = self.brokers.get_mut(&coordinator).is_some_and(|broker| {
            broker.park_heartbeats(now_ms, &group, &member_id, first_arrival_ms, interval_ms)
        });
        if parked
            && let Some(consumer) =
                usize::try_from(at).ok().and_then(|at| self.consumers.get_mut(at))
        {
            consumer.heartbeats_parked();
        }
    }

    /// A broker's heartbeats are taken for granted by the controller that has just answered one.
    fn park_broker(
        &mut self,
        broker: BrokerId,
        controller: BrokerId,
        next_ms: TimestampMs,
        interval_ms: i64,
    ) {
        let latency_ms =
            self.net.latency_ms(ActorId::Broker(broker), ActorId::Controller(controller));
        let parked = self.controllers.get_mut(&controller).is_some_and(|controller| {
            controller.park_broker(broker, next_ms + latency_ms, interval_ms)
        });
        if parked && let Some(broker) = self.brokers.get_mut(&broker) {
            broker.heartbeats_parked(controller);
        }
    }

    /// A broker's heartbeats are sent one by one again, from where in their cycle they are.
    fn unpark_broker(&mut self, id: BrokerId, cause: EventId) {
        let Some(controller) = self.brokers.get_mut(&id).and_then(|broker| broker.take_parked())
        else {
            return;
        };
        let now_ms = self.now_ms;
        let latency_ms = self.net.latency_ms(ActorId::Broker(id), ActorId::Controller(controller));
        let next_ms = self
            .with_controller(controller, cause, |controller, ctx| {
                controller.unpark_broker(ctx, id, now_ms)
            })
            .flatten();
        // What would be on its way now is sent a moment late instead: nothing but the phase can be seen of it.
        let next_ms = next_ms.map_or(now_ms, |arrives_ms| (arrives_ms - latency_ms).max(now_ms));
        self.with_broker(id, cause, |broker, ctx| broker.resume_heartbeats(ctx, next_ms));
    }
}
