//! A partition's lane.

use super::key_text;
use crate::broker::{Broker, Partition, retention_reason};
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::PartitionImage;
use crate::view::{
    CellKind, CellView, CursorView, LaneView, LaneWindow, ReplicaView, RetentionView, SegmentView,
};
use crate::world::World;
use kafka_log::log::{DeletionReason, RetentionStep};

/// Most offsets a window may span.
const MAX_WINDOW: u32 = 20_000;

impl World {
    /// One partition's lane. What an earlier view of it, `before`, says of records that can't have changed since is
    /// taken over instead of read again.
    pub(crate) fn lane_view(
        &self,
        topic: &str,
        number: i32,
        window: LaneWindow,
        before: Option<&LaneView>,
    ) -> Option<LaneView> {
        let tp = TopicPartition::new(topic, number);
        let (broker, partition) = self.shown(&tp)?;
        let image = self.image().partition(&tp)?;
        let log = &partition.log;
        let (first, end) = bounds(log, window);
        let cursors = self.cursors(&tp, partition);
        let topic_id = self.image().topics.get(topic)?.id.to_string();
        let cleaner = self.cleaner_view(broker, partition);
        let same = |before: &&LaneView| {
            before.topic_id == topic_id
                && (before.partition, before.shown) == (number, broker.id())
                && before.leader_epoch == image.leader_epoch
                && before.cleaner.is_none()
                && cleaner.is_none()
        };
        let window = window_of(log, first, end, before.filter(same).map_or(&[], settled));
        Some(LaneView {
            topic: topic.to_owned(),
            topic_id,
            partition: number,
            leader: image.leader.filter(|leader| self.is_up(*leader)),
            leader_epoch: image.leader_epoch,
            replicas: self.replicas(&tp, image),
            isr: image.isr.clone(),
            elr: image.elr.clone(),
            adding: image.adding.clone(),
            removing: image.removing.clone(),
            partition_epoch: image.partition_epoch,
            min_isr: u32::try_from(partition.effective_min_isr()).unwrap_or(u32::MAX),
            shown: broker.id(),
            log_start: log.log_start_offset(),
            high_watermark: log.high_watermark(),
            last_stable: log.last_stable_offset(),
            log_end: log.log_end_offset(),
            bytes: i64::try_from(log.size_in_bytes()).unwrap_or(i64::MAX),
            index_bytes: i64::try_from(log.index_size_in_bytes()).unwrap_or(i64::MAX),
            version: self.version(&tp, &cursors),
            window_first: first,
            window_end: end,
            segments: segments(log, first, end),
            gaps: gaps(&window.cells, first, end),
            cells: window.cells,
            window_bytes: window.bytes,
            window_uncompressed_bytes: window.uncompressed_bytes,
            codecs: window.codecs,
            cleaner,
            retention: self.retention_view(broker, partition, &tp),
            cursors,
            deleted: partition.deleted,
        })
    }

    /// A number that changes with everything a lane shows.
    pub(crate) fn lane_version(&self, topic: &str, number: i32) -> Option<u64> {
        let tp = TopicPartition::new(topic, number);
        let (_, partition) = self.shown(&tp)?;
        Some(self.version(&tp, &self.cursors(&tp, partition)))
    }

    /// Whether a broker's process runs.
    pub(super) fn is_up(&self, broker: BrokerId) -> bool {
        self.nodes.get(&broker).is_some_and(crate::world::Node::runs)
    }

    fn replicas(&self, tp: &TopicPartition, image: &PartitionImage) -> Vec<ReplicaView> {
        let leading = image.leader.and_then(|leader| self.brokers.get(&leader)?.partition(tp));
        let leading = leading.and_then(|partition| partition.leading.as_ref());
        let view = |&broker: &BrokerId| {
            let log =
                self.brokers.get(&broker).and_then(|known| known.partition(tp)).map(|p| &p.log);
            let follower = leading.and_then(|leading| leading.followers.get(&broker));
            ReplicaView {
                broker,
                log_start: log.map_or(0, kafka_log::Log::log_start_offset),
                log_end: log.map_or(0, kafka_log::Log::log_end_offset),
                high_watermark: log.map_or(0, kafka_log::Log::high_watermark),
                fetched: follower.and_then(|follower| follower.log_end),
                caught_up_ms: follower.map(|follower| follower.last_caught_up_ms),
                in_sync: image.isr.contains(&broker),
                online: self.is_up(broker),
            }
        };
        image.replicas.iter().map(view).collect()
    }

