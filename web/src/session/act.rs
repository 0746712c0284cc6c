//! What a person does: commands, undo, and what the page says about it.

use super::{Notice, NoticeKind, Panel, Session, Toast};
use crate::drawer::journal_words;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use log_engine::{Command, CommandError};
use scenario::{Applied, DocumentError, Player, RunId};
use std::rc::Rc;
use web_sys::HtmlElement;

/// A toast goes after this long; one that tells of a refusal stays twice as long.
const TOAST_MS: u32 = 7_000;

impl Session {
    /// Sends a command. A form shows the error under the field it names.
    ///
    /// # Errors
    /// A refused command changes nothing.
    pub fn apply(self, command: Command) -> Result<Applied, CommandError> {
        if self.page.read_only.get_untracked() {
            let text = "Open in another tab. This one is read only.";
            return Err(CommandError::new("READ_ONLY", "", text));
        }
        self.act_here();
        let Some(done) = self.change(|core| core.player.apply(command.clone())) else {
            return Err(CommandError::new("CLOSED", "", "The page is closing."));
        };
        let applied = done?;
        self.learn_keys(&command);
        self.change(|core| {
            core.write.edits.update(|edits| *edits += 1);
            // A half of the comparison may have got another run.
            if applied.fork.is_some() {
                core.forget_lanes();
            }
        });
        self.refresh();
        if let Some(fork) = applied.fork {
            self.tell_fork(fork, applied.later);
        }
        self.drop_hint();
        Ok(applied)
    }

    /// Puts a command into the journal that acts at a later moment, in ms since the start.
    ///
    /// # Errors
    /// When the moment has passed or is beyond its bound.
    pub fn schedule(self, at_ms: u64, command: Command) -> Result<(), CommandError> {
        if self.page.read_only.get_untracked() {
            let text = "Open in another tab. This one is read only.";
            return Err(CommandError::new("READ_ONLY", "", text));
        }
        self.act_here();
        if let Some(done) = self.change(|core| core.player.schedule(at_ms, command)) {
            done?;
        }
        self.change(|core| core.write.edits.update(|edits| *edits += 1));
        self.refresh();
        Ok(())
    }

    /// Sends a command from a place without a field: a refusal becomes a toast. Whether it was done.
    pub fn act(self, command: Command) -> bool {
        match self.apply(command) {
            Ok(_) => true,
            Err(error) => {
                self.refuse(&error);
                false
            }
        }
    }

    /// Sends a command that takes something away: it acts at once, and a toast holds Undo.
    pub fn act_with_undo(self, command: Command, text: &str, detail: &str) -> bool {
        let done = self.act(command);
        if done {
            self.toast(text, detail, true);
        }
        done
    }

    /// Says in a toast why a command was refused.
    pub fn refuse(self, error: &CommandError) {
        self.push_toast(&error.code, &error.message, false, true);
        self.page.alert.set(error.to_string());
    }

    /// Takes the last action back.
    pub fn undo(self) -> bool {
        self.through_history(true)
    }

    /// Does the last action taken back again.
    pub fn redo(self) -> bool {
        self.through_history(false)
    }

    /// Says that an action at a past moment has begun a fork.
    fn tell_fork(self, fork: RunId, later: usize) {
        let runs = self.read_player(Player::runs);
        let letter = |id| runs.iter().find(|run| run.id == id).map(|run| run.letter);
        let parent = runs.iter().find(|run| run.id == fork).and_then(|run| run.parent);
        let (Some(to), Some(from)) = (letter(fork), parent.and_then(letter)) else { return };
        let kept = match later {
            0 => String::new(),
            1 => " 1 later action is kept.".to_owned(),
            n => format!(" {n} later actions are kept."),
        };
        let text = format!("{from} is left as it is.{kept}");
        self.toast(&format!("Now in fork {to}."), &text, true);
    }

    fn through_history(self, back: bool) -> bool {
        if self.page.read_only.get_untracked() {
            return false;
        }
        let done = self.change(|core| {
            core.write.jump.set(None);
            if back { core.player.undo() } else { core.player.redo() }
        });
        let Some(undone) = done.flatten() else { return false };
        self.change(|core| core.write.edits.update(|edits| *edits += 1));
        self.settle_player();
        let what = undone.command.map(|command| {
            let (_, who, what) = journal_words(&command);
            format!(": {who}, {what}")
        });
        let word = if back { "Undone" } else { "Done again" };
        self.say(&format!("{word}{}", what.unwrap_or_default()));
        true
    }

