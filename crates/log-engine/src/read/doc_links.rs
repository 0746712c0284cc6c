//! Where Kafka's own documentation says more of a rule.

macro_rules! page {
    ($path:literal) => {
        concat!("https://kafka.apache.org/43/", $path)
    };
}

macro_rules! config {
    ($of:literal, $name:literal) => {
        concat!(
            "https://kafka.apache.org/43/configuration/",
            $of,
            "-configs/#",
            $of,
            "configs_",
            $name
        )
    };
}

/// A page of Kafka's documentation, or a KIP's.
pub(super) fn of(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "R-LOG-21" | "R-LOG-25" => config!("topic", "segment.bytes"),
        "R-LOG-42" | "R-LOG-44" | "R-LOG-45" => config!("topic", "retention.ms"),
        "R-LOG-43" => config!("topic", "retention.bytes"),
        "R-LOG-51" => config!("topic", "cleanup.policy"),
        "R-LOG-62" => config!("topic", "min.cleanable.dirty.ratio"),
        "R-LOG-65" | "R-LOG-31" | "R-LOG-71" => page!("design/design/"),
        "R-LOG-90" | "R-LOG-91" | "R-LOG-92" => page!("implementation/log/"),
        "R-PRD-06" => config!("producer", "partitioner.class"),
        "R-PRD-23" => config!("producer", "linger.ms"),
        "R-PRD-27" | "R-PRD-29" => config!("producer", "retries"),
        "R-PRD-26" => config!("producer", "delivery.timeout.ms"),
        "R-PRD-28" => config!("topic", "max.message.bytes"),
        "R-PRD-40" | "R-PRD-41" | "R-PRD-42" | "R-PRD-43" => config!("producer", "acks"),
        "R-PRD-50" | "R-PRD-52" | "R-PRD-53" | "R-PRD-54" | "R-PRD-55" => {
            config!("producer", "enable.idempotence")
        }
        "R-REP-10" | "R-REP-11" | "R-REP-12" | "R-REP-14" => {
            config!("broker", "replica.lag.time.max.ms")
        }
        "R-REP-13" | "R-REP-15" | "R-PRD-44" => config!("topic", "min.insync.replicas"),
        "R-REP-20" | "R-REP-30" | "R-REP-31" | "R-REP-32" | "R-REP-33" => {
            page!("operations/eligible-leader-replicas/")
        }
        "R-REP-22" => config!("topic", "unclean.leader.election.enable"),
        "R-REP-23" | "R-REP-65" => config!("broker", "auto.leader.rebalance.enable"),
        "R-REP-60" | "R-REP-61" => config!("broker", "broker.session.timeout.ms"),
        "R-REP-63" => config!("broker", "controlled.shutdown.enable"),
        "R-REP-70" | "R-REP-71" | "R-REP-72" | "R-REP-73" | "R-REP-74" => {
            page!("operations/kraft/")
        }
        "R-REP-01" | "R-REP-02" | "R-REP-04" | "R-REP-05" | "R-REP-07" | "R-REP-40"
        | "R-REP-41" | "R-REP-43" | "R-LOG-30" => page!("design/design/"),
        "R-GRP-10" | "R-GRP-15" | "R-GRP-25" => {
            config!("consumer", "partition.assignment.strategy")
        }
        "R-GRP-16" | "R-GRP-19" => config!("consumer", "session.timeout.ms"),
        "R-GRP-17" | "R-GRP-18" => config!("consumer", "max.poll.interval.ms"),
        "R-GRP-60" | "R-GRP-61" | "R-GRP-62" => config!("consumer", "auto.offset.reset"),
        "R-GRP-64" => config!("consumer", "enable.auto.commit"),
        "R-GRP-80" => config!("consumer", "max.poll.records"),
        _ => return None,
    })
}
