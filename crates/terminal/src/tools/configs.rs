//! `kafka-configs.sh` (`ConfigCommand`): configs of topics and brokers. Quotas, SCRAM credentials, broker loggers,
//! client metrics and group configs are not modelled.

use super::{Job, Tool, joined};
use crate::act::{self, Refusal};
use crate::exception::{Exception, Stop};
use log_engine::{Command, Configs};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-configs",
    about: "show and change configs of topics and brokers",
    help: include_str!("../../help/kafka-configs.txt"),
    run,
    misread: |job, thrown| job.screen.err(&thrown.message),
    thrown: |job, thrown| {
        let plain = thrown.class == "java.lang.IllegalArgumentException"
            || thrown.class.ends_with(".InvalidConfigurationException");
        if plain {
            job.screen.err(&thrown.message);
        } else {
            let args = job.args.join(" ");
            act::configs(&mut job.screen, &args, thrown);
        }
    },
};

/// Options that name an entity, and its type.
const FLAGS: [(&str, &str); 8] = [
    ("topic", "topics"),
    ("client", "clients"),
    ("user", "users"),
    ("broker", "brokers"),
    ("broker-logger", "broker-loggers"),
    ("ip", "ips"),
    ("client-metrics", "client-metrics"),
    ("group", "groups"),
];
const DEFAULT_FLAGS: [(&str, &str); 4] = [
    ("client-defaults", "clients"),
    ("user-defaults", "users"),
    ("broker-defaults", "brokers"),
    ("ip-defaults", "ips"),
];
const TYPES: &str = "topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers";

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    let entity = Entity::of(job)?;
    check_args(job, &entity)?;
    job.cluster.reach(if job.options.has("alter") {
        "incrementalAlterConfigs"
    } else {
        "listTopics"
    })?;
    let kind = entity.types.first().map_or("", String::as_str).to_owned();
    if !matches!(kind.as_str(), "topics" | "brokers") {
        return job.not_here(&format!(
            "Configs of {kind} are not modelled here; those of topics and brokers are."
        ));
    }
    if job.options.has("alter") {
        alter(job, &entity)
    } else {
        super::configs_describe::describe(job, &entity)
    }
}

/// What the command is about.
pub(super) struct Entity {
    types: Vec<String>,
    pub names: Vec<String>,
}

impl Entity {
    fn of(job: &Job<'_>) -> Result<Self, Stop> {
        let mut types: Vec<String> = owned(job.options.values("entity-type"));
        let all = FLAGS.iter().chain(&DEFAULT_FLAGS).filter(|(flag, _)| job.options.has(flag));
        types.extend(all.map(|(_, kind)| (*kind).to_owned()));
        let mut entity_names = job.options.values("entity-name").into_iter();
        let mut names = Vec::new();
        for option in job.options.names() {
            match option {
                "entity-name" => names.extend(entity_names.next().map(str::to_owned)),
                "entity-default" => names.push(String::new()),
                _ => {}
            }
        }
        for (flag, _) in FLAGS {
            names.extend(job.options.value(flag)?.map(str::to_owned));
        }
        let defaults = DEFAULT_FLAGS.iter().filter(|(flag, _)| job.options.has(flag));
        names.extend(defaults.map(|_| String::new()));
        Ok(Self { types, names })
    }

    /// Whether it is of a kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.types.iter().any(|known| known == kind)
    }
}

fn owned(values: Vec<&str>) -> Vec<String> {
    values.into_iter().map(str::to_owned).collect()
}

fn refuse(text: impl Into<String>) -> Stop {
    Exception::illegal_argument(text).into()
}

fn check_args(job: &Job<'_>, entity: &Entity) -> Result<(), Stop> {
    if job.options.count_of(&["alter", "describe"]) != 1 {
        let text = "Command must include exactly one action: --describe, --alter";
        return Err(Stop::Usage(text.to_owned()));
    }
    job.forbid_with("describe", &["alter", "add-config", "delete-config"])?;
    let types = &entity.types;
    let twice: Vec<&String> = types
        .iter()
        .enumerate()
        .filter(|(at, kind)| types.iter().take(*at).any(|before| before == *kind))
        .map(|(_, kind)| kind)
        .collect();
    if !twice.is_empty() {
        return Err(refuse(format!("Duplicate entity type(s) specified: {}", joined(twice, ","))));
    }
    let servers = job.options.count_of(&["bootstrap-server", "bootstrap-controller"]);
    if servers == 0 {
        let text = "Either --bootstrap-server or --bootstrap-controller must be specified.";
        return Err(refuse(text));
    }
    if let Some(kind) = types.iter().find(|kind| !TYPES.split(", ").any(|known| known == **kind)) {
        return Err(refuse(format!(
            "Invalid entity type {kind}, the entity type must be one of {TYPES} with a \
             --bootstrap-server or --bootstrap-controller argument"
        )));
    }
    if types.is_empty() {
        return Err(refuse("At least one entity type must be specified"));
    }
    if types.len() > 1 && !(types.len() == 2 && entity.is("users") && entity.is("clients")) {
        return Err(refuse("Only 'users' and 'clients' entity types may be specified together"));
    }
    let general = job.options.count_of(&["entity-name", "entity-type", "entity-default"]) > 0;
    let flags = FLAGS.iter().chain(&DEFAULT_FLAGS).any(|(flag, _)| job.options.has(flag));
    if general && flags {
        return Err(refuse(
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags",
        ));
    }
    if servers > 1 {
        let text = "Only one of --bootstrap-server or --bootstrap-controller can be specified";
        return Err(refuse(text));
    }
    check_names(job, entity)
}

