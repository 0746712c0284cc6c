//! Kafka's own `BrokerHeartbeatManagerTest`, and when brokers that died are fenced (R-REP-60).
#![allow(clippy::unwrap_used)]

use super::BrokerState::{ControlledShutdown, Fenced, ShutdownNow, Unfenced};
use super::*;
use crate::test_support::random_cases;
use proptest::prelude::*;

const SESSION: TimestampMs = 9_000;
/// A day of some year.
const START: TimestampMs = 1_750_000_000_000;

fn id(id: i32) -> BrokerId {
    BrokerId(id)
}

/// Brokers 0.., registered and fenced.
fn registered(count: i32) -> Liveness {
    Liveness::activate(START, SESSION, (0..count).map(|broker| (id(broker), 1, true)))
}

/// Brokers 1 to 3, unfenced.
fn three() -> Liveness {
    Liveness::activate(START, SESSION, (1..=3).map(|broker| (id(broker), 1, false)))
}

#[test]
fn a_session_belongs_to_a_registration() {
    let mut liveness = registered(3);
    assert!(!liveness.has_valid_session(id(0), 100, START), "no contact yet");
    liveness.contact(id(0), 100, START);
    liveness.contact(id(2), 200, START + 5);
    assert!(liveness.has_valid_session(id(0), 100, START + SESSION));
    assert!(!liveness.has_valid_session(id(0), 100, START + SESSION + 1));
    assert!(!liveness.has_valid_session(id(0), 200, START));
    assert!(liveness.has_valid_session(id(2), 200, START + SESSION + 1));
    assert!(!liveness.has_valid_session(id(3), 300, START));
}

#[test]
fn a_broker_that_stops_is_given_no_replicas() {
    let mut liveness = registered(5);
    for (broker, fenced, offset) in
        [(0, false, 100), (1, false, 100), (2, false, 98), (3, false, 100), (4, true, 100)]
    {
        liveness.touch(id(broker), fenced, Some(offset));
    }
    let usable = |liveness: &Liveness| {
        liveness.usable().map(|(id, fenced)| (id.0, fenced)).collect::<Vec<_>>()
    };
    assert_eq!(usable(&liveness), [(0, false), (1, false), (2, false), (3, false), (4, true)]);
    liveness.begin_controlled_shutdown(id(2), 0);
    liveness.begin_controlled_shutdown(id(4), 0);
    assert_eq!(
        usable(&liveness),
        [(0, false), (1, false), (3, false), (4, true)],
        "4 is fenced: it can't be"
    );
}

#[test]
fn what_a_heartbeat_leads_to() {
    let mut liveness = registered(6);
    for (broker, fenced, offset) in [
        (0, true, 100),
        (1, false, 98),
        (2, false, 100),
        (3, false, 100),
        (4, true, 100),
        (5, false, 99),
    ] {
        liveness.touch(id(broker), fenced, Some(offset));
    }
    liveness.begin_controlled_shutdown(id(5), 99);
    liveness.begin_controlled_shutdown(id(5), 1); // Only the first counts.
    let stop = Heartbeat { want_shut_down: true, ..Heartbeat::default() };
    let fence = Heartbeat { want_fence: true, ..Heartbeat::default() };
    let live = |offset| Heartbeat { metadata_offset: Some(offset), ..Heartbeat::default() };
    let next = |liveness: &Liveness, broker, heartbeat, leads| {
        liveness
            .next_state(id(broker), heartbeat, 100, leads)
            .map(|Transition { from, to }| (from, to))
    };
    let table = [
        (0, stop, false, Fenced, ShutdownNow),
        (0, live(100), false, Fenced, Unfenced),
        (0, live(50), false, Fenced, Fenced),
        (0, Heartbeat::default(), false, Fenced, Fenced),
        (0, fence, false, Fenced, Fenced),
        (1, stop, true, Unfenced, ControlledShutdown),
        (1, stop, false, Unfenced, ShutdownNow),
        (1, live(98), true, Unfenced, Unfenced),
        (1, fence, true, Unfenced, Fenced),
        (1, Heartbeat { want_fence: true, ..stop }, true, Unfenced, ShutdownNow),
        (5, stop, true, ControlledShutdown, ControlledShutdown),
        // Broker 1 has not seen offset 99 yet.
        (5, stop, false, ControlledShutdown, ControlledShutdown),
    ];
    for (broker, heartbeat, leads, from, to) in table {
        assert_eq!(
            next(&liveness, broker, heartbeat, leads),
            Some((from, to)),
            "{broker} {heartbeat:?} {leads}"
        );
    }
    liveness.fence(id(1));
    assert_eq!(next(&liveness, 5, stop, false), Some((ControlledShutdown, ShutdownNow)));
    assert_eq!(next(&liveness, 5, stop, true), Some((ControlledShutdown, ControlledShutdown)));
    assert_eq!(next(&liveness, 6, stop, true), None, "not registered");
}

