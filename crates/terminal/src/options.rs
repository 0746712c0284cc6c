//! A tool's options and a command line read by them (joptsimple's `OptionParser` and `OptionSet`). The table of
//! options is read from the tool's own `--help`: two columns, `--name <Type: argument>` and what it is for.

use std::fmt::Write as _;

/// Whether an option takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// None.
    Nothing,
    /// One, or none.
    Maybe,
    /// One.
    One,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionSpec {
    /// Its name, without hyphens.
    pub name: String,
    /// Its argument.
    pub takes: Takes,
    /// The argument's type: `String`, `Integer`, `Long`.
    pub kind: String,
    /// What it is for, in one paragraph.
    pub about: String,
}

/// Reads the options out of a help text.
pub(crate) fn read_help(help: &str) -> Vec<OptionSpec> {
    let mut lines = help.lines().skip_while(|line| !line.starts_with("Option"));
    let column = lines.next().and_then(|head| head.find("Description")).unwrap_or(40);
    let mut specs: Vec<(String, String)> = Vec::new();
    for line in lines.skip(1) {
        let split_at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        let (left, right) = line.split_at_checked(split_at).unwrap_or((line, ""));
        match specs.last_mut() {
            _ if left.starts_with("--") => {
                specs.push((left.trim().to_owned(), right.trim().to_owned()));
            }
            Some((option, about)) => {
                for (text, more) in [(option, left.trim()), (about, right.trim())] {
                    if !more.is_empty() {
                        let _ =
                            write!(text, "{}{more}", if text.ends_with('-') { "" } else { " " });
                    }
                }
            }
            None => {}
        }
    }
    specs.into_iter().map(|(option, about)| read_option(&option, about)).collect()
}

fn read_option(text: &str, about: String) -> OptionSpec {
    let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
    let takes = match argument.chars().next() {
        Some('<') => Takes::One,
        Some('[') => Takes::Maybe,
        _ => Takes::Nothing,
    };
    let kind = argument.trim_matches(['<', '>', '[', ']']).split(':').next().unwrap_or_default();
    let name = name.trim_start_matches('-').to_owned();
    OptionSpec { name, takes, kind: kind.trim().to_owned(), about }
}

/// Why a command line can't be read, or a value can't be had (`OptionException`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionError {
    /// The exception's short name.
    pub class: &'static str,
    /// joptsimple's message.
    pub message: String,
}

fn error(class: &'static str, message: String) -> OptionError {
    OptionError { class, message }
}

/// A command line, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    given: Vec<(String, Option<String>)>,
    defaults: Vec<(String, String)>,
    /// How many words there were.
    pub words: usize,
}

impl Options {
    /// Reads words by a table of options.
    pub(crate) fn parse(specs: &[OptionSpec], words: &[String]) -> Result<Self, OptionError> {
        let mut options = Self { words: words.len(), defaults: defaults(specs), ..Self::default() };
        let mut words = words.iter().peekable();
        let mut ended = false;
        while let Some(word) = words.next() {
            if word == "--" {
                ended = true;
            }
            if ended || !looks_like_an_option(word) {
                continue;
            }
            let (name, inline) = match word.trim_start_matches('-').split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.trim_start_matches('-'), None),
            };
            let short = !word.starts_with("--");
            let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
                let first: String = name.chars().take(1).collect();
                let shown = if short && !first.is_empty() { first.as_str() } else { name };
                let text = format!("{shown} is not a recognized option");
                return Err(error("UnrecognizedOptionException", text));
            };
            let value = match (spec.takes, inline) {
                (Takes::Nothing, _) => None,
                (_, Some(value)) => Some(value),
                (Takes::One, None) => Some(words.next().cloned().ok_or_else(|| {
                    let text = format!("Option {name} requires an argument");
                    error("OptionMissingRequiredArgumentException", text)
                })?),
                (Takes::Maybe, None) => words.next_if(|next| !looks_like_an_option(next)).cloned(),
            };
            options.given.push((spec.name.clone(), value));
        }
        Ok(options)
    }

    /// Whether an option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// How many of these options were given.
    pub(crate) fn count_of(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    /// All values of an option.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let of = self.given.iter().filter(|(given, _)| given == name);
        of.filter_map(|(_, value)| value.as_deref()).collect()
    }

    /// The names of all options given, in order, each as often as it was.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.given.iter().map(|(name, _)| name.as_str())
    }

    /// The value of an option that may be given once; its default where it has one.
    pub(crate) fn value(&self, name: &str) -> Result<Option<&str>, OptionError> {
        match self.values(name).as_slice() {
            [] => Ok(self.defaults.iter().find(|(of, _)| of == name).map(|(_, value)| &**value)),
            [value] => Ok(Some(value)),
            _ => {
                let text = format!(
                    "Found multiple arguments for option {name}, but you asked for only one"
                );
                Err(error("MultipleArgumentsForOptionException", text))
            }
        }
    }

    /// A value that is a number.
    pub(crate) fn number<T: std::str::FromStr>(
        &self,
        name: &str,
    ) -> Result<Option<T>, OptionError> {
        let parse = |text: &str| {
            text.parse::<T>().map_err(|_| {
                let message = format!("Cannot parse argument '{text}' of option {name}");
                error("OptionArgumentConversionException", message)
            })
        };
        self.value(name)?.map(parse).transpose()
    }
}

