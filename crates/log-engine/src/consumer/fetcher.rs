//! Fetching: one request a broker, for every partition without buffered data (`AbstractFetch`, `FetchCollector`,
//! `CompletedFetch`; R-GRP-80, R-GRP-81).

use super::app::Slice;
use super::{Call, Consumer, Phase, Process, position::Reset};
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::metrics::ConsumerStat;
use crate::protocol::{ErrorCode, FetchPart, FetchRequest, FetchResponse, FetchResult, Request};
use crate::sim::Ctx;
use kafka_log::Batch;
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Data that waits to be handed out.
#[derive(Debug, Clone)]
pub(crate) struct CompletedFetch {
    /// Which partition.
    pub tp: TopicPartition,
    batches: VecDeque<Batch>,
    /// High watermark and log start, as its leader told them.
    bounds: (i64, i64),
}

impl Consumer {
    /// Sends fetches for all partitions that can be fetched and have nothing buffered.
    pub(super) fn send_fetches(&mut self, ctx: &mut Ctx<'_>) {
        let (wanted, unknown_leader) = self.wanted(ctx.now_ms);
        if unknown_leader {
            self.ask_for_metadata(ctx);
        }
        for (broker, mut parts) in wanted {
            if self.fetching.contains_key(&broker) {
                continue;
            }
            sorted::sort_by_key(&mut parts, |(turn, _)| *turn);
            let config = &self.setup.config;
            let request = FetchRequest {
                replica: None,
                max_wait_ms: i64::from(config.fetch_max_wait_ms),
                min_bytes: i64::from(config.fetch_min_bytes),
                max_bytes: i64::from(config.fetch_max_bytes),
                read_committed: self.reads_committed(),
                parts: parts.into_iter().map(|(_, part)| part).collect(),
            };
            let request = Request::Fetch(Arc::new(request));
            let id = self.call(ctx, broker, Call::Fetch(broker), request);
            self.fetching.insert(broker, id);
        }
    }

    /// What it would fetch now, by leader, each with its turn; and whether a leader is unknown.
    fn wanted(&self, now_ms: TimestampMs) -> (SortedMap<BrokerId, Vec<(u64, FetchPart)>>, bool) {
        let mut wanted: SortedMap<BrokerId, Vec<(u64, FetchPart)>> = SortedMap::new();
        let mut unknown_leader = false;
        if self.paused {
            return (wanted, false);
        }
        for (tp, owned) in &self.owned {
            let Some(offset) = owned.position else { continue };
            let waits =
                owned.reset.is_some() || owned.validating || owned.backoff_until_ms > now_ms;
            if waits || self.buffered.iter().any(|fetch| fetch.tp == *tp) {
                continue;
            }
            let Some(leader) = self.metadata.leader(tp) else {
                unknown_leader = true;
                continue;
            };
            let max_bytes = i64::from(self.setup.config.max_partition_fetch_bytes);
            let part = FetchPart {
                tp: tp.clone(),
                offset,
                max_bytes,
                leader_epoch: self.metadata.leader_epoch(tp).unwrap_or(-1),
                last_fetched_epoch: -1,
                log_start: -1,
            };
            wanted.entry(leader).or_default().push((owned.turn, part));
        }
        (wanted, unknown_leader)
    }

    /// Whether an empty answer to this request would only make it send the same request again.
    pub(crate) fn would_fetch_again(
        &self,
        now_ms: TimestampMs,
        (broker, correlation): (BrokerId, u64),
        request: &FetchRequest,
    ) -> bool {
        // One that it has given up is nobody's.
        if self.fetching.get(&broker) != Some(&correlation) {
            return false;
        }
        if self.process != Process::Running || self.app.is_processing() || self.rejoin.is_some() {
            return false;
        }
        let (wanted, _) = self.wanted(now_ms);
        let parts = wanted.get(&broker).map_or(&[][..], Vec::as_slice);
        parts.len() == request.parts.len()
            && parts.iter().all(|(_, part)| request.parts.contains(part))
    }

