//! The error codes that Tencent's room services answer with, each with a text.
//! Only the table: which request earns which code is decided in `rules` and in the operations.

/// One error code of the room services, from the vendor's pages for the Room Engine, the Live Engine and Chat.
///
/// The words of the texts are the simulator's own; the numbers and their meaning are the vendor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i64)]
#[expect(missing_docs, reason = "the table below says what each code means")]
pub enum Code {
    UrlNotParsed = 60002,
    JsonNotParsed = 60003,
    SignatureOrAccountWrong = 60004,
    IdentifierWrong = 60005,
    AppInvalid = 60006,
    ApiRateExceeded = 60007,
    TimeoutOrBadHttp = 60008,
    UnknownResource = 60009,
    AdministratorNeeded = 60010,
    AppRateExceeded = 60011,
    AppMissing = 60012,
    ReplyNotJson = 60013,
    AccountReplacementTimeout = 60014,
    AccountNotText = 60015,
    AppDisabled = 60016,
    RequestDisabled = 60017,
    TooFrequent = 60018,
    TooFrequentLater = 60019,
    PackageExpired = 60020,
    AddressNotAllowed = 60021,
    UserSigExpired = 70001,
    UserSigEmpty = 70002,
    UserSigInvalid = 70003,
    UserSigTruncated = 70005,
    UserSigKeyMismatch = 70009,
    UserSigOtherUser = 70013,
    UserSigOtherApp = 70014,
    KeyMissing = 70016,
    AppMissingHere = 70020,
    VerificationFailedTooOften = 70050,
    AccountBlocked = 70051,
    UserSigExpiredOld = 70052,
    AccountNotImported = 70107,
    LoginRefused = 70114,
    AccountServiceTimeout = 70169,
    AccountServiceTimeoutLater = 70202,
    TooManyAccounts = 70398,
    AccountParameterInvalid = 70402,
    AccountAdministratorNeeded = 70403,
    AccountServiceInternal = 70500,
    Internal = 100_001,
    ParameterInvalid = 100_002,
    RoomIdInUse = 100_003,
    RoomMissing = 100_004,
    NotMember = 100_005,
    NotPermitted = 100_006,
    NoPayment = 100_007,
    RoomFull = 100_008,
    TooManyTags = 100_009,
    RoomIdInUseBySameOwner = 100_010,
    RoomIdTakenByGroup = 100_011,
    CreatedTooOften = 100_012,
    OverPackageLimit = 100_013,
    RoomTypeInvalid = 100_015,
    Banned = 100_016,
    Muted = 100_017,
    PasswordNeeded = 100_018,
    PasswordWrong = 100_019,
    TooManyAdministrators = 100_020,
    SensitiveText = 100_026,
    SignallingConflict = 100_102,
    SeatRequestRefused = 100_211,
    MetadataTooManyKeys = 100_500,
    MetadataValueTooLong = 100_501,
    MetadataTooLong = 100_502,
    MetadataKeysMissing = 100_503,
    MetadataKeyTooLong = 100_504,
}

