//! The limits of CloudRTC.
//! Each is a constant with its source; nothing here reads a request or changes the world.

/// The most apps of a project (vendor page "Error Codes", RTC.00001017: "20 by default").
pub const MOST_APPS: u32 = 20;
/// The largest page of rooms and users. The vendor gives none: the number is made up.
pub const LARGEST_PAGE: u32 = 100;
