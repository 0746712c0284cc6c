//! Configs of brokers: of all of them, or of one (DescribeConfigs, IncrementalAlterConfigs). What Kafka takes only at a
//! broker's start is shown and can't be changed.

use super::view_of;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::BrokerId;
use log_engine::config::{
    BrokerConfigs, ConfigDef, ConfigSource, Scope, UpdateMode, definitions, lookup,
};
use log_engine::view::ConfigView;

/// All configs of a broker, or what holds for all brokers where they have none of their own.
pub fn configs(session: Session, broker: Option<i32>) -> Vec<ConfigView> {
    let first = || session.cluster.with_untracked(|all| all.brokers.first().map(|it| it.id.0));
    let id = broker.or_else(first).unwrap_or(1);
    let configs = session.read(|engine| engine.broker_configs(BrokerId(id)));
    let view = |def: &'static ConfigDef| view_of(def, set(&configs, def.name, broker.is_some()));
    definitions(Scope::Broker).iter().map(view).collect()
}

/// The value that was set, without a broker's own where it is about all.
fn set(configs: &BrokerConfigs, name: &str, own: bool) -> Option<(String, ConfigSource)> {
    let mut layers = configs.overrides(name);
    let wanted = layers.find(|(_, source)| own || *source != ConfigSource::DynamicBrokerConfig);
    wanted.map(|(value, source)| (value.to_owned(), source))
}

/// Whether Kafka takes a change of this config while a broker runs.
pub fn is_dynamic(name: &str) -> bool {
    let mode = lookup(Scope::Broker, name).and_then(|def| def.update_mode);
    matches!(mode, Some(UpdateMode::PerBroker | UpdateMode::ClusterWide))
}

/// Whether a value of this source is taken back by deleting the config, of one broker or of all.
pub fn is_own(source: &str, broker: Option<i32>) -> bool {
    let layer = match broker {
        Some(_) => ConfigSource::DynamicBrokerConfig,
        None => ConfigSource::DynamicDefaultBrokerConfig,
    };
    source == layer.name()
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::Configs;

    #[test]
    fn what_holds_for_all_is_shown_without_a_brokers_own() {
        let of = |value: &str| Configs::from([("log.retention.ms".to_owned(), value.to_owned())]);
        let configs = BrokerConfigs::default().with_dynamic(&of("60000"), &of("5000"));
        let configs = configs.unwrap_or_default();
        let shown = |own| set(&configs, "log.retention.ms", own).map(|(value, _)| value);
        assert_eq!(shown(true).as_deref(), Some("5000"));
        assert_eq!(shown(false).as_deref(), Some("60000"));
        assert!(is_dynamic("log.retention.ms") && !is_dynamic("num.partitions"));
    }
}
