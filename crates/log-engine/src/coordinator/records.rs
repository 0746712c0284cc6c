//! What the coordinator keeps in `__consumer_offsets`, byte for byte as Kafka does (`GroupCoordinatorRecordHelpers`,
//! `GroupCoordinatorRecordSerde`): committed offsets (OffsetCommitKey 1, OffsetCommitValue 3) and classic groups
//! (GroupMetadataKey 2, GroupMetadataValue 3), in which members' subscriptions and assignments are those of the consumer
//! protocol, version 3. A value of null takes away what its key names.

use std::sync::Arc;

use super::group::Group;
use super::member::Member;
use super::offsets::Committed;
use crate::assignor::Assignor;
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::group::{Assignment, JoinGroupRequest, Subscription};

/// One record: key, and value or null.
pub type StoredRecord = (Vec<u8>, Option<Vec<u8>>);

const OFFSET_KEY: i16 = 1;
const GROUP_KEY: i16 = 2;
const VALUE: i16 = 3;
const PROTOCOL: i16 = 3;
const CONSUMER: &str = "consumer";

/// What a record says.
#[derive(Debug, Clone)]
pub(super) enum Replayed {
    /// A committed offset, or that there is none any more.
    Offset(Arc<str>, TopicPartition, Option<Committed>),
    /// A group, or that there is none any more.
    Group(Arc<str>, Option<StoredGroup>),
}

/// A group as it is stored.
#[derive(Debug, Clone)]
pub(super) struct StoredGroup {
    pub(super) has_protocol_type: bool,
    pub(super) generation: i32,
    pub(super) protocol: Option<&'static str>,
    pub(super) leader: Option<Arc<str>>,
    pub(super) since_ms: TimestampMs,
    pub(super) members: Vec<Member>,
}

/// A committed offset; none takes it away.
pub(super) fn offset(
    group: &str,
    tp: &TopicPartition,
    committed: Option<&Committed>,
) -> StoredRecord {
    let mut key = Writer::default();
    key.i16(OFFSET_KEY).text(group).text(&tp.topic).i32(tp.partition);
    let value = committed.map(|committed| {
        let mut value = Writer::default();
        value.i16(VALUE).i64(committed.offset).i32(committed.leader_epoch);
        value.text("").i64(committed.commit_ms);
        value.0
    });
    (key.0, value)
}

/// That a group is gone.
pub(super) fn group_gone(group: &str) -> StoredRecord {
    (group_key(group), None)
}

fn group_key(group: &str) -> Vec<u8> {
    let mut key = Writer::default();
    key.i16(GROUP_KEY).text(group);
    key.0
}

/// A group with its members.
pub(super) fn group(group: &Group) -> StoredRecord {
    let mut value = Writer::default();
    value.i16(VALUE).text(if group.has_protocol_type { CONSUMER } else { "" });
    value.i32(group.generation).nullable(group.protocol).nullable(group.leader.as_deref());
    value.i64(group.state_since_ms);
    let members = group.ids_in_order();
    value.count(members.len());
    for member in members.iter().filter_map(|id| group.members.get(id)) {
        value.text(&member.id).nullable(member.instance_id.as_deref());
        value.text(&member.client_id).text("/127.0.0.1");
        value.i32(member.rebalance_timeout_ms).i32(member.session_timeout_ms);
        let chosen = group.protocol.and_then(|protocol| member.subscription(protocol));
        value.bytes(&chosen.map(subscription).unwrap_or_default());
        value.bytes(&assignment(&member.assignment));
    }
    (group_key(&group.id), Some(value.0))
}

fn subscription(of: &Subscription) -> Vec<u8> {
    let mut out = Writer::default();
    out.i16(PROTOCOL).count(of.topics.len());
    for topic in &of.topics {
        out.text(topic);
    }
    // No user data.
    out.i32(-1);
    out.partitions(&of.owned).i32(of.generation).nullable(None);
    out.0
}

fn assignment(of: &Assignment) -> Vec<u8> {
    let mut out = Writer::default();
    out.i16(PROTOCOL).partitions(of).i32(-1);
    out.0
}

/// Reads one record; none for one of another kind or version.
pub(super) fn replay(key: &[u8], value: Option<&[u8]>) -> Option<Replayed> {
    let mut key = Reader(key);
    match key.i16()? {
        OFFSET_KEY => {
            let group = key.text()?;
            let tp = TopicPartition::new(key.text()?, key.i32()?);
            Some(Replayed::Offset(group, tp, value.and_then(committed)))
        }
        GROUP_KEY => Some(Replayed::Group(key.text()?, value.and_then(stored_group))),
        _ => None,
    }
}