    fn version(&self, tp: &TopicPartition, cursors: &[CursorView]) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = crate::hash::StableHasher::default();
        if let Some(image) = self.image().partition(tp) {
            (image.partition_epoch, image.leader_epoch, image.leader).hash(&mut hasher);
            for broker in &image.replicas {
                let known = self.brokers.get(broker).and_then(|known| known.partition(tp));
                (broker, known.map(|known| known.version), self.is_up(*broker)).hash(&mut hasher);
            }
        }
        for cursor in cursors {
            (
                cursor.committed,
                cursor.position,
                cursor.paused,
                cursor.member.as_deref(),
                &*cursor.group,
            )
                .hash(&mut hasher);
        }
        hasher.finish()
    }

    fn cursors(&self, tp: &TopicPartition, partition: &Partition) -> Vec<CursorView> {
        let log = &partition.log;
        let mut cursors = Vec::new();
        for setup in &self.groups {
            let committed = self.committed(&setup.group, tp);
            let owner = self
                .consumers
                .iter()
                .find(|known| known.setup.group == setup.group && known.owned.contains_key(tp));
            let reads = setup.topics.contains(&tp.topic) || owner.is_some() || committed.is_some();
            if !reads {
                continue;
            }
            let position = owner.and_then(|owner| owner.owned.get(tp)?.position);
            let from = committed.unwrap_or_else(|| log.log_start_offset());
            cursors.push(CursorView {
                group: setup.group.to_string(),
                member: owner.map(|owner| owner.setup.name.to_string()),
                committed,
                position,
                lag: (log.high_watermark() - from).max(0),
                paused: owner.is_none_or(|owner| owner.paused || !owner.reads_now()),
            });
        }
        cursors
    }

    fn retention_view(
        &self,
        broker: &Broker,
        partition: &Partition,
        tp: &TopicPartition,
    ) -> Option<RetentionView> {
        let (next_ms, interval_ms) = broker.retention_runs(partition, self.now_ms)?;
        let forecast = partition.log.retention_forecast(self.now_ms, next_ms, interval_ms);
        let mut due = forecast.iter().filter_map(|segment| match segment.step {
            RetentionStep::Deleted { at_ms, reason } => Some((segment, at_ms, reason)),
            RetentionStep::Kept(_) => None,
        });
        let (oldest, deletes_at_ms, reason) = due.next()?;
        let mut view = RetentionView {
            deletes_at_ms,
            counts_from_ms: oldest.largest_timestamp,
            reason: retention_reason(reason).to_owned(),
            segments: 1,
            first_offset: oldest.base_offset.max(partition.log.log_start_offset()),
            last_offset: oldest.next_offset - 1,
            bytes: i64::from(oldest.bytes),
            unread: Vec::new(),
        };
        for (segment, at_ms, _) in due.filter(|(_, at_ms, _)| *at_ms == deletes_at_ms) {
            debug_assert_eq!(at_ms, deletes_at_ms);
            view.segments += 1;
            view.last_offset = segment.next_offset - 1;
            view.bytes += i64::from(segment.bytes);
        }
        for (group, reader) in self.ledger.readers(tp) {
            let Some(end) = reader.processed_end else { continue };
            let unread = view.last_offset + 1 - end.max(view.first_offset);
            if unread > 0 {
                view.unread.push((group.to_string(), unread));
            }
        }
        let shown =
            reason != DeletionReason::LogStartOffset || view.last_offset >= view.first_offset;
        shown.then_some(view)
    }
}

/// The offsets of the window that no cell has.
fn gaps(cells: &[CellView], first: i64, end: i64) -> Vec<(i64, i64)> {
    let mut next = first;
    let offsets = cells.iter().map(|cell| cell.offset).chain([end]);
    let mut gaps = Vec::new();
    for offset in offsets {
        if offset > next {
            gaps.push((next, offset - 1));
        }
        next = offset + 1;
    }
    gaps
}

