//! Huawei's error tables: what an HTTP status and a code mean for a call, and whether the call may have been applied.
//! The only place that knows codes. It must not decide what to do, and an unlisted code is never guessed: the status decides.
//!
//! Sources: the vendor's page of codes for CloudRTC, as far as it could be read; for Cloud Meeting the table of its
//! client SDK and what other open programs found, since the table of its server API is not published; the page of the
//! API gateway for both. IAM's codes are HTTP statuses.

use super::Call;
use super::cloud_rtc::Operation as Rtc;
use super::meeting::Operation as Meeting;
use crate::error::{Class, Outcome, What};

/// How the codes of CloudRTC begin that tell of trouble inside.
const INTERNAL: &str = "00002";
/// No such user.
const NO_USER: &str = "201040000";
/// No such user, by the table of the client SDK.
const NO_SUCH_USER: &str = "206030000";
/// The access token is not valid, or no longer.
const STALE_TOKEN: &str = "000000004";
/// The log-in with the App ID expired before it came, so a clock is wrong.
const EXPIRED_LOGIN: &str = "206010057";

/// What a status and a code say about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What the failure means.
    pub class: Class,
    /// Whether a write may have been applied.
    pub outcome: Outcome,
}

/// Who speaks through a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The gateway before all services (`APIGW`, `APIG`).
    Gateway,
    /// The service, whether it names itself (`RTC`, `USG`, `MMC`) or not.
    Service,
}

/// Returns what a status of 300 or more means as the answer to a call, with the vendor's code if there is one.
pub fn meaning(call: Call, status: u16, code: Option<&str>) -> Meaning {
    let (speaker, number) = code.map_or((Speaker::Service, ""), parts);
    let known = match (speaker, call) {
        (Speaker::Gateway, _) => gateway(number),
        // The page of the dismissal shows a 404 with the code of a bad value: there the status decides.
        (Speaker::Service, Call::CloudRtc(_)) if status == 404 => None,
        (Speaker::Service, Call::CloudRtc(Rtc::LogIn)) => None,
        (Speaker::Service, Call::CloudRtc(_)) => cloud_rtc(number),
        (Speaker::Service, Call::Meeting(operation)) => meeting(operation, number),
    };
    let class = known.unwrap_or_else(|| match call {
        Call::CloudRtc(operation) => cloud_rtc_status(operation, speaker, status),
        Call::Meeting(operation) => meeting_status(operation, status),
    });
    Meaning { class, outcome: outcome(class, status) }
}

/// Tells whether the vendor no longer takes a token of Cloud Meeting or IAM, which a new log-in may cure.
pub(super) fn is_stale_token(status: u16, code: Option<&str>) -> bool {
    status == 401 || code.is_some_and(|code| parts(code) == (Speaker::Service, STALE_TOKEN))
}

/// Tells whether a log-in of Cloud Meeting was refused in a way that a wrong clock explains.
pub(super) fn may_be_clock(status: u16, code: Option<&str>) -> bool {
    status == 401 || code.is_some_and(|code| parts(code) == (Speaker::Service, EXPIRED_LOGIN))
}

/// Returns the number of a code that a source names, or the beginning of its range; absent: none does.
pub(crate) fn documented(code: &str) -> Option<&str> {
    let (speaker, number) = parts(code);
    let is_known = match speaker {
        Speaker::Gateway => gateway(number).is_some(),
        // This log-in's table has every code of the service.
        Speaker::Service => cloud_rtc(number).or(meeting(Meeting::LogInAsAdministrator, number)).is_some(),
    };
    let number = number.strip_prefix(INTERNAL).map_or(number, |_| INTERNAL);
    is_known.then_some(number)
}

/// Returns who speaks, and the number of the code.
///
/// Some sources have the number without the service's name, so the name is not compared.
pub(crate) fn parts(code: &str) -> (Speaker, &str) {
    match code.rsplit_once('.') {
        Some(("APIGW" | "APIG", number)) => (Speaker::Gateway, number),
        Some((_, number)) => (Speaker::Service, number),
        None => (Speaker::Service, code),
    }
}

/// Tells whether the vendor may have applied a write that failed so.
fn outcome(class: Class, status: u16) -> Outcome {
    match (class, status) {
        // It gave up or broke while it worked on the call.
        (Class::Unavailable, _) | (_, 500..) => Outcome::Uncertain,
        (_, 400 | 401 | 403 | 404 | 412 | 423 | 429) => Outcome::Refused,
        // A status that no page of these calls has promises nothing.
        (Class::Unknown, _) => Outcome::Uncertain,
        _ => Outcome::Refused,
    }
}

/// Returns the class of a code of the gateway; the others say no more than their status.
fn gateway(number: &str) -> Option<Class> {
    match number {
        // The signature or the token; the time of signing.
        "0301" | "0303" => Some(Class::Credentials),
        "0308" => Some(Class::Throttled { after: None }),
        // The service behind it was too slow.
        "0201" => Some(Class::Unavailable),
        _ => None,
    }
}

