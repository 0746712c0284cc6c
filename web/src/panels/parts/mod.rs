//! The parts panels are made of: frames (popover, sheet, dialog), controls, fields, words.

pub mod controls;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod focus;
pub mod icon;
pub mod menu;
pub mod note;
pub mod popover;
pub mod sheet;
pub mod tabs;
pub mod text;
