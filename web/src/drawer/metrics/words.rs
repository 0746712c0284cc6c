//! How metrics, their owners and their values are written.

use crate::ui::text;
use log_engine::view::{MetricRow, MetricsOf};

/// An owner as a value of the page's own.
pub fn id(whose: &MetricsOf) -> String {
    match whose {
        MetricsOf::Cluster => "cluster".to_owned(),
        MetricsOf::Broker { broker } => format!("broker {broker}"),
        MetricsOf::Controller { controller } => format!("controller {controller}"),
        MetricsOf::Producer { producer } => format!("producer {producer}"),
        MetricsOf::Consumer { consumer } => format!("consumer {consumer}"),
    }
}

/// An owner for the eye.
pub fn whose(whose: &MetricsOf) -> String {
    match whose {
        MetricsOf::Cluster => "Cluster".to_owned(),
        MetricsOf::Broker { broker } => format!("Broker {broker}"),
        MetricsOf::Controller { controller } => format!("Controller {controller}"),
        MetricsOf::Producer { producer } => producer.clone(),
        MetricsOf::Consumer { consumer } => consumer.clone(),
    }
}

/// How many.
pub fn metrics(count: usize) -> String {
    if count == 1 { "1 metric".to_owned() } else { format!("{count} metrics") }
}

/// The part of an object name that says most, with what stands before and behind it; nothing in the middle where the
/// attribute says it.
pub fn parts(mbean: &str) -> (&str, &str, &str) {
    let Some(at) = mbean.find(",name=").map(|at| at + ",name=".len()) else {
        return (mbean, "", "");
    };
    let (before, rest) = mbean.split_at(at);
    let (name, behind) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
    (before, name, behind)
}

/// A metric's short name: of an MBean with attributes of its own the attribute.
pub fn title(row: &MetricRow) -> String {
    match parts(&row.id.mbean) {
        (_, "", _) => row.id.attribute.clone(),
        (_, name, _) => name.to_owned(),
    }
}

/// What of a metric its title does not say.
pub fn subtitle(row: &MetricRow) -> String {
    let whose = whose(&row.id.whose);
    match parts(&row.id.mbean) {
        (_, "", _) => whose,
        (_, _, behind) => {
            let tags = behind.trim_start_matches(',').replace(',', ", ");
            let attribute = row.id.attribute.as_str();
            let words = [attribute, tags.as_str(), whose.as_str()];
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
        }
    }
}

/// A row's value.
pub fn value(row: &MetricRow) -> String {
    row.text.clone().unwrap_or_else(|| number(row.value, &row.unit))
}

/// A value in its unit.
pub fn number(value: Option<f64>, unit: &str) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match unit {
        "bytes" => text::bytes(whole(value)),
        "ms" => format!("{} ms", decimal(value)),
        // An id or a number that stands for a word.
        "state" => whole(value).to_string(),
        "percent" => format!("{} %", decimal(value)),
        _ => decimal(value),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// Three digits, or all of a whole number.
fn decimal(value: f64) -> String {
    let plain = |digits: usize| {
        let text = format!("{value:.digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match value.abs() {
        large if large >= 100.0 || value.fract() == 0.0 => text::number(whole(value)),
        large if large >= 10.0 => plain(1),
        large if large >= 0.005 => plain(2),
        _ => "0.00".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_or_are_whole() {
        let written = [0.0, 4.0, 0.25, 3.999, 12.34, 123.4, 30_000.0, 0.001, 0.5].map(decimal);
        assert_eq!(written, ["0", "4", "0.25", "4", "12.3", "123", "30\u{202f}000", "0.00", "0.5"]);
        assert_eq!(number(Some(16_384.0), "bytes"), "16.3 kB");
        assert_eq!(number(Some(10.0), "ms"), "10 ms");
        assert_eq!(number(Some(3_000.0), "state"), "3000");
        assert_eq!(number(None, ""), "–");
    }

    #[test]
    fn the_name_in_an_mbean_is_what_it_is_called_by() {
        let name = "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce";
        assert_eq!(
            parts(name),
            ("kafka.network:type=RequestMetrics,name=", "TotalTimeMs", ",request=Produce")
        );
        let client = "kafka.producer:type=producer-metrics,client-id=web";
        assert_eq!(parts(client), (client, "", ""));
    }
}
