//! The vendors' limits and our own bounds, each number once, for the CRD schemas and for the parser of goals alike.
//!
//! It holds constants only: what a limit is applied to is decided where the field is.
//! "Bytes" are bytes of UTF-8 text, "chars" are Unicode characters.

// --- Tencent RTC, both engines -----------------------------------------------------------------------------------

/// Longest `RoomId` that Tencent takes, in bytes (pages `create_room` of the Room Engine and of the Live Engine).
/// The clients' error -2105 adds that an id is printable ASCII, 0x20 to 0x7e.
pub const ROOM_ID_BYTES: usize = 48;

/// Longest `RoomName` in bytes, on create and on update.
/// The client SDK's error -2107 speaks of 30 bytes; the REST pages, which we use, say 100.
pub const ROOM_NAME_BYTES: usize = 100;

/// Longest Tencent user id in bytes (page `account_import`); it is printable ASCII (client error 7003).
pub const USER_ID_BYTES: usize = 32;

/// Smallest `MaxMemberCount` and `MaxSeatCount` that make sense; the upper end is set by the customer's package.
pub const MEMBERS_MIN: u32 = 1;

/// Smallest `SDKAppID`: Tencent numbers its apps from 1.
pub const SDK_APP_ID_MIN: u32 = 1;

// --- Tencent Room Engine -----------------------------------------------------------------------------------------

/// Longest `CustomInfo` in bytes (page `update_room_info` of the Room Engine).
pub const CUSTOM_INFO_BYTES: usize = 500;

/// Shortest time between `ScheduleStartTime` and `ScheduleEndTime`, in seconds (page `create_room`: five minutes).
pub const SCHEDULE_MIN_SECONDS: u32 = 300;

/// Most accounts that one Room object may invite.
/// Our own bound, so that an object stays small: Tencent documents none for `ScheduleInviteeList_Account`.
pub const INVITEES: usize = 300;

/// Longest room password in bytes that we send.
/// Our own bound: Tencent documents no rule for `Password`; a longer value is a wrong key of the Secret.
pub const ROOM_PASSWORD_BYTES: usize = 128;

// --- Tencent Live Engine -----------------------------------------------------------------------------------------

/// Longest `CoverURL` in bytes.
pub const COVER_URL_BYTES: usize = 200;

/// Most numbers in `Category`.
pub const CATEGORIES: usize = 3;

/// Longest `Notice` in bytes.
pub const NOTICE_BYTES: usize = 100;

/// Most key/value pairs in a live room's metadata (error 100500).
pub const METADATA_KEYS: usize = 10;

/// Longest metadata key in bytes (error 100504).
pub const METADATA_KEY_BYTES: usize = 50;

/// Longest metadata value in bytes (error 100501): 2 KB.
pub const METADATA_VALUE_BYTES: usize = 2_048;

/// All metadata values of a live room together, in bytes (error 100502): 16 KB.
pub const METADATA_TOTAL_BYTES: usize = 16_384;

/// Longest name of a `SeatTemplate` in bytes.
/// Our own bound: the longest known name, `VideoDynamicFloat7Seats`, has 23.
pub const SEAT_TEMPLATE_BYTES: usize = 64;

// --- Huawei CloudRTC ---------------------------------------------------------------------------------------------

/// Longest CloudRTC room id; letters, digits, `_` and `-` only, so chars are bytes (CloudRTC FAQ 0123).
/// The same bound is used for an app id, which the vendor makes itself.
pub const RTC_ID_BYTES: usize = 64;

/// The most that the list of rooms lags behind, in seconds.
/// The console's page for the same data says "up to 5 minutes"; that the list lags alike is inferred.
pub const RTC_LIST_LAG_SECONDS: i64 = 300;

/// The longest between a look and a call that follows from it, in seconds: the deadline of our own pass.
pub const RTC_CALL_SECONDS: i64 = 60;

/// How long the list may show a room after its dismissal was accepted until nobody waits for proof any more, in seconds.
/// Our own bound: when a dismissal takes effect is not documented.
pub const RTC_PROOF_SECONDS: i64 = 3 * RTC_LIST_LAG_SECONDS;

// --- Huawei Cloud Meeting ----------------------------------------------------------------------------------------

/// Length of a cloud meeting room's `id`, in hexadecimal digits (page 21_1106, by its example).
pub const VMR_ID_DIGITS: usize = 32;

/// Longest meeting number, in digits.
/// Our own bound: the known ones have 9 or 10.
pub const MEETING_NUMBER_DIGITS: usize = 32;

/// Longest `vmrName` in chars; it has at least one (page 21_1107).
pub const VMR_NAME_CHARS: usize = 128;

/// Fewest digits of `chairPwd` and `gustPwd`, which have digits only (page 21_1107).
pub const VMR_PASSWORD_DIGITS_MIN: usize = 4;

/// Most digits of `chairPwd` and `gustPwd` (page 21_1107).
pub const VMR_PASSWORD_DIGITS_MAX: usize = 16;

/// Most cloud meeting rooms that one user has (page 21_1104).
pub const VMRS_OF_A_USER: usize = 32;

/// Longest name of a Meeting user in chars: an account has 64 at most (page 21_0067).
/// For a third-party user id it is our own bound: none is documented.
pub const HUAWEI_USER_ID_CHARS: usize = 64;

// --- accounts ----------------------------------------------------------------------------------------------------

/// Longest id or name that a Huawei account has (App ID, corp id, project id, domain, user), in bytes.
/// Our own bound: the known ones have 32 or fewer.
pub const HUAWEI_ACCOUNT_ID_BYTES: usize = 128;

/// Longest endpoint URL in bytes; our own bound.
pub const ENDPOINT_BYTES: usize = 256;

/// Share of a vendor's rate limit that is used when a ProviderConfig does not say, in percent.
/// It is half, since the customer's own backend draws on the same quota.
pub const RATE_PERCENT_DEFAULT: u32 = 50;

/// Smallest share of a vendor's rate limit, in percent.
pub const RATE_PERCENT_MIN: u32 = 1;

/// Largest share of a vendor's rate limit, in percent.
pub const RATE_PERCENT_MAX: u32 = 100;

/// Dismissals per minute and account when a ProviderConfig does not say.
pub const DISMISSALS_PER_MINUTE_DEFAULT: u32 = 20;

/// Largest number of dismissals per minute that can be asked for: Tencent's 200 a second, for a minute.
pub const DISMISSALS_PER_MINUTE_MAX: u32 = 12_000;

/// Most entries in a ClusterProviderConfig's list of namespaces; our own bound.
pub const ALLOWED_NAMESPACES: usize = 1_000;

// --- our own objects ---------------------------------------------------------------------------------------------

/// Shortest time between two looks at a room, in seconds: a shorter one would only spend the vendor's quota.
pub const DRIFT_CHECK_MIN_SECONDS: u64 = 30;

/// Longest duration in bytes as it is written in a spec, such as `1h30m`.
pub const INTERVAL_BYTES: usize = 16;

/// Most digits before one unit of a duration, so that no duration overflows.
pub const INTERVAL_DIGITS: usize = 5;

/// Longest text of a vendor that is kept in a status, in bytes.
pub const FAILURE_MESSAGE_BYTES: usize = 256;

/// Longest name of a Kubernetes object in bytes.
pub const OBJECT_NAME_BYTES: usize = 253;

/// Longest name of a namespace in bytes.
pub const NAMESPACE_BYTES: usize = 63;

/// Longest key of a Secret in bytes.
pub const SECRET_KEY_BYTES: usize = 253;
