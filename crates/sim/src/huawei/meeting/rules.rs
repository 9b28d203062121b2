//! The limits of Cloud Meeting, each with the vendor's page that states it.
//! Only checks of single values; what a request does to the world is elsewhere.

use super::codes::{Refusal, Refused};
use super::room::Room;

/// The most characters of a room's name (vendor page "Modifying Cloud Meeting Room of a User").
pub const LONGEST_NAME: usize = 128;
/// The fewest digits of a password (same page).
pub const SHORTEST_PASSWORD: usize = 4;
/// The most digits of a password (same page).
pub const LONGEST_PASSWORD: usize = 16;
/// The most rooms that one call assigns, takes back or deletes (vendor pages of the three calls).
pub const MOST_ROOMS_IN_A_CALL: usize = 100;
/// The most rooms of one account (vendor page "Allocating Cloud Meeting Rooms").
pub const MOST_ROOMS_OF_AN_ACCOUNT: usize = 32;
/// The most users that one look shows (vendor page on querying users in batches).
pub const MOST_USERS_IN_A_CALL: usize = 200;
/// The most conferences on a page (vendor page "Querying Online Conferences").
pub const LARGEST_CONFERENCE_PAGE: usize = 500;
/// How many conferences a page has if the request does not say (same page).
pub const DEFAULT_CONFERENCE_PAGE: usize = 20;
/// The most characters to search conferences by (same page).
pub const LONGEST_SEARCH_KEY: usize = 128;
/// The client type of a program (vendor page "Authenticating an App ID").
pub const CLIENT_TYPE_API: i64 = 72;
/// How many tokens of one user live at once, for programs (same page); one more ends the oldest.
pub const MOST_TOKENS_OF_A_USER: usize = 64;

/// Checks a room's name.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    match (1..=LONGEST_NAME).contains(&name.chars().count()) {
        true => Ok(()),
        false => Err(Refusal::parameter("vmrName has 1 to 128 characters")),
    }
}

/// Checks a password that is set.
pub(super) fn check_password(field: &str, password: &str) -> Result<(), Refusal> {
    let long_enough = (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.len());
    match long_enough && password.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err(Refusal::parameter(&format!("{field} has 4 to 16 digits"))),
    }
}

/// Checks what a room's two passwords are together.
pub(super) fn check_both_passwords(room: &Room) -> Result<(), Refusal> {
    match !room.gust_pwd.is_empty() && room.gust_pwd == room.chair_pwd {
        true => Err(Refused::SamePasswords.into()),
        false => Ok(()),
    }
}
