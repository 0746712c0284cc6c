//! Consumers for the stories: they join, sync, compute assignments when they lead, heartbeat, and rejoin as
//! soon as they hear of a rebalance. Messages take no time.

use super::*;
use crate::assignor::{Assignor, AssignorMember, TopicCounts};

pub(super) const HEARTBEAT_MS: i64 = 3_000;

/// What a client is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Nothing,
    Joining(ReplyTo),
    Syncing(ReplyTo),
    Running,
}

/// One consumer process.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) name: String,
    pub(super) instance_id: Option<Arc<str>>,
    pub(super) assignors: Vec<Assignor>,
    pub(super) topics: Vec<Arc<str>>,
    pub(super) member_id: Arc<str>,
    pub(super) generation: i32,
    pub(super) owned: Vec<TopicPartition>,
    pub(super) doing: Doing,
    pub(super) next_heartbeat_ms: Option<i64>,
    /// It does not call poll(): it heartbeats, but does not rejoin.
    pub(super) stuck: bool,
    pub(super) fenced: bool,
}

impl Client {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            instance_id: None,
            assignors: vec![Assignor::Range],
            topics: vec!["t".into()],
            member_id: "".into(),
            generation: -1,
            owned: Vec::new(),
            doing: Doing::Nothing,
            next_heartbeat_ms: None,
            stuck: false,
            fenced: false,
        }
    }

    pub(super) fn with_instance_id(mut self, instance_id: &str) -> Self {
        self.instance_id = Some(instance_id.into());
        self
    }

    pub(super) fn with_assignors(mut self, assignors: &[Assignor]) -> Self {
        self.assignors = assignors.to_vec();
        self
    }

    pub(super) fn me(&self) -> MemberRef {
        MemberRef {
            group: GROUP.into(),
            member_id: self.member_id.clone(),
            instance_id: self.instance_id.clone(),
            generation: self.generation,
        }
    }

    fn join_request(&self) -> JoinGroupRequest {
        let subscription = Subscription {
            topics: self.topics.clone(),
            owned: self.owned.clone(),
            generation: self.generation,
            instance_id: self.instance_id.clone(),
        };
        let protocols = self.assignors.iter().map(|a| (a.name(), subscription.clone())).collect();
        JoinGroupRequest {
            member_id: self.member_id.clone(),
            instance_id: self.instance_id.clone(),
            protocols,
            ..super::join_request(&self.name, "")
        }
    }
}

/// A world with consumers in it.
pub(super) struct Town {
    pub(super) world: World,
    pub(super) clients: Vec<Client>,
    pub(super) topics: TopicCounts,
    /// Heartbeats of settled members are parked.
    pub(super) parks: bool,
}

impl Town {
    pub(super) fn new(partitions: i32) -> Self {
        Self::with(World::new(), partitions)
    }

    pub(super) fn with(world: World, partitions: i32) -> Self {
        let topics = [("t".into(), partitions)].into_iter().collect();
        Self { world, clients: Vec::new(), topics, parks: false }
    }

    /// A new process starts.
    pub(super) fn start(&mut self, client: Client) -> usize {
        self.clients.push(client);
        let index = self.clients.len() - 1;
        self.rejoin(index);
        self.settle();
        index
    }

    /// The process dies without a word.
    pub(super) fn crash(&mut self, index: usize) {
        let client = &mut self.clients[index];
        client.doing = Doing::Nothing;
        client.next_heartbeat_ms = None;
        client.owned.clear();
        let id = client.member_id.clone();
        self.world.call(|c, now_ms, out| c.unpark(now_ms, GROUP, &id, out));
        // What the coordinator says to the dead is not heard.
        self.world.unparked.retain(|(member, ..)| *member != id);
    }

    /// The same process is started again, with nothing but its configuration.
    pub(super) fn restart(&mut self, index: usize) {
        let client = &mut self.clients[index];
        client.member_id = "".into();
        client.generation = -1;
        client.fenced = false;
        self.rejoin(index);
        self.settle();
    }

    /// `close()`: a dynamic member says goodbye.
    pub(super) fn close(&mut self, index: usize) {
        let me = self.clients[index].me();
        self.crash(index);
        if self.clients[index].instance_id.is_none() {
            self.world.send(GroupRequest::LeaveGroup { member: me });
        }
        self.clients[index].member_id = "".into();
        self.settle();
    }

    pub(super) fn rejoin(&mut self, index: usize) {
        let request = self.clients[index].join_request();
        let to = self.world.send(GroupRequest::JoinGroup(request));
        let client = &mut self.clients[index];
        client.doing = Doing::Joining(to);
        client.next_heartbeat_ms = None;
    }

    /// Lets time pass. At one and the same moment all heartbeats arrive before anybody acts on an answer, and
    /// before timers fire.
    pub(super) fn advance_to(&mut self, to_ms: i64) {
        loop {
            self.settle();
            let heartbeat = self.clients.iter().filter_map(|client| client.next_heartbeat_ms).min();
            let timer = self.world.next_timer_ms();
            match heartbeat.into_iter().chain(timer).min() {
                Some(at_ms) if at_ms > to_ms => break,
                None => break,
                Some(at_ms) if heartbeat == Some(at_ms) => {
                    self.world.now_ms = at_ms;
                    self.beat_all();
                }
                Some(_) => self.world.fire_next(),
            }
        }
        self.world.now_ms = self.world.now_ms.max(to_ms);
    }

