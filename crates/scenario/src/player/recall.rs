//! Events that a copy of the play has let go of are had again by a replay from further back, beside the play and in
//! slices: until they are there, the event log is only shorter.

use super::run::Run;
use super::tape::Tape;

/// The replay on its way.
#[derive(Debug, Clone, Default)]
pub(super) struct Recall {
    replay: Option<Box<Tape>>,
}

impl Run {
    /// Brings events back that are missing, in about `budget` engine steps. Whether all are there.
    pub fn recall_events(&mut self, budget: u64) -> bool {
        let (oldest, full) = self.tape.engine.history_depth();
        if oldest <= full {
            self.recall.replay = None;
            return true;
        }
        let journal = &self.head.journal;
        let replay = self.recall.replay.get_or_insert_with(|| {
            let before = self.keyframes.last_or_start(|frame| frame.newest_event() < full);
            Box::new(before.unwrap_or(&self.tape).clone())
        });
        // The event before the oldest is the last of its chunk.
        let mut left = budget;
        while replay.newest_event() + 1 < oldest && left > 0 {
            let slice = left.min(SLICE_STEPS);
            let mut unused = slice;
            let now = replay.elapsed_ms();
            replay.play(journal, self.tape.elapsed_ms(), &mut unused);
            let used = slice.saturating_sub(unused);
            left = left.saturating_sub(used.max(1));
            if used == 0 && replay.elapsed_ms() == now {
                break;
            }
        }
        if replay.newest_event() + 1 < oldest {
            return false;
        }
        self.tape.engine.take_history(&replay.engine);
        self.recall.replay = None;
        self.keyframes.share_history_of(&self.tape);
        true
    }

    /// The play has gone elsewhere: what was brought back so far is of no use there.
    pub fn forget_recall(&mut self) {
        self.recall.replay = None;
    }
}

/// Steps between two looks at how far the replay is.
const SLICE_STEPS: u64 = 200;
