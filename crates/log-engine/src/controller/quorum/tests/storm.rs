//! Whatever fails in whatever order: never two leaders in an epoch, nothing committed lost or changed (`Net::judge`
//! looks at each step); and once all is well again there is one leader, and all agree.

use super::*;
use crate::test_support::random_cases;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Cut(i32, i32),
    OneWay(i32, i32),
    Heal(i32, i32),
    HealAll,
    Crash(i32),
    Start(i32),
    Resign(i32),
    /// Whoever thinks that it leads appends.
    Append,
}

fn steps(nodes: i32) -> impl Strategy<Value = Vec<(i64, Step)>> {
    let node = 1..=nodes;
    let pair = (node.clone(), node.clone());
    let step = prop_oneof![
        3 => pair.clone().prop_map(|(a, b)| Step::Cut(a, b)),
        2 => pair.clone().prop_map(|(a, b)| Step::OneWay(a, b)),
        3 => pair.prop_map(|(a, b)| Step::Heal(a, b)),
        1 => Just(Step::HealAll),
        2 => node.clone().prop_map(Step::Crash),
        3 => node.clone().prop_map(Step::Start),
        1 => node.prop_map(Step::Resign),
        8 => Just(Step::Append),
    ];
    let wait = prop_oneof![3 => 0..50i64, 2 => 0..1_000i64, 2 => 0..6_000i64];
    prop::collection::vec((wait, step), 1..50)
}

fn play(net: &mut Net, step: &Step, next: &mut u32) {
    match *step {
        Step::Cut(a, b) => net.set_cut(a, b, true),
        Step::OneWay(a, b) => {
            net.cut.insert((a, b));
        }
        Step::Heal(a, b) => net.set_cut(a, b, false),
        Step::HealAll => net.cut.clear(),
        Step::Crash(node) if net.nodes[&node].alive => net.crash(node),
        Step::Start(node) if !net.nodes[&node].alive => net.start(node),
        Step::Resign(node) if net.nodes[&node].alive => {
            let epoch = net.quorum(node).epoch();
            net.act(node, |quorum, now, rng| quorum.resign(epoch, now, rng));
        }
        Step::Append => {
            for leader in net.leading() {
                *next += 1;
                net.append(leader, *next);
            }
        }
        _ => {}
    }
}

fn storm(voters: i32, seed: u64, steps: &[(i64, Step)]) {
    let mut net = Net::new(voters, 1, seed);
    let mut next = 0;
    for (wait, step) in steps {
        net.run(*wait);
        play(&mut net, step, &mut next);
    }
    net.cut.clear();
    for node in 1..=voters + 1 {
        if !net.nodes[&node].alive {
            net.start(node);
        }
    }
    net.run(30_000);
    let leader = net.leader();
    assert!(net.append(leader, 0).is_some());
    net.run(1_000);
    let end = net.quorum(leader).end_offset();
    for node in 1..=voters + 1 {
        assert_eq!(net.quorum(node).high_watermark(), end, "node {node} lags");
        assert_eq!(net.quorum(node).entries(0, end), net.committed);
        assert_eq!(net.quorum(node).leader(), Some(id(leader)));
    }
}

proptest! {
    #![proptest_config(random_cases(300))]

    #[test]
    fn three_voters_agree(seed: u64, steps in steps(4)) {
        storm(3, seed, &steps);
    }

    #[test]
    fn five_voters_agree(seed: u64, steps in steps(6)) {
        storm(5, seed, &steps);
    }
}
