//! Which key has which colour and letter. Colours go by order of first use and stay with the scenario, so
//! that a key looks alike in every picture of it.

use crate::browser;
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

/// Colours there are; the eighth key takes the first again.
pub const COLOURS: u8 = 7;
/// Keys the legend remembers. Beyond, a key's colour comes from its bytes and its letter is its initial.
const REMEMBERED: usize = 2000;

/// How a key looks: one of the seven key colours (`k-0` to `k-6`), and one or two letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMark {
    /// Index of the colour, 0 to 6.
    pub colour: u8,
    /// What stands in the cell.
    pub letters: Arc<str>,
}

impl KeyMark {
    /// The CSS class that carries the colour.
    pub fn class(&self) -> &'static str {
        const CLASSES: [&str; COLOURS as usize] = ["k-0", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6"];
        CLASSES.get(usize::from(self.colour)).copied().unwrap_or("k-0")
    }
}

/// All keys seen, in order of first use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Legend {
    keys: Vec<String>,
    marks: SortedMap<String, KeyMark>,
}

impl Legend {
    /// Keys in order of first use.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// How a key looks; one that is not known yet by its bytes, so that neighbours in a lane stay apart.
    pub fn mark(&self, key: &str) -> KeyMark {
        self.marks.get(key).cloned().unwrap_or_else(|| KeyMark {
            colour: key.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
                % COLOURS,
            letters: initial(key).into(),
        })
    }

    /// Whether a key is known.
    pub fn knows(&self, key: &str) -> bool {
        self.marks.contains_key(key) || self.keys.len() >= REMEMBERED
    }

    /// Takes keys in, in this order; returns whether anything is new.
    pub fn add<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) -> bool {
        let before = self.keys.len();
        for key in keys {
            if self.knows(key) {
                continue;
            }
            // At most 7, so it fits.
            let colour = u8::try_from(self.keys.len() % usize::from(COLOURS)).unwrap_or(0);
            self.keys.push(key.to_owned());
            self.marks.insert(key.to_owned(), KeyMark { colour, letters: "".into() });
        }
        let grew = self.keys.len() > before;
        if grew {
            self.letter();
        }
        grew
    }

    /// One letter where the initial is a key's alone, else two that tell it from its namesakes.
    fn letter(&mut self) {
        let mut by_initial: SortedMap<String, Vec<&String>> = SortedMap::new();
        for key in &self.keys {
            by_initial.entry(initial(key)).or_default().push(key);
        }
        let mut letters = Vec::with_capacity(self.keys.len());
        for (initial, keys) in by_initial {
            if let [key] = keys.as_slice() {
                letters.push(((*key).clone(), initial));
                continue;
            }
            let mut taken = SortedSet::new();
            let shared = shared(&keys);
            for key in keys {
                let two = two_letters(key, shared, &taken);
                taken.insert(two.clone());
                letters.push((key.clone(), two));
            }
        }
        for (key, text) in letters {
            if let Some(mark) = self.marks.get_mut(&key) {
                mark.letters = text.into();
            }
        }
    }
}

fn initial(key: &str) -> String {
    match key.chars().find(|c| c.is_alphanumeric()) {
        Some(c) => browser::uppercase(c),
        None => "·".to_owned(),
    }
}

/// How many characters all of them begin with.
fn shared(keys: &[&String]) -> usize {
    let Some((first, others)) = keys.split_first() else { return 0 };
    let with =
        |other: &&String| first.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    others.iter().map(with).min().unwrap_or(0)
}

/// The initial and the first character behind what all namesakes share that none of them has taken, else one before;
/// the last one where all are taken.
fn two_letters(key: &str, shared: usize, taken: &SortedSet<String>) -> String {
    let own = key.chars().skip(shared.max(1)).filter(|c| c.is_alphanumeric());
    let mut rest = key.chars().skip_while(|c| !c.is_alphanumeric());
    let Some(first) = rest.next() else { return "·".to_owned() };
    let rest: Vec<char> = rest.filter(|c| c.is_alphanumeric()).collect();
    let pair = |c: &char| format!("{first}{c}");
    let own: Vec<char> = own.collect();
    own.iter()
        .chain(&rest)
        .map(pair)
        .find(|two| !taken.contains(two))
        .or_else(|| rest.last().map(pair))
        .unwrap_or_else(|| browser::uppercase(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(keys: &[&str]) -> Vec<String> {
        let mut legend = Legend::default();
        legend.add(keys.iter().copied());
        keys.iter().map(|key| legend.mark(key).letters.to_string()).collect()
    }

    #[test]
    fn a_key_alone_with_its_initial_has_one_letter() {
        assert_eq!(letters(&["alice", "bob"]), ["A", "B"]);
    }

    #[test]
    fn namesakes_get_two_letters() {
        assert_eq!(letters(&["alice", "adam", "bob"]), ["al", "ad", "B"]);
        assert_eq!(letters(&["user-1", "user-2"]), ["u1", "u2"]);
    }

    #[test]
    fn colours_go_by_order_of_first_use_and_begin_again_after_seven() {
        let mut legend = Legend::default();
        assert!(legend.add(["a", "b", "c", "d", "e", "f", "g", "h"]));
        assert!(!legend.add(["a", "h"]));
        assert_eq!(legend.mark("a").colour, 0);
        assert_eq!(legend.mark("g").colour, 6);
        assert_eq!(legend.mark("h").colour, 0);
    }

    #[test]
    fn an_empty_key_has_a_mark_of_its_own() {
        assert_eq!(letters(&[""]), ["·"]);
    }
}