/// Defaults as the help text ends with them: `(default: 30000)`.
fn defaults(specs: &[OptionSpec]) -> Vec<(String, String)> {
    let default = |spec: &OptionSpec| {
        let (_, tail) = spec.about.rsplit_once("(default: ")?;
        Some((spec.name.clone(), tail.trim_end_matches(')').replace(' ', "")))
    };
    specs.iter().filter(|spec| spec.takes != Takes::Nothing).filter_map(default).collect()
}

fn looks_like_an_option(word: &str) -> bool {
    word.starts_with('-') && word != "-" && word != "--"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics() -> Vec<OptionSpec> {
        read_help(include_str!("../help/kafka-topics.txt"))
    }

    fn parse(line: &str) -> Result<Options, OptionError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&topics(), &words)
    }

    #[test]
    fn a_help_text_is_a_table_of_options() {
        let specs = topics();
        let of = |name: &str| specs.iter().find(|spec| spec.name == name).unwrap();
        assert_eq!(specs.len(), 25);
        assert_eq!(
            (of("list").takes, &*of("list").about),
            (Takes::Nothing, "List all available topics.")
        );
        let partitions = of("partitions");
        assert_eq!((partitions.takes, &*partitions.kind), (Takes::One, "Integer"));
        let groups = read_help(include_str!("../help/kafka-consumer-groups.txt"));
        assert!(groups.iter().any(|spec| spec.name == "state" && spec.takes == Takes::Maybe));
    }

    #[test]
    fn options_are_read_as_joptsimple_reads_them() {
        let options = parse("--topic=a --create --partitions 3 stray -list").unwrap();
        assert_eq!(options.value("topic").unwrap(), Some("a"));
        assert_eq!(options.number::<i32>("partitions").unwrap(), Some(3));
        assert!(options.has("list") && options.has("create") && !options.has("alter"));
        let message = |line: &str| parse(line).unwrap_err().message;
        assert_eq!(message("--foo"), "foo is not a recognized option");
        assert_eq!(message("-foo"), "f is not a recognized option");
        assert_eq!(message("--topic"), "Option topic requires an argument");
        let twice = parse("--topic a --topic b").unwrap();
        assert_eq!(
            twice.value("topic").unwrap_err().message,
            "Found multiple arguments for option topic, but you asked for only one"
        );
        let word = parse("--partitions x").unwrap().number::<i32>("partitions").unwrap_err();
        assert_eq!(word.message, "Cannot parse argument 'x' of option partitions");
    }

    #[test]
    fn defaults_stand_in_the_help() {
        let specs = read_help(include_str!("../help/kafka-console-producer.txt"));
        let options = Options::parse(&specs, &[]).unwrap();
        assert_eq!(options.number::<i64>("timeout").unwrap(), Some(1_000));
        assert_eq!(options.value("request-required-acks").unwrap(), Some("-1"));
    }
}
