//! Cloud Meeting: settings that only an owner can see, owners who change in two calls, rooms that nobody makes.

mod cases;
mod corrections;
mod golden;
mod model;
mod owners;
mod property;
mod world;
