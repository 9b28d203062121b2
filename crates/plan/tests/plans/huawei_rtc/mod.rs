//! CloudRTC: what is dismissed, when, and how it is followed until it is over.

mod cases;
mod golden;
mod property;
mod world;
