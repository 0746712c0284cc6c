//! Names of folders and files in a broker's log directory.

/// A partition folder's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderName {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// What the broker had in mind with the folder: `-delete`, `-future` or `-stray`.
    pub suffix: Option<&'static str>,
}

const SUFFIXES: [&str; 3] = ["-delete", "-future", "-stray"];
const MAX_TOPIC_LENGTH: usize = 249;

/// Takes a folder's name apart as a broker does (`LocalLog.parseTopicPartitionName`): topic, "-",
/// partition; folders that are deleted, moved or stray carry ".<id>-delete" and the like after it.
/// None if it is no partition's folder.
pub fn parse_folder_name(name: &str) -> Option<FolderName> {
    let suffix = SUFFIXES.into_iter().find(|suffix| name.ends_with(suffix));
    let plain = match suffix {
        None => name,
        Some(suffix) => {
            let (plain, id) = name.strip_suffix(suffix)?.rsplit_once('.')?;
            let has_space = name.contains(char::is_whitespace);
            (!id.is_empty() && !has_space).then_some(plain)?
        }
    };
    let (topic, partition) = plain.rsplit_once('-')?;
    // Java's parseInt takes a sign, too; a minus cannot be left of it here.
    let partition = partition.parse().ok()?;
    (!topic.is_empty()).then(|| FolderName { topic: topic.to_owned(), partition, suffix })
}

/// Whether a topic can have this name (`Topic.validate`).
pub(crate) fn is_topic_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !matches!(name, "" | "." | "..") && name.len() <= MAX_TOPIC_LENGTH && name.chars().all(legal)
}

/// What a file in a partition's folder is, as far as an import cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileRole {
    /// A segment of this base offset.
    Segment(i64),
    /// A segment that a cleaning had finished, and was about to put in place.
    Swap(i64),
    /// A segment that a cleaning was still writing, or was to be deleted.
    Leftover { cleaned: Option<i64> },
    /// `partition.metadata`.
    PartitionMetadata,
    /// What is built anew from the segments: indexes, snapshots, epochs.
    Derived,
    /// Nothing of a log.
    Other,
}

/// What the file is (`LogFileUtils`).
pub(crate) fn file_role(name: &str) -> FileRole {
    let offset = |stem: &str| {
        let digits = stem.split('.').next().filter(|digits| !digits.is_empty())?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
    };
    if name.ends_with(".deleted") {
        return FileRole::Leftover { cleaned: None };
    }
    if let Some(stem) = name.strip_suffix(".cleaned") {
        return FileRole::Leftover { cleaned: offset(stem) };
    }
    if let Some(stem) = name.strip_suffix(".log.swap")
        && let Some(base) = offset(stem)
    {
        return FileRole::Swap(base);
    }
    if let Some(stem) = name.strip_suffix(".log")
        && let Some(base) = offset(stem)
    {
        return FileRole::Segment(base);
    }
    let derived = [".index", ".timeindex", ".txnindex", ".snapshot", ".swap", ".checkpoint"];
    match name {
        "partition.metadata" => FileRole::PartitionMetadata,
        "leader-epoch-checkpoint" => FileRole::Derived,
        _ if derived.iter().any(|end| name.ends_with(end)) => FileRole::Derived,
        _ => FileRole::Other,
    }
}

/// Name of the file beside the partition folders that says where logs start, if that is not where
/// their first segment does.
pub(crate) const LOG_START_CHECKPOINT: &str = "log-start-offset-checkpoint";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_taken_apart_as_a_broker_does() {
        let parts = |name| parse_folder_name(name).map(|f| (f.topic, f.partition, f.suffix));
        let own = |topic: &str, partition, suffix| Some((topic.to_owned(), partition, suffix));
        assert_eq!(parts("orders-0"), own("orders", 0, None));
        assert_eq!(parts("my-own.topic-12"), own("my-own.topic", 12, None));
        assert_eq!(parts("orders--1"), own("orders-", 1, None));
        assert_eq!(parts("orders-3.0a1b-delete"), own("orders", 3, Some("-delete")));
        assert_eq!(parts("orders-3.0a1b-future"), own("orders", 3, Some("-future")));
        for none in ["orders", "-0", "orders-", "orders-x", "orders-99999999999", "a-1-delete"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }

    #[test]
    fn files_are_known_by_their_ends() {
        assert_eq!(file_role("00000000000000000042.log"), FileRole::Segment(42));
        assert_eq!(file_role("00000000000000000042.log.swap"), FileRole::Swap(42));
        let cleaned = FileRole::Leftover { cleaned: Some(42) };
        assert_eq!(file_role("00000000000000000042.log.cleaned"), cleaned);
        let deleted = FileRole::Leftover { cleaned: None };
        assert_eq!(file_role("00000000000000000042.log.deleted"), deleted);
        assert_eq!(file_role("00000000000000000042.timeindex"), FileRole::Derived);
        assert_eq!(file_role("notes.log"), FileRole::Other);
        assert_eq!(file_role("99999999999999999999.log"), FileRole::Other);
    }
}