    /// Edits the journal. The first run stays as it is: an edit of it makes a fork, and the page says so. Whether it was
    /// done.
    pub fn edit_journal(self, edit: impl FnOnce(&mut Player) -> Result<(), DocumentError>) -> bool {
        if self.page.read_only.get_untracked() {
            return false;
        }
        let done = self.change(|core| {
            let before = core.player.shown();
            let done = core.player.in_fork(edit).and_then(|done| done);
            done.map(|()| Some(core.player.shown()).filter(|shown| *shown != before))
        });
        match done {
            Some(Ok(fork)) => {
                self.change(|core| core.write.edits.update(|edits| *edits += 1));
                self.settle_player();
                if let Some(fork) = fork {
                    self.tell_fork(fork, 0);
                }
                true
            }
            Some(Err(error)) => {
                self.push_toast("Not changed.", &error.to_string(), false, true);
                self.page.alert.set(error.to_string());
                false
            }
            None => false,
        }
    }

    /// A short message over the transport.
    pub fn toast(self, text: &str, detail: &str, undo: bool) {
        self.push_toast(text, detail, undo, false);
        self.say(&format!("{text} {detail}"));
    }

    /// A message whose Undo is not the journal's.
    pub fn toast_with(self, text: &str, detail: &str, undo: impl Fn() + 'static) {
        self.push_toast(text, detail, true, false);
        self.change(|core| core.toast_undo = Some(Rc::new(undo)));
        self.say(&format!("{text} {detail}"));
    }

    /// What the Undo in a toast does.
    pub fn undo_toast(self, id: u64) {
        let shown = self.page.toasts.with_untracked(|all| all.iter().any(|toast| toast.id == id));
        match self.change(|core| core.toast_undo.take()).flatten().filter(|_| shown) {
            Some(undo) => undo(),
            None => {
                self.undo();
            }
        }
    }

    fn push_toast(self, text: &str, detail: &str, undo: bool, error: bool) {
        let id = self.change(|core| {
            core.toast_undo = None;
            core.driver.next_id()
        });
        let id = id.unwrap_or_default();
        let toast = Toast { id, text: text.to_owned(), detail: detail.to_owned(), undo, error };
        // One at a time: a pile of them hides the transport.
        self.page.toasts.set(vec![toast]);
        let stay_ms = if error { 2 * TOAST_MS } else { TOAST_MS };
        Timeout::new(stay_ms, move || self.drop_toast(id)).forget();
    }

    /// Takes a toast away.
    pub fn drop_toast(self, id: u64) {
        let _ = self.page.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }

    /// Says something in the polite live region.
    pub fn say(self, text: &str) {
        self.page.status.set(text.to_owned());
    }

    /// Puts a notice up, in the place of an older one of its kind.
    pub fn notify(self, notice: Notice) {
        self.page.alert.set(format!("{} {}", notice.title, notice.text));
        self.page.notices.update(|notices| {
            notices.retain(|old| old.kind != notice.kind);
            notices.push(notice);
        });
    }

    /// Takes a notice down.
    pub fn settle(self, kind: NoticeKind) {
        if self.page.notices.with_untracked(|all| all.iter().any(|notice| notice.kind == kind)) {
            self.page.notices.update(|notices| notices.retain(|notice| notice.kind != kind));
        }
    }

    /// Opens a panel; it hangs on `anchor`, and focus comes back there when it closes.
    pub fn open(self, panel: Panel, anchor: Option<HtmlElement>) {
        self.change(|core| core.anchor = anchor);
        self.page.panel.set(Some(panel));
    }

    /// Opens a panel, or closes it when it is the open one.
    pub fn toggle(self, panel: Panel, anchor: Option<HtmlElement>) {
        if self.page.panel.with_untracked(|open| open.as_ref() == Some(&panel)) {
            self.close();
        } else {
            self.open(panel, anchor);
        }
    }

    /// Another tab or another field of the open panel, on the same anchor.
    pub fn turn_to(self, panel: Panel) {
        self.page.panel.set(Some(panel));
    }

    /// Closes the open panel and gives focus back.
    pub fn close(self) {
        if self.page.panel.with_untracked(Option::is_none) {
            return;
        }
        self.page.panel.set(None);
        if let Some(anchor) = self.anchor() {
            let _ = anchor.focus();
        }
    }

    /// The element that opened the panel.
    pub fn anchor(self) -> Option<HtmlElement> {
        self.core.with_value(|core| core.anchor.clone())
    }
}
