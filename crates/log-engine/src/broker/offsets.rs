//! ListOffsets (`Partition.fetchOffsetForTimestamp`, R-LOG-33).

use super::Broker;
use crate::ids::TopicPartition;
use crate::protocol::{
    EpochEndRequest, EpochEndResponse, ErrorCode, ListOffsetsRequest, ListOffsetsResponse,
    OffsetQuery,
};
use kafka_log::OffsetSpec;

impl Broker {
    /// Answers a consumer's ListOffsets.
    pub(crate) fn list_offsets(&self, request: &ListOffsetsRequest) -> ListOffsetsResponse {
        let parts = request
            .parts
            .iter()
            .map(|(tp, query)| (tp.clone(), self.list_offset(tp, *query, request.read_committed)))
            .collect();
        ListOffsetsResponse { parts }
    }

    /// Answers OffsetForLeaderEpoch (`ReplicaManager.lastOffsetForLeaderEpoch`).
    pub(super) fn epoch_ends(&self, request: &EpochEndRequest) -> EpochEndResponse {
        let answer = |tp: &TopicPartition, known: i32, epoch: i32| {
            let partition = self.partitions.get(tp).ok_or(ErrorCode::UnknownTopicOrPartition)?;
            match partition.check_leader(self.id, known) {
                ErrorCode::None => {
                    let log = &partition.log;
                    let end = log.leader_epochs().end_offset_for(epoch, log.log_end_offset());
                    Ok(end.map(|end| (end.epoch, end.end_offset)))
                }
                error => Err(error),
            }
        };
        let parts = request.parts.iter();
        let parts = parts.map(|(tp, known, epoch)| (tp.clone(), answer(tp, *known, *epoch)));
        EpochEndResponse { parts: parts.collect() }
    }

    fn list_offset(
        &self,
        tp: &TopicPartition,
        query: OffsetQuery,
        read_committed: bool,
    ) -> Result<Option<i64>, ErrorCode> {
        let partition = self.partitions.get(tp).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        match partition.led_by(self.id) {
            ErrorCode::None => {}
            error => return Err(error),
        }
        let log = &partition.log;
        // What a new leader takes for committed may lag behind what its predecessor said (R-LOG-34).
        let epoch_start = partition.leading.as_ref().map_or(0, |leading| leading.epoch_start);
        let lags = epoch_start > log.high_watermark();
        let bound = if read_committed { log.last_stable_offset() } else { log.high_watermark() };
        Ok(match query {
            OffsetQuery::Earliest => Some(log.log_start_offset()),
            OffsetQuery::Latest if lags => return Err(ErrorCode::OffsetNotAvailable),
            OffsetQuery::Latest => Some(bound),
            OffsetQuery::AtOrAfter(timestamp_ms) => {
                let found = log.offset_for(OffsetSpec::Timestamp(timestamp_ms));
                let found = found.map(|found| found.offset).filter(|&offset| offset < bound);
                if found.is_none() && lags {
                    return Err(ErrorCode::OffsetNotAvailable);
                }
                found
            }
        })
    }
}
