//! Keeps a workspace while it changes. Changes wait for at most [`COMMIT_AFTER_MS`] or [`COMMIT_AFTER_BYTES`] and
//! are then stored in one transaction; at once when the page is hidden or left. A tab that is killed loses what
//! waited, no more. What could not be stored waits on, and is tried again.

mod batch;
mod leaving;

use crate::error::StoreError;
use crate::lock::LockGuard;
use crate::store::{Store, size_of};
use crate::transaction::finish;
use crate::workspace::{Saved, Workspace};
use batch::Batch;
use gloo_timers::callback::Timeout;
use js_sys::{Promise, Uint8Array};
use leaving::Leaving;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// A change waits for others for this long.
pub const COMMIT_AFTER_MS: u32 = 250;
/// This much does not wait.
pub const COMMIT_AFTER_BYTES: usize = 256 * 1024;
/// After a failure the next try comes this much later.
const RETRY_AFTER_MS: u32 = 5_000;

/// What the page shows about saving.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// Something waits to be stored.
    Waiting,
    /// All is stored; since when, by the person's clock.
    Saved {
        /// Milliseconds since 1970.
        at_ms: f64,
    },
    /// The last try failed; what it was about waits on.
    Failed(StoreError),
}

/// The writer of one workspace.
pub struct Writer {
    desk: Rc<Desk>,
    _leaving: Leaving,
}

struct Desk {
    store: Store,
    work: RefCell<Work>,
    tell: Box<dyn Fn(&Status)>,
    /// Given back when the last transaction has ended.
    _guard: LockGuard,
}

struct Work {
    workspace: Workspace,
    /// Names and sizes of the segments.
    segments: Vec<(String, f64)>,
    next_entry: f64,
    waiting: Batch,
    timer: Option<Timeout>,
    /// The newest transaction that is under way.
    under_way: Option<UnderWay>,
    transactions: u64,
    failed: Option<StoreError>,
}

/// A transaction that has begun and not ended.
struct UnderWay {
    number: u64,
    ends: Promise,
    batch: Rc<Batch>,
}

impl Writer {
    /// Starts to keep a workspace that was loaded, and notes that it was opened. `tell` hears what becomes of the
    /// changes.
    pub fn new(
        store: &Store,
        saved: &Saved,
        guard: LockGuard,
        tell: impl Fn(&Status) + 'static,
    ) -> Self {
        let mut workspace = saved.workspace.clone();
        workspace.opened_ms = js_sys::Date::now();
        workspace.size = size_of(&saved.document, &saved.journal);
        let length =
            |(name, bytes): &(String, Uint8Array)| (name.clone(), f64::from(bytes.length()));
        let work = Work {
            workspace,
            segments: saved.segments.iter().map(length).collect(),
            next_entry: saved.next_entry,
            waiting: Batch::new(saved.document.clone(), saved.position.clone()),
            timer: None,
            under_way: None,
            transactions: 0,
            failed: None,
        };
        let desk = Rc::new(Desk {
            store: store.clone(),
            work: RefCell::new(work),
            tell: Box::new(tell),
            _guard: guard,
        });
        desk.wait();
        let leaving = Leaving::of(&desk);
        Self { desk, _leaving: leaving }
    }

    /// The workspace as the list will show it.
    pub fn workspace(&self) -> Workspace {
        self.desk.work.borrow().workspace.clone()
    }

    /// Stores the whole document; what was added to the old one goes.
    pub fn document(&self, document: String) {
        self.change(|work| {
            work.workspace.size = size_of(&document, &[]);
            work.waiting.set_document(document, work.next_entry);
        });
    }

    /// Adds a text to the journal.
    pub fn append(&self, text: String) {
        self.change(|work| {
            work.workspace.size += size_of(&text, &[]);
            work.waiting.append(work.next_entry, text);
            work.next_entry += 1.0;
        });
    }

    /// Notes where the person is.
    pub fn position(&self, position: String) {
        self.change(|work| work.waiting.set_position(position));
    }

    /// Renames the workspace.
    pub fn title(&self, title: &str) {
        self.change(|work| work.workspace.title = title.to_owned());
    }

    /// Sets what its picture in lists is drawn from.
    pub fn thumbnail(&self, thumbnail: &str) {
        self.change(|work| work.workspace.thumbnail = thumbnail.to_owned());
    }

    /// Stores a checkpoint, or deletes it with none.
    pub fn checkpoint(&self, at: f64, bytes: Option<Vec<u8>>) {
        self.change(|work| work.waiting.checkpoint(at, bytes));
    }

