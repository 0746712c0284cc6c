//! Plans: which replicas a partition is to have. Two are worked out here, for the same ends as
//! `kafka-reassign-partitions.sh --generate` but with as few moves as will do; all else a person writes.

use sorted::SortedMap;

/// A partition with its replicas, the preferred leader first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Its replicas.
    pub replicas: Vec<i32>,
}

/// A broker that can be given replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `node.id`.
    pub id: i32,
    /// `broker.rack`.
    pub rack: Option<String>,
}

/// `2, 3` or `2 3` as replicas; none if it is no list of numbers.
pub fn parse(text: &str) -> Option<Vec<i32>> {
    let words = text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| word.parse().ok()).collect()
}

/// `2, 3`.
pub fn words(replicas: &[i32]) -> String {
    replicas.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// How many replicas each broker has.
fn loads(placed: &[Placed], targets: &[Target]) -> SortedMap<i32, usize> {
    let mut loads: SortedMap<i32, usize> = targets.iter().map(|target| (target.id, 0)).collect();
    for id in placed.iter().flat_map(|it| &it.replicas) {
        if let Some(load) = loads.get_mut(id) {
            *load += 1;
        }
    }
    loads
}

fn rack_of(targets: &[Target], id: i32) -> Option<&str> {
    targets.iter().find(|target| target.id == id)?.rack.as_deref()
}

/// Whether a replica may go from one broker to another without two of the partition's coming to stand in one rack.
fn keeps_racks(it: &Placed, from: i32, to: i32, targets: &[Target]) -> bool {
    let Some(rack) = rack_of(targets, to) else { return true };
    let others = it.replicas.iter().filter(|id| **id != from);
    others.into_iter().all(|id| rack_of(targets, *id) != Some(rack))
}

fn put(it: &mut Placed, from: i32, to: i32) {
    for id in it.replicas.iter_mut().filter(|id| **id == from) {
        *id = to;
    }
}

/// Moves replicas until no broker has two more than another, then puts other replicas first until no broker is the
/// preferred leader of two partitions more than another, as far as that goes.
pub fn even_out(placed: &[Placed], targets: &[Target]) -> Vec<Placed> {
    let mut plan = placed.to_vec();
    while move_one(&mut plan, targets) {}
    while lead_one(&mut plan, targets) {}
    plan
}

/// Moves one replica from a broker to one that has at least two fewer: the fullest and the emptiest where they can.
fn move_one(plan: &mut [Placed], targets: &[Target]) -> bool {
    let mut by_load: Vec<(usize, i32)> =
        loads(plan, targets).iter().map(|(id, load)| (*load, *id)).collect();
    sorted::sort(&mut by_load);
    for &(much, from) in by_load.iter().rev() {
        let emptier = by_load.iter().take_while(|(load, _)| load + 1 < much).map(|(_, id)| *id);
        for to in emptier {
            let fits = |it: &&mut Placed| {
                it.replicas.contains(&from)
                    && !it.replicas.contains(&to)
                    && keeps_racks(it, from, to, targets)
            };
            // From the end: there followers are as likely as leaders, and the first partitions stay where they are.
            if let Some(it) = plan.iter_mut().rev().find(fits) {
                put(it, from, to);
                return true;
            }
        }
    }
    false
}

/// Puts another replica first where its broker leads two partitions fewer.
fn lead_one(plan: &mut [Placed], targets: &[Target]) -> bool {
    let mut leads: SortedMap<i32, usize> = targets.iter().map(|target| (target.id, 0)).collect();
    for id in plan.iter().filter_map(|it| it.replicas.first()) {
        if let Some(count) = leads.get_mut(id) {
            *count += 1;
        }
    }
    let count = |id: &i32| leads.get(id).copied();
    for it in plan.iter_mut().rev() {
        let Some(now) = it.replicas.first().and_then(count) else { continue };
        let better = |id: &i32| count(id).is_some_and(|other| other + 1 < now);
        if let Some(at) = it.replicas.iter().position(better) {
            it.replicas.swap(0, at);
            return true;
        }
    }
    false
}

/// Gives what one broker has to others: to those that have least, in its rack or any other where no two replicas come to
/// stand in one. A partition for which there is no other broker stays as it is.
pub fn away(placed: &[Placed], broker: i32, targets: &[Target]) -> Vec<Placed> {
    let others: Vec<Target> = targets.iter().filter(|it| it.id != broker).cloned().collect();
    let mut plan = placed.to_vec();
    for at in 0..plan.len() {
        let mut by_load: Vec<(usize, i32)> =
            loads(&plan, &others).iter().map(|(id, load)| (*load, *id)).collect();
        sorted::sort(&mut by_load);
        let Some(it) = plan.get_mut(at).filter(|it| it.replicas.contains(&broker)) else {
            continue;
        };
        let free = |id: &i32| !it.replicas.contains(id);
        let candidates: Vec<i32> = by_load.iter().map(|(_, id)| *id).filter(free).collect();
        let apart = candidates.iter().find(|id| keeps_racks(it, broker, **id, targets));
        if let Some(to) = apart.or(candidates.first()).copied() {
            put(it, broker, to);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(all: &[&[i32]]) -> Vec<Placed> {
        let one = |(partition, replicas): (i32, &&[i32])| Placed {
            topic: "orders".to_owned(),
            partition,
            replicas: replicas.to_vec(),
        };
        (0..).zip(all).map(one).collect()
    }

    fn targets(racks: &[Option<&str>]) -> Vec<Target> {
        let one = |(id, rack): (i32, &Option<&str>)| Target { id, rack: rack.map(str::to_owned) };
        (1..).zip(racks).map(one).collect()
    }

    fn moved(before: &[Placed], after: &[Placed]) -> usize {
        let gone = |(before, after): (&Placed, &Placed)| {
            before.replicas.iter().filter(|id| !after.replicas.contains(id)).count()
        };
        before.iter().zip(after).map(gone).sum()
    }

    #[test]
    fn a_new_broker_gets_its_share_and_nothing_else_moves() {
        let before = placed(&[&[1, 2, 3], &[2, 3, 1], &[3, 1, 2], &[1, 3, 2]]);
        let targets = targets(&[None; 4]);
        let after = even_out(&before, &targets);
        assert_eq!(loads(&after, &targets).into_values().collect::<Vec<_>>(), [3, 3, 3, 3]);
        assert_eq!(moved(&before, &after), 3, "no more than the new one's share");
        let mut leaders: Vec<i32> = after.iter().map(|it| it.replicas[0]).collect();
        leaders.sort_unstable();
        assert_eq!(leaders, [1, 2, 3, 4]);
        assert_eq!(even_out(&after, &targets), after);
    }

    #[test]
    fn racks_stay_apart() {
        let before = placed(&[&[1, 2], &[2, 1], &[1, 2]]);
        let targets = targets(&[Some("a"), Some("b"), Some("a")]);
        let after = even_out(&before, &targets);
        assert!(after.iter().all(|it| it.replicas.contains(&2)), "{after:?}");
        assert!(after.iter().any(|it| it.replicas.contains(&3)), "{after:?}");
    }

    #[test]
    fn a_broker_is_emptied_onto_those_that_have_least() {
        let before = placed(&[&[1, 2], &[2, 3], &[3, 1]]);
        let after = away(&before, 3, &targets(&[None; 4]));
        assert!(after.iter().all(|it| !it.replicas.contains(&3)));
        assert_eq!(after[1].replicas, [2, 4], "the place in the list stays");
        let cramped = away(&before, 3, &targets(&[None; 3]));
        let free: Vec<&[i32]> = cramped.iter().map(|it| it.replicas.as_slice()).collect();
        assert_eq!(free, [&[1, 2][..], &[2, 1], &[2, 1]]);
        let full = placed(&[&[1, 2, 3]]);
        assert_eq!(away(&full, 3, &targets(&[None; 3])), full, "nobody is there to take it");
    }

    #[test]
    fn a_list_is_read_with_commas_or_spaces() {
        assert_eq!(parse("2, 3 ,1"), Some(vec![2, 3, 1]));
        assert_eq!(parse("2 3"), Some(vec![2, 3]));
        assert_eq!(parse(""), Some(Vec::new()));
        assert_eq!(parse("2,x"), None);
        assert_eq!(words(&[2, 3]), "2, 3");
    }
}
