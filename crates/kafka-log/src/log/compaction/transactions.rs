//! Which transactions the cleaner is inside of as it walks the log: `CleanedTransactionMetadata`
//! (R-LOG-68).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::batch::{Batch, ControlType};
use crate::segment::AbortedTxn;

#[derive(Debug, Default)]
pub(super) struct CleanedTransactions {
    /// Producers whose open transaction has data here and will be committed.
    committed: BTreeSet<i64>,
    /// Producers whose open transaction will be aborted, and whether data of it was met.
    aborted: BTreeMap<i64, (AbortedTxn, bool)>,
    /// Aborted transactions further on, by first offset.
    ahead: BinaryHeap<Reverse<(i64, i64, i64, i64)>>,
}

/// What a control batch means for the cleaner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MarkerRead {
    /// Nothing of its transaction is left.
    pub(super) can_discard: bool,
    /// The aborted transaction that stays indexed, as some of its data was still there.
    pub(super) still_aborted: Option<AbortedTxn>,
}

impl CleanedTransactions {
    pub(super) fn add_aborted(&mut self, txns: impl IntoIterator<Item = AbortedTxn>) {
        self.ahead.extend(txns.into_iter().map(|txn| {
            Reverse((txn.first_offset, txn.producer_id, txn.last_offset, txn.last_stable_offset))
        }));
    }

    /// Passes a data batch; true if its transaction was aborted.
    pub(super) fn on_data(&mut self, batch: &Batch) -> bool {
        self.enter_up_to(batch.last_offset());
        if !batch.is_transactional() {
            return false;
        }
        match self.aborted.get_mut(&batch.producer_id()) {
            Some((_, met_data)) => {
                *met_data = true;
                true
            }
            None => {
                self.committed.insert(batch.producer_id());
                false
            }
        }
    }

    /// Passes a control batch.
    pub(super) fn on_control(&mut self, batch: &Batch) -> MarkerRead {
        self.enter_up_to(batch.last_offset());
        let producer_id = batch.producer_id();
        let mut still_aborted = None;
        let can_discard = match batch.control_record().map(|control| control.control_type) {
            // It was emptied by an earlier round.
            None => true,
            Some(ControlType::Abort) => match self.aborted.remove(&producer_id) {
                Some((txn, true)) => {
                    still_aborted = Some(txn);
                    false
                }
                _ => true,
            },
            Some(ControlType::Commit) => !self.committed.remove(&producer_id),
            Some(ControlType::Other(_)) => false,
        };
        MarkerRead { can_discard, still_aborted }
    }

    fn enter_up_to(&mut self, offset: i64) {
        while let Some(Reverse((first_offset, producer_id, last_offset, last_stable_offset))) =
            self.ahead.peek().copied()
        {
            if first_offset > offset {
                return;
            }
            self.ahead.pop();
            let txn = AbortedTxn { producer_id, first_offset, last_offset, last_stable_offset };
            self.aborted.entry(producer_id).or_insert((txn, false));
        }
    }
}
