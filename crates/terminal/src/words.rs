//! A line as a shell takes it apart: quotes, escapes, redirections. Pipes and lists of commands are told apart so
//! that they can be refused.

/// A word or an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word without its quotes.
    Word(String),
    /// `<`, `>`, `>>`, `|`, `&`, `;` and their like.
    Operator(&'static str),
}

/// A line taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its parts in order.
    pub tokens: Vec<Token>,
    /// Byte at which the last word begins, if the line ends in one; where the next would begin otherwise.
    pub last_start: usize,
    /// The line ends within a word.
    pub open_word: bool,
    /// The quote that is not closed.
    pub open_quote: Option<char>,
}

const OPERATORS: [&str; 8] = [">>", "&&", "||", ">", "<", "|", "&", ";"];

/// Takes a line apart.
pub(crate) fn split(line: &str) -> Words {
    let mut words = Words { last_start: line.len(), ..Words::default() };
    let mut word: Option<String> = None;
    let mut rest = line;
    let mut quote: Option<char> = None;
    while let Some(letter) = rest.chars().next() {
        let at = line.len() - rest.len();
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        if word.is_none() && quote.is_none() && !letter.is_whitespace() {
            words.last_start = at;
        }
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(letter),
            (Some(_), '\\') => {
                let next = after.chars().next();
                let escaped = next.filter(|next| matches!(next, '"' | '\\' | '$' | '`'));
                word.get_or_insert_default().push(escaped.unwrap_or('\\'));
                rest = after.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
                continue;
            }
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(letter);
            }
            (None, '\\') => {
                let next = after.chars().next();
                word.get_or_insert_default().extend(next);
                rest = after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
                continue;
            }
            (None, _) if letter.is_whitespace() => {
                words.tokens.extend(word.take().map(Token::Word));
            }
            (None, _) => match OPERATORS.iter().find(|operator| rest.starts_with(**operator)) {
                Some(operator) => {
                    words.tokens.extend(word.take().map(Token::Word));
                    words.tokens.push(Token::Operator(operator));
                    rest = rest.get(operator.len()..).unwrap_or_default();
                    continue;
                }
                None => word.get_or_insert_default().push(letter),
            },
        }
        rest = after;
    }
    words.open_word = word.is_some();
    if !words.open_word {
        words.last_start = line.len();
    }
    words.tokens.extend(word.map(Token::Word));
    words.open_quote = quote;
    words
}

/// A word as it has to be typed.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%[]".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        split(line)
            .tokens
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word,
                Token::Operator(operator) => format!("<{operator}>"),
            })
            .collect()
    }

    #[test]
    fn quotes_escapes_and_operators_are_a_shells() {
        assert_eq!(words("a  'b c' \"d \\\"e\\\"\" f\\ g"), ["a", "b c", "d \"e\"", "f g"]);
        assert_eq!(words("x --p='a b'c ''"), ["x", "--p=a bc", ""]);
        assert_eq!(words("echo '{\"a\":1}'>f.json"), ["echo", "{\"a\":1}", "<>>", "f.json"]);
        assert_eq!(words("a|b && c >> d"), ["a", "<|>", "b", "<&&>", "c", "<>>>", "d"]);
        assert_eq!(words("\"C:\\dir\""), ["C:\\dir"]);
    }

    #[test]
    fn what_is_being_typed_is_known() {
        let open = split("kafka-topics.sh --to");
        assert_eq!((open.last_start, open.open_word), (16, true));
        let between = split("kafka-topics.sh ");
        assert_eq!((between.last_start, between.open_word), (16, false));
        assert_eq!(split("echo 'a b").open_quote, Some('\''));
    }

    #[test]
    fn a_quoted_word_is_read_back() {
        for word in ["plain", "a b", "it's", "", "{\"a\": 1}", "tab\there"] {
            assert_eq!(words(&quoted(word)), [word]);
        }
    }
}
