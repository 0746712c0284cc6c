//! Whether files changed, without reading them: path, size and time of change.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::paths;

/// What the site is made of, below the top of the repository.
const SITE_INPUTS: &[&str] =
    &["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "crates", "web", "docs", "tools"];

/// Scenarios and golden data that the page may carry are in `tests`, the browser tests are not
/// part of the page.
const TEST_INPUTS: &[&str] = &["tests/scenarios", "tests/golden"];

/// Size and time of change; "absent" where there is no such file.
pub fn of_file(path: &Path) -> String {
    let Ok(meta) = path.metadata() else { return "absent".to_owned() };
    let since = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {}", meta.len(), since.map_or(0, |since| since.as_nanos()))
}

/// A short mark of a text.
pub fn of_text(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A short mark of everything the site is made of.
pub fn of_site() -> String {
    let mut files = Vec::new();
    for name in SITE_INPUTS.iter().chain(TEST_INPUTS) {
        collect(&paths::root().join(name), &mut files);
    }
    files.sort();
    let lines: Vec<String> =
        files.iter().map(|file| format!("{} {}\n", file.display(), of_file(file))).collect();
    of_text(&lines.concat())
}

/// A short mark of what a build left: names and sizes.
pub fn of_folder(folder: &Path) -> String {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let lines: Vec<String> =
        files.iter().map(|file| format!("{} {}\n", file.display(), of_file(file))).collect();
    of_text(&lines.concat())
}

/// All files at and below `path`.
pub fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name != "target" && name != "node_modules" {
            collect(&entry.path(), files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_the_mark() {
        let dir = std::env::temp_dir().join(format!("ottla-fingerprint-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("below")).unwrap();
        std::fs::write(dir.join("below/a"), "one").unwrap();
        let before = of_folder(&dir);
        assert_eq!(before, of_folder(&dir), "nothing changed");
        std::fs::write(dir.join("below/a"), "three").unwrap();
        let after = of_folder(&dir);
        std::fs::remove_dir_all(&dir).unwrap();
        assert_ne!(before, after);
        assert_ne!(after, of_folder(&dir), "gone is a change too");
        assert_eq!(of_file(&dir), "absent");
    }
}