fn committed(value: &[u8]) -> Option<Committed> {
    let mut value = Reader(value);
    (value.i16()? == VALUE).then_some(())?;
    let (offset, leader_epoch) = (value.i64()?, value.i32()?);
    value.text()?;
    Some(Committed { offset, leader_epoch, commit_ms: value.i64()? })
}

fn stored_group(value: &[u8]) -> Option<StoredGroup> {
    let mut value = Reader(value);
    (value.i16()? == VALUE).then_some(())?;
    let has_protocol_type = &*value.text()? == CONSUMER;
    let generation = value.i32()?;
    let protocol = value.nullable()?.and_then(|name| Assignor::parse(&name));
    let protocol = protocol.map(|assignor| assignor.name());
    let leader = value.nullable()?;
    let since_ms = value.i64()?;
    let mut members = Vec::new();
    for serial in 0..value.count()? {
        let id = value.text()?;
        let instance_id = value.nullable()?;
        let client_id = value.text()?;
        value.text()?;
        let (rebalance_timeout_ms, session_timeout_ms) = (value.i32()?, value.i32()?);
        let mut subscription = read_subscription(value.bytes()?)?;
        subscription.instance_id.clone_from(&instance_id);
        let assignment = read_assignment(value.bytes()?)?;
        let request = JoinGroupRequest {
            group: Arc::from(""),
            member_id: Arc::clone(&id),
            instance_id,
            client_id,
            session_timeout_ms,
            rebalance_timeout_ms,
            protocols: protocol.map(|protocol| (protocol, subscription)).into_iter().collect(),
        };
        let mut member = Member::new(id, request, serial, since_ms);
        member.is_new = false;
        member.assignment = assignment;
        members.push(member);
    }
    Some(StoredGroup { has_protocol_type, generation, protocol, leader, since_ms, members })
}

fn read_subscription(bytes: &[u8]) -> Option<Subscription> {
    if bytes.is_empty() {
        return Some(Subscription::default());
    }
    let mut bytes = Reader(bytes);
    bytes.i16()?;
    let topics = (0..bytes.count()?).map(|_| bytes.text()).collect::<Option<Vec<_>>>()?;
    bytes.i32()?;
    let owned = bytes.partitions()?;
    Some(Subscription { topics, owned, generation: bytes.i32()?, instance_id: None })
}

fn read_assignment(bytes: &[u8]) -> Option<Assignment> {
    let mut bytes = Reader(bytes);
    bytes.i16()?;
    Some(bytes.partitions()?.into())
}

/// Kafka's plain, not flexible, encoding.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn i16(&mut self, n: i16) -> &mut Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    fn i32(&mut self, n: i32) -> &mut Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    fn i64(&mut self, n: i64) -> &mut Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    fn count(&mut self, n: usize) -> &mut Self {
        self.i32(i32::try_from(n).unwrap_or(i32::MAX))
    }
    fn text(&mut self, text: &str) -> &mut Self {
        self.i16(i16::try_from(text.len()).unwrap_or(i16::MAX));
        self.0.extend_from_slice(text.as_bytes());
        self
    }
    fn nullable(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.i16(-1),
        }
    }
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
        self
    }
    /// Partitions, topic by topic.
    fn partitions(&mut self, all: &[TopicPartition]) -> &mut Self {
        let mut topics: Vec<(&Arc<str>, Vec<i32>)> = Vec::new();
        for tp in all {
            match topics.iter_mut().find(|(topic, _)| **topic == tp.topic) {
                Some((_, numbers)) => numbers.push(tp.partition),
                None => topics.push((&tp.topic, vec![tp.partition])),
            }
        }
        self.count(topics.len());
        for (topic, numbers) in topics {
            self.text(topic).count(numbers.len());
            for number in numbers {
                self.i32(number);
            }
        }
        self
    }
}

/// Reads what [`Writer`] writes; what is too short is none.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }
    fn i16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
    fn i32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }
    fn i64(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }
    fn count(&mut self) -> Option<u64> {
        u64::try_from(self.i32()?).ok()
    }
    fn text(&mut self) -> Option<Arc<str>> {
        self.nullable()?
    }
    fn nullable(&mut self) -> Option<Option<Arc<str>>> {
        let Ok(length) = usize::try_from(self.i16()?) else { return Some(None) };
        Some(Some(std::str::from_utf8(self.take(length)?).ok()?.into()))
    }
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.i32()?).ok()?;
        self.take(length)
    }
    fn partitions(&mut self) -> Option<Vec<TopicPartition>> {
        let mut all = Vec::new();
        for _ in 0..self.count()? {
            let topic = self.text()?;
            for _ in 0..self.count()? {
                all.push(TopicPartition::new(Arc::clone(&topic), self.i32()?));
            }
        }
        Some(all)
    }
}
