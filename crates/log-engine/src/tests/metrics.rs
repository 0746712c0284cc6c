//! Metrics: what Kafka's own would say of a story, worked out by hand.

use super::*;
use crate::view::{MetricId, MetricView, MetricsOf, MetricsQuery};
use serde_json::json;

/// Brokers with the numbers 1 to `brokers`, a separate controller, messages that take 5 ms.
fn cluster(brokers: u32, partitions: i32, factor: i16, configs: &[(&str, &str)]) -> Play {
    let spec = ClusterSpec {
        brokers,
        latency_ms: 5,
        quorum: Some(crate::command::QuorumSpec::Separate(1)),
        configs: map(configs),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.json(json!({"do": "create-topic", "topic": "t", "partitions": partitions,
        "replication_factor": factor, "configs": {"min.insync.replicas": "2"}}))
        .unwrap();
    play
}

fn of_broker(broker: i32) -> MetricsOf {
    MetricsOf::Broker { broker }
}

fn metric(play: &Play, whose: &MetricsOf, mbean: &str, attribute: &str) -> MetricView {
    let id = MetricId { whose: whose.clone(), mbean: mbean.into(), attribute: attribute.into() };
    let found = play.engine.metric(&id, None, 50);
    found.unwrap_or_else(|| panic!("no {mbean} {attribute}"))
}

fn value(play: &Play, whose: &MetricsOf, mbean: &str, attribute: &str) -> f64 {
    metric(play, whose, mbean, attribute).row.value.unwrap_or(f64::NAN)
}

fn replica_manager(name: &str) -> String {
    format!("kafka.server:type=ReplicaManager,name={name}")
}

/// Values by time since the start.
fn over_time(view: &MetricView) -> Vec<(i64, Option<f64>)> {
    view.values.iter().map(|(at_ms, value)| (at_ms - START_MS, *value)).collect()
}

#[test]
fn a_killed_broker_leaves_its_partitions_under_replicated_until_it_is_back() {
    let mut play = cluster(3, 4, 3, &[]);
    play.run_to(20_000);
    let urp = replica_manager("UnderReplicatedPartitions");
    let offline = "kafka.controller:type=KafkaController,name=OfflinePartitionsCount";
    assert_eq!(value(&play, &MetricsOf::Cluster, &urp, "Value"), 0.0);
    assert_eq!(value(&play, &MetricsOf::Cluster, offline, "Value"), 0.0);
    play.json(json!({"do": "crash-broker", "broker": 2})).unwrap();
    play.run_to(60_000);
    let fenced = play.times(|kind| matches!(kind, EventKind::BrokerFenced { .. }));
    assert_eq!(fenced.len(), 1);
    // The controller takes it out of four ISRs in one decision; brokers hear of that 5 ms later.
    assert_eq!(value(&play, &MetricsOf::Cluster, &urp, "Value"), 4.0);
    let view = metric(&play, &MetricsOf::Cluster, &urp, "Value");
    assert_eq!(
        over_time(&view).iter().find(|(_, value)| *value == Some(4.0)),
        Some(&(fenced[0] + 5, Some(4.0)))
    );
    assert!(view.row.bad);
    // Its own values are not to be had; its partitions were never without a leader for longer than a step.
    let own = metric(&play, &of_broker(2), &urp, "Value");
    assert_eq!((own.row.value, own.row.text.as_deref()), (None, Some("not running")));
    assert_eq!(value(&play, &MetricsOf::Cluster, offline, "Value"), 0.0);
    // min.insync.replicas is 2, and 2 are in sync.
    assert_eq!(
        value(&play, &MetricsOf::Cluster, &replica_manager("AtMinIsrPartitionCount"), "Value"),
        4.0
    );
    let fenced_count = "kafka.controller:type=KafkaController,name=FencedBrokerCount";
    assert_eq!(value(&play, &MetricsOf::Cluster, fenced_count, "Value"), 1.0);
    // No leader shrank an ISR itself.
    let shrinks = replica_manager("IsrShrinksPerSec");
    assert_eq!(value(&play, &MetricsOf::Cluster, &shrinks, "Count"), 0.0);
    play.json(json!({"do": "start-broker", "broker": 2})).unwrap();
    play.run_to(90_000);
    assert_eq!(value(&play, &MetricsOf::Cluster, &urp, "Value"), 0.0);
    assert_eq!(
        value(&play, &MetricsOf::Cluster, &replica_manager("IsrExpandsPerSec"), "Count"),
        4.0
    );
    let view = metric(&play, &MetricsOf::Cluster, &urp, "Value");
    // What was bad lasted from the fencing until the last of them was whole again.
    let whole_ms =
        over_time(&view).iter().rfind(|(at_ms, v)| *v == Some(0.0) && *at_ms < 90_000).unwrap().0;
    assert_eq!(view.bad_ms, whole_ms - fenced[0] - 5);
    let said: Vec<&str> = view.moments.iter().map(|moment| moment.text.as_str()).collect();
    for word in
        ["broker 2 down", "broker 2 fenced", "4 ISRs shrink", "broker 2 starts", "2 ISRs expand"]
    {
        assert!(said.contains(&word), "{word} is not in {said:?}");
    }
    for moment in &view.moments {
        assert!(play.engine.why(&crate::view::WhyTarget::Event { id: moment.event }).is_some());
    }
}

#[test]
fn without_a_leader_a_partition_is_offline() {
    let mut play = cluster(2, 3, 1, &[]);
    play.run_to(20_000);
    let led = value(&play, &of_broker(1), &replica_manager("LeaderCount"), "Value");
    assert_eq!(led + value(&play, &of_broker(2), &replica_manager("LeaderCount"), "Value"), 3.0);
    play.json(json!({"do": "crash-broker", "broker": 1})).unwrap();
    play.run_to(60_000);
    let offline = "kafka.controller:type=KafkaController,name=OfflinePartitionsCount";
    assert_eq!(value(&play, &MetricsOf::Cluster, offline, "Value"), led);
    play.json(json!({"do": "start-broker", "broker": 1})).unwrap();
    play.run_to(90_000);
    assert_eq!(value(&play, &MetricsOf::Cluster, offline, "Value"), 0.0);
}

#[test]
fn a_slow_follower_is_taken_out_by_its_leader() {
    let mut play = cluster(3, 1, 3, &[("replica.lag.time.max.ms", "6000")]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(10_000);
    let leader = play.lane("t", 0).leader.unwrap().0;
    let follower = (1..=3).find(|id| *id != leader).unwrap();
    play.json(
        json!({"do": "set-link", "from": [follower.to_string()], "to": [leader.to_string()], "both": true,
        "cut": true}),
    )
    .unwrap();
    play.send("p", "t", keyed("A"), 1);
    play.run_to(40_000);
    let shrinks = replica_manager("IsrShrinksPerSec");
    assert_eq!(value(&play, &of_broker(leader), &shrinks, "Count"), 1.0);
    let partition =
        |name: &str| format!("kafka.cluster:type=Partition,name={name},topic=t,partition=0");
    assert_eq!(value(&play, &of_broker(leader), &partition("InSyncReplicasCount"), "Value"), 2.0);
    assert_eq!(value(&play, &of_broker(leader), &partition("UnderReplicated"), "Value"), 1.0);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(60_000);
    assert_eq!(
        value(&play, &of_broker(leader), &replica_manager("IsrExpandsPerSec"), "Count"),
        1.0
    );
    assert_eq!(value(&play, &of_broker(leader), &partition("InSyncReplicasCount"), "Value"), 3.0);
}

fn total_time(request: &str) -> String {
    format!("kafka.network:type=RequestMetrics,name=TotalTimeMs,request={request}")
}

#[test]
fn times_of_requests_are_those_of_the_links_and_disks() {
    let mut play = cluster(3, 1, 3, &[]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(10_000);
    let leader = of_broker(play.lane("t", 0).leader.unwrap().0);
    for _ in 0..10 {
        play.send("p", "t", keyed("A"), 1);
        let at = play.engine.now_ms() - START_MS + 200;
        play.run_to(at);
    }
    // The followers' fetches wait: 5 ms to them, 5 ms back with the next fetch, which says that they have it.
    for attribute in ["50thPercentile", "99thPercentile", "Max", "Mean"] {
        assert_eq!(value(&play, &leader, &total_time("Produce"), attribute), 10.0, "{attribute}");
    }
    let remote = "kafka.network:type=RequestMetrics,name=RemoteTimeMs,request=Produce";
    assert_eq!(value(&play, &leader, remote, "50thPercentile"), 10.0);
    let producer = MetricsOf::Producer { producer: "p".into() };
    let own = "kafka.producer:type=producer-metrics,client-id=p";
    assert_eq!(value(&play, &producer, own, "request-latency-avg"), 20.0);
    assert_eq!(value(&play, &producer, own, "record-send-total"), 10.0);
    let requests =
        "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce,version=13";
    assert_eq!(value(&play, &leader, requests, "Count"), 10.0);
    let messages = "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=t";
    assert_eq!(value(&play, &leader, messages, "Count"), 10.0);
    // A disk that takes 40 ms to write: so does the broker itself, and a second request waits for the first.
    let MetricsOf::Broker { broker } = leader else { panic!() };
    play.json(json!({"do": "slow-disk", "broker": broker, "write_ms": 40})).unwrap();
    play.send("p", "t", keyed("A"), 1);
    play.run_to(13_000);
    let local = "kafka.network:type=RequestMetrics,name=LocalTimeMs,request=Produce";
    assert_eq!(value(&play, &leader, local, "Max"), 40.0);
    assert_eq!(value(&play, &leader, &total_time("Produce"), "Max"), 50.0);
}

#[test]
fn the_lag_is_what_is_behind_the_position_when_records_are_handed_out() {
    let mut play = cluster(1, 1, 1, &[]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(1_000);
    play.send("p", "t", keyed("A"), 1_000);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"], "processing_us": 2_000,
        "configs": {"auto.offset.reset": "earliest", "max.poll.records": "100"}, "members": [{}]}))
        .unwrap();
    let consumer = MetricsOf::Consumer { consumer: "g-1".into() };
    let fetch = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=g-1";
    play.run_to(3_000);
    assert!(
        value(&play, &consumer, fetch, "records-lag-max").is_nan(),
        "nothing is handed out yet"
    );
    while play.group("g").members[0].consumed == 0 {
        let at = play.engine.now_ms() - START_MS + 1;
        play.run_to(at);
    }
    // The first 100 are done, and the next 100 were just handed out: it was 900, and is 800.
    let partition = format!("{fetch},topic=t,partition=0");
    assert_eq!(value(&play, &consumer, fetch, "records-lag-max"), 900.0);
    assert_eq!(value(&play, &consumer, &partition, "records-lag"), 800.0);
    let lane = play.lane("t", 0);
    let position = 200;
    assert_eq!(value(&play, &consumer, &partition, "records-lag") as i64, lane.log_end - position);
    play.run_to(60_000);
    assert_eq!(value(&play, &consumer, &partition, "records-lag"), 0.0);
    assert_eq!(value(&play, &consumer, fetch, "records-consumed-total"), 1_000.0);
    // The window is over: the largest lag of nothing is NaN, as Kafka's Max says.
    play.run_to(200_000);
    assert!(value(&play, &consumer, fetch, "records-lag-max").is_nan());
    let view = metric(&play, &consumer, fetch, "records-lag-max");
    assert_eq!(view.row.text.as_deref(), Some("NaN"));
    assert_eq!(value(&play, &consumer, &partition, "records-lag"), 0.0);
}

#[test]
fn records_that_fail_are_counted_with_their_error() {
    let mut play = cluster(3, 1, 3, &[("replica.lag.time.max.ms", "6000")]);
    play.json(json!({"do": "add-producer", "producer": "p",
        "configs": {"linger.ms": "0", "delivery.timeout.ms": "2000", "request.timeout.ms": "1000"}})).unwrap();
    play.run_to(10_000);
    let leader = play.lane("t", 0).leader.unwrap().0;
    for id in (1..=3).filter(|id| *id != leader) {
        play.json(json!({"do": "crash-broker", "broker": id})).unwrap();
    }
    play.run_to(40_000);
    assert_eq!(
        value(&play, &of_broker(leader), &replica_manager("UnderMinIsrPartitionCount"), "Value"),
        1.0
    );
    play.send("p", "t", keyed("A"), 3);
    play.run_to(60_000);
    let producer = MetricsOf::Producer { producer: "p".into() };
    let own = "kafka.producer:type=producer-metrics,client-id=p";
    assert_eq!(value(&play, &producer, own, "record-error-total"), 3.0);
    let retries = play.times(|kind| matches!(kind, EventKind::ProduceRetry { .. })).len();
    assert_eq!(value(&play, &producer, own, "record-retry-total"), 3.0 * retries as f64);
    let errors = "kafka.network:type=RequestMetrics,name=ErrorsPerSec,request=Produce,error=NOT_ENOUGH_REPLICAS";
    let refused = value(&play, &of_broker(leader), errors, "Count");
    assert!(refused >= 2.0, "{refused}");
    let failed = "kafka.server:type=BrokerTopicMetrics,name=FailedProduceRequestsPerSec";
    assert_eq!(value(&play, &of_broker(leader), failed, "Count"), refused);
    let view = metric(&play, &producer, own, "record-error-total");
    assert!(view.moments.iter().any(|moment| moment.text == "p: failed"), "{:?}", view.moments);
}

/// A story with a bit of everything.
fn eventful(parking: bool) -> Play {
    let mut play = cluster(3, 4, 3, &[]);
    play.engine.world_mut().net.parking = parking;
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}]}))
        .unwrap();
    play
}