    fn beat_all(&mut self) {
        let now_ms = self.world.now_ms;
        let due = |client: &Client| client.next_heartbeat_ms == Some(now_ms);
        let due: Vec<_> = (0..self.clients.len()).filter(|n| due(&self.clients[*n])).collect();
        let answers: Vec<_> =
            due.into_iter().map(|n| (n, self.world.heartbeat(&self.clients[n].me()))).collect();
        for (index, answer) in answers {
            self.on_heartbeat(index, answer);
        }
    }

    fn on_heartbeat(&mut self, index: usize, answer: ErrorCode) {
        let now_ms = self.world.now_ms;
        let client = &mut self.clients[index];
        client.next_heartbeat_ms = Some(now_ms + HEARTBEAT_MS);
        match answer {
            ErrorCode::None => {}
            ErrorCode::RebalanceInProgress => {
                if !client.stuck {
                    self.rejoin(index);
                }
            }
            ErrorCode::FencedInstanceId => {
                client.fenced = true;
                client.doing = Doing::Nothing;
                client.next_heartbeat_ms = None;
            }
            _ => self.start_over(index),
        }
    }

    /// It was thrown out: it joins as somebody new.
    fn start_over(&mut self, index: usize) {
        let client = &mut self.clients[index];
        client.member_id = "".into();
        client.generation = -1;
        client.owned.clear();
        self.rejoin(index);
    }

    /// Clients act on every answer that has come.
    pub(super) fn settle(&mut self) {
        loop {
            for (member, _, next_arrival_ms) in std::mem::take(&mut self.world.unparked) {
                if let Some(client) = self.clients.iter_mut().find(|c| c.member_id == member)
                    && client.doing == Doing::Running
                {
                    client.next_heartbeat_ms = Some(next_arrival_ms);
                }
            }
            // Followers sync before the leader: it takes the leader a moment to compute the assignment.
            let answered = self
                .clients
                .iter()
                .enumerate()
                .filter_map(|(index, client)| {
                    let (to, syncing) = match client.doing {
                        Doing::Joining(to) => (to, false),
                        Doing::Syncing(to) => (to, true),
                        Doing::Nothing | Doing::Running => return None,
                    };
                    let answer = self.world.answers.get(&to)?;
                    let leads = matches!(answer, GroupResponse::JoinGroup(join) if !join.members.is_empty());
                    Some(((syncing, leads, index), answer))
                })
                .min_by_key(|(order, _)| *order)
                .map(|((.., index), answer)| (index, answer.clone()));
            let Some((index, answer)) = answered else { return };
            match answer {
                GroupResponse::JoinGroup(answer) => self.on_joined(index, answer),
                GroupResponse::SyncGroup { error, assignment } => {
                    self.on_synced(index, error, &assignment);
                }
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    fn on_joined(&mut self, index: usize, answer: JoinGroupResponse) {
        let client = &mut self.clients[index];
        client.member_id = answer.member_id.clone();
        match answer.error {
            ErrorCode::None => {}
            ErrorCode::MemberIdRequired => return self.rejoin(index),
            ErrorCode::UnknownMemberId => return self.start_over(index),
            _ => {
                client.doing = Doing::Nothing;
                client.fenced = answer.error == ErrorCode::FencedInstanceId;
                return;
            }
        }
        client.generation = answer.generation;
        let member = client.me();
        let assignments = if answer.members.is_empty() || answer.skip_assignment {
            SortedMap::new()
        } else {
            self.assign(answer.protocol, &answer.members)
        };
        let request = SyncGroupRequest { member, assignments };
        let to = self.world.send(GroupRequest::SyncGroup(request));
        self.clients[index].doing = Doing::Syncing(to);
    }

    fn assign(
        &self,
        protocol: &str,
        members: &[(Arc<str>, Subscription)],
    ) -> SortedMap<Arc<str>, Assignment> {
        let member = |(id, subscription): &(Arc<str>, Subscription)| AssignorMember {
            id: id.clone(),
            instance_id: subscription.instance_id.clone(),
            topics: subscription.topics.clone(),
            owned: subscription.owned.clone(),
            owned_generation: subscription.generation,
        };
        let members: Vec<_> = members.iter().map(member).collect();
        let assigned = Assignor::parse(protocol).unwrap().assign(&self.topics, &members);
        assigned.into_iter().map(|(id, partitions)| (id, Arc::from(partitions))).collect()
    }

    fn on_synced(&mut self, index: usize, error: ErrorCode, assignment: &[TopicPartition]) {
        match error {
            ErrorCode::None => {}
            ErrorCode::RebalanceInProgress => return self.rejoin(index),
            ErrorCode::FencedInstanceId => {
                self.clients[index].fenced = true;
                self.clients[index].doing = Doing::Nothing;
                return;
            }
            _ => return self.start_over(index),
        }
        let now_ms = self.world.now_ms;
        let client = &mut self.clients[index];
        let cooperative = crate::assignor::is_cooperative(&client.assignors);
        let revoked = client.owned.iter().any(|partition| !assignment.contains(partition));
        client.owned = assignment.to_vec();
        client.doing = Doing::Running;
        client.next_heartbeat_ms = Some(now_ms + HEARTBEAT_MS);
        if cooperative && revoked {
            return self.rejoin(index);
        }
        let id = client.member_id.clone();
        if self.parks
            && self.world.coordinator.park_heartbeats(
                now_ms,
                GROUP,
                &id,
                now_ms + HEARTBEAT_MS,
                HEARTBEAT_MS,
            )
        {
            self.clients[index].next_heartbeat_ms = None;
        }
    }

    /// How many partitions each client owns.
    pub(super) fn shares(&self) -> Vec<usize> {
        self.clients.iter().map(|client| client.owned.len()).collect()
    }
}