#[test]
fn a_new_registration_starts_anew() {
    let mut liveness = three();
    liveness.touch(id(1), false, Some(50));
    liveness.register(id(1), true);
    liveness.begin_controlled_shutdown(id(2), 60);
    liveness.touch(id(3), false, Some(70));
    let stop = Heartbeat { want_shut_down: true, ..Heartbeat::default() };
    assert_eq!(
        liveness.next_state(id(2), stop, 0, false).unwrap().to,
        ShutdownNow,
        "1 is not active"
    );
    liveness.remove(id(2));
    assert_eq!(liveness.next_state(id(2), stop, 0, false), None);
}

#[test]
fn a_dead_broker_is_fenced_at_the_first_pass_after_its_session() {
    let mut liveness = three();
    // 1 dies just after its heartbeat at 2000, the others go on.
    for at in [2_000, 4_000, 6_000, 8_000, 10_000] {
        for broker in 1..=3 {
            if broker != 1 || at <= 2_000 {
                liveness.contact(id(broker), 1, START + at);
            }
        }
    }
    // Passes are each 1125 ms; the first after 11000 is the tenth.
    assert_eq!(liveness.next_check_ms(), Some(START + 11_250));
    assert_eq!(liveness.check(START + 11_249), None);
    let expired = Some(Expired { broker: id(1), broker_epoch: 1 });
    assert_eq!(liveness.check(START + 11_250), expired);
    assert!(!liveness.has_valid_session(id(1), 1, START + 11_250));
    // The next pass comes 10 ms later and finds nothing; from there on each 1125 ms.
    assert_eq!(liveness.check(START + 11_260), None);
    assert_eq!(liveness.next_check_ms(), Some(START + 11_260 + 7 * 1_125));
}

#[test]
fn brokers_that_died_together_are_fenced_together() {
    let mut liveness = three();
    let mut fenced = Vec::new();
    while let Some(at) = liveness.next_check_ms() {
        let expired = liveness.check(at).expect("there is one when it says so");
        fenced.push((at - START, expired.broker.0));
    }
    assert_eq!(fenced, [(10_125, 1), (10_135, 2), (10_145, 3)]);
}

#[test]
fn a_new_controller_gives_each_a_whole_session() {
    let mut liveness =
        Liveness::activate(START + 8_000, SESSION, [(id(1), 1, false), (id(2), 1, true)]);
    assert_eq!(liveness.next_check_ms(), Some(START + 8_000 + 9 * 1_125));
    assert_eq!(liveness.check(START + 17_000), None);
    assert!(liveness.check(START + 18_125).is_some());
    assert_eq!(liveness.next_check_ms(), None, "a fenced broker has no session");
}

proptest! {
    #![proptest_config(random_cases(256))]

    /// Passes skipped because they find nothing change nothing: one that is asked at each pass of Kafka's fences the
    /// same brokers at the same times as one that is asked at `next_check_ms` alone.
    #[test]
    fn only_the_passes_that_find_something_matter(
        contacts in prop::collection::vec((0..5_000i64, 0..6i32), 0..60),
        session in 1..20_000i64,
    ) {
        let mut polled = Liveness::activate(START, session, []);
        let mut lazy = polled.clone();
        let (mut by_polling, mut by_waiting) = (Vec::new(), Vec::new());
        let mut now = START;
        let mut advance = |polled: &mut Liveness, lazy: &mut Liveness, to: TimestampMs| {
            while polled.next_pass_ms <= to {
                let at = polled.next_pass_ms;
                by_polling.extend(polled.check(at).map(|expired| (at, expired)));
            }
            while let Some(at) = lazy.next_check_ms().filter(|&at| at <= to) {
                let expired = lazy.check(at);
                prop_assert!(expired.is_some());
                by_waiting.extend(expired.map(|expired| (at, expired)));
            }
            Ok(())
        };
        for (wait, broker) in contacts {
            advance(&mut polled, &mut lazy, now + wait)?;
            now += wait;
            polled.contact(id(broker), 1, now);
            lazy.contact(id(broker), 1, now);
        }
        advance(&mut polled, &mut lazy, now + 3 * session + 1_000)?;
        prop_assert_eq!(&by_polling, &by_waiting);
        prop_assert!(lazy.contacts.is_empty());
    }
}