fn story(play: &mut Play, run: impl Fn(&mut Play, i64)) {
    run(play, 12_000);
    play.send("p", "t", keyed("A"), 20);
    run(play, 47_003);
    play.json(json!({"do": "crash-broker", "broker": 3})).unwrap();
    run(play, 70_000);
    play.send("p", "t", keyed("B"), 20);
    play.json(json!({"do": "start-broker", "broker": 3})).unwrap();
    run(play, 100_001);
    play.json(json!({"do": "crash-member", "member": "g-2"})).unwrap();
    run(play, 190_000);
}

#[test]
fn what_is_recorded_does_not_depend_on_how_time_is_cut() {
    let (mut whole, mut sliced) = (eventful(true), eventful(true));
    story(&mut whole, |play, to_ms| {
        play.run_to(to_ms);
    });
    story(&mut sliced, |play, to_ms| {
        while play.engine.now_ms() < START_MS + to_ms {
            let next = (play.engine.now_ms() + 137).min(START_MS + to_ms);
            while !play.engine.advance_to(next, 3).reached {}
            let query = MetricsQuery { limit: 20, points: 10, ..MetricsQuery::default() };
            play.engine.metrics(&query);
        }
    });
    assert_eq!(whole.engine.trace_hash(), sliced.engine.trace_hash());
    assert_eq!(whole.engine.world().metrics, sliced.engine.world().metrics);
}

