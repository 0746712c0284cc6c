//! How changes reach the real IndexedDB of a browser: in groups, in time, by one writer, and in spite of failures.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use browser_store::{COMMIT_AFTER_BYTES, Lock, Status, StoreError};
use std::cell::RefCell;
use support::{js, sleep, store, writer};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// How often it told that all is stored.
fn times_saved(told: &RefCell<Vec<Status>>) -> usize {
    told.borrow().iter().filter(|status| matches!(status, Status::Saved { .. })).count()
}

#[wasm_bindgen_test]
async fn many_changes_are_stored_together_a_quarter_of_a_second_later() {
    let store = store("group").await;
    let made = store.create("Orders", "document").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, told) = writer(&store, &made).await;
    keeps.flush().await.unwrap();
    told.borrow_mut().clear();

    for n in 0..50 {
        keeps.append(format!("entry {n}"));
    }
    sleep(60).await;
    assert!(store.load(&id).await.unwrap().journal.is_empty(), "stored at once, one by one");
    assert_eq!(times_saved(&told), 0);
    sleep(400).await;
    assert_eq!(store.load(&id).await.unwrap().journal.len(), 50);
    assert_eq!(times_saved(&told), 1, "{:?}", told.borrow());
}

#[wasm_bindgen_test]
async fn much_at_once_does_not_wait() {
    let store = store("much").await;
    let made = store.create("Orders", "document").await.unwrap();
    let (keeps, _) = writer(&store, &made).await;
    keeps.flush().await.unwrap();
    keeps.append("x".repeat(COMMIT_AFTER_BYTES));
    sleep(0).await;
    // Readers queue behind the writer that has begun.
    assert_eq!(store.load(&made.workspace.id).await.unwrap().journal.len(), 1);
}

#[wasm_bindgen_test]
async fn a_page_that_is_left_stores_at_once() {
    for event in ["window.dispatchEvent(new Event('pagehide'))", HIDE] {
        let store = store("leaving").await;
        let made = store.create("Orders", "document").await.unwrap();
        let (keeps, _) = writer(&store, &made).await;
        keeps.flush().await.unwrap();
        keeps.append("last words".to_owned());
        js(event);
        assert_eq!(
            store.load(&made.workspace.id).await.unwrap().journal,
            ["last words"],
            "{event}"
        );
        js("delete document.visibilityState");
    }
}

const HIDE: &str =
    "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
document.dispatchEvent(new Event('visibilitychange'))";

#[wasm_bindgen_test]
async fn a_writer_that_is_dropped_stores_what_waits() {
    let store = store("dropped").await;
    let made = store.create("Orders", "document").await.unwrap();
    let (keeps, _) = writer(&store, &made).await;
    keeps.append("last words".to_owned());
    drop(keeps);
    assert_eq!(store.load(&made.workspace.id).await.unwrap().journal, ["last words"]);
}

#[wasm_bindgen_test]
async fn a_new_document_takes_the_place_of_the_old_one_and_its_journal() {
    let store = store("document").await;
    let made = store.create("Orders", "first").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, _) = writer(&store, &made).await;
    keeps.append("one".to_owned());
    keeps.flush().await.unwrap();
    keeps.append("two".to_owned());
    keeps.document("second".to_owned());
    keeps.append("three".to_owned());
    keeps.title("Renamed");
    keeps.thumbnail("lanes");
    keeps.flush().await.unwrap();
    keeps.append("four".to_owned());
    keeps.flush().await.unwrap();

    let saved = store.load(&id).await.unwrap();
    assert_eq!(
        (saved.document.as_str(), saved.journal),
        ("second", vec!["three".to_owned(), "four".to_owned()])
    );
    assert_eq!(
        (saved.workspace.title.as_str(), saved.workspace.thumbnail.as_str()),
        ("Renamed", "lanes")
    );
    assert_eq!(saved.workspace.size, 15.0);
    assert_eq!(saved.workspace, keeps.workspace());
}

