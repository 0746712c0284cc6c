//! Keeps the document in the browser as one works, and brings it back. The only module that knows both the session
//! and the store.
//!
//! A document that was opened from a link, a file or the gallery becomes a workspace with the first change. Where
//! storage is refused, everything goes on in memory and says so.

mod address;
mod autosave;
mod imports;
mod opening;
mod position;
mod shelf;
mod texts;

pub use opening::Opening;
pub(crate) use texts::{PART, Texts};

use crate::panels::{Kept, Room};
use crate::session::{Notice, NoticeAction, NoticeKind, Saved as SavedWord, Session};
use browser_store::{LockGuard, Saved, Status, Store, Writer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use opening::{read, refused, with_lock};
use scenario::{Document, Player};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

/// The handle, from context. Absent in a frame, which keeps nothing.
#[derive(Clone, Copy)]
pub struct Keeper {
    session: Session,
    desk: StoredValue<Desk, LocalStorage>,
    /// The open workspace.
    current: RwSignal<Option<String>>,
    /// All workspaces.
    kept: RwSignal<Vec<Kept>>,
    /// How much room there is.
    room: RwSignal<Option<Room>>,
}

struct Desk {
    store: Option<Store>,
    writer: Option<Writer>,
    /// A workspace is being made for the open document.
    making: bool,
}

impl Keeper {
    /// Takes over what the page opened with, and provides what the open dialog needs.
    pub fn start(
        session: Session,
        opening: Option<Store>,
        workspace: Option<(Saved, Option<LockGuard>)>,
    ) -> Self {
        let keeper = Self {
            session,
            desk: StoredValue::new_local(Desk { store: opening, writer: None, making: false }),
            current: RwSignal::new(None),
            kept: RwSignal::new(Vec::new()),
            room: RwSignal::new(None),
        };
        // Before the writer: what it notes when the page is left is then written, not lost.
        keeper.note_on_leaving();
        if let Some((saved, guard)) = workspace {
            keeper.take(&saved, guard);
        }
        keeper.follow();
        provide_context(keeper);
        if keeper.store().is_some() {
            provide_context(keeper.shelf());
        }
        keeper
    }

    fn store(self) -> Option<Store> {
        self.desk.with_value(|desk| desk.store.clone())
    }

    fn with_writer(self, act: impl FnOnce(&Writer)) -> bool {
        self.desk.with_value(|desk| desk.writer.as_ref().map(act).is_some())
    }

    /// Becomes the writer of a workspace whose document is open; without the right to, reads only.
    fn take(self, saved: &Saved, guard: Option<LockGuard>) {
        let Some(store) = self.store() else { return };
        let page = self.session.page;
        self.current.set(Some(saved.workspace.id.clone()));
        clear_address();
        match guard {
            Some(guard) => {
                let tell = move |status: &Status| self.tell(status);
                let writer = Writer::new(&store, saved, guard, tell);
                // What no action needs any more, and no Redo brings back.
                let needed = self.session.read_player(|player| imports::names(&player.document()));
                for name in writer.segments().iter().filter(|name| !needed.contains(name)) {
                    writer.segment(name, None);
                }
                self.desk.update_value(|desk| desk.writer = Some(writer));
                page.read_only.set(false);
                page.saved.set(SavedWord::Here);
                self.session.settle(NoticeKind::ReadOnly);
            }
            None => {
                page.read_only.set(true);
                page.saved.set(SavedWord::ReadOnly);
                self.session.notify(Notice {
                    kind: NoticeKind::ReadOnly,
                    title: "Open in another tab.".to_owned(),
                    text: "This one is read only.".to_owned(),
                    actions: vec![NoticeAction::TakeOver, NoticeAction::WorkOnCopy],
                });
            }
        }
    }

    /// Gives the open workspace back; the document stays open, unkept.
    fn release(self) {
        self.desk.update_value(|desk| desk.writer = None);
        self.current.set(None);
        self.session.page.read_only.set(false);
        self.session.page.saved.set(SavedWord::NotYet);
        self.session.settle(NoticeKind::ReadOnly);
    }

    /// Opens a workspace in the place of the present document.
    fn open(self, id: String) {
        let Some(store) = self.store() else { return };
        spawn_local(async move {
            if let Err(text) = self.swap(&store, &id).await {
                self.session.toast("This workspace can't be opened.", &text, false);
            }
        });
    }

    async fn swap(self, store: &Store, id: &str) -> Result<(), String> {
        self.flush().await;
        let (saved, document, reached) = read(store, id).await?;
        let mut player = Player::new(document).map_err(|error| error.to_string())?;
        player.note_reached(reached);
        self.release();
        let Some((saved, guard)) = with_lock(saved).await else { return Ok(()) };
        self.session.load(player);
        self.session.resume();
        self.take(&saved, guard);
        Ok(())
    }

    /// Tries once more to become the writer of the open workspace.
    pub fn open_again(self) {
        if let Some(id) = self.current.get_untracked() {
            self.open(id);
        }
    }

    /// Keeps a document as a new workspace and opens it.
    pub fn adopt(self, document: Document) {
        let Some(store) = self.store() else {
            if let Ok(player) = Player::new(document) {
                self.session.load(player);
                self.session.resume();
            }
            return;
        };
        spawn_local(async move {
            let text = Texts::fetched().await;
            let made = match text.and_then(|texts| (texts.document)(&imports::without(&document))) {
                Ok(text) => {
                    let made = store.create_with(&document.title, &text, imports::of(&document));
                    made.await.map_err(|error| error.to_string())
                }
                Err(why) => Err(why),
            };
            let opened = match made {
                Ok(saved) => self.swap(&store, &saved.workspace.id).await,
                Err(text) => Err(text),
            };
            if let Err(text) = opened {
                // It is shown all the same; only keeping it failed.
                if let Ok(player) = Player::new(document) {
                    self.release();
                    self.session.load(player);
                }
                self.session.toast("Not kept.", &text, false);
            }
        });
    }

    /// What the writer says becomes the word beside the title, and a notice where it failed.
    fn tell(self, status: &Status) {
        let page = self.session.page;
        match status {
            Status::Waiting => page.saved.set(SavedWord::Saving),
            Status::Saved { .. } => {
                page.saved.set(SavedWord::Here);
                self.session.settle(NoticeKind::Storage);
            }
            Status::Failed(error) => {
                page.saved.set(SavedWord::Failed);
                self.session.notify(refused(error));
            }
        }
    }

    async fn flush(self) {
        self.note_position();
        let writer = self.desk.try_update_value(|desk| desk.writer.take()).flatten();
        if let Some(writer) = writer {
            // What it could not write, it has told.
            let _ = writer.flush().await;
        }
    }
}

/// Takes a link or a scenario's name out of the address: what is open now is kept here, and a reload is to bring
/// that back. Other parameters stay.
fn clear_address() {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let Ok(parameters) = UrlSearchParams::new_with_str(&search) else { return };
    let asked = parameters.has("scenario") || !location.hash().unwrap_or_default().is_empty();
    if !asked {
        return;
    }
    parameters.delete("scenario");
    let rest = String::from(parameters.to_string());
    let question = if rest.is_empty() { "" } else { "?" };
    let plain = format!("{}{question}{rest}", location.pathname().unwrap_or_default());
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&plain));
    }
}