fn bounds(log: &kafka_log::Log, window: LaneWindow) -> (i64, i64) {
    let (start, end) = (log.log_start_offset(), log.log_end_offset());
    match window {
        LaneWindow::Tail(n) => ((end - i64::from(n.min(MAX_WINDOW))).max(start), end),
        LaneWindow::From { first, count } => {
            let first = first.clamp(start, end);
            (first, first.saturating_add(i64::from(count.min(MAX_WINDOW))).min(end))
        }
    }
}

fn segments(log: &kafka_log::Log, first: i64, end: i64) -> Vec<SegmentView> {
    log.segments()
        .filter(|segment| segment.next_offset > first || segment.active)
        .take_while(|segment| segment.base_offset <= end)
        .map(|segment| SegmentView {
            base_offset: segment.base_offset,
            next_offset: segment.next_offset,
            bytes: i64::from(segment.bytes),
            index_bytes: i64::try_from(segment.offset_index_bytes).unwrap_or(i64::MAX),
            time_index_bytes: i64::try_from(segment.time_index_bytes).unwrap_or(i64::MAX),
            active: segment.active,
            largest_timestamp: segment.largest_record_timestamp.unwrap_or(-1),
        })
        .collect()
}

/// The batches of a window.
#[derive(Default)]
struct Window {
    cells: Vec<CellView>,
    bytes: i64,
    uncompressed_bytes: i64,
    codecs: Vec<String>,
}

impl Window {
    fn count(&mut self, batch: &kafka_log::Batch, uncompressed: u32) {
        self.bytes += i64::from(batch.size_in_bytes());
        self.uncompressed_bytes += i64::from(uncompressed);
        let codec = batch.compression().name();
        if !self.codecs.iter().any(|known| known == codec) {
            self.codecs.push(codec.to_owned());
        }
    }
}

/// Cells of a view whose records stay what they are as long as their leader leads and no cleaner comes.
fn settled(view: &LaneView) -> &[CellView] {
    let end = view.cells.partition_point(|cell| cell.offset < view.high_watermark);
    view.cells.get(..end).unwrap_or_default()
}

/// The window's batches and records; `known` are cells without a gap between them that need not be read.
fn window_of(log: &kafka_log::Log, first: i64, end: i64, known: &[CellView]) -> Window {
    let mut window = Window::default();
    let from = known.partition_point(|cell| cell.offset < first);
    let known = known.get(from..).unwrap_or_default();
    let known_from = known.first().map_or(i64::MAX, |cell| cell.offset);
    let known_to = known.last().map_or(i64::MIN, |cell| cell.offset + 1);
    for batch in log.batches_from(first) {
        if batch.base_offset() >= end {
            break;
        }
        if let Some(control) = batch.control_record() {
            let kind = match control.control_type {
                kafka_log::batch::ControlType::Abort => CellKind::Abort,
                _ => CellKind::Commit,
            };
            let bytes = i32::try_from(batch.size_in_bytes()).unwrap_or(i32::MAX);
            let offset = batch.base_offset();
            window.cells.push(CellView { offset, key: None, kind, bytes });
            window.count(batch, batch.size_in_bytes());
            continue;
        }
        if (known_from..known_to).contains(&batch.base_offset().max(first))
            && batch.last_offset() < known_to
        {
            window.count(batch, batch.uncompressed_size().unwrap_or_default());
            let at = |offset: i64| known.partition_point(|cell| cell.offset < offset);
            let last = batch.last_offset().min(end - 1);
            let cells = known.get(at(batch.base_offset().max(first))..at(last + 1));
            window.cells.extend_from_slice(cells.unwrap_or_default());
            continue;
        }
        let Ok(payload) = batch.payload() else { continue };
        let records = u32::try_from(payload.bytes().len()).unwrap_or(u32::MAX);
        window.count(batch, records.saturating_add(kafka_log::batch::HEADER_SIZE));
        for record in payload.iter().flatten() {
            if record.offset < first || record.offset >= end {
                continue;
            }
            let kind = if record.value.is_some() { CellKind::Record } else { CellKind::Tombstone };
            window.cells.push(CellView {
                offset: record.offset,
                key: record.key.map(|key| key_text(key).into()),
                kind,
                bytes: i32::try_from(record.size_in_bytes).unwrap_or(i32::MAX),
            });
        }
    }
    window
}
