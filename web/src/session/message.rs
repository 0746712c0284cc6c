//! What the page says by itself: toasts, notices, and the two live regions.

/// A short message over the transport. It goes away by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Its number, for the list.
    pub id: u64,
    /// What happened, one line.
    pub text: String,
    /// One more line, may be empty.
    pub detail: String,
    /// Whether it offers Undo.
    pub undo: bool,
    /// It tells of a refusal.
    pub error: bool,
}

/// An amber bar under the top bar. It stays until it is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// At most one notice of a kind is shown.
    pub kind: NoticeKind,
    /// The fact, in bold.
    pub title: String,
    /// What it means.
    pub text: String,
    /// What can be done.
    pub actions: Vec<NoticeAction>,
}

/// Where a notice comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// The browser refuses to store, or is full.
    Storage,
    /// Another tab writes this workspace.
    ReadOnly,
    /// The link or file could not be read.
    Link,
    /// The address names a moment or a run that is not there.
    Address,
    /// The engine stopped.
    Stopped,
}

/// A button in a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeAction {
    /// Save the document as a file.
    SaveFile,
    /// Open the list of workspaces, to delete some.
    FreeSpace,
    /// Copy the link that could not be read.
    CopyLink,
    /// Take the workspace over from the other tab.
    TakeOver,
    /// Work on a copy of one's own.
    WorkOnCopy,
    /// Close the notice.
    Dismiss,
}

impl NoticeAction {
    /// The word on the button.
    pub fn label(self) -> &'static str {
        match self {
            NoticeAction::SaveFile => "Save to a file",
            NoticeAction::FreeSpace => "Free space",
            NoticeAction::CopyLink => "Copy link",
            NoticeAction::TakeOver => "Edit here",
            NoticeAction::WorkOnCopy => "Work on a copy",
            NoticeAction::Dismiss => "Close",
        }
    }
}

/// How the document is kept, for the word beside the title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Saved {
    /// Not yet, or nowhere: it lives in this tab.
    #[default]
    NotYet,
    /// In this browser.
    Here,
    /// Being written.
    Saving,
    /// Could not be written.
    Failed,
    /// Another tab writes it.
    ReadOnly,
}

impl Saved {
    /// The word beside the title.
    pub fn label(&self) -> &'static str {
        match self {
            Saved::NotYet => "Not saved yet",
            Saved::Here => "Saved in this browser",
            Saved::Saving => "Saving",
            Saved::Failed => "Not saved",
            Saved::ReadOnly => "Read only",
        }
    }
}
