//! To whom a node gives its vote, state by state (R-REP-72, and Kafka's `...StateTest.testGrantVote`).

use super::super::state::State;
use super::*;

fn votes() -> Votes {
    Votes::new(id(1), &QuorumConfig::new(vec![id(1), id(2), id(3)]))
}

#[test]
fn who_gets_a_vote() {
    let unattached = |leader, voted| State::Unattached { leader, voted, election_ms: None };
    let follower =
        |has_fetched| State::Follower { leader: id(3), voted: None, fetch_ms: 0, has_fetched };
    let prospective =
        |leader, voted| State::Prospective { leader, voted, votes: votes(), election_ms: 0 };
    let resigned = State::Resigned { unacked: vec![], successors: vec![], election_ms: 0 };
    let (two, three) = (Some(id(2)), Some(id(3)));
    // The state, and what 2 is told: pre-vote and vote with a log as good as ours, pre-vote and vote with a worse one.
    let table = [
        (unattached(None, None), [true, true, false, false]),
        (unattached(None, two), [true, true, false, true]),
        (unattached(None, three), [true, false, false, false]),
        (unattached(three, None), [true, false, false, false]),
        (follower(false), [true, false, false, false]),
        (follower(true), [false, false, false, false]),
        (prospective(None, None), [true, true, false, false]),
        (prospective(None, two), [true, true, false, true]),
        (prospective(three, None), [true, false, false, false]),
        (State::Candidate { votes: votes(), election_ms: 0 }, [true, false, false, false]),
        (resigned, [true, false, false, false]),
    ];
    for (state, expected) in table {
        let told = [(true, true), (true, false), (false, true), (false, false)]
            .map(|(up_to_date, pre_vote)| state.grants(id(2), up_to_date, pre_vote));
        assert_eq!(told, expected, "{state:?}");
    }
}

#[test]
fn an_election_is_won_or_lost_by_the_majority() {
    let mut election = votes();
    assert!(!election.is_won() && !election.is_lost());
    election.record(id(2), false);
    assert!(!election.is_won() && !election.is_lost());
    assert_eq!(election.outstanding(), [id(3)]);
    let mut won = election.clone();
    won.record(id(3), true);
    assert!(won.is_won());
    assert_eq!(won.granting(), [id(1), id(3)]);
    election.record(id(3), false);
    assert!(election.is_lost());
}

#[test]
fn logs_are_compared_by_epoch_then_offset() {
    let mut net = Net::new(3, 0, 1);
    let ask = |net: &mut Net, epoch, last_epoch, end_offset, pre_vote| {
        let vote = Vote { epoch, last_epoch, end_offset, pre_vote };
        let quorum = &mut net.nodes.get_mut(&1).unwrap().quorum;
        quorum.take_outputs();
        quorum.on_request(id(2), 1, QuorumRequest::Vote(vote), START, &mut Rng::stream(1, "votes"));
        let answer = quorum.take_outputs().into_iter().find_map(|output| match output {
            Output::Response { response, .. } => Some((response.error, response.body)),
            _ => None,
        });
        answer.unwrap()
    };
    let entry = |epoch| Entry { epoch, record: Record::Data(0) };
    net.nodes.get_mut(&1).unwrap().quorum.log.append([entry(1), entry(2)]);
    use crate::protocol::ErrorCode::{FencedLeaderEpoch, InvalidRequest, None as Fine};
    assert_eq!(ask(&mut net, 3, 2, 1, false), (Fine, ResponseBody::Vote(false)), "shorter");
    assert_eq!(
        ask(&mut net, 4, 1, 9, false),
        (Fine, ResponseBody::Vote(false)),
        "longer, but older"
    );
    assert_eq!(ask(&mut net, 4, 2, 2, true), (Fine, ResponseBody::Vote(true)));
    assert_eq!(ask(&mut net, 4, 2, 2, false), (Fine, ResponseBody::Vote(true)));
    assert_eq!(ask(&mut net, 3, 2, 2, false), (FencedLeaderEpoch, ResponseBody::Vote(false)));
    assert_eq!(ask(&mut net, 5, 5, 2, false), (InvalidRequest, ResponseBody::Vote(false)));
    assert_eq!(net.quorum(1).epoch(), 4);
}
