//! From a key to a partition, and from a group id to its offsets partition.
//!
//! Mirrors `BuiltInPartitioner.partitionForKey`, `Utils.murmur2` and `Utils.abs` (R-PRD-02..05), and the
//! `javaHash` of `GroupCoordinatorService.partitionFor` (R-GRP-01). The hashes of two other client
//! families stand beside them (R-PRD-12), because a key that lands elsewhere is worth seeing.
//! The sticky choice for keyless records is the producer's, not here.

/// Which client's way of choosing a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Partitioner {
    /// The Java client's own: murmur2 of the key, sticky without one.
    Java,
    /// `RoundRobinPartitioner`: in turn over the partitions that have a leader, whatever the key (R-PRD-10).
    RoundRobin,
    /// librdkafka's default: CRC-32 of a key that is not empty, else by chance.
    ConsistentRandom,
    /// librdkafka's `consistent`: CRC-32, of nothing too.
    Consistent,
    /// librdkafka's `murmur2_random`: as Java, by chance without a key.
    Murmur2Random,
    /// librdkafka's `fnv1a`.
    Fnv1a,
    /// Sarama's default: FNV-1a as a signed number, by chance without a key.
    SaramaHash,
    /// Sarama's reference hash: FNV-1a with its sign bit cleared.
    SaramaReference,
}

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// To this partition, by this hash.
    Hashed {
        /// The hash as the client computes it.
        hash: i64,
        /// The partition.
        partition: i32,
    },
    /// To the sticky partition.
    Sticky,
    /// To the next in turn.
    InTurn,
    /// To any, for a while (librdkafka's `sticky.partitioning.linger.ms`).
    StickyChance,
    /// To any, each time.
    Chance,
}

impl Partitioner {
    /// The class of `partitioner.class`.
    pub const ROUND_ROBIN_CLASS: &'static str =
        "org.apache.kafka.clients.producer.RoundRobinPartitioner";

    /// By its name in `ottla.partitioner`; Java's for any other.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "librdkafka consistent_random" => Self::ConsistentRandom,
            "librdkafka consistent" => Self::Consistent,
            "librdkafka murmur2_random" => Self::Murmur2Random,
            "librdkafka fnv1a" => Self::Fnv1a,
            "sarama hash" => Self::SaramaHash,
            "sarama reference hash" => Self::SaramaReference,
            _ => Self::Java,
        }
    }

    /// The hash it uses, in words.
    #[must_use]
    pub fn hash_name(self) -> &'static str {
        match self {
            Self::Java | Self::RoundRobin => "murmur2",
            Self::ConsistentRandom | Self::Consistent => "CRC-32 (librdkafka)",
            Self::Murmur2Random => "murmur2 (librdkafka)",
            Self::Fnv1a => "FNV-1a (librdkafka)",
            Self::SaramaHash | Self::SaramaReference => "FNV-1a (Sarama)",
        }
    }

    /// Where a record with this key goes; none for a topic without partitions (R-PRD-02, R-PRD-12).
    #[must_use]
    pub fn choose(self, key: Option<&[u8]>, partitions: i32) -> Option<Choice> {
        let hashed = |hash: i64, partition: Option<i32>| {
            partition.map(|partition| Choice::Hashed { hash, partition })
        };
        let signed = |key: &[u8]| fnv1a(key).cast_signed();
        let fnv = |key: &[u8]| hashed(signed(key).into(), sarama_partition(key, partitions));
        match (self, key) {
            (Self::RoundRobin, _) => Some(Choice::InTurn),
            (Self::Java, None) => Some(Choice::Sticky),
            (Self::Java | Self::Murmur2Random, Some(key)) => {
                let found = partition_for_key(key, partitions)?;
                hashed(found.hash.into(), Some(found.partition))
            }
            (Self::ConsistentRandom, None | Some([])) | (Self::Murmur2Random, None) => {
                Some(Choice::StickyChance)
            }
            (Self::ConsistentRandom | Self::Consistent, key) => {
                let key = key.unwrap_or_default();
                hashed(crc32(key).into(), librdkafka_partition(key, partitions))
            }
            (Self::Fnv1a, key) => fnv(key.unwrap_or_default()),
            (Self::SaramaHash | Self::SaramaReference, None) => Some(Choice::Chance),
            (Self::SaramaHash, Some(key)) => fnv(key),
            (Self::SaramaReference, Some(key)) => {
                let positive = signed(key) & i32::MAX;
                hashed(signed(key).into(), positive_modulo(positive, partitions))
            }
        }
    }
}

