//! How large a document may be. A document comes from strangers: every list, text and number in it has a bound,
//! checked before anything is built from it. The bounds are far above what a person makes by hand, and at or
//! above Kafka's own where Kafka has one, so that Kafka's refusal comes first and in Kafka's words.

/// Longest link, in bytes, from `#` on.
pub const MAX_LINK_BYTES: usize = 64 * 1024;
/// Longest document as JSON, in bytes, without the log files it may have imported; what a link inflates to is held to
/// it too, with them.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// Longest file, in bytes: beside [`MAX_DOCUMENT_BYTES`] it may hold imported log files, as base64.
pub const MAX_FILE_BYTES: usize = 352 * 1024 * 1024;

/// Longest title, in bytes.
pub const MAX_TITLE_BYTES: usize = 200;
/// Longest `about` line, in bytes.
pub const MAX_ABOUT_BYTES: usize = 1_000;
/// Commands that build the start.
pub const MAX_SETUP_COMMANDS: usize = 1_000;
/// Timed commands.
pub const MAX_JOURNAL_ENTRIES: usize = 10_000;
/// Runs beside the first.
pub const MAX_FORKS: usize = 25;
/// Named moments.
pub const MAX_BOOKMARKS: usize = 200;
/// Latest moment a journal, a bookmark or a reader may name: ten years after the start, in ms.
pub const MAX_AT_MS: u64 = 10 * 365 * 86_400_000;
/// Largest seed: 2^53 - 1, so that JavaScript carries it whole.
pub const MAX_SEED: u64 = (1 << 53) - 1;

/// Longest name of a topic, client, group, header or config, in bytes. Kafka's own bound for a topic is 249.
pub const MAX_NAME_BYTES: usize = 300;
/// Configs in one command.
pub const MAX_CONFIGS: usize = 200;
/// Longest config value, in bytes.
pub const MAX_CONFIG_VALUE_BYTES: usize = 1_000;
/// Brokers of a cluster (R-SCP-38).
pub const MAX_BROKERS: u32 = 100;
/// Longest one-way latency, in ms.
pub const MAX_LATENCY_MS: u32 = 60_000;
/// Ends of links that one command names.
pub const MAX_LINK_ENDS: usize = 200;
/// Most partitions of a reassignment, and replicas of one.
pub const MAX_REASSIGNED: usize = 1_000;
/// Longest time a process stands still by one command: a week, in ms.
pub const MAX_FREEZE_MS: u32 = 7 * 86_400_000;
/// Largest disk: 1 PiB.
pub const MAX_DISK_BYTES: u64 = 1 << 50;
/// Partitions of a topic (R-SCP-38).
pub const MAX_PARTITIONS: i32 = 1_000;
/// Topics in one subscription.
pub const MAX_SUBSCRIPTION: usize = 100;
/// Offsets of a group reset by one command.
pub const MAX_GROUP_OFFSETS: usize = 10_000;
/// Members started by one command (R-SCP-38).
pub const MAX_MEMBERS: usize = 100;
/// Longest processing time of a record: a day, in microseconds.
pub const MAX_PROCESSING_US: u64 = 86_400_000_000;

/// Headers of a record.
pub const MAX_HEADERS: usize = 100;
/// Records sent by one command.
pub const MAX_PRODUCE_COUNT: u32 = 100_000;
/// Bytes sent by one command: records times their payload.
pub const MAX_PRODUCE_BYTES: u64 = 64 * 1024 * 1024;
/// Keys of a stream.
pub const MAX_STREAM_KEYS: usize = 1_000;
/// Different keys of a numbered sequence.
pub const MAX_SEQUENCE_COUNT: u32 = 1_000_000;
/// Longest span of a stream, in ms: a day.
pub const MAX_STREAM_SPAN_MS: u32 = 86_400_000;
/// Fastest stream, in records for each second.
pub const MAX_STREAM_RECORDS_PER_S: u64 = 10_000_000;
/// Largest value of a stream, in bytes: twice Kafka's `max.request.size`, so that its refusal can be shown.
pub const MAX_STREAM_VALUE_BYTES: u32 = 2 * 1024 * 1024;
/// Fastest stream, in bytes for each second.
pub const MAX_STREAM_BYTES_PER_S: u64 = 1024 * 1024 * 1024;

/// Bytes that all logs together may hold while a document plays: what a tab bears.
pub const MAX_LOG_BYTES: u64 = 512 * 1024 * 1024;

/// A link up to this many characters goes through every mail program, chat and host.
pub const SAFE_LINK_CHARS: usize = 2_000;
/// Above this many characters a file is the better way.
pub const LONG_LINK_CHARS: usize = 8_000;
