//! What the open dialog sees of the store.

use super::Keeper;
use super::opening::read;
use crate::lazy;
use crate::panels::{Kept, Room, Shelf, ShelfAction};
use browser_store::{Store, StoreError, estimate, persist, persisted};
use leptos::prelude::*;
use leptos::task::spawn_local;

impl Keeper {
    pub(super) fn shelf(self) -> Shelf {
        Shelf {
            kept: self.kept.into(),
            current: self.current.into(),
            room: self.room.into(),
            act: Callback::new(move |action| {
                lazy::then(&acting::PART, move |_| {
                    if acting::call(self, action).is_none() {
                        self.session.toast("Not done.", lazy::WHY_MISSING, false);
                    }
                });
            }),
        }
    }

    fn act(self, action: ShelfAction) {
        let Some(store) = self.store() else { return };
        match action {
            ShelfAction::Adopt(document) => return self.adopt(*document),
            ShelfAction::Open(id) => return self.open(id),
            _ => {}
        }
        spawn_local(async move {
            let done = match action {
                ShelfAction::Rename(id, title) => self.rename(&store, &id, &title).await,
                ShelfAction::Duplicate(id) => self.duplicate(&store, &id).await,
                ShelfAction::Delete(id) => self.delete(&store, &id).await,
                ShelfAction::Export(id) => self.export(&store, &id).await,
                ShelfAction::Persist => {
                    persist().await;
                    Ok(())
                }
                ShelfAction::Refresh | ShelfAction::Adopt(_) | ShelfAction::Open(_) => Ok(()),
            };
            if let Err(text) = done {
                self.session.toast("Not done.", &text, false);
            }
            self.look(&store).await;
        });
    }

    /// Reads the list and the room anew.
    async fn look(self, store: &Store) {
        if let Ok(list) = store.list().await {
            let kept = list.into_iter().map(|workspace| Kept {
                id: workspace.id,
                title: workspace.title,
                modified_ms: workspace.modified_ms,
                size: workspace.size,
                thumbnail: workspace.thumbnail,
            });
            self.kept.set(kept.collect());
        }
        let persisted = persisted().await;
        let room = estimate().await;
        self.room.set(room.map(|room| Room {
            used: room.usage_bytes,
            quota: room.quota_bytes,
            persisted,
        }));
    }

    async fn rename(self, store: &Store, id: &str, title: &str) -> Result<(), String> {
        if self.current.get_untracked().as_deref() == Some(id) {
            self.session.set_title(title);
            self.with_writer(|writer| writer.title(title));
            return Ok(());
        }
        store.rename(id, title).await.map(|_| ()).map_err(words)
    }

    async fn duplicate(self, store: &Store, id: &str) -> Result<(), String> {
        self.write_open(id).await;
        let saved = store.load(id).await.map_err(words)?;
        let title = format!("{} (copy)", saved.workspace.title);
        store.duplicate(id, &title).await.map(|_| ()).map_err(words)
    }

    /// Deletes at once; Undo puts it back as it was.
    async fn delete(self, store: &Store, id: &str) -> Result<(), String> {
        self.write_open(id).await;
        let saved = store.load(id).await.map_err(words)?;
        let open = self.current.get_untracked().as_deref() == Some(id);
        if open {
            self.release();
        }
        store.delete(id).await.map_err(words)?;
        let (store, title) = (store.clone(), saved.workspace.title.clone());
        let undo = move || {
            let (store, saved) = (store.clone(), saved.clone());
            spawn_local(async move {
                if let Err(error) = store.restore(&saved).await {
                    self.session.toast("Not brought back.", &error.to_string(), false);
                } else if open {
                    self.open(saved.workspace.id.clone());
                }
                self.look(&store).await;
            });
        };
        self.session.toast_with("Deleted", &title, undo);
        Ok(())
    }

    async fn export(self, store: &Store, id: &str) -> Result<(), String> {
        self.write_open(id).await;
        let (_, document, _) = read(store, id).await?;
        self.session.save_as_file(document);
        Ok(())
    }

    /// What waits to be written of the open workspace, so that a copy of it has everything.
    async fn write_open(self, id: &str) {
        if self.current.get_untracked().as_deref() == Some(id) {
            self.note_position();
            let writer = self.desk.try_update_value(|desk| desk.writer.take()).flatten();
            if let Some(writer) = writer {
                let _ = writer.flush().await;
                self.desk.update_value(|desk| desk.writer = Some(writer));
            }
        }
    }
}

lazy::part! {
    /// What the open dialog does to the store.
    acting in panels: (keeper: Keeper, action: ShelfAction) -> () = Keeper::act
}

fn words(error: StoreError) -> String {
    error.to_string()
}
