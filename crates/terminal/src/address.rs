//! Where the nodes of the cluster are reached, and where their logs lie. The network here has no names of its own: each node
//! gets an address of this machine, and each broker a folder.

use log_engine::BrokerId;

/// What a person gives as `--bootstrap-server`.
pub(crate) const BOOTSTRAP: &str = "localhost:9092";
/// The host of every client.
pub(crate) const CLIENT_HOST: &str = "/127.0.0.1";

/// A broker's host and port.
pub(crate) fn broker(id: BrokerId) -> String {
    format!("localhost:{}", 9_091 + id.0)
}

/// A controller's host and port.
pub(crate) fn controller(id: BrokerId) -> String {
    format!("localhost:{}", 19_091 + id.0)
}

/// The cluster's id. A cluster here has none of its own.
pub(crate) const CLUSTER_ID: &str = "T3R0bGFPdHRsYU90dGxhMA";

/// The id of a node's metadata directory, 16 bytes as Kafka writes a `Uuid`: the node's number among them.
pub(crate) fn directory_id(id: BrokerId) -> String {
    let bytes = format!("OttlaNode{:07}", id.0);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.as_bytes().get(..16).unwrap_or_default().chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        let sextets = [18u32, 12, 6, 0].into_iter().take(group.len() + 1);
        let letter =
            |shift: u32| alphabet.chars().nth(usize::try_from(bits >> shift & 63).unwrap_or(0));
        text.extend(sextets.filter_map(letter));
    }
    text
}

/// A broker's log directory.
pub(crate) fn log_dir(id: BrokerId) -> String {
    format!("/var/lib/kafka/node{}", id.0)
}

/// A path below a log directory, taken apart: the broker, the partition's folder and the file, as far as it goes.
pub(crate) fn in_log_dir(path: &str) -> Option<(BrokerId, Option<&str>, Option<&str>)> {
    let rest = path.strip_prefix("/var/lib/kafka/node")?;
    let mut parts = rest.splitn(3, '/').map(|part| Some(part).filter(|part| !part.is_empty()));
    let id = parts.next()??.parse().ok()?;
    Some((BrokerId(id), parts.next().flatten(), parts.next().flatten()))
}

/// A partition's folder, taken apart.
pub(crate) fn topic_and_partition(folder: &str) -> Option<(&str, i32)> {
    let (topic, partition) = folder.rsplit_once('-')?;
    Some((topic, partition.parse().ok()?))
}

/// Why a list of servers can't be used (`ToolsUtils.validateBootstrapServer`).
pub(crate) fn check_servers(list: Option<&str>) -> Result<(), String> {
    let Some(list) = list.filter(|list| !list.trim().is_empty()) else {
        return Err("Error while validating the bootstrap address\n".to_owned());
    };
    let has_port = |server: &str| {
        let port = server.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        matches!(port, Some(Ok(_)))
    };
    if list.split(',').all(has_port) {
        Ok(())
    } else {
        Err("Please provide valid host:port like host1:9091,host2:9092\n".to_owned())
    }
}