#[wasm_bindgen_test]
async fn checkpoints_and_segments_come_back_in_order_and_can_be_deleted() {
    let store = store("blobs").await;
    let made = store.create("Orders", "document").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, _) = writer(&store, &made).await;
    keeps.checkpoint(30.0, Some(vec![3]));
    keeps.checkpoint(4.0, Some(vec![4; 70_000]));
    keeps.segment(
        "orders-0/00000000000000000000.log",
        Some(js_sys::Uint8Array::from(&[0, 255][..])),
    );
    keeps.flush().await.unwrap();
    assert_eq!(store.checkpoints(&id).await.unwrap(), [4.0, 30.0]);
    assert_eq!(store.checkpoint(&id, 4.0).await.unwrap().unwrap().len(), 70_000);
    assert_eq!(store.segments(&id).await.unwrap(), ["orders-0/00000000000000000000.log"]);
    let segment = store.segment(&id, "orders-0/00000000000000000000.log").await.unwrap();
    assert_eq!(segment, Some(vec![0, 255]));

    keeps.checkpoint(4.0, None);
    keeps.flush().await.unwrap();
    assert_eq!(store.checkpoints(&id).await.unwrap(), [30.0]);
    drop(keeps);
    sleep(20).await;
    store.delete(&id).await.unwrap();
    assert!(store.checkpoints(&id).await.unwrap().is_empty());
    assert_eq!(store.checkpoint(&id, 30.0).await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_second_writer_is_kept_out_until_the_first_one_is_gone() {
    let store = store("lock").await;
    let made = store.create("Orders", "document").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, _) = writer(&store, &made).await;
    let lock = Lock::of(&id);
    assert!(lock.try_acquire().await.unwrap().is_none());
    assert_eq!(store.rename(&id, "x").await, Err(StoreError::ReadOnly));
    assert_eq!(store.delete(&id).await, Err(StoreError::ReadOnly));
    // Another workspace is free.
    assert!(Lock::of("another").try_acquire().await.unwrap().unwrap().is_exclusive());

    drop(keeps);
    sleep(50).await;
    assert!(lock.try_acquire().await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn full_storage_is_said_and_nothing_is_lost_once_there_is_room() {
    let store = store("quota").await;
    let made = store.create("Orders", "document").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, told) = writer(&store, &made).await;
    keeps.append("before".to_owned());
    keeps.flush().await.unwrap();

    // The third request of the transaction finds no room: what was asked before it must not be stored either.
    js("window.putAsItWas = IDBObjectStore.prototype.put; let left = 2;
        IDBObjectStore.prototype.put = function (...all) {
            if (left-- > 0) return window.putAsItWas.apply(this, all);
            throw new DOMException('no room', 'QuotaExceededError');
        }");
    keeps.append("while it was full".to_owned());
    keeps.append("and this".to_owned());
    assert_eq!(keeps.flush().await, Err(StoreError::Quota));
    js("IDBObjectStore.prototype.put = window.putAsItWas");
    assert_eq!(told.borrow().last(), Some(&Status::Failed(StoreError::Quota)));
    assert_eq!(store.load(&id).await.unwrap().journal, ["before"]);

    keeps.append("after".to_owned());
    keeps.flush().await.unwrap();
    let journal = store.load(&id).await.unwrap().journal;
    assert_eq!(journal, ["before", "while it was full", "and this", "after"]);
}

#[wasm_bindgen_test]
async fn a_transaction_that_the_browser_rolls_back_is_tried_again() {
    let store = store("abort").await;
    let made = store.create("Orders", "document").await.unwrap();
    let id = made.workspace.id.clone();
    let (keeps, told) = writer(&store, &made).await;
    keeps.flush().await.unwrap();
    // The browser finds at the end that there is no room.
    js("window.commitAsItWas = IDBTransaction.prototype.commit;
        IDBTransaction.prototype.commit = function () { this.abort(); }");
    keeps.document("second".to_owned());
    keeps.append("one".to_owned());
    let failed = keeps.flush().await;
    js("IDBTransaction.prototype.commit = window.commitAsItWas");
    assert!(failed.is_err());
    assert!(matches!(told.borrow().last(), Some(Status::Failed(_))));
    assert_eq!(store.load(&id).await.unwrap().document, "document");
    keeps.flush().await.unwrap();
    let saved = store.load(&id).await.unwrap();
    assert_eq!((saved.document.as_str(), saved.journal), ("second", vec!["one".to_owned()]));
}
