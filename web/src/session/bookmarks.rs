//! Named moments. Each change can be undone.

use super::Session;
use crate::ui::text;
use leptos::prelude::*;
use scenario::Bookmark;

impl Session {
    /// Names the present moment, so that it is found again on the timeline and in the journal.
    pub fn bookmark(self) {
        let at = self.read_player(scenario::Player::elapsed_ms);
        let known = |all: &[Bookmark]| all.iter().any(|bookmark| bookmark.at == at);
        if self.read_player(|player| known(&player.facts().bookmarks)) {
            return;
        }
        let add = |all: &mut Vec<Bookmark>| all.push(Bookmark { at, name: text::clock(at) });
        if self.edit_bookmarks(add) {
            self.say("Bookmarked");
        }
    }

    /// Gives a bookmark another name; without one it gets its moment's. Whether that was done.
    pub fn rename_bookmark(self, index: usize, name: &str) -> bool {
        let name = name.trim();
        self.edit_bookmarks(|all| {
            if let Some(bookmark) = all.get_mut(index) {
                bookmark.name =
                    if name.is_empty() { text::clock(bookmark.at) } else { name.to_owned() };
            }
        })
    }

    /// Takes a bookmark away; a toast holds Undo.
    pub fn remove_bookmark(self, index: usize) {
        let name = self.read_player(|player| {
            player.facts().bookmarks.get(index).map(|bookmark| bookmark.name.clone())
        });
        let Some(name) = name else { return };
        let done = self.edit_bookmarks(|all| {
            all.remove(index);
        });
        if done {
            self.toast(&format!("Bookmark {name} removed"), "", true);
        }
    }

    fn edit_bookmarks(self, edit: impl FnOnce(&mut Vec<Bookmark>)) -> bool {
        if self.page.read_only.get_untracked() {
            return false;
        }
        let done = self.change(|core| {
            let mut bookmarks = core.player.facts().bookmarks.clone();
            edit(&mut bookmarks);
            core.player.set_bookmarks(bookmarks)
        });
        match done {
            Some(Ok(())) => {
                self.change(|core| core.write.edits.update(|edits| *edits += 1));
                self.refresh();
                true
            }
            Some(Err(error)) => {
                self.toast("Not changed.", &error.to_string(), false);
                false
            }
            None => false,
        }
    }
}
