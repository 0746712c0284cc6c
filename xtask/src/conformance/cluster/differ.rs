//! Where two trees of JSON part.

use std::collections::BTreeSet;

use serde_json::Value;

/// Each leaf that differs, with the way to it; `Kafka` first.
pub fn lines(path: &str, kafka: &Value, ours: &Value) -> Vec<String> {
    if kafka == ours {
        return Vec::new();
    }
    match (kafka, ours) {
        (Value::Object(of_kafka), Value::Object(of_ours)) => {
            let keys: BTreeSet<&String> = of_kafka.keys().chain(of_ours.keys()).collect();
            let each = |key: &&String| lines(&format!("{path}.{key}"), &kafka[*key], &ours[*key]);
            keys.iter().flat_map(each).collect()
        }
        (Value::Array(of_kafka), Value::Array(of_ours))
            if is_deep(of_kafka) || is_deep(of_ours) =>
        {
            let each = |at: usize| {
                let at_of = |list: &[Value]| list.get(at).cloned().unwrap_or_default();
                lines(&format!("{path}[{at}]"), &at_of(of_kafka), &at_of(of_ours))
            };
            (0..of_kafka.len().max(of_ours.len())).flat_map(each).collect()
        }
        _ => vec![format!("{path}: Kafka {kafka}, ours {ours}")],
    }
}

/// A list of lists or objects; rows of plain values are told whole.
fn is_deep(list: &[Value]) -> bool {
    list.iter().any(|item| item.is_array() || item.is_object())
}

#[cfg(test)]
mod tests {
    use super::lines;
    use serde_json::json;

    #[test]
    fn each_leaf_that_differs_is_told_with_the_way_to_it() {
        let kafka = json!({ "t": [{ "isr": [1, 2], "end": 5, "records": [[0, "a"], [1, "b"]] }] });
        let ours = json!({ "t": [{ "isr": [1], "end": 5, "records": [[0, "a"]] }] });
        assert_eq!(
            lines("topics", &kafka, &ours),
            [
                "topics.t[0].isr: Kafka [1,2], ours [1]",
                "topics.t[0].records[1]: Kafka [1,\"b\"], ours null"
            ]
        );
        assert!(lines("topics", &kafka, &kafka).is_empty());
    }
}
