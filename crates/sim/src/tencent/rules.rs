//! The limits of Tencent's room services, and the refusals that they lead to.
//! Each rule is a constant or a small pure function; nothing here reads a request or changes the world.

use std::time::Duration;

use super::codes::Code;
use super::state::{App, AppState, Room, RoomType};
use crate::clock::Moment;

/// The most bytes of a room id (vendor page "Create a Room").
pub const LONGEST_ROOM_ID: usize = 48;
/// The most bytes of a room's name (vendor page "Update the Room Information").
pub const LONGEST_ROOM_NAME: usize = 100;
/// The most bytes of a room's own text (vendor page "Update the Room Information").
pub const LONGEST_CUSTOM_INFO: usize = 500;
/// The most bytes of the address of a cover (vendor page "Create Room" of the Live Engine).
pub const LONGEST_COVER_URL: usize = 200;
/// The most bytes of a notice (vendor page "Update Room Information" of the Live Engine).
pub const LONGEST_NOTICE: usize = 100;
/// The most numbers of a category (vendor page "Create Room" of the Live Engine).
pub const MOST_CATEGORIES: usize = 3;
/// The layouts of seats that a live room can have (the vendor's open TUILiveKit manager).
///
/// The vendor's pages write the last one small, its code large; which of them counts is not documented.
pub const SEAT_TEMPLATES: [&str; 8] = [
    "VideoDynamicGrid9Seats",
    "VideoDynamicFloat7Seats",
    "VideoFixedGrid9Seats",
    "VideoFixedFloat7Seats",
    "VideoLandscape4Seat",
    "AudioSalon",
    "Karaoke",
    "karaoke",
];
/// The layouts that leave the number of seats to the create (vendor page "Create Room" of the Live Engine).
pub const SEAT_TEMPLATES_WITH_COUNT: [&str; 3] = ["AudioSalon", "Karaoke", "karaoke"];
/// The most keys of a room's metadata (vendor page "Set Room Metadata"); the next three are from there too.
pub const MOST_METADATA_KEYS: usize = 10;
/// The most bytes of one key.
pub const LONGEST_METADATA_KEY: usize = 50;
/// The most bytes of one value.
pub const LONGEST_METADATA_VALUE: usize = 2 * 1024;
/// The most bytes of all values together.
pub const LONGEST_METADATA: usize = 16 * 1024;
/// The most bytes of an account (vendor page "Importing a Single Account").
pub const LONGEST_ACCOUNT: usize = 32;
/// The most accounts of one check (vendor page "Querying Accounts").
pub const MOST_CHECKED_ACCOUNTS: usize = 100;
/// How long a room is scheduled for if the create does not say (vendor page "Create a Room").
pub const DEFAULT_SCHEDULE: Duration = Duration::from_secs(3600);
/// The shortest schedule (vendor page "Create a Room").
pub const SHORTEST_SCHEDULE: Duration = Duration::from_secs(300);
/// How long one room id must rest between two creates (vendor page "Create a Room" of the Live Engine).
pub const CREATE_REST: Duration = Duration::from_secs(1);
/// How long a room of the Room Engine stays after the last member left (product page of the Room Engine).
pub const EMPTY_ROOM_LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// How long a live room stays after the last member left (vendor page on automatic dismissal).
///
/// The vendor sets another time for an app on request, from 10 minutes to 24 hours.
pub const EMPTY_LIVE_ROOM_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How many members a page of the member list has if the request does not say.
pub const DEFAULT_MEMBER_PAGE: usize = 50;
/// How many failed verifications lock a caller out. The vendor says only "too often": the number is made up.
pub const FAILURES_BEFORE_LOCKOUT: usize = 10;
/// How long a caller is locked out, and how long failures count.
pub const LOCKOUT: Duration = Duration::from_secs(60);
/// The usual limit of one operation, in requests a second.
pub const USUAL_RATE: u32 = 200;
/// The limit of `account_check`, in requests a second.
pub const ACCOUNT_CHECK_RATE: u32 = 100;

/// A refusal: the code, and a text that names what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) info: String,
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, info: code.info().to_owned() }
    }
}

impl Refusal {
    /// A refusal that says which part of the request it is about.
    pub(crate) fn about(code: Code, what: &str) -> Self {
        Self { code, info: format!("{}: {what}", code.info()) }
    }
}

/// Returns whether the vendor destroyed the room by itself before `now`.
pub(crate) fn has_ended(room: &Room, now: Moment) -> bool {
    let lifetime = match room.room_type {
        RoomType::Conference => EMPTY_ROOM_LIFETIME,
        RoomType::Live => EMPTY_LIVE_ROOM_LIFETIME,
    };
    room.empty_since.is_some_and(|since| now.since(since) >= lifetime)
}

/// Checks a room id: 1 to 48 bytes of printable ASCII. The characters are told by the client SDK's error -2105.
pub(crate) fn check_room_id(room_id: &str) -> Result<(), Refusal> {
    let printable = room_id.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    match !room_id.is_empty() && room_id.len() <= LONGEST_ROOM_ID && printable {
        true => Ok(()),
        false => Err(Refusal::about(Code::ParameterInvalid, "RoomId has 1 to 48 bytes of printable ASCII")),
    }
}

/// Returns whether a text can be an account: 1 to 32 bytes of printable ASCII.
pub(crate) fn is_account(text: &str) -> bool {
    let printable = text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    !text.is_empty() && text.len() <= LONGEST_ACCOUNT && printable
}

/// Checks the length of a text, in bytes.
pub(crate) fn check_length(field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    match text.len() <= most {
        true => Ok(()),
        false => Err(Refusal::about(Code::ParameterInvalid, &format!("{field} has at most {most} bytes"))),
    }
}

/// Checks that a text has none of the app's sensitive words.
pub(crate) fn check_words(app: &App, field: &str, text: &str) -> Result<(), Refusal> {
    match app.sensitive_words.iter().any(|word| text.contains(word.as_str())) {
        true => Err(Refusal::about(Code::SensitiveText, field)),
        false => Ok(()),
    }
}

/// Checks a number against the package.
pub(crate) fn check_package(field: &str, wanted: u32, most: u32) -> Result<(), Refusal> {
    match wanted <= most {
        true => Ok(()),
        false => Err(Refusal::about(Code::OverPackageLimit, &format!("{field} is at most {most}"))),
    }
}

/// Checks that an account may be made an owner: it is well formed and imported.
pub(crate) fn check_owner(app: &App, field: &str, account: &str) -> Result<(), Refusal> {
    if !is_account(account) {
        let what = format!("{field} has 1 to 32 bytes of printable ASCII");
        return Err(Refusal::about(Code::ParameterInvalid, &what));
    }
    match app.knows(account) {
        true => Ok(()),
        false => Err(Refusal::about(Code::AccountNotImported, account)),
    }
}

/// Checks a schedule, in unix seconds.
pub(crate) fn check_schedule(start: u64, end: u64) -> Result<(), Refusal> {
    match end.saturating_sub(start) >= SHORTEST_SCHEDULE.as_secs() {
        true => Ok(()),
        false => {
            Err(Refusal::about(Code::ParameterInvalid, "ScheduleEndTime is at least 5 minutes after ScheduleStartTime"))
        }
    }
}

/// Returns the code that the app's state refuses all requests with.
pub(crate) const fn refused_by_state(state: AppState) -> Option<Code> {
    match state {
        AppState::Active => None,
        AppState::Disabled => Some(Code::AppDisabled),
        AppState::RequestsDisabled => Some(Code::RequestDisabled),
        AppState::PackageExpired => Some(Code::PackageExpired),
    }
}