/// Returns the class of a code of CloudRTC.
fn cloud_rtc(number: &str) -> Option<Class> {
    match number {
        // No account could be read from the token or the access key.
        "00001001" => Some(Class::Credentials),
        // The body, a value, two values together, a missing value.
        "00001002" | "00001003" | "00001004" | "00001005" => Some(Class::Invalid),
        // Recordings, streams, layouts, callbacks and new applications: they answer calls that are not made here.
        "00001006" | "00001007" | "00001009" | "00001010" | "00001012" | "00001013" | "00001018" | "00001019"
        | "00001020" => Some(Class::Unknown),
        // The application was stopped, or the account is in arrears; too many applications.
        "00001016" | "00001017" => Some(Class::Quota),
        "00001021" => Some(Class::Denied),
        internal if internal.len() == 8 && internal.starts_with(INTERNAL) => Some(Class::Unavailable),
        _ => None,
    }
}

fn cloud_rtc_status(operation: Rtc, speaker: Speaker, status: u16) -> Class {
    match (operation, status) {
        // All that a log-in says comes from the credential.
        (Rtc::LogIn, 400 | 401) => Class::Credentials,
        (_, 400) => Class::Invalid,
        (_, 401) => Class::Credentials,
        (_, 403) => Class::Denied,
        (_, 404) => match (speaker, operation) {
            // The gateway knows no such API: a wrong endpoint.
            (Speaker::Gateway, _) | (Speaker::Service, Rtc::GetApps | Rtc::LogIn) => Class::Unknown,
            (Speaker::Service, Rtc::GetApp | Rtc::GetRooms | Rtc::GetUsers) => Class::NotFound { what: What::App },
            // Or no such application, which a look at it has to rule out.
            (Speaker::Service, Rtc::DismissRoom) => Class::NotFound { what: What::Room },
        },
        (_, 429) => Class::Throttled { after: None },
        (_, 408 | 500..) => Class::Unavailable,
        _ => Class::Unknown,
    }
}

/// Who has to be blamed for a refusal of Cloud Meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// The log-in with nothing but the credential.
    LogIn,
    /// A log-in for one user.
    LogInAsUser,
    /// A call with the administrator's token.
    AsAdministrator,
    /// A call with a user's token.
    AsUser,
}

fn deed(operation: Meeting) -> Deed {
    match operation {
        Meeting::LogInAsAdministrator => Deed::LogIn,
        Meeting::LogInAsUser => Deed::LogInAsUser,
        Meeting::GetMemberVmrs | Meeting::UpdateVmr | Meeting::LogOut => Deed::AsUser,
        Meeting::GetCorpVmrs
        | Meeting::GetMember
        | Meeting::AssignVmr
        | Meeting::RecycleVmr
        | Meeting::GetOnlineConferences => Deed::AsAdministrator,
    }
}

/// Returns the class of a code of Cloud Meeting.
fn meeting(operation: Meeting, number: &str) -> Option<Class> {
    let deed = deed(operation);
    match number {
        STALE_TOKEN => Some(not_let_in(deed)),
        NO_USER | NO_SUCH_USER => Some(match deed {
            Deed::LogIn => Class::Credentials,
            Deed::LogInAsUser | Deed::AsAdministrator | Deed::AsUser => Class::NotFound { what: What::Account },
        }),
        // Host and guests would have the same password.
        "201080006" => Some(Class::Invalid),
        // A wrong account or password: of one user, unless it is the administrator.
        "206010000" => match deed {
            Deed::LogIn => Some(Class::Credentials),
            Deed::LogInAsUser => Some(Class::Denied),
            Deed::AsAdministrator | Deed::AsUser => None,
        },
        // A wrong signature, a log-in that came too late: the key is the same for everybody.
        "206010025" | EXPIRED_LOGIN => match deed {
            Deed::LogIn | Deed::LogInAsUser => Some(Class::Credentials),
            Deed::AsAdministrator | Deed::AsUser => None,
        },
        // The account is not active.
        "206010007" => Some(barred(deed)),
        // The personal meeting id does not exist.
        "111070006" => Some(Class::NotFound { what: What::Room }),
        "100000429" => Some(Class::Throttled { after: None }),
        _ => None,
    }
}

fn meeting_status(operation: Meeting, status: u16) -> Class {
    let deed = deed(operation);
    match (deed, status) {
        // All that this log-in says comes from the credential.
        (Deed::LogIn, 400) => Class::Credentials,
        (Deed::LogInAsUser | Deed::AsAdministrator | Deed::AsUser, 400) => Class::Invalid,
        // The signature, which is made with the same key for everybody.
        (Deed::LogIn | Deed::LogInAsUser, 401) => Class::Credentials,
        (Deed::AsAdministrator | Deed::AsUser, 401) => not_let_in(deed),
        // Forbidden; the account is disabled; the account is locked.
        (_, 403 | 412 | 423) => barred(deed),
        (_, 429) => Class::Throttled { after: None },
        (_, 408 | 500..) => Class::Unavailable,
        // That no page has a 404 means: it comes from somebody else.
        _ => Class::Unknown,
    }
}

/// Returns what it means that a token is refused which the vendor gave just before.
///
/// The log-in proved the credential, so a user whose token is refused stands alone.
fn not_let_in(deed: Deed) -> Class {
    match deed {
        Deed::LogIn | Deed::LogInAsUser | Deed::AsAdministrator => Class::Credentials,
        Deed::AsUser => Class::Denied,
    }
}

/// Returns what a refusal means that concerns one user or one room, unless nothing but the credential was named.
fn barred(deed: Deed) -> Class {
    match deed {
        Deed::LogIn => Class::Credentials,
        Deed::LogInAsUser | Deed::AsAdministrator | Deed::AsUser => Class::Denied,
    }
}

#[cfg(test)]
mod tests;
