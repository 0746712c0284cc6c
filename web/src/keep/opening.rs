//! What the page opens with: a link, a named scenario, the workspace that was open last, else the default scenario.
//! Whatever can't be opened is said, and nothing that is saved is touched.

use super::address;
use super::texts::Texts;
use crate::browser;
use crate::session::{Notice, NoticeAction, NoticeKind};
use browser_store::{Lock, LockGuard, Saved, Store, StoreError};
use leptos::prelude::window;
use scenario::{Document, Player, gallery};

/// What there is to show.
pub struct Opening {
    /// The document, ready to play.
    pub player: Player,
    /// The browser's storage, where there is any.
    pub store: Option<Store>,
    /// The workspace it is from, and the right to write it (none: another tab has it).
    pub workspace: Option<(Saved, Option<LockGuard>)>,
    /// What went wrong.
    pub notices: Vec<Notice>,
}

impl Opening {
    /// Finds out. `None` only if even the default scenario can't be played.
    pub async fn find(embedded: bool) -> Option<Self> {
        let mut notices = Vec::new();
        let store = if embedded { None } else { open_store(&mut notices).await };
        let (mut workspace, mut reached) = (None, 0);
        let mut document = asked_for(&mut notices).await;
        if document.is_none()
            && let Some(store) = &store
            && let Some((saved, found, far)) = last_workspace(store, &mut notices).await
        {
            workspace = with_lock(saved).await;
            document = Some(found);
            reached = far;
        }
        if document.is_none() && address::is_followed() {
            document = Some(gallery::default_document());
        }
        if let Some(document) = &mut document {
            address::follow(document, &mut notices);
        }
        let player = match document.map(Player::new) {
            Some(Ok(mut player)) => {
                player.note_reached(reached);
                Some(player)
            }
            Some(Err(error)) => {
                notices.push(unreadable("This document can't be played.", &error.to_string()));
                workspace = None;
                None
            }
            None => None,
        };
        let player = match player {
            Some(player) => player,
            None => Player::new(gallery::default_document()).ok()?,
        };
        Some(Self { player, store, workspace, notices })
    }
}

async fn open_store(notices: &mut Vec<Notice>) -> Option<Store> {
    match Store::open().await {
        Ok(store) => Some(store),
        Err(error) => {
            notices.push(refused(&error));
            None
        }
    }
}

/// The document that the address holds or names.
async fn asked_for(notices: &mut Vec<Notice>) -> Option<Document> {
    let hash = window().location().hash().unwrap_or_default();
    if hash.starts_with("#s") {
        match Texts::fetched().await.and_then(|texts| (texts.link)(&hash)) {
            Ok(document) => return Some(document),
            Err(why) => notices.push(unreadable("This link can't be opened.", &why)),
        }
    }
    let name = browser::parameter("scenario")?;
    match Texts::fetched().await.map(|texts| (texts.scenario)(&name)) {
        Ok(Some(document)) => return Some(document),
        Ok(None) => {
            let text = format!("There is no scenario {name}.");
            notices.push(unreadable(&text, "Open lists those there are."));
        }
        Err(why) => {
            notices.push(unreadable(&format!("The scenario {name} can't be opened."), &why));
        }
    }
    None
}

async fn last_workspace(
    store: &Store,
    notices: &mut Vec<Notice>,
) -> Option<(Saved, Document, u64)> {
    let workspace = store.last_opened().await.ok().flatten()?;
    match read(store, &workspace.id).await {
        Ok(found) => Some(found),
        Err(text) => {
            let title = format!("{} can't be opened.", workspace.title);
            notices.push(unreadable(&title, &text));
            None
        }
    }
}

/// A workspace with its document, where the person left it, and how far it was played.
pub async fn read(store: &Store, id: &str) -> Result<(Saved, Document, u64), String> {
    let saved = store.load(id).await.map_err(|error| error.to_string())?;
    let (document, reached) = (Texts::fetched().await?.workspace)(&saved)?;
    Ok((saved, document, reached))
}

/// A browser that gives no locks lets every tab write.
pub async fn with_lock(saved: Saved) -> Option<(Saved, Option<LockGuard>)> {
    let guard = Lock::of(&saved.workspace.id).try_acquire().await.ok().flatten();
    Some((saved, guard))
}

/// Storage is not to be had.
pub fn refused(error: &StoreError) -> Notice {
    let title = match error {
        StoreError::Quota => "Browser storage is full.",
        StoreError::Blocked | StoreError::Newer => "Storage is in use by another Ottla.",
        _ => "Nothing is kept in this browser.",
    };
    let actions = match error {
        StoreError::Quota => vec![NoticeAction::SaveFile, NoticeAction::FreeSpace],
        _ => vec![NoticeAction::SaveFile, NoticeAction::Dismiss],
    };
    let text = match error {
        // The title says the first half of it.
        StoreError::Quota => {
            "The playground goes on in memory; delete a workspace, or save to a file.".to_owned()
        }
        _ => error.to_string(),
    };
    Notice { kind: NoticeKind::Storage, title: title.to_owned(), text, actions }
}

fn unreadable(title: &str, text: &str) -> Notice {
    let from_link = window().location().hash().unwrap_or_default().len() > 1;
    let mut actions = vec![NoticeAction::Dismiss];
    if from_link {
        actions.insert(0, NoticeAction::CopyLink);
    }
    Notice {
        kind: NoticeKind::Link,
        title: title.to_owned(),
        text: format!("{text} Nothing saved was changed."),
        actions,
    }
}