fn check_names(job: &Job<'_>, entity: &Entity) -> Result<(), Stop> {
    let kind = entity.types.first().map_or("", String::as_str);
    let kinds = joined(&entity.types, ",");
    let named = entity.names.iter().any(|name| !name.is_empty());
    let default = entity.names.iter().any(String::is_empty);
    if named && (entity.is("brokers") || entity.is("broker-loggers")) {
        let names = entity.names.iter().filter(|name| !name.is_empty());
        if let Some(name) = names.into_iter().find(|name| name.parse::<i32>().is_err()) {
            return Err(refuse(format!(
                "The entity name for {kind} must be a valid integer broker id, but it is: {name}"
            )));
        }
    }
    let has_default = ["users", "clients", "brokers", "ips"].iter().any(|kind| entity.is(kind));
    if job.options.has("describe") {
        if !has_default && job.options.has("entity-default") {
            return Err(refuse(format!(
                "--entity-default must not be specified with --describe of {kinds}"
            )));
        }
        if entity.is("broker-loggers") && !named {
            let text = format!("An entity name must be specified with --describe of {kinds}");
            return Err(refuse(text));
        }
        return Ok(());
    }
    if has_default && !named && !default {
        return Err(refuse(
            "An entity-name or default entity must be specified with --alter of users, clients, \
             brokers or ips",
        ));
    }
    if !has_default && !named {
        return Err(refuse(format!("An entity name must be specified with --alter of {kinds}")));
    }
    if job.options.count_of(&["add-config", "add-config-file"]) == 2 {
        return Err(refuse("Only one of --add-config or --add-config-file must be specified"));
    }
    if job.options.count_of(&["add-config", "add-config-file", "delete-config"]) == 0 {
        return Err(refuse(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified \
             with --alter",
        ));
    }
    Ok(())
}

/// `parseConfigsToBeAdded`: commas separate, but for those in brackets.
fn configs_to_add(job: &Job<'_>) -> Result<Configs, Stop> {
    let mut configs = Configs::new();
    if job.options.has("add-config-file") {
        let path = job.options.value("add-config-file")?.unwrap_or_default();
        configs.extend(crate::properties::from_file(job.files, path)?);
    }
    let Some(text) = job.options.value("add-config")? else { return Ok(configs) };
    for config in outside_brackets(text, ',') {
        let parts = outside_brackets(config, '=');
        let [name, value] = parts.as_slice() else {
            return Err(refuse(
                "requirement failed: Invalid entity config: all configs to be added must be in the \
                 format \"key=val\" or  \"key=[val1,val2]\" to group values which contain commas.",
            ));
        };
        configs.insert(name.trim().to_owned(), value.replace(['[', ']'], "").trim().to_owned());
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || "$._-".contains(c);
    if let Some(name) = configs.keys().find(|name| !name.chars().all(legal)) {
        return Err(refuse(format!("Invalid character found for config key: {name}")));
    }
    Ok(configs)
}

/// Splits where a separator is not within brackets.
fn outside_brackets(text: &str, separator: char) -> Vec<&str> {
    let mut open = false;
    text.split(move |letter| {
        open = match letter {
            '[' => true,
            ']' => false,
            _ => open,
        };
        letter == separator && !open
    })
    .collect()
}

fn alter(job: &mut Job<'_>, entity: &Entity) -> Result<(), Stop> {
    if entity.types.len() != entity.names.len() {
        return Err(refuse("An entity name must be specified for every entity type"));
    }
    let set = configs_to_add(job)?;
    let delete = job.options.values("delete-config");
    let delete: Vec<String> = delete
        .iter()
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let name = entity.names.first().cloned().unwrap_or_default();
    if entity.is("brokers") {
        alter_broker(job, &name, set, delete);
        return Ok(());
    }
    let command = Command::AlterTopicConfigs { topic: name.clone(), set, delete };
    let args = job.args.join(" ");
    job.act(
        vec![command],
        &[format!("Completed updating config for topic {name}.")],
        Refusal::Configs { args },
    );
    Ok(())
}

fn alter_broker(job: &mut Job<'_>, name: &str, set: Configs, delete: Vec<String>) {
    let command = Command::AlterBrokerConfigs { broker: name.parse().ok(), set, delete };
    let line = match name {
        "" => "Completed updating default config for brokers in the cluster.".to_owned(),
        name => format!("Completed updating config for broker {name}."),
    };
    let args = job.args.join(" ");
    job.act(vec![command], &[line], Refusal::Configs { args });
}
