//! Why a request is refused: HTTP status, code and text of each case.
//! Only the table: which request earns which refusal is decided where the request is carried out.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// One way of being refused.
///
/// The vendor's REST error table is not public. A code that begins with `SIM.` is the simulator's own: the vendor's is
/// unknown, and nobody may read a meaning into it. The world can set another one (`answers.codes`). Too many requests
/// and paths that no operation has are refused by the gateway, with its own codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the table below says what each refusal means")]
pub enum Refused {
    TokenInvalid,
    AppIdWrong,
    AppIdExpired,
    AccountOrPasswordWrong,
    NoSuchUserToLogIn,
    AccountDisabled,
    AccountLocked,
    NotPermitted,
    ParameterInvalid,
    UserMissing,
    SamePasswords,
    RoomUnknown,
    RoomNotYours,
    RoomAllocated,
    RoomNotWithUser,
    RoomPersonal,
    TooManyRooms,
    ConferenceMissing,
    ConferenceOver,
    ConferenceRunning,
    ConferencePasswordWrong,
    ControlTokenInvalid,
}

/// What the answer of a refusal is made of.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Which refusal it is.
    pub refused: Refused,
    /// The HTTP status.
    pub status: StatusCode,
    /// The usual code.
    pub code: &'static str,
    /// The text, in the simulator's words.
    pub text: &'static str,
}

const fn row(refused: Refused, status: StatusCode, code: &'static str, text: &'static str) -> Row {
    Row { refused, status, code, text }
}

/// Every refusal.
///
/// `USG.201040000`, `USG.000000004`, `MMC.111070005` and `MMC.111072005` are what public clients of the REST API know;
/// the other vendor's codes are numbers of the client SDK's table under the prefix that REST answers have.
pub const REFUSALS: &[Row] = &[
    row(Refused::TokenInvalid, StatusCode::UNAUTHORIZED, "USG.000000004", "the access token is invalid or expired"),
    row(Refused::AppIdWrong, StatusCode::UNAUTHORIZED, "USG.206010025", "the App ID check failed"),
    row(Refused::AppIdExpired, StatusCode::UNAUTHORIZED, "USG.206010057", "the App ID authentication expired"),
    row(Refused::AccountOrPasswordWrong, StatusCode::UNAUTHORIZED, "USG.206010000", "wrong account or password"),
    row(Refused::NoSuchUserToLogIn, StatusCode::UNAUTHORIZED, "USG.206030000", "there is no such user"),
    row(Refused::AccountDisabled, StatusCode::PRECONDITION_FAILED, "SIM.AccountDisabled", "the account is disabled"),
    row(Refused::AccountLocked, StatusCode::LOCKED, "SIM.AccountLocked", "the account is locked"),
    row(Refused::NotPermitted, StatusCode::FORBIDDEN, "SIM.NotPermitted", "insufficient permission"),
    row(Refused::ParameterInvalid, StatusCode::BAD_REQUEST, "SIM.ParameterInvalid", "invalid parameter"),
    row(Refused::UserMissing, StatusCode::BAD_REQUEST, "USG.201040000", "the user does not exist"),
    row(
        Refused::SamePasswords,
        StatusCode::BAD_REQUEST,
        "USG.201080006",
        "the guest password is the same as the host password",
    ),
    row(Refused::RoomUnknown, StatusCode::BAD_REQUEST, "SIM.RoomUnknown", "there is no such room"),
    row(Refused::RoomNotYours, StatusCode::BAD_REQUEST, "SIM.RoomNotYours", "the room is another user's"),
    row(Refused::RoomAllocated, StatusCode::BAD_REQUEST, "SIM.RoomAllocated", "the room is allocated already"),
    row(
        Refused::RoomNotWithUser,
        StatusCode::BAD_REQUEST,
        "SIM.RoomNotWithUser",
        "the room is not allocated to this user",
    ),
    row(
        Refused::RoomPersonal,
        StatusCode::BAD_REQUEST,
        "SIM.RoomPersonal",
        "a personal meeting ID belongs to its user for good",
    ),
    row(Refused::TooManyRooms, StatusCode::BAD_REQUEST, "SIM.TooManyRooms", "an account has at most 32 rooms"),
    row(Refused::ConferenceMissing, StatusCode::BAD_REQUEST, "MMC.111070005", "the conference does not exist"),
    row(Refused::ConferenceOver, StatusCode::BAD_REQUEST, "MMC.111072005", "the conference did not begin or is over"),
    row(Refused::ConferenceRunning, StatusCode::BAD_REQUEST, "SIM.ConferenceRunning", "the conference runs"),
    row(
        Refused::ConferencePasswordWrong,
        StatusCode::BAD_REQUEST,
        "SIM.ConferencePasswordWrong",
        "the host password is wrong",
    ),
    row(
        Refused::ControlTokenInvalid,
        StatusCode::UNAUTHORIZED,
        "SIM.ControlTokenInvalid",
        "the control token is invalid or expired",
    ),
];

impl Refused {
    /// Returns what the answer is made of.
    pub fn row(self) -> Row {
        REFUSALS.iter().copied().find(|row| row.refused == self).expect("every refusal has a row")
    }
}

/// A refusal with a text that says what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) refused: Refused,
    pub(super) info: String,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self { refused, info: refused.row().text.to_owned() }
    }
}

impl Refusal {
    /// A refusal that says which part of the request it is about.
    pub(super) fn about(refused: Refused, what: &str) -> Self {
        Self { refused, info: format!("{}: {what}", refused.row().text) }
    }

    /// A refusal of a parameter that is not as documented.
    pub(super) fn parameter(what: &str) -> Self {
        Self::about(Refused::ParameterInvalid, what)
    }
}