    /// A fetch's answer.
    pub(super) fn on_fetch(&mut self, ctx: &mut Ctx<'_>, answer: FetchResponse) {
        Self::measure_fetched(ctx, &answer);
        for result in answer.parts {
            self.move_to_end(&result.tp);
            if let Some((leader, epoch)) = result.current_leader
                && self.metadata.leader_is(&result.tp, leader, epoch)
            {
                // It is fetched from there at once (KIP-951).
                self.ask_for_metadata(ctx);
                continue;
            }
            let fits = self
                .owned
                .get(&result.tp)
                .is_some_and(|owned| owned.position == Some(result.offset));
            if !fits {
                continue;
            }
            match result.error {
                ErrorCode::None => {
                    let bounds = (result.high_watermark, result.log_start);
                    let FetchResult { tp, batches, .. } = result;
                    self.buffered.push_back(CompletedFetch { tp, batches: batches.into(), bounds });
                }
                ErrorCode::OffsetOutOfRange => {
                    if let Some(owned) = self.owned_mut(&result.tp) {
                        owned.reset = Some(Reset { was: Some(result.offset) });
                    }
                }
                _ => {
                    let until_ms = ctx.now_ms + self.setup.config.retry_backoff_ms.max(1);
                    if let Some(owned) = self.owned_mut(&result.tp) {
                        owned.backoff_until_ms = until_ms;
                    }
                    self.ask_for_metadata(ctx);
                    self.wake_at(ctx, until_ms);
                }
            }
        }
    }

    /// What an answer brought (`FetchMetricsAggregator`): Kafka tells it when all of it is parsed.
    fn measure_fetched(ctx: &mut Ctx<'_>, answer: &FetchResponse) {
        if answer.parts.is_empty() {
            return;
        }
        let batches = || answer.parts.iter().flat_map(|part| &part.batches);
        let bytes = batches().map(|batch| i64::from(batch.size_in_bytes())).sum();
        let records = batches().map(|batch| i64::from(batch.count())).sum();
        ctx.metrics.consumer(ctx.now_ms, ctx.me, ConsumerStat::FetchSize, bytes);
        ctx.metrics.consumer(ctx.now_ms, ctx.me, ConsumerStat::RecordsPerRequest, records);
    }

    /// A partition that brought something comes last in the next fetch, so that none starves.
    fn move_to_end(&mut self, tp: &TopicPartition) {
        let newest = self.owned.values().map(|owned| owned.turn).max().unwrap_or(0);
        if let Some(owned) = self.owned_mut(tp) {
            owned.turn = newest + 1;
        }
    }

    /// Up to `max.poll.records` of what is buffered. Positions move past them.
    pub(super) fn collect(&mut self, ctx: &mut Ctx<'_>) -> Vec<Slice> {
        let mut left = u64::from(self.setup.config.max_poll_records.unsigned_abs());
        let mut slices: Vec<Slice> = Vec::new();
        let mut polled = Vec::new();
        if self.paused || (self.phase != Phase::Stable && !self.is_cooperative()) {
            return slices;
        }
        while left > 0 {
            let Some(fetch) = self.buffered.front_mut() else { break };
            let tp = fetch.tp.clone();
            let readable = self.owned.get(&tp).filter(|owned| !owned.validating);
            let Some(position) = readable.and_then(|owned| owned.position) else {
                self.buffered.pop_front();
                continue;
            };
            let taken = take(&mut fetch.batches, position, left);
            let (high_watermark, log_start) = fetch.bounds;
            let distance = (high_watermark - taken.next, taken.next - log_start);
            ctx.metrics.consumer_position(ctx.now_ms, ctx.me, &tp, distance);
            if fetch.batches.is_empty() {
                self.buffered.pop_front();
            }
            if let Some(owned) = self.owned_mut(&tp) {
                owned.position = Some(taken.next);
                owned.epoch = taken.epoch.unwrap_or(owned.epoch);
            }
            if let (Some(first), Some(last)) = (taken.runs.first(), taken.runs.last()) {
                left -= taken.records;
                polled.push(EventKind::Polled {
                    member: Arc::clone(&self.setup.name),
                    tp: tp.clone(),
                    first: first.0,
                    last: last.1 - 1,
                    records: u32::try_from(taken.records).unwrap_or(u32::MAX),
                });
                slices.extend(taken.runs.into_iter().map(|(first, next)| {
                    let records = (next - first).cast_unsigned();
                    Slice { tp: tp.clone(), first, next, records }
                }));
            }
        }
        for event in polled {
            ctx.emit(event);
        }
        slices
    }
}