    /// Stores a segment, or deletes it with none. It is stored once, whatever becomes of the document.
    pub fn segment(&self, name: &str, bytes: Option<Uint8Array>) {
        self.change(|work| {
            work.segments.retain(|(known, _)| known != name);
            if let Some(bytes) = &bytes {
                work.segments.push((name.to_owned(), f64::from(bytes.length())));
            }
            work.waiting.segment(name, bytes);
        });
    }

    /// The names of the segments that are stored, or wait to be.
    pub fn segments(&self) -> Vec<String> {
        self.desk.work.borrow().segments.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Stores what waits, now, and waits until it is.
    ///
    /// # Errors
    /// When it can't be stored; it waits on.
    pub async fn flush(&self) -> Result<(), StoreError> {
        loop {
            let ends = self.desk.work.borrow().under_way.as_ref().map(|it| it.ends.clone());
            let promise = match ends {
                Some(promise) => promise,
                None => match self.desk.commit() {
                    Some(promise) => promise,
                    None => return Ok(()),
                },
            };
            let _ = JsFuture::from(promise).await;
            if let Some(error) = self.desk.work.borrow().failed.clone() {
                return Err(error);
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Work)) {
        {
            let mut work = self.desk.work.borrow_mut();
            change(&mut work);
            work.waiting.touched = true;
            work.workspace.modified_ms = js_sys::Date::now();
        }
        self.desk.wait();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.desk.commit();
    }
}

impl Desk {
    /// Something waits: sets the timer, or does not wait if it is much.
    fn wait(self: &Rc<Self>) {
        let (much, busy, timed, failed) = {
            let work = self.work.borrow();
            let much = work.waiting.bytes() >= COMMIT_AFTER_BYTES;
            (much, work.under_way.is_some(), work.timer.is_some(), work.failed.is_some())
        };
        if !failed {
            (self.tell)(&Status::Waiting);
        }
        if busy {
            // Its end looks at what waits then.
        } else if much && !failed {
            self.commit();
        } else if !timed {
            self.commit_after(if failed { RETRY_AFTER_MS } else { COMMIT_AFTER_MS });
        }
    }

    fn commit_after(self: &Rc<Self>, after_ms: u32) {
        let desk = Rc::downgrade(self);
        let timer = Timeout::new(after_ms, move || {
            if let Some(desk) = desk.upgrade() {
                desk.commit();
            }
        });
        self.work.borrow_mut().timer = Some(timer);
    }

    /// Begins to store what waits. All requests are made before this returns, so that it works in a page that is
    /// being left. None if nothing waits.
    fn commit(self: &Rc<Self>) -> Option<Promise> {
        let mut work = self.work.borrow_mut();
        if let Some(timer) = work.timer.take() {
            timer.cancel();
        }
        if !work.waiting.touched {
            return None;
        }
        let mut batch = work.waiting.take();
        if let Some(under_way) = &work.under_way {
            // The page is being left. Should the one before fail, this one holds all of it.
            batch.put_before(Batch::clone(&under_way.batch));
        }
        let mut workspace = work.workspace.clone();
        workspace.size += work.segments.iter().map(|(_, size)| size).sum::<f64>();
        let begun = batch.begin(&self.store, &workspace);
        work.transactions += 1;
        let (number, batch) = (work.transactions, Rc::new(batch));
        let (desk, stored) = (Rc::clone(self), Rc::clone(&batch));
        let ends = future_to_promise(async move {
            let outcome = match begun {
                Ok(transaction) => finish(transaction).await,
                Err(error) => Err(error),
            };
            desk.ended(number, &stored, outcome);
            Ok(JsValue::UNDEFINED)
        });
        work.under_way = Some(UnderWay { number, ends: ends.clone(), batch });
        Some(ends)
    }

    fn ended(self: &Rc<Self>, number: u64, batch: &Batch, outcome: Result<(), StoreError>) {
        let (status, more) = {
            let mut work = self.work.borrow_mut();
            if work.under_way.as_ref().is_some_and(|newest| newest.number == number) {
                work.under_way = None;
            }
            let status = match outcome {
                Ok(()) => {
                    work.failed = None;
                    Status::Saved { at_ms: js_sys::Date::now() }
                }
                Err(error) => {
                    work.waiting.put_before(batch.clone());
                    work.failed = Some(error.clone());
                    Status::Failed(error)
                }
            };
            (status, work.waiting.touched)
        };
        (self.tell)(&status);
        if more {
            self.wait();
        }
    }
}
