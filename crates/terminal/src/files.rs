//! The few files of a terminal: what `echo ... > name` wrote. They live as long as the terminal does.

use sorted::SortedMap;

/// Most files.
const MAX_FILES: usize = 50;
/// Most bytes in one.
const MAX_BYTES: usize = 256 * 1024;

/// Files by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    by_name: SortedMap<String, String>,
}

impl Files {
    /// Writes a file, or adds to it.
    pub(crate) fn write(&mut self, name: &str, text: &str, append: bool) -> Result<(), String> {
        let name = name.strip_prefix("./").unwrap_or(name);
        if name.contains('/') {
            return Err(format!("{name}: this terminal has no folders; choose a plain name"));
        }
        let known = self.by_name.get(name);
        if known.is_none() && self.by_name.len() >= MAX_FILES {
            return Err(format!("{name}: {MAX_FILES} files are all this terminal holds"));
        }
        let mut whole = known.filter(|_| append).cloned().unwrap_or_default();
        if whole.len() + text.len() > MAX_BYTES {
            return Err(format!("{name}: a file holds at most {MAX_BYTES} bytes"));
        }
        whole.push_str(text);
        self.by_name.insert(name.to_owned(), whole);
        Ok(())
    }

    /// What is in a file.
    pub(crate) fn read(&self, name: &str) -> Option<&str> {
        let name = name.strip_prefix("./").unwrap_or(name);
        self.by_name.get(name).map(String::as_str)
    }

    /// Takes a file away. False if there is none.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}
