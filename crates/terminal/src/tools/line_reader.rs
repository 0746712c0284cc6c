//! How a typed line becomes a record (`LineMessageReader`).

use crate::exception::Exception;
use log_engine::Configs;
use log_engine::command::{Payload, RecordSpec};
use regex_lite::Regex;

/// Reader properties, and how many lines were read.
#[derive(Debug, Clone)]
pub(super) struct LineReader {
    parse_key: bool,
    parse_headers: bool,
    ignore_error: bool,
    key_separator: String,
    headers_delimiter: String,
    headers_separator: Regex,
    headers_key_separator: String,
    null_marker: Option<String>,
    lines: usize,
}

fn refuse(text: impl Into<String>) -> Exception {
    Exception::new("org.apache.kafka.common.KafkaException", text)
}

impl LineReader {
    /// `configure`.
    pub(super) fn new(properties: &Configs) -> Result<Self, Exception> {
        let flag = |name: &str| {
            properties.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
        };
        let text = |name: &str, default: &str| {
            // A shell hands `\t` over as two characters; what is meant is a tab.
            properties.get(name).map_or(default.to_owned(), |value| value.replace("\\t", "\t"))
        };
        let key_separator = text("key.separator", "\t");
        let headers_delimiter = text("headers.delimiter", "\t");
        let headers_separator = text("headers.separator", ",");
        let headers_key_separator = text("headers.key.separator", ":");
        let null_marker = properties.get("null.marker").cloned();
        let named = [
            ("headers.delimiter", &headers_delimiter, "headers.separator", &headers_separator),
            (
                "headers.delimiter",
                &headers_delimiter,
                "headers.key.separator",
                &headers_key_separator,
            ),
            (
                "headers.separator",
                &headers_separator,
                "headers.key.separator",
                &headers_key_separator,
            ),
        ];
        if let Some((one, _, other, _)) = named.iter().find(|(_, one, _, other)| one == other) {
            return Err(refuse(format!("{one} and {other} may not be equal")));
        }
        let marked = [
            ("key.separator", &key_separator),
            ("headers.separator", &headers_separator),
            ("headers.delimiter", &headers_delimiter),
            ("headers.key.separator", &headers_key_separator),
        ];
        if let Some((name, _)) = marked.iter().find(|(_, text)| null_marker.as_ref() == Some(text))
        {
            return Err(refuse(format!("null.marker and {name} may not be equal")));
        }
        let pattern = Regex::new(&headers_separator).map_err(|error| {
            Exception::new("java.util.regex.PatternSyntaxException", error.to_string())
        })?;
        Ok(Self {
            parse_key: flag("parse.key"),
            parse_headers: flag("parse.headers"),
            ignore_error: flag("ignore.error"),
            key_separator,
            headers_delimiter,
            headers_separator: pattern,
            headers_key_separator,
            null_marker,
            lines: 0,
        })
    }

    /// One line as a record.
    pub(super) fn record(&mut self, line: &str) -> Result<RecordSpec, Exception> {
        self.lines += 1;
        let (delimiter, separator) = (self.headers_delimiter.clone(), self.key_separator.clone());
        let (headers, rest) =
            self.part(self.parse_headers, line, line, &delimiter, "headers delimiter")?;
        let (key, value) = self.part(self.parse_key, line, rest, &separator, "key separator")?;
        let headers = match headers.filter(|headers| !self.is_null(headers)) {
            Some(headers) => self.headers(headers)?,
            None => Vec::new(),
        };
        let payload = |text: &str| (!self.is_null(text)).then(|| Payload::Text(text.to_owned()));
        Ok(RecordSpec {
            key: key.and_then(payload),
            value: payload(value),
            headers,
            ..RecordSpec::default()
        })
    }

    fn is_null(&self, text: &str) -> bool {
        self.null_marker.as_deref() == Some(text)
    }

    /// What stands before a separator, and what stands after it.
    fn part<'a>(
        &self,
        enabled: bool,
        line: &str,
        rest: &'a str,
        separator: &str,
        name: &str,
    ) -> Result<(Option<&'a str>, &'a str), Exception> {
        if !enabled {
            return Ok((None, rest));
        }
        match rest.split_once(separator) {
            Some((part, rest)) => Ok((Some(part), rest)),
            None if self.ignore_error => Ok((None, rest)),
            None => Err(refuse(format!("No {name} found on line number {}: '{line}'", self.lines))),
        }
    }

    fn headers(&self, text: &str) -> Result<Vec<(String, Option<Payload>)>, Exception> {
        let mut headers = Vec::new();
        for pair in self.headers_separator.split(text) {
            let Some((key, value)) = pair.split_once(&self.headers_key_separator) else {
                if self.ignore_error {
                    headers.push((pair.to_owned(), None));
                    continue;
                }
                return Err(refuse(format!(
                    "No header key separator found in pair '{pair}' on line number {}",
                    self.lines
                )));
            };
            if self.is_null(key) {
                return Err(refuse(format!(
                    "Header keys should not be equal to the null marker '{key}' as they can't be null"
                )));
            }
            let value = (!self.is_null(value)).then(|| Payload::Text(value.to_owned()));
            headers.push((key.to_owned(), value));
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(properties: &[(&str, &str)]) -> LineReader {
        let properties =
            properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        LineReader::new(&properties.collect()).unwrap()
    }

    fn text(text: &str) -> Option<Payload> {
        Some(Payload::Text(text.to_owned()))
    }

    #[test]
    fn a_line_is_a_value_unless_told_otherwise() {
        let record = reader(&[]).record("a:1").unwrap();
        assert_eq!((record.key, record.value), (None, text("a:1")));
        let mut keyed =
            reader(&[("parse.key", "true"), ("key.separator", ":"), ("null.marker", "NULL")]);
        let record = keyed.record("a:1:2").unwrap();
        assert_eq!((record.key, record.value), (text("a"), text("1:2")));
        let record = keyed.record("c:NULL").unwrap();
        assert_eq!((record.key, record.value), (text("c"), None));
        let wrong = keyed.record("plain").unwrap_err();
        assert_eq!(wrong.message, "No key separator found on line number 3: 'plain'");
    }

    #[test]
    fn headers_stand_before_the_key() {
        let mut reader = reader(&[("parse.key", "true"), ("parse.headers", "true")]);
        let record = reader.record("h1:v1,h2:v2\tkey\tvalue").unwrap();
        assert_eq!(record.headers, [("h1".to_owned(), text("v1")), ("h2".to_owned(), text("v2"))]);
        assert_eq!((record.key, record.value), (text("key"), text("value")));
        let wrong = reader.record("h1\tkey\tvalue").unwrap_err();
        assert_eq!(wrong.message, "No header key separator found in pair 'h1' on line number 2");
    }
}