#[test]
fn looking_changes_nothing() {
    let mut play = eventful(true);
    play.run_to(60_000);
    let (hash, before) = (play.engine.trace_hash(), play.engine.world().metrics.clone());
    for whose in play.engine.metrics_of() {
        let query = MetricsQuery { whose, limit: 200, points: 60, ..MetricsQuery::default() };
        let view = play.engine.metrics(&query);
        assert!(view.total > 5 && view.rows.len() == view.total.min(200));
        for row in &view.rows {
            assert!(play.engine.metric(&row.id, None, 100).is_some());
        }
    }
    assert_eq!(play.engine.trace_hash(), hash);
    assert_eq!(play.engine.world().metrics, before);
}

#[test]
fn idle_cycles_count_as_if_they_were_played_out() {
    let (mut parked, mut played) = (eventful(true), eventful(false));
    for play in [&mut parked, &mut played] {
        story(play, |play, to_ms| {
            play.run_to(to_ms);
        });
    }
    let fetch = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=g-1";
    let coordinator = "kafka.consumer:type=consumer-coordinator-metrics,client-id=g-1";
    let consumer = MetricsOf::Consumer { consumer: "g-1".into() };
    let mut wanted: Vec<(MetricsOf, String, &str)> = Vec::new();
    for attribute in
        ["fetch-total", "fetch-latency-avg", "fetch-latency-max", "records-consumed-total"]
    {
        wanted.push((consumer.clone(), fetch.into(), attribute));
    }
    wanted.push((consumer.clone(), coordinator.into(), "heartbeat-total"));
    for broker in 1..=3 {
        for (request, version) in [("FetchConsumer", 18), ("FetchFollower", 18), ("Heartbeat", 4)] {
            let rate = format!(
                "kafka.network:type=RequestMetrics,name=RequestsPerSec,request={request},version={version}"
            );
            wanted.push((of_broker(broker), rate, "Count"));
            wanted.push((of_broker(broker), total_time(request), "50thPercentile"));
            wanted.push((of_broker(broker), total_time(request), "Mean"));
        }
        let looks = "kafka.server:type=BrokerTopicMetrics,name=TotalFetchRequestsPerSec,topic=t";
        wanted.push((of_broker(broker), looks.into(), "Count"));
    }
    for (whose, mbean, attribute) in wanted {
        let (a, b) =
            (value(&parked, &whose, &mbean, attribute), value(&played, &whose, &mbean, attribute));
        // A cycle more or less is on its way, and each has its phase.
        assert!((a - b).abs() <= 3.0f64.max(b * 0.02), "{whose:?} {mbean} {attribute}: {a} {b}");
        assert!(
            b > 0.0 || attribute != "Count" || whose != of_broker(1) || mbean.contains("Heartbeat"),
            "{mbean} {attribute}: {b}"
        );
    }
    // Over time, too.
    let rate = |play: &Play| {
        let view = metric(play, &consumer, fetch, "fetch-rate");
        view.values.iter().map(|(_, value)| value.unwrap_or(-1.0)).collect::<Vec<_>>()
    };
    for (a, b) in rate(&parked).iter().zip(rate(&played)) {
        assert!((a - b).abs() < 0.15, "{a} {b}");
    }
}

