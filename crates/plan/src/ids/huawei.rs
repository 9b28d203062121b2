//! Names of Huawei Cloud: rooms of CloudRTC and of Meeting, and the accounts that they are in.
//!
//! Like all names it has passed the vendor's limits; nothing behind a constructor checks again.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::{Account, LimitError, at_most};
use crate::limits;

/// A CloudRTC room or app id: 1 to 64 letters, digits, `_` and `-`.
///
/// Nothing else may stand in the path of a call: `..` would name another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RtcId(String);

impl RtcId {
    /// Checks a text against the vendor's limits for room ids.
    ///
    /// # Errors
    /// Empty, more than [`limits::RTC_ID_BYTES`] bytes, or another character.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        if text.is_empty() {
            return Err(LimitError::Empty);
        }
        let taken = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        only(text, taken, "letters, digits, _ and -")?;
        at_most(text, limits::RTC_ID_BYTES)?;
        Ok(RtcId(text.to_owned()))
    }

    /// Returns the id as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `id` of a cloud meeting room: 32 hexadecimal digits, in lower case as the vendor shows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VmrId(String);

impl VmrId {
    /// Checks an id; upper and lower case are the same id.
    ///
    /// # Errors
    /// Another length than [`limits::VMR_ID_DIGITS`], or a character that is no hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        only(text, |c| c.is_ascii_hexdigit(), "hexadecimal digits")?;
        if text.len() == limits::VMR_ID_DIGITS {
            Ok(VmrId(text.to_ascii_lowercase()))
        } else {
            Err(LimitError::NotOfLength { chars: text.len(), expected: limits::VMR_ID_DIGITS })
        }
    }

    /// Returns the id as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number that people dial to get into a cloud meeting room (`vmrId`): 1 to 32 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeetingNumber(String);

impl MeetingNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// Empty, more than [`limits::MEETING_NUMBER_DIGITS`] digits, or a character that is no digit.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        if text.is_empty() {
            return Err(LimitError::Empty);
        }
        only(text, |c| c.is_ascii_digit(), "digits")?;
        at_most(text, limits::MEETING_NUMBER_DIGITS)?;
        Ok(MeetingNumber(text.to_owned()))
    }

    /// Returns the number as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a cloud meeting room: 1 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmrName(String);

impl VmrName {
    /// Checks the length of a name in characters.
    ///
    /// # Errors
    /// Empty, or more than [`limits::VMR_NAME_CHARS`] characters.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        let chars = text.chars().count();
        if chars == 0 {
            Err(LimitError::Empty)
        } else if chars > limits::VMR_NAME_CHARS {
            Err(LimitError::TooManyChars { chars, limit: limits::VMR_NAME_CHARS })
        } else {
            Ok(VmrName(text.to_owned()))
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Account {
    /// Names an account of Huawei CloudRTC by its project.
    #[must_use]
    pub fn huawei_rtc(project_id: &str) -> Self {
        Account(format!("huaweiRtc/{project_id}"))
    }

    /// Names an account of Huawei Cloud Meeting by its app, and by the enterprise if a service provider's app has many.
    #[must_use]
    pub fn huawei_meeting(app_id: &str, corp_id: Option<&str>) -> Self {
        match corp_id {
            Some(corp_id) => Account(format!("huaweiMeeting/{app_id}:{corp_id}")),
            None => Account(format!("huaweiMeeting/{app_id}")),
        }
    }
}

/// Checks that a text has only the characters that the vendor takes.
fn only(text: &str, is_taken: impl Fn(char) -> bool, taken: &'static str) -> Result<(), LimitError> {
    match text.chars().find(|c| !is_taken(*c)) {
        Some(found) => Err(LimitError::NotTaken { found, taken }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Claim, ExternalId, ObjectName};
    use alloc::string::ToString;

    #[test]
    fn rtc_ids_cannot_lead_a_path_elsewhere() {
        let other = |found| LimitError::NotTaken { found, taken: "letters, digits, _ and -" };
        let rows = [
            ("", Err(LimitError::Empty)),
            ("..", Err(other('.'))),
            ("a/b", Err(other('/'))),
            ("a%2Fb", Err(other('%'))),
            ("会", Err(other('会'))),
            (&"x".repeat(65), Err(LimitError::TooLong { bytes: 65, limit: 64 })),
            (&"x".repeat(64), Ok(())),
            ("Room_1-a", Ok(())),
        ];
        for (text, expected) in rows {
            assert_eq!(RtcId::parse(text).map(drop), expected, "{text}");
        }
    }

    #[test]
    fn room_ids_of_meeting_have_32_hexadecimal_digits_in_either_case() {
        let id = "ff80808167ef1edf0167f33d650c0662";
        assert_eq!(VmrId::parse(id), VmrId::parse(&id.to_uppercase()));
        assert_eq!(VmrId::parse(id).map(|id| id.as_str().to_string()), Ok(id.to_string()));
        assert_eq!(VmrId::parse(&id[1..]), Err(LimitError::NotOfLength { chars: 31, expected: 32 }));
        assert_eq!(VmrId::parse(""), Err(LimitError::NotOfLength { chars: 0, expected: 32 }));
        assert_eq!(VmrId::parse("zz"), Err(LimitError::NotTaken { found: 'z', taken: "hexadecimal digits" }));
    }

    #[test]
    fn meeting_numbers_have_digits_and_names_count_characters() {
        assert!(MeetingNumber::parse("938305104").is_ok());
        assert_eq!(MeetingNumber::parse(""), Err(LimitError::Empty));
        assert_eq!(MeetingNumber::parse("93 8"), Err(LimitError::NotTaken { found: ' ', taken: "digits" }));
        assert_eq!(
            MeetingNumber::parse(&"1".repeat(33)),
            Err(LimitError::TooLong { bytes: 33, limit: limits::MEETING_NUMBER_DIGITS })
        );
        assert!(VmrName::parse(&"会".repeat(128)).is_ok());
        assert_eq!(VmrName::parse(&"会".repeat(129)), Err(LimitError::TooManyChars { chars: 129, limit: 128 }));
        assert_eq!(VmrName::parse(""), Err(LimitError::Empty));
    }

    #[test]
    fn claims_on_rooms_of_huawei_are_read_as_they_were_written() {
        let rows = [
            (Account::huawei_rtc("0123"), "5ff9/room-1", "huaweiRtc/0123/5ff9/room-1"),
            (Account::huawei_meeting("app", None), "ff80", "huaweiMeeting/app/ff80"),
            (Account::huawei_meeting("app", Some("8070")), "ff80", "huaweiMeeting/app:8070/ff80"),
        ];
        for (account, room, text) in rows {
            let id = ExternalId::new(account, room);
            assert_eq!(id.to_string(), text);
            assert_eq!(ExternalId::parse(text).as_ref(), Some(&id));
            let claim = Claim { room: id, by: ObjectName { namespace: "events".into(), name: "weekly".into() } };
            assert_eq!(Claim::parse(&claim.to_string()), Some(claim));
        }
    }
}
