//! Which panel is open, which drawer tab, what is selected: the page's own state, no part of the document.

/// Everything that opens over the page. One at a time; it hangs on the element that opened it
/// ([`Session::anchor`](super::Session::anchor)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    /// Topics of the cluster, and what can be done to the shown one.
    TopicMenu,
    /// The form for a new topic.
    NewTopic,
    /// More partitions for the shown topic.
    AddPartitions,
    /// What retention will do next in a partition of the shown topic.
    Retention {
        /// The partition.
        partition: i32,
    },
    /// What can be asked of a partition of the shown topic, and done to it.
    Lane {
        /// The partition.
        partition: i32,
    },
    /// The first record of a partition at or after a time.
    JumpToTime {
        /// The partition.
        partition: i32,
    },
    /// Moves log starts of the shown topic.
    DeleteRecords {
        /// The partition that is chosen at first; none for all.
        partition: Option<i32>,
    },
    /// Log files as a zip.
    Export {
        /// The partition of the shown topic that is chosen at first.
        partition: Option<i32>,
    },
    /// The cleaner's passes over a partition of the shown topic.
    Cleaner {
        /// The partition.
        partition: i32,
        /// The last pass rather than the next.
        last: bool,
    },
    /// What can be done to the cluster as a whole.
    Cluster,
    /// In which rack a new broker stands.
    AddBroker,
    /// Moves replicas to other brokers, and what is on its way.
    Reassign {
        /// The partition of the shown topic that it is about at first; none for all.
        partition: Option<i32>,
        /// The broker that is to be emptied.
        away: Option<i32>,
    },
    /// What can be done to a broker.
    Broker {
        /// `node.id`.
        broker: i32,
    },
    /// What a broker is to do at a later moment.
    BrokerAt {
        /// `node.id`.
        broker: i32,
    },
    /// From whom a broker is to be cut off.
    Cut {
        /// `node.id`.
        broker: i32,
    },
    /// What can be done to a rack.
    Rack {
        /// A broker in it.
        broker: i32,
    },
    /// All links.
    Links {
        /// The sending end that is chosen at first.
        from: Option<String>,
    },
    /// A broker's disk.
    Disk {
        /// `node.id`.
        broker: i32,
    },
    /// Jump ahead in time.
    Jump,
    /// A producer's sheet.
    Producer {
        /// Its name.
        name: String,
        /// The tab.
        tab: ProducerTab,
    },
    /// A group's sheet.
    Group {
        /// `group.id`.
        name: String,
        /// The tab.
        tab: GroupTab,
    },
    /// The form for a new producer.
    AddProducer,
    /// The form for a new group.
    AddGroup,
    /// The form for one more member.
    AddMember {
        /// `group.id`.
        group: String,
    },
    /// The link, and what it holds.
    Share,
    /// The snippet for a page of one's own.
    Embed,
    /// Workspaces, gallery, import.
    Open {
        /// The tab.
        tab: OpenTab,
    },
    /// Keys, density, what this is.
    Help,
    /// What is exact here, what is simplified.
    Fidelity {
        /// The rule to show first (`R-LOG-44`), if one was asked for.
        rule: Option<String>,
    },
    /// The runs: forks of this one, which is shown, which stand beside each other.
    Runs,
    /// What can be done in one of two runs that are compared.
    Act,
    /// The phone's menu of what has no room in the top bar.
    More,
}

impl Panel {
    /// Whether it is a sheet that takes a column's place, and on which side.
    pub fn sheet_side(&self) -> Option<Side> {
        match self {
            Panel::Producer { .. } | Panel::AddProducer => Some(Side::Left),
            Panel::Group { .. } | Panel::AddGroup => Some(Side::Right),
            _ => None,
        }
    }
}

/// Left or right of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where the producers are.
    Left,
    /// Where the groups are.
    Right,
}

/// Tabs of a producer's sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProducerTab {
    /// One record, written by hand.
    #[default]
    Record,
    /// The stream.
    Streams,
    /// What waits, what is on its way, what came of it.
    Delivery,
    /// Its configs.
    Configs,
}

/// Tabs of a group's sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroupTab {
    /// Protocol, assignor, subscription, times.
    #[default]
    Group,
    /// Member by member.
    Members,
    /// Its consumers' configs.
    Configs,
}

/// Tabs of the open dialog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OpenTab {
    /// What is kept in this browser.
    #[default]
    Mine,
    /// The form for a new one.
    New,
    /// Scenarios that come with the page.
    Gallery,
    /// A file or a link.
    Import,
    /// Log files, out.
    Export,
}

/// Tabs of the drawer, in their order on the keys 1 to 7.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawerTab {
    /// What happened, and why.
    #[default]
    Events,
    /// The selected record, its batch, its bytes.
    Record,
    /// Where every record is.
    Ledger,
    /// Configs of topic, broker and clients.
    Configs,
    /// Kafka's command-line tools.
    Terminal,
    /// Kafka's own metrics over time.
    Metrics,
    /// What was done, action by action.
    Journal,
}

impl DrawerTab {
    /// All tabs in order.
    pub const ALL: [DrawerTab; 7] = [
        DrawerTab::Events,
        DrawerTab::Record,
        DrawerTab::Ledger,
        DrawerTab::Configs,
        DrawerTab::Terminal,
        DrawerTab::Metrics,
        DrawerTab::Journal,
    ];

    /// The word on it.
    pub fn title(self) -> &'static str {
        match self {
            DrawerTab::Events => "Event log",
            DrawerTab::Record => "Record",
            DrawerTab::Ledger => "Ledger",
            DrawerTab::Configs => "Configs",
            DrawerTab::Terminal => "Terminal",
            DrawerTab::Metrics => "Metrics",
            DrawerTab::Journal => "Journal",
        }
    }
}

/// The record that is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Size of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Density {
    /// 13 px text.
    #[default]
    Normal,
    /// 16 px text, for projectors and recordings.
    Large,
}
