//! Workspaces against the real IndexedDB of a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use browser_store::{Store, StoreError, estimate};
use idb::{DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use support::{fresh, js, sleep, store, writer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_workspace_comes_back_as_it_was_made() {
    let store = store("round-trip").await;
    let made = store.create("Orders", "{\"ottla\":1}").await.unwrap();
    let loaded = store.load(&made.workspace.id).await.unwrap();
    assert_eq!(loaded, made);
    assert_eq!(loaded.workspace.size, 11.0);
    assert_eq!(store.list().await.unwrap(), [made.workspace]);
}

#[wasm_bindgen_test]
async fn the_list_has_the_one_changed_last_first_and_names_the_one_opened_last() {
    let store = store("list").await;
    let first = store.create("First", "1").await.unwrap();
    sleep(3).await;
    let second = store.create("Second", "2").await.unwrap();
    assert_eq!(titles(&store).await, ["Second", "First"]);
    assert_eq!(store.last_opened().await.unwrap(), None);

    let (keeps, _) = writer(&store, &first).await;
    keeps.flush().await.unwrap();
    assert_eq!(store.last_opened().await.unwrap().unwrap().title, "First");
    drop(keeps);
    sleep(20).await;

    sleep(3).await;
    store.rename(&first.workspace.id, "Once first").await.unwrap();
    assert_eq!(titles(&store).await, ["Once first", "Second"]);
    store.delete(&second.workspace.id).await.unwrap();
    assert_eq!(titles(&store).await, ["Once first"]);
    assert_eq!(store.load(&second.workspace.id).await, Err(StoreError::NotFound));
    assert_eq!(store.rename(&second.workspace.id, "x").await, Err(StoreError::NotFound));
}

async fn titles(store: &Store) -> Vec<String> {
    store.list().await.unwrap().into_iter().map(|workspace| workspace.title).collect()
}

#[wasm_bindgen_test]
async fn a_copy_lives_on_its_own_and_a_deleted_one_can_be_put_back() {
    let store = store("copy").await;
    let made = store.create("Orders", "document").await.unwrap();
    let (keeps, _) = writer(&store, &made).await;
    keeps.append("one".to_owned());
    keeps.append("two".to_owned());
    keeps.position("at 7".to_owned());
    keeps.segment("import", Some(js_sys::Uint8Array::from(&[1, 2, 3][..])));
    keeps.flush().await.unwrap();

    let copy = store.duplicate(&made.workspace.id, "Copy of Orders").await.unwrap();
    keeps.document("changed".to_owned());
    keeps.flush().await.unwrap();
    assert_eq!((copy.document.as_str(), copy.position.as_deref()), ("document", Some("at 7")));
    assert_eq!(store.load(&copy.workspace.id).await.unwrap(), copy);
    assert_eq!(copy.journal, ["one", "two"]);
    assert_eq!(store.segment(&copy.workspace.id, "import").await.unwrap(), Some(vec![1, 2, 3]));
    assert_ne!(copy.workspace.id, made.workspace.id);

    store.delete(&copy.workspace.id).await.unwrap();
    store.restore(&copy).await.unwrap();
    assert_eq!(store.load(&copy.workspace.id).await.unwrap(), copy);
}

#[wasm_bindgen_test]
async fn a_database_of_version_1_is_upgraded_and_loses_nothing() {
    let name = fresh("version-1");
    make_version_1(&name).await;
    let store = Store::open_named(&name).await.unwrap();
    let list = store.list().await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(
        (list[0].title.as_str(), list[0].created_ms, list[0].opened_ms),
        ("Old", 1000.0, 0.0)
    );
    let saved = store.load("abc").await.unwrap();
    assert_eq!((saved.document.as_str(), saved.position.as_deref()), ("the old document", None));
    assert!(saved.journal.is_empty());

    // And it goes on as any other.
    let (keeps, _) = writer(&store, &saved).await;
    keeps.append("new".to_owned());
    keeps.position("here".to_owned());
    keeps.checkpoint(5.0, Some(vec![1, 2, 3]));
    keeps.flush().await.unwrap();
    let saved = store.load("abc").await.unwrap();
    assert_eq!(
        (saved.document.as_str(), saved.position.as_deref()),
        ("the old document", Some("here"))
    );
    assert_eq!(saved.journal, ["new"]);
    assert_eq!(store.checkpoint("abc", 5.0).await.unwrap(), Some(vec![1, 2, 3]));
}

/// What version 1 left behind: two stores, documents as plain texts.
async fn make_version_1(name: &str) {
    let mut request = Factory::new().unwrap().open(name, Some(1)).unwrap();
    request.on_upgrade_needed(|event| {
        let database = event.database().unwrap();
        for store in ["workspaces", "documents"] {
            database.create_object_store(store, ObjectStoreParams::new()).unwrap();
        }
    });
    let database = request.await.unwrap();
    let rows =
        database.transaction(&["workspaces", "documents"], TransactionMode::ReadWrite).unwrap();
    let row = js("return { id: 'abc', title: 'Old', created: 1000, modified: 2000 }");
    rows.object_store("workspaces").unwrap().put(&row, Some(&"abc".into())).unwrap().await.unwrap();
    let text = JsValue::from("the old document");
    rows.object_store("documents").unwrap().put(&text, Some(&"abc".into())).unwrap().await.unwrap();
    rows.commit().unwrap().await.unwrap();
    database.close();
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let name = fresh("newer");
    let newer = Factory::new().unwrap().open(&name, Some(99)).unwrap().await.unwrap();
    newer.close();
    assert_eq!(Store::open_named(&name).await.unwrap_err(), StoreError::Newer);
}

#[wasm_bindgen_test]
async fn an_old_page_in_another_tab_blocks_the_upgrade_and_this_is_said() {
    let name = fresh("blocked");
    let old = Factory::new().unwrap().open(&name, Some(1)).unwrap().await.unwrap();
    assert_eq!(Store::open_named(&name).await.unwrap_err(), StoreError::Blocked);
    // Once it is closed, all is well.
    old.close();
    sleep(50).await;
    assert!(Store::open_named(&name).await.unwrap().is_open());
}

#[wasm_bindgen_test]
async fn a_store_gives_way_to_a_newer_page() {
    let name = fresh("gives-way");
    let store = Store::open_named(&name).await.unwrap();
    let newer = Factory::new().unwrap().open(&name, Some(99)).unwrap().await.unwrap();
    assert!(!store.is_open());
    assert_eq!(store.list().await, Err(StoreError::Closed));
    newer.close();
}

#[wasm_bindgen_test]
async fn without_indexed_db_opening_is_refused() {
    js("window.asItWas = Object.getOwnPropertyDescriptor(window, 'indexedDB');
        Object.defineProperty(window, 'indexedDB', { value: undefined, configurable: true })");
    let refused = Store::open_named("none").await;
    js("Object.defineProperty(window, 'indexedDB', window.asItWas)");
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
}

#[wasm_bindgen_test]
async fn a_damaged_workspace_is_named_and_the_others_are_not_touched() {
    let name = fresh("damaged");
    let store = Store::open_named(&name).await.unwrap();
    let good = store.create("Good", "good").await.unwrap();
    let bad = store.create("Bad", "bad").await.unwrap();
    let raw = Factory::new().unwrap().open(&name, None).unwrap().await.unwrap();
    let documents = raw.transaction(&["documents"], TransactionMode::ReadWrite).unwrap();
    let key = JsValue::from(bad.workspace.id.as_str());
    documents
        .object_store("documents")
        .unwrap()
        .put(&JsValue::from(5), Some(&key))
        .unwrap()
        .await
        .unwrap();
    documents.commit().unwrap().await.unwrap();

    let error = store.load(&bad.workspace.id).await.unwrap_err();
    assert_eq!(error, StoreError::Corrupt("The workspace \"Bad\"".to_owned()));
    assert_eq!(store.load(&good.workspace.id).await.unwrap(), good);
    store.delete(&bad.workspace.id).await.unwrap();
    assert_eq!(titles(&store).await, ["Good"]);
}

#[wasm_bindgen_test]
async fn the_browser_says_how_much_room_there_is() {
    let store = store("estimate").await;
    store.create("Orders", &"x".repeat(100_000)).await.unwrap();
    let room = estimate().await.unwrap();
    assert!(room.usage_bytes > 0.0 && room.quota_bytes > room.usage_bytes, "{room:?}");
}
