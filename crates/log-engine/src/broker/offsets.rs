//! ListOffsets (`Partition.fetchOffsetForTimestamp`, R-LOG-33).

use super::Broker;
use crate::ids::TopicPartition;
use crate::protocol::{ErrorCode, ListOffsetsRequest, ListOffsetsResponse, OffsetQuery};
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
        let bound = if read_committed { log.last_stable_offset() } else { log.high_watermark() };
        Ok(match query {
            OffsetQuery::Earliest => Some(log.log_start_offset()),
            OffsetQuery::Latest => Some(bound),
            OffsetQuery::AtOrAfter(timestamp_ms) => log
                .offset_for(OffsetSpec::Timestamp(timestamp_ms))
                .map(|found| found.offset)
                .filter(|&offset| offset < bound),
        })
    }
}
