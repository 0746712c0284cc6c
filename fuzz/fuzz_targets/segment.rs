//! Any bytes as a segment's file: what recovery keeps is a prefix of it, and is recovered alike again.
#![no_main]

use bytes::Bytes;
use kafka_log::files::FileKind;
use kafka_log::log::SegmentFile;
use kafka_log::{Log, LogConfig};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_700_000_000_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((base, bytes)) = bytes.split_first_chunk::<8>() else { return };
    let base_offset = i64::from_be_bytes(*base);
    let bytes = Bytes::copy_from_slice(bytes);
    let file = SegmentFile { base_offset, bytes: bytes.clone() };
    let Ok((log, cut)) = Log::recovered(LogConfig::default(), &[file], NOW) else { return };
    let kept = log.file_bytes(base_offset, FileKind::Log).unwrap_or_default();
    assert!(bytes.starts_with(&kept));
    assert_eq!(cut.is_some(), kept.len() < bytes.len());

    let file = SegmentFile { base_offset, bytes: kept.into() };
    let (again, cut) = Log::recovered(LogConfig::default(), &[file], NOW).expect("it was read once");
    assert!(cut.is_none());
    assert_eq!(again.log_end_offset(), log.log_end_offset());
    for file in log.files() {
        assert_eq!(log.file_bytes(file.offset, file.kind), again.file_bytes(file.offset, file.kind));
    }
});
