//! The Room Engine.

mod cases;
mod golden;
mod model;
mod property;
