//! Which cases there are, and how each is written.

use anyhow::{Context, Result};

use super::super::talk::Talk;
use super::script::{Script, Step};
use super::{stories, weather};

/// A case to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// A story's place, or none for what the seed makes.
    story: Option<usize>,
    seed: u64,
}

/// The names of kinds begin so.
const CLUSTER: &str = "cluster";
const RANDOM: &str = "cluster-random";
const STORY: &str = "cluster-story-";

/// Whether `--kind` means a cluster.
pub fn is_kind(kind: &str) -> bool {
    kind.starts_with(CLUSTER)
}

/// The cases of a run: all stories and then what the seed makes, or that many of one kind.
pub fn plan(kind: &str, cases: u64, seed: u64) -> Result<Vec<Case>> {
    let known = stories::STORIES.len();
    let story = |number: u64| -> Option<usize> {
        usize::try_from(number).ok().filter(|number| *number < known)
    };
    let chosen = match kind.strip_prefix(STORY) {
        Some(number) => Some(
            number
                .parse()
                .ok()
                .and_then(|number: u64| story(number.checked_sub(1)?))
                .with_context(|| format!("stories are {STORY}1 to {STORY}{known}"))?,
        ),
        None => None,
    };
    anyhow::ensure!(
        chosen.is_some() || [CLUSTER, RANDOM].contains(&kind),
        "there is no kind {kind}"
    );
    let case = |number: u64| Case {
        story: if kind == CLUSTER { story(number) } else { chosen },
        seed: seed + number,
    };
    Ok((0..cases).map(case).collect())
}

impl Case {
    /// What it is about.
    pub fn name(&self) -> String {
        match self.story.and_then(|at| stories::STORIES.get(at)) {
            Some((name, _)) => format!("{name}, seed {}", self.seed),
            None => format!("seed {}", self.seed),
        }
    }

    /// How it is run again.
    pub fn again(&self) -> String {
        let kind = self.story.map_or(RANDOM.to_owned(), |at| format!("{STORY}{}", at + 1));
        format!("cargo xtask conformance --kind {kind} --seed {} --cases 1", self.seed)
    }

    /// A cluster of ours at its start.
    pub fn begin<'a>(&self, ours: &'a mut Talk) -> Result<Script<'a>> {
        Script::begin(ours, &self.name(), self.seed)
    }

    /// Plays it on our cluster.
    pub fn write(&self, ours: &mut Talk) -> Result<Vec<Step>> {
        let mut script = self.begin(ours)?;
        match self.story.and_then(|at| stories::STORIES.get(at)) {
            Some((_, story)) => story(&mut script)?,
            None => weather::write(&mut script, self.seed)?,
        }
        Ok(script.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stories_come_first_and_each_case_says_how_it_is_run_again() {
        let stories = stories::STORIES.len() as u64;
        let cases = plan("cluster", stories + 1, 7).unwrap();
        assert_eq!(
            cases[0].again(),
            "cargo xtask conformance --kind cluster-story-1 --seed 7 --cases 1"
        );
        let last = &cases[cases.len() - 1];
        assert_eq!(last.name(), format!("seed {}", 7 + stories));
        for case in &cases {
            let again = case.again();
            let words: Vec<&str> = again.split_whitespace().collect();
            let (kind, seed) = (words[4], words[6].parse().unwrap());
            assert_eq!(plan(kind, 1, seed).unwrap(), std::slice::from_ref(case));
        }
        assert!(plan("cluster-story-0", 1, 7).is_err() && plan("cluster-x", 1, 7).is_err());
    }
}
