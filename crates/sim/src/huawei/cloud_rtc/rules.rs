//! The limits of CloudRTC, and the checks that they lead to.
//! Each is a constant with its source, or a small pure function; nothing here reads a request or changes the world.

use std::time::Duration;

use super::codes::Code;
use crate::huawei::listed::Listed;
use crate::refusal::Refusal;

/// The most apps of a project (vendor page "Error Codes", RTC.00001017: "20 by default").
pub const MOST_APPS: u32 = 20;
/// The most characters of a room id and of a user id (vendor's FAQ "What Is a RoomID").
pub const LONGEST_ID: usize = 64;
/// The most characters of an app's name (vendor page "App Management" of the console).
pub const LONGEST_APP_NAME: usize = 64;
/// The largest page of apps, and the page of a request that does not say (vendor page "Listing Applications").
pub const LARGEST_APP_PAGE: u32 = 100;
/// The largest page of rooms and users. The vendor gives none: the number is made up.
pub const LARGEST_PAGE: u32 = 100;
/// The page of rooms and users of a request that does not say. The vendor gives none: its examples show this one.
pub const USUAL_PAGE: u32 = 10;
/// The longest time that a list of rooms or users covers (vendor pages "Listing Rooms" and "Listing Users").
pub const LONGEST_LIST: Duration = Duration::from_secs(90 * 24 * 3600);
/// The longest time that the scale covers (vendor page "Querying Real-Time Scale Data").
pub const LONGEST_SCALE: Duration = Duration::from_secs(24 * 3600);
/// How far back the statistics look if the request does not say (the same pages).
pub const USUAL_PERIOD: Duration = Duration::from_secs(3600);

/// Checks a room id or a user id: 1 to 64 letters, digits, `_` and `-`.
pub(super) fn check_id(name: &str, id: &str) -> Result<(), Refusal> {
    let allowed = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    match allowed && !id.is_empty() && id.len() <= LONGEST_ID {
        true => Ok(()),
        false => {
            let what = format!("{name} has 1 to {LONGEST_ID} letters, digits, `_` and `-`");
            Err(Code::InvalidParameterValue.about(&what))
        }
    }
}

/// Checks the name of an app: 1 to 64 letters, digits, `_` and `-`.
pub(super) fn check_app_name(name: &str) -> Result<(), Refusal> {
    let allowed = name.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '-');
    match allowed && !name.is_empty() && name.chars().count() <= LONGEST_APP_NAME {
        true => Ok(()),
        false => Err(Code::InvalidParameterValue.about("app_name has 1 to 64 letters, digits, `_` and `-`")),
    }
}
