//! Why files are refused.

/// Why nothing can be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// There are no partitions.
    #[error("There is nothing to export: choose at least one partition")]
    Nothing,
    /// The zip would be larger than a plain zip can be.
    #[error("The zip would have {0} bytes, more than 4 GiB: export fewer partitions at a time")]
    TooLarge(u64),
    /// More files than a plain zip can list.
    #[error("The zip would hold {0} files, more than 65535: export fewer partitions at a time")]
    TooManyFiles(u64),
}

/// Why an import is refused. Nothing is imported then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}", .position.map(|at| format!(" at byte {at}")).unwrap_or_default())]
pub struct ImportError {
    /// The file at fault, with its folder where it lies in a zip.
    pub file: String,
    /// Where in that file, in bytes.
    pub position: Option<u64>,
    /// What is wrong, and what to do.
    pub problem: Problem,
}

impl ImportError {
    pub(crate) fn of(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), position: None, problem }
    }

    pub(crate) fn at(file: &str, position: u64, problem: Problem) -> Self {
        Self { file: file.to_owned(), position: Some(position), problem }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Neither a segment nor a zip.
    #[error(
        "this is neither a segment of a Kafka log nor a zip of partition folders; hand in a .log \
         file, or a zip of folders named like orders-0"
    )]
    Unknown,
    /// No batch of a segment can be read.
    #[error(
        "no record batch can be read ({0}); is it a segment's .log file, as a broker wrote it?"
    )]
    NotALog(String),
    /// A whole batch that no broker would load.
    #[error("a broker could not load this batch: {0}; hand in the file without it")]
    BadBatch(String),
    /// Nothing in it.
    #[error("it is empty; hand in a segment that holds records")]
    Empty,
    /// A zip without a segment.
    #[error("it has no .log file in a partition's folder; zip whole folders such as orders-0")]
    NoSegments,
    /// The zip's structure is broken.
    #[error("the zip cannot be read ({0}); make it anew")]
    Zip(String),
    /// A name that leads out of the folder.
    #[error("the name leads out of the zip; make the zip anew from the partition folders alone")]
    Traversal,
    /// An entry that needs a password.
    #[error("it is encrypted; make the zip anew without a password")]
    Encrypted,
    /// An archive in the archive.
    #[error("an archive inside an archive is not unpacked; hand in the inner one by itself")]
    Nested,
    /// A compression method other than stored and deflated.
    #[error("compression method {0} is not supported; zip with deflate, or without compression")]
    Method(u16),
    /// Too many entries.
    #[error("the zip lists {found} entries, at most {most} are read; zip fewer folders at a time")]
    TooManyEntries {
        /// Entries listed.
        found: u64,
        /// Entries allowed.
        most: u64,
    },
    /// Too large, unpacked.
    #[error(
        "the files have {found} bytes unpacked, at most {most} are read; hand in fewer segments"
    )]
    TooLarge {
        /// Bytes claimed or found.
        found: u64,
        /// Bytes allowed.
        most: u64,
    },
    /// It unpacks to far more than a log does.
    #[error(
        "it unpacks to more than {0} times its size, as no log does; unpack it yourself and hand \
         in the .log files"
    )]
    Ratio(u64),
    /// Entries that share bytes.
    #[error("its bytes overlap those of {0}, as in a zip bomb; make the zip anew")]
    Overlap(String),
    /// Unpacked bytes are not those that were packed.
    #[error("its bytes are damaged ({0}); make the zip anew")]
    Damaged(&'static str),
    /// A folder that is not a partition's (`LocalLog.parseTopicPartitionName`).
    #[error(
        "the folder {0:?} is not named as a partition's; Kafka's form is topic-partition, such as \
         orders-0"
    )]
    Folder(String),
    /// A topic name Kafka would not have.
    #[error(
        "{0:?} is no topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-', and not '.' or '..'"
    )]
    Topic(String),
    /// A partition number out of bounds.
    #[error("partition {found} is out of bounds, the largest is {most}; rename the folder")]
    Partition {
        /// The number.
        found: i32,
        /// The largest allowed.
        most: i32,
    },
    /// Too many partitions.
    #[error("more than {0} partitions; hand in fewer at a time")]
    TooManyPartitions(u64),
    /// The same partition twice.
    #[error("the same partition is also in {0}; hand in one broker's folders at a time")]
    Twice(String),
    /// Message formats before v2.
    #[error(
        "the records have message format v{0}; Kafka 4 reads only v2, so let an older broker \
         convert them first"
    )]
    OldFormat(i8),
    /// A batch whose offsets are not the segment's.
    #[error(
        "the batch of offset {found} does not belong in a segment that starts at {base}; is the \
         file named after its first offset?"
    )]
    OutOfSegment {
        /// Last offset of the batch.
        found: i64,
        /// Base offset of the segment.
        base: i64,
    },
    /// Offsets that do not grow.
    #[error("the batch of offset {found} comes after offset {previous}; no broker writes that")]
    OutOfOrder {
        /// Base offset of the batch.
        found: i64,
        /// The last offset before it.
        previous: i64,
    },
    /// [`finish`](crate::Import::finish) before the last step.
    #[error("the import has not come to its end; go on stepping")]
    Unfinished,
}