/// Partitions of `__consumer_offsets` (`offsets.topic.num.partitions`) unless configured otherwise.
pub const OFFSETS_TOPIC_PARTITIONS: i32 = 50;

const MURMUR2_SEED: u32 = 0x9747_b28c;
const MURMUR2_M: u32 = 0x5bd1_e995;
const MURMUR2_R: u32 = 24;

/// How a key was turned into a partition, step by step, for those who want to follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyPartition {
    /// `murmur2(key)` as Java prints it, a signed 32-bit number.
    pub hash: i32,
    /// The hash with its sign bit cleared (`Utils.toPositive`).
    pub positive: i32,
    /// How many partitions the client knew of: the divisor.
    pub partitions: i32,
    /// `positive % partitions`.
    pub partition: i32,
}

/// The partition of a serialized key, or `None` if the topic has no partitions (R-PRD-02).
///
/// An empty key is a key like any other (R-PRD-03); a null key never comes here.
#[must_use]
pub fn partition_for_key(key: &[u8], partitions: i32) -> Option<KeyPartition> {
    let hash = murmur2(key);
    let positive = hash & i32::MAX;
    let partition = positive_modulo(positive, partitions)?;
    Some(KeyPartition { hash, positive, partitions, partition })
}

/// The partition of `__consumer_offsets` that holds a group, or `None` without partitions (R-GRP-01).
#[must_use]
pub fn partition_for_group(group_id: &str, partitions: i32) -> Option<i32> {
    positive_modulo(java_abs(java_string_hash(group_id)), partitions)
}

/// `Utils.murmur2`: 32-bit MurmurHash2, little-endian words, Kafka's fixed seed.
#[must_use]
pub fn murmur2(data: &[u8]) -> i32 {
    // Java's length is an int; a key never comes near its bound.
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let (words, tail) = data.as_chunks::<4>();
    let mut hash = MURMUR2_SEED ^ length;
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(MURMUR2_M);
        k ^= k >> MURMUR2_R;
        hash = hash.wrapping_mul(MURMUR2_M) ^ k.wrapping_mul(MURMUR2_M);
    }
    if !tail.is_empty() {
        for (byte, shift) in tail.iter().zip([0u32, 8, 16]) {
            hash ^= u32::from(*byte) << shift;
        }
        hash = hash.wrapping_mul(MURMUR2_M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MURMUR2_M);
    hash ^= hash >> 15;
    hash.cast_signed()
}

/// `String.hashCode`: a polynomial in 31 over UTF-16 units.
#[must_use]
pub fn java_string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// `Utils.abs`: as `Math.abs`, but the smallest int becomes 0.
#[must_use]
pub fn java_abs(value: i32) -> i32 {
    value.checked_abs().unwrap_or(0)
}

/// The partition librdkafka's `consistent` partitioner picks: unsigned CRC-32 of the key (R-PRD-12).
///
/// Its default, `consistent_random`, does the same for a key of at least one byte, and picks at
/// random for an empty or null one.
#[must_use]
pub fn librdkafka_partition(key: &[u8], partitions: i32) -> Option<i32> {
    let divisor = u32::try_from(partitions).ok()?;
    crc32(key).checked_rem(divisor).map(u32::cast_signed)
}

/// The partition Sarama's default hash partitioner picks: FNV-1a as a signed int, remainder, then its
/// magnitude (R-PRD-12).
#[must_use]
pub fn sarama_partition(key: &[u8], partitions: i32) -> Option<i32> {
    fnv1a(key).cast_signed().checked_rem(partitions).filter(|_| partitions > 0).map(i32::abs)
}

/// CRC-32 (IEEE 802.3), the unsigned hash librdkafka uses for keys.
#[must_use]
pub fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// FNV-1a, 32 bits: Sarama's hash.
#[must_use]
pub fn fnv1a(data: &[u8]) -> u32 {
    data.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn positive_modulo(value: i32, partitions: i32) -> Option<i32> {
    (partitions > 0).then(|| value % partitions)
}

#[cfg(test)]
#[path = "partitioner/tests.rs"]
mod tests;