/// What was taken out of buffered batches.
#[derive(Default)]
struct Taken {
    /// The position after it.
    next: i64,
    records: u64,
    /// The leader epoch of the last batch it came to.
    epoch: Option<i32>,
    /// Its offsets in runs without a hole: `first..next`.
    runs: Vec<(i64, i64)>,
}

impl Taken {
    /// Takes the records `first..next`.
    fn take(&mut self, first: i64, next: i64) {
        self.records += (next - first).max(0).cast_unsigned();
        self.next = next;
        match self.runs.last_mut() {
            Some(run) if run.1 == first => run.1 = next,
            _ => self.runs.push((first, next)),
        }
    }
}

/// Takes at most `most` records from `position` on. Batches that are used up go; the position moves past holes,
/// control batches and the end of each batch, even an empty one (R-LOG-31), but not past what comes after the last
/// record that may be taken.
fn take(batches: &mut VecDeque<Batch>, position: i64, most: u64) -> Taken {
    let mut taken = Taken { next: position, ..Taken::default() };
    while taken.records < most {
        let Some(batch) = batches.front() else { break };
        let next = batch.next_offset();
        if next > taken.next {
            taken.epoch = Some(batch.partition_leader_epoch());
        }
        let span = next - batch.base_offset();
        let wanted = i64::try_from(most - taken.records).unwrap_or(i64::MAX);
        if next <= taken.next {
            // Used up.
        } else if batch.is_control() {
            taken.next = next;
        } else if i64::from(batch.count()) == span {
            let from = taken.next.max(batch.base_offset());
            taken.take(from, from.saturating_add(wanted).min(next));
        } else {
            let from = taken.next;
            let all = batch.records().flatten().map(|record| record.offset);
            for offset in all.filter(|&offset| offset >= from) {
                if taken.records >= most {
                    return taken;
                }
                taken.take(offset, offset + 1);
            }
            if taken.records < most {
                taken.next = next;
            }
        }
        if taken.next < next {
            break;
        }
        batches.pop_front();
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use kafka_log::batch::{BatchBuilder, ProducerStamp};

    /// A batch with records at these offsets, which begins at `base`.
    fn batch(base: i64, offsets: &[i64]) -> Batch {
        let mut builder = BatchBuilder::new();
        for offset in offsets {
            let delta = i32::try_from(offset - base).unwrap();
            builder.append_at(delta, 0, Some(b"k"), Some(b"v"), &[]).unwrap();
        }
        builder.build(ProducerStamp::NONE).unwrap().with_base_offset(base)
    }

    #[test]
    fn holes_are_passed_and_runs_are_told_apart() {
        let all = || VecDeque::from([batch(0, &[2, 3]), batch(5, &[5, 6]), batch(9, &[9])]);
        let taken = take(&mut all(), 0, 500);
        assert_eq!((taken.next, taken.records), (10, 5));
        assert_eq!(taken.runs, [(2, 4), (5, 7), (9, 10)]);
        // As many as asked for: the position stands right behind the last one.
        let mut batches = all();
        let taken = take(&mut batches, 0, 2);
        assert_eq!((taken.next, taken.records, batches.len()), (4, 2, 2));
        let taken = take(&mut batches, 4, 2);
        assert_eq!((taken.next, taken.runs, batches.len()), (7, vec![(5, 7)], 1));
    }
}
