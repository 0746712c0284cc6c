//! What a person chose about the page: theme, density, whether single letters act. Kept in this browser.

use super::{Density, Session, Theme};
use crate::browser;
use crate::ui::{dress, effective_theme};
use leptos::prelude::*;

const THEME: &str = "ottla.theme";
const DENSITY: &str = "ottla.density";
const LETTER_KEYS: &str = "ottla.letter-keys";
const HINT_SEEN: &str = "ottla.hint-seen";

impl Session {
    /// Takes up what was chosen before, or what the address asks for.
    pub(super) fn recall_settings(self) {
        let page = self.page;
        let asked = |name: &str, key: &str| {
            browser::parameter(name).or_else(|| if page.embedded { None } else { stored(key) })
        };
        page.theme.set(match asked("theme", THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        });
        page.density.set(match asked("density", DENSITY).as_deref() {
            Some("large") => Density::Large,
            _ => Density::Normal,
        });
        page.letter_keys.set(stored(LETTER_KEYS).as_deref() != Some("off"));
        page.hint.set(!page.embedded && stored(HINT_SEEN).is_none());
        let roomy = browser::matches("(min-height: 800px)");
        page.drawer_open.set(roomy && page.density.get_untracked() == Density::Normal);
        self.dress();
    }

    /// Light, dark, or as the system.
    pub fn set_theme(self, theme: Theme) {
        let word = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        self.keep(THEME, word);
        dress(theme, self.page.density.get_untracked());
        self.page.theme.set(theme);
    }

    /// To the other of light and dark.
    pub fn toggle_theme(self) {
        let dark = effective_theme(self.page.theme.get_untracked()) == "dark";
        self.set_theme(if dark { Theme::Light } else { Theme::Dark });
    }

    /// Normal or large.
    pub fn set_density(self, density: Density) {
        self.keep(DENSITY, (density == Density::Large).then_some("large"));
        dress(self.page.theme.get_untracked(), density);
        self.page.density.set(density);
        if density == Density::Large {
            self.page.drawer_open.set(false);
        }
    }

    /// Whether keys without a modifier act.
    pub fn set_letter_keys(self, on: bool) {
        self.keep(LETTER_KEYS, (!on).then_some("off"));
        self.page.letter_keys.set(on);
    }

    /// Takes the hint of the first run away for good.
    pub fn drop_hint(self) {
        if self.page.hint.get_untracked() {
            self.keep(HINT_SEEN, Some("yes"));
            self.page.hint.set(false);
        }
    }

    /// The system changed between light and dark.
    pub fn follow_system_theme(self) {
        self.dress();
    }

    fn dress(self) {
        dress(self.page.theme.get_untracked(), self.page.density.get_untracked());
    }

    /// A frame keeps nothing: it is a guest in another page.
    fn keep(self, key: &str, value: Option<&str>) {
        if self.page.embedded {
            return;
        }
        if let Ok(Some(storage)) = window().local_storage() {
            // Where the browser refuses, the choice lasts as long as the page.
            let _ = match value {
                Some(value) => storage.set_item(key, value),
                None => storage.remove_item(key),
            };
        }
    }
}

fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}
