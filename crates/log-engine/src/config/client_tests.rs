#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use crate::assignor::Assignor;

fn overrides(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn acks_and_retries_quietly_switch_idempotence_off() {
    // S-14
    let on = |pairs: &[(&str, &str)]| {
        ProducerConfig::resolve(&overrides(pairs))
            .map(|config| config.enable_idempotence)
            .map_err(|refused| refused.to_string())
    };
    assert_eq!(on(&[]), Ok(true));
    assert_eq!(on(&[("acks", "1")]), Ok(false));
    assert_eq!(on(&[("retries", "0")]), Ok(false));
    assert_eq!(
        on(&[("acks", "1"), ("enable.idempotence", "true")]).unwrap_err(),
        "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee \
         idempotence."
    );
    assert_eq!(
        on(&[("retries", "0"), ("enable.idempotence", "true")]).unwrap_err(),
        "Must set retries to non-zero when using the idempotent producer."
    );
    assert_eq!(
        on(&[("max.in.flight.requests.per.connection", "6")]).unwrap_err(),
        "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most \
         5. Current value is 6."
    );
    assert_eq!(
        on(&[("transactional.id", "t"), ("acks", "0")]).unwrap_err(),
        "Cannot set a transactional.id without also enabling idempotence."
    );
}

#[test]
fn delivery_timeout_covers_linger_and_one_request() {
    let timeout = |pairs: &[(&str, &str)]| {
        ProducerConfig::resolve(&overrides(pairs))
            .map(|config| config.delivery_timeout_ms)
            .map_err(|refused| refused.to_string())
    };
    assert_eq!(timeout(&[("linger.ms", "100000")]), Ok(130_000));
    assert_eq!(
        timeout(&[("delivery.timeout.ms", "30000")]).unwrap_err(),
        "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms"
    );
}

#[test]
fn a_consumer_is_checked_as_its_constructor_does() {
    let resolve = |pairs: &[(&str, &str)]| {
        ConsumerConfig::resolve(&overrides(pairs)).map_err(|refused| refused.to_string())
    };
    let plain = resolve(&[("group.id", "g")]).unwrap();
    assert_eq!(plain.assignors, [Assignor::Range, Assignor::CooperativeSticky]);
    assert!(plain.enable_auto_commit);
    assert!(!resolve(&[]).unwrap().enable_auto_commit, "nobody to commit for");
    let day = resolve(&[("auto.offset.reset", "by_duration:P1DT1.5S")]).unwrap();
    assert_eq!(day.auto_offset_reset, OffsetReset::ByDuration { ms: 86_401_500 });
    let refusals: [(&[(&str, &str)], &str); 5] = [
        (
            &[("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "6000")],
            "Heartbeat must be set lower than the session timeout",
        ),
        (
            &[("group.protocol", "consumer"), ("session.timeout.ms", "6000")],
            "session.timeout.ms cannot be set when group.protocol=CONSUMER",
        ),
        (
            &[("group.remote.assignor", "range")],
            "group.remote.assignor cannot be set when group.protocol=CLASSIC",
        ),
        (
            &[("enable.auto.commit", "true")],
            "enable.auto.commit cannot be set to true when default group id (null) is used.",
        ),
        (
            &[("group.instance.id", "a b")],
            "Group instance id is invalid: 'a b' contains one or more characters other than ASCII \
             alphanumerics, '.', '_' and '-'",
        ),
    ];
    for (pairs, message) in refusals {
        assert_eq!(resolve(pairs).unwrap_err(), message);
    }
}

#[test]
fn durations_are_iso_8601() {
    let cases = [
        ("P1D", Some(86_400_000)),
        ("PT1H30M", Some(5_400_000)),
        ("pt0.5s", Some(500)),
        ("PT-1H2M", None),
        ("P1DT", None),
        ("P", None),
        ("1D", None),
        ("PT1M1H", None),
    ];
    for (text, millis) in cases {
        assert_eq!(duration::parse_millis(text), millis, "{text}");
    }
}
