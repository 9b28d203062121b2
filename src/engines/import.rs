//! Rooms that exist at a vendor, as drafts of the objects that would keep them: what every engine's import has in common.
//!
//! An engine looks at the rooms that are asked for and says what its part of a spec holds of each. It writes nothing, and
//! what is shown of a password stays out of a draft.

use std::fmt;
use std::future::Future;

use roomkeeper_providers::{self as providers, Class, What};
use sha2::{Digest as _, Sha256};

use super::Engine;
use crate::accounts::Session;
use crate::api::{HuaweiMeeting, HuaweiRtc, TencentLive, TencentRoom};

/// How many looks are under way at a time; the account's limits pace them.
pub(super) const ABREAST: usize = 8;

/// How often a look is made that the vendor answers with "too many calls"; each such answer makes the account slower.
const TRIES: usize = 8;

/// Longest part of an object's name that comes from words of the vendor, in bytes.
const SLUG_BYTES: usize = 40;

/// An engine whose rooms can be imported. A look is for one task: its future is not `Send`.
pub trait Import: Engine {
    /// Looks at rooms, in the order in which they are asked for or listed. Reads the vendor. `progress` hears of each
    /// step that is ahead or done.
    ///
    /// # Errors
    /// What concerns the account as a whole; what concerns one room is among the rooms.
    fn rooms(
        session: &Session,
        asked: &Asked,
        progress: &dyn Fn(Step),
    ) -> impl Future<Output = Result<Vec<Found>, providers::Error>>;
}

/// Which rooms are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Their ids, each once. Empty: all, where the vendor has a list.
    pub ids: Vec<String>,
    /// The app that they are in, for CloudRTC.
    pub app: String,
    /// Users of Cloud Meeting whose personal meeting IDs are meant.
    pub personal: Vec<String>,
}

/// How far a look at many rooms is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// So many more are ahead.
    Ahead(usize),
    /// One is done.
    Done,
}

/// A room that was asked for.
pub type Found = Result<Draft, Problem>;

/// Why there is no object for a room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{room}: {why}")]
pub struct Problem {
    /// The room, as it was asked for.
    pub room: String,
    /// What is wrong, and what to do.
    pub why: String,
}

/// What an object would say of a room that was seen.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The vendor's id of the room, as it stands in claims.
    pub room: String,
    /// Name of the object, and of the Secret that its passwords come from.
    pub object: String,
    /// How people call the room; absent: by its id.
    pub called: Option<String>,
    /// The engine's part of the spec. A password that is set stands in it as a reference to the Secret.
    pub part: Part,
    /// What is not in it.
    pub left_out: LeftOut,
    /// The passwords that are set.
    pub passwords: Vec<PasswordIsSet>,
    /// Why the object could not be ready; absent: it could.
    pub unfit: Option<String>,
}

/// The part of a spec that one engine reads.
#[derive(Clone, Debug)]
pub enum Part {
    /// `spec.tencentRoom` of a `Room`.
    TencentRoom(Box<TencentRoom>),
    /// `spec.tencentLive` of a `Room`.
    TencentLive(Box<TencentLive>),
    /// `spec.huaweiRtc` of a `Room`.
    HuaweiRtc(HuaweiRtc),
    /// `spec.huaweiMeeting` of a `MeetingRoom`.
    HuaweiMeeting(Box<HuaweiMeeting>),
}

impl Part {
    /// Returns the name of the field in the spec.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Part::TencentRoom(_) => super::tencent_room::TencentRoom::FIELD,
            Part::TencentLive(_) => super::tencent_live::TencentLive::FIELD,
            Part::HuaweiRtc(_) => super::huawei_rtc::HuaweiRtc::FIELD,
            Part::HuaweiMeeting(_) => super::huawei_meeting::HuaweiMeeting::FIELD,
        }
    }
}

/// A field whose password is set at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordIsSet {
    /// The field, in the engine's part of the spec.
    pub field: &'static str,
    /// The key of the Secret.
    pub key: &'static str,
    /// Whether the vendor shows which one it is.
    pub is: Visibility,
}

/// Whether a password that is set can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// The vendor shows it.
    Shown,
    /// The vendor shows that there is one.
    Masked,
}

