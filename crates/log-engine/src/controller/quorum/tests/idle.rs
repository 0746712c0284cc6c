//! An idle quorum whose time is passed over is as one that has lived through it.

use super::*;

/// Until nothing is on its way.
fn settle(net: &mut Net) {
    let idle = |net: &Net| {
        let waiting = net.quorum(1).waiting().count();
        net.on_the_way.is_empty()
            && waiting == net.nodes.len() - 1
            && net.nodes.values().all(|node| node.quorum.is_idle())
    };
    for _ in 0..2_000 {
        if idle(net) {
            return;
        }
        net.run(1);
    }
    panic!("it does not come to rest");
}

fn pass_over(net: &mut Net, ms: TimestampMs) {
    net.now += ms;
    for node in net.nodes.values_mut() {
        node.quorum.fast_forward(ms);
    }
}

#[test]
fn time_can_be_passed_over() {
    for seed in 0..5 {
        let mut net = Net::formed(3, 2, seed);
        net.append(1, 7);
        net.run(4_321);
        settle(&mut net);
        let cycles = 1_000;
        let ms = cycles * (FETCH_MAX_WAIT_MS + 2 * LATENCY_MS);
        let mut played = net.clone();
        played.run(ms);
        let mut passed_over = net;
        pass_over(&mut passed_over, ms);
        assert_eq!(passed_over.now, played.now);
        let seen = |net: &Net| {
            let of = |(id, replica): (NodeId, &Replica)| (id, replica.clone());
            net.quorum(1).replicas().map(of).collect::<Vec<_>>()
        };
        assert_eq!(seen(&passed_over), seen(&played));
        // What comes after is the same to the millisecond.
        for net in [&mut played, &mut passed_over] {
            net.append(1, 8);
            net.run(100);
            net.crash(1);
            net.run(20_000);
            net.start(1);
            net.run(20_000);
        }
        assert_eq!(passed_over.happened, played.happened);
        assert!(played.sent - passed_over.sent >= 8_000, "what was not played out");
    }
}
