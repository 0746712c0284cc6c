//! What a broker registers of the requests it serves (`RequestMetrics`).

use super::{Api, Bean, HISTOGRAM, METER, Source, TRAFFIC, Time, Unit};

macro_rules! time {
    ($api:ident, $time:ident, $name:literal, $about:literal) => {
        Bean {
            of_cluster: matches!(Time::$time, Time::Total)
                && matches!(Api::$api, Api::Produce | Api::FetchConsumer | Api::FetchFollower),
            ..Bean::new(
                concat!(
                    "kafka.network:type=RequestMetrics,name=",
                    $name,
                    ",request=",
                    stringify!($api)
                ),
                HISTOGRAM,
                Source::Time(Api::$api, Time::$time),
                "RequestMetrics",
                $about,
            )
            .unit(Unit::Ms)
            .why(TRAFFIC)
        }
    };
}

/// The time metrics and the rate of an API.
macro_rules! request {
    ($($api:ident $version:literal),+ $(,)?) => {
        &[$(
            time!($api, Total, "TotalTimeMs", "From the arrival of a request until its answer leaves."),
            time!($api, Queue, "RequestQueueTimeMs", "How long a request waited before the broker came to it."),
            time!($api, Local, "LocalTimeMs", "How long the broker worked on a request itself, its disk included."),
            time!($api, Remote, "RemoteTimeMs", "How long a request waited for others: a Produce with acks=all for the followers, a Fetch for data."),
            Bean::new(
                concat!("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=", stringify!($api), ",version=", $version),
                METER,
                Source::Requests(Api::$api),
                "RequestMetrics",
                "Requests answered.",
            )
            .why(TRAFFIC),
        )+]
    };
}

/// All of them. Versions are the newest ones, which clients and brokers of one version use.
pub(super) const BEANS: &[Bean] = request! {
    Produce 13, FetchConsumer 18, FetchFollower 18, ListOffsets 11, Metadata 13, FindCoordinator 6, JoinGroup 9,
    SyncGroup 5, Heartbeat 4, LeaveGroup 5, OffsetCommit 9, OffsetFetch 9, OffsetForLeaderEpoch 4,
};
