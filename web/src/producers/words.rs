//! What a producer is at, in words: why a batch still waits, what holds `send()` up, what the application was told.

use crate::ui::text::{number, range, span};
use log_engine::view::{BatchWait, BlockedView, ToldView};

/// Why a batch is still in the accumulator.
pub fn waits(wait: BatchWait, most_in_flight: u32, now_ms: i64) -> String {
    let left = |until_ms: i64| span((until_ms - now_ms).max(0));
    match wait {
        BatchWait::Nothing => "goes next".to_owned(),
        BatchWait::Behind => "behind the one before it".to_owned(),
        BatchWait::Linger { until_ms } => format!("linger.ms, {} left", left(until_ms)),
        BatchWait::Backoff { until_ms } => format!("tried again in {}", left(until_ms)),
        BatchWait::NoLeader => "no leader known".to_owned(),
        BatchWait::InFlightLimit { broker } => {
            format!("{most_in_flight} in flight to broker {}", broker.0)
        }
        BatchWait::Order => "an earlier batch has no answer yet".to_owned(),
        BatchWait::ProducerId => "no producer id yet".to_owned(),
        BatchWait::Reconnect { broker, until_ms } => {
            format!("connects to broker {} again in {}", broker.0, left(until_ms))
        }
        BatchWait::Connection { broker } => format!("connects to broker {}", broker.0),
    }
}

/// Why `send()` does not return, and when it gives up.
pub fn blocked(blocked: &BlockedView, now_ms: i64) -> (String, String) {
    let what = if blocked.for_memory { "buffer.memory" } else { "metadata" };
    let calls = match blocked.records {
        1 => "1 call of send() waits".to_owned(),
        n => format!("{} calls of send() wait", number(i64::from(n))),
    };
    let left = span((blocked.until_ms - now_ms).max(0));
    (format!("{calls} for {what}"), format!("max.block.ms is over in {left}"))
}

/// Where a batch's records are, and what the application was told of them.
pub fn told(told: &ToldView) -> (String, String) {
    let last = told.first + i64::from(told.records) - 1;
    let place = match (told.partition, told.first) {
        (-1, _) => "no partition".to_owned(),
        (partition, -1) => format!("P{partition}"),
        (partition, first) if first == last => format!("P{partition} {first}"),
        (partition, first) => format!("P{partition} {}", range(first, last)),
    };
    let times = if told.records > 1 { format!(" \u{d7} {}", told.records) } else { String::new() };
    let what = match (&told.exception, told.first) {
        (Some(exception), _) => format!("{exception}{times}"),
        (None, -1) => format!("acked without an offset{times}"),
        (None, _) => format!("acked after {}", span(told.took_ms)),
    };
    (place, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::BrokerId;

    #[test]
    fn each_wait_says_what_ends_it() {
        let broker = BrokerId(2);
        let cases = [
            (BatchWait::Linger { until_ms: 1_005 }, "linger.ms, 5 ms left"),
            (BatchWait::InFlightLimit { broker }, "5 in flight to broker 2"),
            (BatchWait::Backoff { until_ms: 900 }, "tried again in 0 ms"),
            (
                BatchWait::Reconnect { broker, until_ms: 1_080 },
                "connects to broker 2 again in 80 ms",
            ),
        ];
        for (wait, words) in cases {
            assert_eq!(waits(wait, 5, 1_000), words);
        }
    }

    #[test]
    fn what_was_told_names_the_offsets_or_the_exception() {
        let mut view = ToldView {
            at_ms: 0,
            took_ms: 9,
            topic: "orders".to_owned(),
            partition: 2,
            first: 28,
            records: 2,
            keys: Vec::new(),
            exception: None,
            error: None,
        };
        assert_eq!(told(&view), ("P2 28–29".to_owned(), "acked after 9 ms".to_owned()));
        view.first = -1;
        assert_eq!(told(&view), ("P2".to_owned(), "acked without an offset × 2".to_owned()));
        view.exception = Some("TimeoutException".to_owned());
        view.partition = -1;
        let words = ("no partition".to_owned(), "TimeoutException × 2".to_owned());
        assert_eq!(told(&view), words);
    }

    #[test]
    fn a_call_that_blocks_says_for_what_and_how_long() {
        let view = BlockedView { records: 1, for_memory: true, since_ms: 0, until_ms: 60_000 };
        let (what, until) = blocked(&view, 1_800);
        assert_eq!(what, "1 call of send() waits for buffer.memory");
        assert_eq!(until, "max.block.ms is over in 58 s");
    }
}