/// The fields that a draft does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Fields that the vendor shows, and why the spec does not hold what it shows.
    pub refused: Vec<(&'static str, String)>,
    /// Fields that the vendor does not show.
    pub hidden: Vec<&'static str>,
}

impl LeftOut {
    /// Takes what the vendor shows of a field, if it shows something that a spec may say.
    pub(super) fn unless<T, U, E: fmt::Display>(
        &mut self,
        field: &'static str,
        shown: Option<T>,
        check: impl FnOnce(&T) -> Result<U, E>,
    ) -> Option<T> {
        let Some(value) = shown else {
            self.hidden.push(field);
            return None;
        };
        match check(&value) {
            Ok(_) => Some(value),
            Err(why) => {
                self.refused.push((field, why.to_string()));
                None
            }
        }
    }

    /// Takes what the vendor shows of a field in which nothing can be wrong.
    pub(super) fn shown<T>(&mut self, field: &'static str, shown: Option<T>) -> Option<T> {
        self.unless(field, shown, |_| Ok::<(), std::convert::Infallible>(()))
    }
}

/// Looks again where others use up the account's quota: an import has nobody who would repeat it.
pub(super) async fn patiently<T>(look: impl AsyncFn() -> Result<T, providers::Error>) -> Result<T, providers::Error> {
    for _ in 1..TRIES {
        match look().await {
            Err(error) if matches!(error.class(), Class::Throttled { .. }) => {}
            other => return other,
        }
    }
    look().await
}

/// Tells whether a failure concerns the account and not the room that was looked at.
pub(super) fn is_of_the_account(error: &providers::Error) -> bool {
    match error.class() {
        Class::Credentials | Class::Misdirected | Class::NotFound { what: What::App } => true,
        Class::NotFound { what: What::Account | What::Room }
        | Class::Exists
        | Class::NotMember
        | Class::Denied
        | Class::Invalid
        | Class::Quota
        | Class::Throttled { .. }
        | Class::Unavailable
        | Class::Unknown => false,
    }
}

/// Sorts the failure of a look: it ends the import, or is about one room.
pub(super) fn sorted(room: &str, look: Result<Found, providers::Error>) -> Result<Found, providers::Error> {
    match look {
        Err(error) if !is_of_the_account(&error) => {
            Ok(Err(Problem { room: room.to_owned(), why: format!("could not be read: {error}") }))
        }
        other => other,
    }
}

/// Returns the name of the object for an id: the id, if it can be the name of an object; else what is left of it, and a
/// fingerprint that tells it from others of which the same is left.
pub(super) fn object_name(id: &str) -> String {
    if is_object_name(id) { id.to_owned() } else { format!("{}-{}", slug(id), fingerprint(id)) }
}

/// Returns a text as a part of an object's name: its ASCII letters and digits, or `room` if there are none.
pub(super) fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let plain: String = text.chars().map(plain).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let joined = words.join("-");
    let cut = joined.get(..SLUG_BYTES).unwrap_or(&joined).trim_end_matches('-');
    if cut.is_empty() { "room".to_owned() } else { cut.to_owned() }
}

fn is_object_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        bytes.first().copied().is_some_and(is_inner)
            && bytes.last().copied().is_some_and(is_inner)
            && bytes.iter().all(|byte| is_inner(*byte) || *byte == b'-')
    };
    text.len() <= roomkeeper_plan::limits::OBJECT_NAME_BYTES && text.split('.').all(is_label)
}

/// Returns a few characters that tell a text from others.
pub(super) fn fingerprint(id: &str) -> String {
    Sha256::digest(id.as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_id_if_it_can_be_and_else_tells_ids_apart() {
        for id in ["weekly-sync", "a.b", "0", "x-1.y-2"] {
            assert_eq!(object_name(id), id);
        }
        let long = "Ab ".repeat(20);
        let odd = ["Weekly Sync", "weekly sync", "WEEKLY_SYNC", "-weekly-", "a..b", "///", "~", ".", "周会", &long];
        let names: Vec<String> = odd.iter().map(|id| object_name(id)).collect();
        for (id, name) in odd.iter().zip(&names) {
            assert!(is_object_name(name) && name.len() <= 63, "{id:?} became {name:?}");
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{id:?} is not told from others");
        }
        assert!(names[0].starts_with("weekly-sync-"), "{}", names[0]);
        assert!(names[5].starts_with("room-"), "{}", names[5]);
    }
}
