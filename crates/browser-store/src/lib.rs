//! Workspaces, journal, checkpoints and segment blobs in IndexedDB. Knows no Kafka.
