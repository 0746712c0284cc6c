//! Which keys a stream uses: the distribution as a picture in key colours, and the key set.

use super::key_shares::shares;
use super::stream_draft::{KEYS, key_word, keys_of, parse_keys, with_word};
use crate::panels::controls::{TextInput, fresh_id};
use crate::panels::icon::key_chip;
use crate::session::use_session;
use leptos::prelude::*;
use log_engine::command::KeyDistribution;

const WORDS: [&str; 4] = ["uniform", "zipf", "in turn", "no key"];

/// The choice of a distribution.
#[component]
pub fn Distributions(
    /// The present one.
    keys: Memo<KeyDistribution>,
    /// Called with another one.
    on_pick: Callback<KeyDistribution>,
) -> impl IntoView {
    let set = move || {
        let keys = keys.with(keys_of);
        if keys.is_empty() { KEYS.map(str::to_owned).to_vec() } else { keys }
    };
    let button = move |word: &'static str| {
        let on = move || keys.with(key_word) == word;
        let pick = move |_| on_pick.run(with_word(word, untrack(set)));
        view! {
            <button type="button" role="radio" aria-checked=move || on().to_string() on:click=pick>
                {move || histogram(&with_word(word, set()))}
                <span>{word}</span>
            </button>
        }
    };
    view! {
        <div class="dists" role="radiogroup" aria-label="Key distribution">
            {WORDS.into_iter().map(button).collect_view()}
        </div>
    }
}

/// A bar a key, in its colour, as high as its share; at most 8 of them.
fn histogram(keys: &KeyDistribution) -> AnyView {
    let legend = use_session().legend;
    let mut bars: Vec<(&'static str, u64)> = legend.with_untracked(|legend| {
        let shares = shares(keys).into_iter().take(8);
        shares.map(|(key, share)| (legend.mark(&key).class(), share)).collect()
    });
    if bars.is_empty() {
        bars = vec![("k-null", 1); 7];
    }
    let most = bars.iter().map(|(_, share)| *share).max().unwrap_or(1).max(1);
    let even = bars.iter().all(|(_, share)| *share == most);
    let full = if even { 10 } else { 24 };
    let view_box = format!("0 0 {} 26", bars.len() * 9);
    let bar = |(at, (class, share)): (usize, (&'static str, u64))| {
        let height = (share * full / most).max(1);
        view! { <rect class=class x=at * 9 y=26 - height width="7" height=height rx="1"/> }
    };
    let bars = bars.into_iter().enumerate().map(bar).collect_view();
    view! { <svg class="hist" viewBox=view_box aria-hidden="true">{bars}</svg> }.into_any()
}

/// The key set: its cells, and a field to change it.
#[component]
pub fn KeySet(
    /// The present distribution.
    keys: Memo<KeyDistribution>,
    /// Called with another one.
    on_change: Callback<KeyDistribution>,
) -> impl IntoView {
    let editing = RwSignal::new(false);
    let id = fresh_id("keys");
    let set = Callback::new(move |typed: String| {
        editing.set(false);
        on_change.run(match keys.get_untracked() {
            KeyDistribution::Sequence { prefix, count } => parse_sequence(&typed, &prefix, count),
            other => with_word(key_word(&other), parse_keys(&typed)),
        });
    });
    let written = Signal::derive(move || match keys.get() {
        KeyDistribution::Sequence { prefix, count } => format!("{prefix} {count}"),
        other => keys_of(&other).join(", "),
    });
    let chips = move || {
        let keys = keys.with(keys_of);
        keys.iter().take(12).map(|key| key_chip(Some(key))).collect_view()
    };
    let help = move || match keys.with(key_word) {
        "in turn" => "prefix and how many: user- 8 is user-0 to user-7, then again",
        _ => "parted by commas; the first is the hottest of zipf",
    };
    view! {
        <div class="f-row" class:top=move || editing.get() hidden=move || keys.with(key_word) == "no key">
            <label for=id.clone()>"Key set"</label>
            <div class="keyset">
                <Show
                    when=move || editing.get()
                    fallback=move || view! {
                        {chips}
                        <button type="button" class="btn small" on:click=move |_| editing.set(true)>"Edit"</button>
                    }
                >
                    <TextInput id=id.clone() value=written on_change=set/>
                </Show>
            </div>
            {move || editing.get().then(|| view! { <p class="help">{help}</p> })}
        </div>
    }
}

/// `user- 8`: the last word is the number where it is one.
fn parse_sequence(typed: &str, prefix: &str, count: u32) -> KeyDistribution {
    let typed = typed.trim();
    let (before, last) = typed.rsplit_once([' ', ',']).unwrap_or((typed, ""));
    match last.trim().parse::<u32>() {
        Ok(count) => {
            KeyDistribution::Sequence { prefix: before.trim().to_owned(), count: count.max(1) }
        }
        Err(_) if typed.is_empty() => {
            KeyDistribution::Sequence { prefix: prefix.to_owned(), count }
        }
        Err(_) => KeyDistribution::Sequence { prefix: typed.to_owned(), count },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_typed_as_prefix_and_number() {
        let read = |typed: &str| match parse_sequence(typed, "user-", 8) {
            KeyDistribution::Sequence { prefix, count } => (prefix, count),
            _ => (String::new(), 0),
        };
        assert_eq!(read("till- 3"), ("till-".to_owned(), 3));
        assert_eq!(read("till-"), ("till-".to_owned(), 8));
        assert_eq!(read(""), ("user-".to_owned(), 8));
        assert_eq!(read("x 0"), ("x".to_owned(), 1));
    }
}
