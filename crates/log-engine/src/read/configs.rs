//! Configs as DescribeConfigs shows them, and clients' configs in the same shape.

use crate::command::Configs;
use crate::config::{BrokerConfigs, ConfigDef, Fidelity, Scope, TopicConfigs, definitions};
use crate::view::ConfigView;

fn model(def: &ConfigDef) -> &'static str {
    match def.fidelity {
        Fidelity::Honoured => "honoured",
        Fidelity::Simplified => "simplified",
        Fidelity::Ignored => "ignored",
    }
}

fn view(
    def: &ConfigDef,
    value: Option<String>,
    default: Option<String>,
    source: &str,
) -> ConfigView {
    let small = def.name == "segment.bytes" || def.name == "internal.segment.bytes";
    let below_floor = small
        && value.as_deref().and_then(|v| v.parse::<i64>().ok()).is_some_and(|v| v < 1_048_576);
    let valid = def.valid.to_string();
    ConfigView {
        name: def.name.to_owned(),
        value,
        default,
        source: source.to_owned(),
        kind: def.kind.name().to_owned(),
        valid: (!valid.is_empty()).then_some(valid),
        importance: def.importance.name().to_owned(),
        model: model(def).to_owned(),
        explanation: def.explanation.to_owned(),
        teaching_value: below_floor,
    }
}

/// All configs of a topic.
pub(super) fn topic(overrides: &Configs, broker: &BrokerConfigs) -> Vec<ConfigView> {
    TopicConfigs::new(overrides.clone(), broker)
        .unwrap_or_default()
        .describe(broker)
        .into_iter()
        .map(|config| view(config.def, config.value, config.broker_value, config.source.name()))
        .collect()
}

/// All configs of a client.
pub(super) fn client(scope: Scope, overrides: &Configs) -> Vec<ConfigView> {
    definitions(scope)
        .iter()
        .map(|def| {
            let default = def.default.map(str::to_owned);
            let set = overrides.get(def.name).cloned();
            let source = if set.is_some() { "CLIENT_CONFIG" } else { "DEFAULT_CONFIG" };
            view(def, set.or_else(|| default.clone()), default, source)
        })
        .collect()
}