/// Every code with its text.
pub const CODES: &[(Code, &str)] = &[
    (Code::UrlNotParsed, "the request's URL cannot be parsed"),
    (Code::JsonNotParsed, "the request's JSON cannot be parsed"),
    (Code::SignatureOrAccountWrong, "the account or its signature in the URL is wrong"),
    (Code::IdentifierWrong, "the identifier or its usersig is wrong"),
    (Code::AppInvalid, "the SDKAppID is invalid"),
    (Code::ApiRateExceeded, "the API is called more often than allowed"),
    (Code::TimeoutOrBadHttp, "the service timed out, or the HTTP request is malformed"),
    (Code::UnknownResource, "the requested resource is unknown"),
    (Code::AdministratorNeeded, "the request needs an app administrator"),
    (Code::AppRateExceeded, "the SDKAppID calls more often than allowed"),
    (Code::AppMissing, "the request carries no SDKAppID"),
    (Code::ReplyNotJson, "the reply's JSON cannot be parsed"),
    (Code::AccountReplacementTimeout, "the replacement of the account timed out"),
    (Code::AccountNotText, "the account in the request's body is not a string"),
    (Code::AppDisabled, "the SDKAppID is disabled"),
    (Code::RequestDisabled, "the request is disabled"),
    (Code::TooFrequent, "too many requests, try again later"),
    (Code::TooFrequentLater, "too many requests, try again later"),
    (Code::PackageExpired, "the package expired; a new one counts 5 minutes after its purchase"),
    (Code::AddressNotAllowed, "requests from this IP address are not allowed"),
    (Code::UserSigExpired, "the usersig expired"),
    (Code::UserSigEmpty, "the usersig is empty"),
    (Code::UserSigInvalid, "the usersig is invalid"),
    (Code::UserSigTruncated, "the usersig is invalid, probably cut off"),
    (Code::UserSigKeyMismatch, "the usersig was not made with this SDKAppID's key"),
    (Code::UserSigOtherUser, "the usersig belongs to another user"),
    (Code::UserSigOtherApp, "the usersig belongs to another SDKAppID"),
    (Code::KeyMissing, "the SDKAppID has no key here; check the data centre"),
    (Code::AppMissingHere, "the SDKAppID does not exist here; check the data centre"),
    (Code::VerificationFailedTooOften, "too many failed verifications, try again in a minute"),
    (Code::AccountBlocked, "the account is on the block list"),
    (Code::UserSigExpiredOld, "the usersig is no longer valid"),
    (Code::AccountNotImported, "the account is not imported"),
    (Code::LoginRefused, "the log-in is refused, do not retry often"),
    (Code::AccountServiceTimeout, "the account service timed out"),
    (Code::AccountServiceTimeoutLater, "the account service timed out"),
    (Code::TooManyAccounts, "the trial package allows no more accounts"),
    (Code::AccountParameterInvalid, "an account parameter is invalid"),
    (Code::AccountAdministratorNeeded, "the account request needs an app administrator"),
    (Code::AccountServiceInternal, "internal error of the account service"),
    (Code::Internal, "internal error, please retry"),
    (Code::ParameterInvalid, "invalid parameter"),
    (Code::RoomIdInUse, "the room id is in use, choose another one"),
    (Code::RoomMissing, "the room does not exist or was destroyed"),
    (Code::NotMember, "the user is not a member of the room"),
    (Code::NotPermitted, "insufficient permission"),
    (Code::NoPayment, "no payment information, a package is needed"),
    (Code::RoomFull, "the room is full"),
    (Code::TooManyTags, "too many tags"),
    (Code::RoomIdInUseBySameOwner, "the room id is in use by the same owner, it can be used directly"),
    (Code::RoomIdTakenByGroup, "the room id is taken by a Chat group"),
    (Code::CreatedTooOften, "the same room id can be created only once per second"),
    (Code::OverPackageLimit, "over the limit of the package"),
    (Code::RoomTypeInvalid, "invalid room type"),
    (Code::Banned, "the user is banned"),
    (Code::Muted, "the user is muted"),
    (Code::PasswordNeeded, "the room needs a password"),
    (Code::PasswordWrong, "the room's password is wrong"),
    (Code::TooManyAdministrators, "too many administrators in the room"),
    (Code::SensitiveText, "the name or another text contains sensitive words"),
    (Code::SignallingConflict, "signalling conflict, please retry"),
    (Code::SeatRequestRefused, "the seat request is refused"),
    (Code::MetadataTooManyKeys, "the room's metadata has too many keys"),
    (Code::MetadataValueTooLong, "a value of the metadata is too long"),
    (Code::MetadataTooLong, "the values of the metadata are too long together"),
    (Code::MetadataKeysMissing, "the room's metadata has none of the keys"),
    (Code::MetadataKeyTooLong, "a key of the metadata is too long"),
];

impl Code {
    /// Returns the number that goes into `ErrorCode`.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// Returns the text that goes into `ErrorInfo`.
    pub fn info(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self).map_or("", |(_, info)| info)
    }

    /// Returns the code with this number, or nothing if the table does not list it.
    pub fn from_number(number: i64) -> Option<Self> {
        CODES.iter().map(|(code, _)| *code).find(|code| code.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_and_is_found_by_its_number() {
        for (code, info) in CODES {
            assert!(!info.is_empty(), "{code:?} has no text");
            assert_eq!(code.info(), *info);
            assert_eq!(Code::from_number(code.number()), Some(*code));
        }
    }
}
