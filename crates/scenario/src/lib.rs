//! The document: scenario and journal, their codecs for links and files, and the player that replays them.
