//! Topics by a regular expression (`TopicFilter.IncludeList`). Java's and Rust's expressions differ in what no topic name
//! needs (look-around, back references).

use crate::exception::Exception;
use regex_lite::Regex;

/// Most characters of an expression.
const MAX_PATTERN: usize = 1_000;

/// Topics that match.
pub(crate) struct IncludeList {
    whole: Regex,
}

impl IncludeList {
    /// Reads an expression; a comma means "or".
    pub(crate) fn new(raw: &str) -> Result<Self, Exception> {
        let regex = raw.trim().replace(',', "|").replace(' ', "");
        let regex = regex.trim_matches(['"', '\'']);
        let invalid = || {
            Exception::new("java.lang.RuntimeException", format!("{regex} is an invalid regex."))
        };
        if regex.len() > MAX_PATTERN {
            return Err(invalid());
        }
        let whole = Regex::new(&format!("^(?:{regex})$")).map_err(|_| invalid())?;
        Ok(Self { whole })
    }

    /// Whether a topic is among them.
    pub(crate) fn allows(&self, topic: &str) -> bool {
        self.whole.is_match(topic)
    }
}

/// Whether an expression can be read (`--validate-regex`).
pub(crate) fn regex_error(regex: &str) -> Option<String> {
    Regex::new(regex).err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_an_or_and_the_whole_name_has_to_match() {
        let list = IncludeList::new("orders, pay.*").unwrap();
        assert!(list.allows("orders") && list.allows("payments"));
        assert!(!list.allows("orders2"));
        let wrong = IncludeList::new("a(").err().unwrap();
        assert_eq!(wrong.message, "a( is an invalid regex.");
    }
}
