//! What metrics there are of whom: the catalog's beans with topics, partitions, errors and clients filled in.

use crate::ids::BrokerId;
use crate::metrics::catalog::{self, Bean, Source};
use crate::metrics::shape::Shape;
use crate::metrics::{Level, Tag};
use crate::protocol::ErrorCode;
use crate::sim::ActorId;
use crate::view::MetricsOf;
use crate::world::World;

/// How the values of several become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// They are added up.
    Sum,
    /// What was counted is put together first.
    Together,
    /// The active controller's counts.
    Active,
}

/// One attribute of one MBean.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub bean: &'static Bean,
    pub mbean: String,
    pub attribute: &'static str,
    pub shape: Shape,
    pub tag: Tag,
    pub owners: Vec<ActorId>,
    pub join: Join,
}

impl World {
    /// All entries of somebody, in the catalog's order.
    pub(super) fn metric_entries(&self, whose: &MetricsOf) -> Vec<Entry> {
        match whose {
            MetricsOf::Cluster => self.cluster_entries(),
            MetricsOf::Broker { broker } => {
                self.entries_of(ActorId::Broker(BrokerId(*broker)), &|_| true)
            }
            MetricsOf::Controller { controller } => {
                self.entries_of(ActorId::Controller(BrokerId(*controller)), &|_| true)
            }
            MetricsOf::Producer { producer } => {
                let known = (0u32..).zip(&self.producers).filter(|(_, known)| known.is_listed());
                let found = known.filter(|(_, known)| *known.name == **producer).last();
                found
                    .map_or(Vec::new(), |(at, _)| self.entries_of(ActorId::Producer(at), &|_| true))
            }
            MetricsOf::Consumer { consumer } => {
                let known = (0u32..).zip(&self.consumers).filter(|(_, known)| known.is_listed());
                let found = known.filter(|(_, known)| *known.setup.name == **consumer).last();
                found
                    .map_or(Vec::new(), |(at, _)| self.entries_of(ActorId::Consumer(at), &|_| true))
            }
        }
    }

    fn cluster_entries(&self) -> Vec<Entry> {
        let brokers: Vec<ActorId> = self.brokers.keys().map(|&id| ActorId::Broker(id)).collect();
        let voters: Vec<ActorId> =
            self.controllers.keys().map(|&id| ActorId::Controller(id)).collect();
        let mut entries = Vec::new();
        for bean in catalog::of_broker().filter(|bean| bean.of_cluster) {
            let join = match bean.source {
                Source::Time(..) => Join::Together,
                _ => Join::Sum,
            };
            push(&mut entries, bean, bean.name.to_owned(), (Tag::Whole, brokers.clone(), join));
        }
        for bean in catalog::of_controller().filter(|bean| bean.of_cluster) {
            let sums = matches!(bean.source, Source::Level(Level::ActiveControllerCount));
            let join = if sums { Join::Sum } else { Join::Active };
            push(&mut entries, bean, bean.name.to_owned(), (Tag::Whole, voters.clone(), join));
        }
        let of_cluster = |bean: &Bean| bean.of_cluster;
        for (at, known) in (0u32..).zip(&self.producers) {
            if known.is_listed() {
                entries.extend(self.entries_of(ActorId::Producer(at), &of_cluster));
            }
        }
        for (at, known) in (0u32..).zip(&self.consumers) {
            if known.is_listed() {
                entries.extend(self.entries_of(ActorId::Consumer(at), &of_cluster));
            }
        }
        entries
    }

    fn entries_of(&self, owner: ActorId, wanted: &dyn Fn(&Bean) -> bool) -> Vec<Entry> {
        let beans: Vec<&'static Bean> = match owner {
            ActorId::Broker(id) if self.brokers.contains_key(&id) => catalog::of_broker().collect(),
            ActorId::Controller(id) if self.controllers.contains_key(&id) => {
                catalog::of_controller().collect()
            }
            ActorId::Producer(_) => catalog::of_producer().collect(),
            ActorId::Consumer(_) => catalog::of_consumer().collect(),
            _ => Vec::new(),
        };
        let mut entries = Vec::new();
        for bean in beans.into_iter().filter(|bean| wanted(bean)) {
            for tag in self.tags_for(owner, bean) {
                if let Some(mbean) = self.filled_in(bean.name, owner, tag) {
                    push(&mut entries, bean, mbean, (tag, vec![owner], Join::Sum));
                }
            }
        }
        entries
    }

    /// The parts of its owner that a bean is registered for.
    fn tags_for(&self, owner: ActorId, bean: &Bean) -> Vec<Tag> {
        let known = || self.metrics.tags(owner);
        let levels = || {
            let all = self.metrics.level_tags(owner);
            all.filter(|(_, level)| *level == Level::Replication).map(|(tag, _)| tag)
        };
        match bean.source {
            Source::Topic(_) | Source::ProducerTopic(_) | Source::ProducerTopicStat(_) => {
                known().filter(|tag| matches!(tag, Tag::Topic(_))).collect()
            }
            Source::ConsumerPartition(_) => {
                known().filter(|tag| matches!(tag, Tag::Partition(..))).collect()
            }
            Source::Errors => known().filter(|tag| matches!(tag, Tag::Error(..))).collect(),
            Source::Replication(_) | Source::Replicas(_) => levels().collect(),
            _ => vec![Tag::Whole],
        }
    }

    fn filled_in(&self, name: &str, owner: ActorId, tag: Tag) -> Option<String> {
        let mut name = name.to_owned();
        let client = match owner {
            ActorId::Producer(at) => {
                let at = usize::try_from(at).ok()?;
                self.producers.get(at).map(|known| known.name.to_string())
            }
            ActorId::Consumer(at) => self.consumer(at).map(|known| known.setup.name.to_string()),
            _ => None,
        };
        if let Some(client) = client {
            name = name.replace("{client}", &client);
        }
        match tag {
            Tag::Whole => {}
            Tag::Topic(topic) => name = name.replace("{topic}", self.metrics.topic_name(topic)?),
            Tag::Partition(topic, partition) => {
                name = name.replace("{topic}", self.metrics.topic_name(topic)?);
                name = name.replace("{partition}", &partition.to_string());
            }
            Tag::Error(api, code) => {
                let error = ErrorCode::ALL.iter().find(|known| known.code() == code)?;
                name = name.replace("{request}", &format!("{api:?}"));
                name = name.replace("{error}", error.name());
            }
        }
        Some(name)
    }
}

fn push(
    entries: &mut Vec<Entry>,
    bean: &'static Bean,
    mbean: String,
    (tag, owners, join): (Tag, Vec<ActorId>, Join),
) {
    let all = bean.attributes.iter();
    entries.extend(all.map(|&(attribute, shape)| Entry {
        bean,
        mbean: mbean.clone(),
        attribute,
        shape,
        tag,
        owners: owners.clone(),
        join,
    }));
}
