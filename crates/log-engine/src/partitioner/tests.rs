#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::test_support::golden;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    num_partitions: Vec<i32>,
    offsets_topic_partitions: i32,
    keys: Vec<Key>,
    groups: Vec<Group>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    key_hex: String,
    murmur2: i32,
    partitions: Vec<i32>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    group_id: String,
    hash_code: i32,
    partition: i32,
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn golden_every_recorded_key_lands_where_kafka_put_it() {
    let recorded: Recorded = golden("partitioner.json");
    assert_eq!(recorded.keys.len(), 193);
    for key in &recorded.keys {
        let bytes = bytes_of(&key.key_hex);
        assert_eq!(murmur2(&bytes), key.murmur2, "murmur2 of {}", key.key_hex);
        for (count, expected) in recorded.num_partitions.iter().zip(&key.partitions) {
            let found = partition_for_key(&bytes, *count).unwrap();
            assert_eq!(found.partition, *expected, "{} over {count}", key.key_hex);
            assert_eq!(found.positive, key.murmur2 & 0x7fff_ffff);
        }
    }
}

#[test]
fn golden_every_recorded_group_has_its_offsets_partition() {
    let recorded: Recorded = golden("partitioner.json");
    assert_eq!(recorded.groups.len(), 51);
    assert_eq!(recorded.offsets_topic_partitions, OFFSETS_TOPIC_PARTITIONS);
    for group in &recorded.groups {
        assert_eq!(java_string_hash(&group.group_id), group.hash_code, "{}", group.group_id);
        let found = partition_for_group(&group.group_id, OFFSETS_TOPIC_PARTITIONS);
        assert_eq!(found, Some(group.partition), "{}", group.group_id);
    }
}

#[test]
fn three_client_families_put_one_key_in_three_places() {
    // S-19: measured with librdkafka 2.16.0 and Sarama 1.61.1.
    let cases: [(&[u8], i32, i32, i32); 3] =
        [(b"A", 1, 2, 1), (b"user-1", 2, 2, 0), (b"21", 0, 1, 0)];
    for (key, java, librdkafka, sarama) in cases {
        assert_eq!(partition_for_key(key, 3).unwrap().partition, java);
        assert_eq!(librdkafka_partition(key, 3), Some(librdkafka));
        assert_eq!(sarama_partition(key, 3), Some(sarama));
    }
    assert_eq!(crc32(b"user-1"), 2_116_437_524);
    assert_eq!(fnv1a(b"user-1").cast_signed(), -179_078_796);
}

#[test]
fn a_topic_without_partitions_has_no_place_for_a_key() {
    for none in [0, -1, i32::MIN] {
        assert_eq!(partition_for_key(b"k", none), None);
        assert_eq!(partition_for_group("g", none), None);
        assert_eq!(librdkafka_partition(b"k", none), None);
        assert_eq!(sarama_partition(b"k", none), None);
    }
}

/// S-19, measured with librdkafka 2.16.0 and Sarama 1.61.1 for three partitions.
#[test]
fn s19_two_languages_put_one_key_into_two_partitions() {
    let place = |name: &str, key: &str| match Partitioner::from_name(name)
        .choose(Some(key.as_bytes()), 3)
    {
        Some(Choice::Hashed { partition, .. }) => partition,
        other => panic!("{other:?}"),
    };
    let keys = ["A", "user-1", "21", "k1", "foobar"];
    let all = |name: &str| keys.map(|key| place(name, key));
    assert_eq!(all("java"), [1, 2, 0, 2, 0]);
    assert_eq!(all("librdkafka consistent_random"), [2, 2, 1, 1, 2]);
    assert_eq!(all("librdkafka murmur2_random"), all("java"));
    assert_eq!(all("librdkafka fnv1a"), [1, 0, 0, 1, 0]);
    assert_eq!(all("sarama hash"), [1, 0, 0, 1, 0]);
    assert_eq!(all("sarama reference hash"), [1, 2, 2, 1, 2]);
    assert_eq!(place("sarama hash", ""), 0);
    assert_eq!(place("sarama reference hash", ""), 2);
    assert_eq!(place("librdkafka murmur2_random", ""), 0);
    let of = |name: &str, key: Option<&[u8]>| Partitioner::from_name(name).choose(key, 3).unwrap();
    assert_eq!(of("librdkafka consistent_random", Some(b"")), Choice::StickyChance);
    assert_eq!(of("librdkafka consistent", None), Choice::Hashed { hash: 0, partition: 0 });
    assert_eq!(of("sarama hash", None), Choice::Chance);
    assert_eq!(of("java", None), Choice::Sticky);
}

/// R-PRD-12: the hashes themselves, for three, four and six partitions.
#[test]
fn hashes_of_other_clients() {
    let all = |name: &str, key: &str| {
        [3, 4, 6].map(|n| match Partitioner::from_name(name).choose(Some(key.as_bytes()), n) {
            Some(Choice::Hashed { hash, partition }) => (hash, partition),
            other => panic!("{other:?}"),
        })
    };
    let crc = "librdkafka consistent_random";
    assert_eq!(all(crc, "user-1"), [2, 0, 2].map(|p| (2_116_437_524, p)));
    assert_eq!(all(crc, "A"), [2, 3, 5].map(|p| (3_554_254_475, p)));
    assert_eq!(all("sarama hash", "user-1"), [0, 0, 0].map(|p| (-179_078_796, p)));
    assert_eq!(all("sarama hash", "A"), [1, 0, 4].map(|p| (-1_005_848_884, p)));
}