#[test]
fn an_idle_week_is_remembered_in_few_buckets() {
    let mut play = eventful(true);
    let week = 7 * 86_400_000;
    play.run_to(30_000 + week);
    play.send("p", "t", keyed("A"), 1);
    play.run_to(31_000 + week);
    let consumer = MetricsOf::Consumer { consumer: "g-1".into() };
    let fetch = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=g-1";
    // Two partitions or so on two or three leaders: a fetch each 510 ms to each of them.
    let total = value(&play, &consumer, fetch, "fetch-total");
    let rate = value(&play, &consumer, fetch, "fetch-rate");
    let brokers = (rate * 0.51).round();
    let all = brokers * (week as f64) / 510.0;
    assert!(brokers >= 1.0 && (total - all).abs() / all < 0.01, "{total} {all} {rate}");
}

#[test]
fn what_a_process_has_counted_is_gone_with_it() {
    let mut play = cluster(3, 1, 3, &[]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(10_000);
    let leader = play.lane("t", 0).leader.unwrap().0;
    play.send("p", "t", keyed("A"), 7);
    play.run_to(20_000);
    let messages = "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=t";
    assert_eq!(value(&play, &of_broker(leader), messages, "Count"), 7.0);
    play.json(json!({"do": "crash-broker", "broker": leader})).unwrap();
    play.run_to(40_000);
    assert!(value(&play, &of_broker(leader), messages, "Count").is_nan());
    play.json(json!({"do": "start-broker", "broker": leader})).unwrap();
    play.run_to(60_000);
    assert_eq!(value(&play, &of_broker(leader), messages, "Count"), 0.0);
    let view = metric(&play, &of_broker(leader), messages, "Count");
    assert!(
        view.values.iter().any(|(_, value)| *value == Some(7.0)),
        "its first life is in the chart"
    );
    assert!(view.values.iter().any(|(_, value)| value.is_none()), "and the time between");
}

#[test]
fn a_controller_that_dies_shows_in_the_quorums_metrics() {
    let spec = ClusterSpec { brokers: 3, ..ClusterSpec::default() };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.run_to(10_000);
    let active = |play: &Play| {
        let id = play.engine.world().active_controller().unwrap();
        MetricsOf::Controller { controller: id.0 }
    };
    let raft = "kafka.server:type=raft-metrics";
    let first = active(&play);
    assert_eq!(metric(&play, &first, raft, "current-state").row.text.as_deref(), Some("leader"));
    let epoch = value(&play, &first, raft, "current-epoch");
    let MetricsOf::Controller { controller } = first else { panic!() };
    play.json(json!({"do": "crash-broker", "broker": controller})).unwrap();
    play.run_to(40_000);
    let second = active(&play);
    assert!(value(&play, &second, raft, "current-epoch") > epoch);
    assert!(value(&play, &second, raft, "election-latency-max") > 0.0);
    let count = "kafka.controller:type=KafkaController,name=ActiveControllerCount";
    assert_eq!(value(&play, &MetricsOf::Cluster, count, "Value"), 1.0);
    assert!(value(&play, &first, count, "Value").is_nan());
}
