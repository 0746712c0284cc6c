//! From one difference to the next: the record is selected and brought into view in both halves.

use super::findings::Findings;
use crate::lanes::Deck;
use crate::session::{Selection, Session};
use leptos::prelude::*;
use log_engine::view::{RecordDifference, RecordSide};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A difference that has a place in the lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset of the record; none where only offsets, states or owners differ.
    pub offset: Option<i64>,
    /// What it is, in words.
    pub said: String,
}

impl Step {
    /// Whether the selected record is this one's.
    fn is_at(&self, selection: &Selection) -> bool {
        (&self.topic, self.partition, self.offset)
            == (&selection.topic, selection.partition, Some(selection.offset))
    }
}

/// All of them, by topic, partition and offset.
pub fn steps(findings: &Findings) -> Vec<Step> {
    let [a, b] = findings.letters();
    let mut steps = Vec::new();
    for part in &findings.comparison.partitions {
        let step = |offset, said| Step {
            topic: part.topic.clone(),
            partition: part.partition,
            offset,
            said: format!("P{}{said}", part.partition),
        };
        steps.extend(part.records.iter().map(|record| {
            let (ours, theirs) = keys_of(record);
            step(Some(record.offset), format!(" {}: {ours} in {a}, {theirs} in {b}", record.offset))
        }));
        if let (true, Some(value)) = (part.records.is_empty(), part.values.first()) {
            let said = format!(" {}: {} in {a}, {} in {b}", value.name, value.a, value.b);
            steps.push(step(None, said));
        }
    }
    steps
}

/// A record's key in each run, or what stands for it.
pub fn keys_of(record: &RecordDifference) -> (String, String) {
    let key = |side: Option<&RecordSide>| match side {
        None => "no record".to_owned(),
        Some(side) if side.marker => "a marker".to_owned(),
        Some(side) => side.key.clone().unwrap_or_else(|| "no key".to_owned()),
    };
    let (a, b) = (key(record.a.as_ref()), key(record.b.as_ref()));
    if a == b { (format!("{a}, one value"), format!("{b}, another")) } else { (a, b) }
}

/// Index of the step after the one at `here`, or before it; round and round.
pub fn next(steps: usize, here: Option<usize>, forward: bool) -> Option<usize> {
    let last = steps.checked_sub(1)?;
    Some(match (here, forward) {
        (None, true) => 0,
        (None, false) => last,
        (Some(here), true) if here >= last => 0,
        (Some(here), true) => here + 1,
        (Some(here), false) => here.checked_sub(1).unwrap_or(last),
    })
}

/// The decks of the two halves, and the step that was gone to last.
#[derive(Clone, Copy)]
pub struct Walk {
    session: Session,
    decks: StoredValue<[Option<Deck>; 2], LocalStorage>,
    last: RwSignal<Option<Step>>,
}

impl Walk {
    /// Nowhere yet.
    pub fn new(session: Session) -> Self {
        Self { session, decks: StoredValue::new_local([None, None]), last: RwSignal::new(None) }
    }

    /// Notes the deck of a half.
    pub fn note(self, right: bool, deck: Deck) {
        self.decks.update_value(|[left_deck, right_deck]| {
            *(if right { right_deck } else { left_deck }) = Some(deck);
        });
    }

    /// Where among the steps: the selected record, else the step that was gone to last.
    pub fn place(self, steps: &[Step]) -> Option<usize> {
        let selection = self.session.page.selection.get();
        let selected = selection.and_then(|it| steps.iter().position(|step| step.is_at(&it)));
        selected.or_else(|| {
            self.last.with(|last| {
                let last = last.as_ref().filter(|last| last.offset.is_none())?;
                steps.iter().position(|step| step == last)
            })
        })
    }

    /// Goes there.
    pub fn go(self, step: &Step) {
        let session = self.session;
        if session.page.topic.get_untracked().as_ref() != Some(&step.topic) {
            session.select_topic(&step.topic);
        }
        match step.offset {
            Some(offset) => session.select(step.partition, offset),
            None => session.page.selection.set(None),
        }
        session.say(&step.said);
        self.last.set(Some(step.clone()));
        let (partition, offset) = (step.partition, step.offset);
        // Once the lanes of another topic, or a lane that opens, have their places.
        request_animation_frame(move || {
            if let Some(offset) = offset {
                self.decks.with_value(|decks| {
                    decks.iter().flatten().for_each(|deck| deck.reveal(partition, offset));
                });
            }
            scroll_to(partition);
        });
    }
}

/// Scrolls both lanes into view.
fn scroll_to(partition: i32) {
    let selector = format!(".run-col .lane[data-p=\"{partition}\"]");
    let Ok(found) = document().query_selector_all(&selector) else { return };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    for at in 0..found.length() {
        if let Some(lane) = found.item(at).and_then(|lane| lane.dyn_into::<HtmlElement>().ok()) {
            lane.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn steps_go_round_and_begin_at_either_end() {
        assert_eq!(next(0, None, true), None);
        assert_eq!((next(3, None, true), next(3, None, false)), (Some(0), Some(2)));
        assert_eq!((next(3, Some(2), true), next(3, Some(0), false)), (Some(0), Some(2)));
        assert_eq!(next(3, Some(9), true), Some(0));
        assert_eq!((next(3, Some(1), true), next(3, Some(1), false)), (Some(2), Some(0)));
    }
}
