//! Any bytes as a dropped file, a zip or a segment: refused, or a log that Kafka's recovery would take, whatever
//! the steps it is read in.
#![no_main]

use bytes::Bytes;
use kafka_log::log::SegmentFile;
use kafka_log::{Log, LogConfig};
use libfuzzer_sys::fuzz_target;
use log_files::{Import, ImportError, Imported, Limits};

const LIMITS: Limits =
    Limits { total_bytes: 4 << 20, entries: 100, ratio: 500, partitions: 20, partition: 50 };

fn read(name: &str, bytes: &Bytes, budget: u64) -> Result<Imported, ImportError> {
    let mut import = Import::new(name, bytes.clone(), LIMITS)?;
    loop {
        let progress = import.step(budget)?;
        assert!(progress.done <= progress.total);
        if progress.finished {
            return import.finish();
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let bytes = Bytes::copy_from_slice(bytes);
    for name in ["logs.zip", "orders-0/00000000000000000000.log", "some.log"] {
        let whole = read(name, &bytes, u64::MAX);
        assert_eq!(whole, read(name, &bytes, 1000));
        let Ok(imported) = whole else { continue };
        let partitions = imported.topics.iter().flat_map(|topic| &topic.partitions);
        for partition in partitions {
            assert!(partition.bytes() <= LIMITS.total_bytes);
            let file = |s: &log_files::ImportedSegment| SegmentFile {
                base_offset: s.base_offset,
                bytes: s.bytes.clone(),
            };
            let files: Vec<SegmentFile> = partition.segments.iter().map(file).collect();
            let (log, cut) = Log::recovered(LogConfig::default(), &files, 0).expect("every batch was checked");
            assert!(cut.is_none());
            assert_eq!(log.log_end_offset(), partition.log_end_offset());
        }
    }
});
