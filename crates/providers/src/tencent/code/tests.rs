//! A row for each code of the table, and for each call whose meaning differs.

use std::time::Duration;

use super::{Meaning, NO_SUCH_METADATA, is_expired_signature, meaning};
use crate::error::Outcome::{Refused, Uncertain};
use crate::error::{Class, Class::*, Outcome, What};
use crate::tencent::Call;
use crate::tencent::accounts::Operation as Account;
use crate::tencent::live_engine::Operation as Live;
use crate::tencent::room_engine::Operation as Room;

const APP: Class = NotFound { what: What::App };
const ROOM: Class = NotFound { what: What::Room };
const ACCOUNT: Class = NotFound { what: What::Account };
const THROTTLED: Class = Throttled { after: None };

/// Codes that mean the same for each call of every service.
const COMMON: [(i64, Class, Outcome); 45] = [
    (60_002, Unknown, Refused),
    (60_003, Unknown, Refused),
    (60_004, Credentials, Refused),
    (60_005, Credentials, Refused),
    (60_006, APP, Refused),
    (60_007, THROTTLED, Refused),
    (60_008, Unavailable, Uncertain),
    (60_009, Unknown, Refused),
    (60_010, Denied, Refused),
    (60_011, THROTTLED, Refused),
    (60_012, Unknown, Refused),
    (60_013, Unavailable, Uncertain),
    (60_014, Unavailable, Uncertain),
    (60_015, Unknown, Refused),
    (60_016, Denied, Refused),
    (60_017, Denied, Refused),
    (60_018, THROTTLED, Refused),
    (60_019, THROTTLED, Refused),
    (60_020, Quota, Refused),
    (60_021, Denied, Refused),
    (70_001, Credentials, Refused),
    (70_002, Credentials, Refused),
    (70_003, Credentials, Refused),
    (70_005, Credentials, Refused),
    (70_009, Credentials, Refused),
    (70_013, Credentials, Refused),
    (70_014, Credentials, Refused),
    (70_016, Credentials, Refused),
    (70_020, APP, Refused),
    (70_050, Throttled { after: Some(Duration::from_secs(60)) }, Refused),
    (70_051, Credentials, Refused),
    (70_052, Credentials, Refused),
    (70_114, Credentials, Refused),
    (70_169, Unavailable, Uncertain),
    (70_202, Unavailable, Uncertain),
    (70_398, Quota, Refused),
    (70_402, Invalid, Refused),
    (70_403, Denied, Refused),
    (70_500, Unavailable, Uncertain),
    // Unlisted, yet in the range of the common codes: never a code of a room.
    (60_000, Unknown, Uncertain),
    (60_022, Unknown, Uncertain),
    (70_004, Unknown, Uncertain),
    (79_999, Unknown, Uncertain),
    // No code at all of any list.
    (-1, Unknown, Uncertain),
    (1, Unknown, Uncertain),
];

/// Codes that mean the same for each call of both engines.
const ROOMS: [(i64, Class, Outcome); 22] = [
    (100_001, Unavailable, Uncertain),
    (100_002, Invalid, Refused),
    (100_006, Denied, Refused),
    (100_007, Quota, Refused),
    (100_008, Quota, Refused),
    (100_009, Invalid, Refused),
    (100_012, Throttled { after: Some(Duration::from_secs(1)) }, Refused),
    (100_013, Quota, Refused),
    (100_015, Invalid, Refused),
    (100_016, Denied, Refused),
    (100_017, Denied, Refused),
    (100_018, Denied, Refused),
    (100_019, Denied, Refused),
    (100_020, Invalid, Refused),
    (100_026, Invalid, Refused),
    (100_102, Unavailable, Refused),
    (100_211, Unknown, Refused),
    (100_400, Unknown, Refused),
    (100_505, Unknown, Refused),
    (100_599, Unknown, Refused),
    (100_021, Unknown, Uncertain),
    (100_999, Unknown, Uncertain),
];

/// Codes whose meaning depends on the call of the Room Engine.
const BY_CALL: [(Room, i64, Class); 32] = [
    (Room::CreateRoom, 100_003, Exists),
    (Room::CreateRoom, 100_010, Exists),
    (Room::CreateRoom, 100_011, Exists),
    (Room::UpdateRoomInfo, 100_003, Unknown),
    (Room::GetRoomInfo, 100_010, Unknown),
    (Room::DestroyRoom, 100_011, Unknown),
    (Room::ChangeRoomOwner, 100_003, Unknown),
    (Room::GetRoomMemberList, 100_003, Unknown),
    (Room::CreateRoom, 100_004, Unknown),
    (Room::GetRoomInfo, 100_004, ROOM),
    (Room::UpdateRoomInfo, 100_004, ROOM),
    (Room::DestroyRoom, 100_004, ROOM),
    (Room::ChangeRoomOwner, 100_004, ROOM),
    (Room::GetRoomMemberList, 100_004, ROOM),
    (Room::ChangeRoomOwner, 100_005, NotMember),
    (Room::UpdateRoomInfo, 100_005, Denied),
    (Room::GetRoomInfo, 100_005, Denied),
    (Room::DestroyRoom, 100_005, Denied),
    (Room::GetRoomMemberList, 100_005, Denied),
    (Room::CreateRoom, 100_005, Unknown),
    (Room::CreateRoom, 70_107, ACCOUNT),
    (Room::ChangeRoomOwner, 70_107, ACCOUNT),
    (Room::GetRoomInfo, 70_107, Credentials),
    (Room::UpdateRoomInfo, 70_107, Credentials),
    (Room::DestroyRoom, 70_107, Credentials),
    (Room::GetRoomMemberList, 70_107, Credentials),
    // The seats' code for a room without seats is none of ours.
    (Room::GetRoomInfo, 100_200, Unknown),
    (Room::UpdateRoomInfo, 100_299, Unknown),
    (Room::ChangeRoomOwner, 100_499, Unknown),
    // Only the Live Engine keeps metadata.
    (Room::UpdateRoomInfo, 100_500, Unknown),
    (Room::DestroyRoom, 100_503, Unknown),
    (Room::DestroyRoom, 100_504, Unknown),
];

#[test]
fn a_common_code_means_the_same_for_every_call() {
    let rooms = Room::ALL.map(Call::RoomEngine);
    let live = Live::ALL.map(Call::LiveEngine);
    let accounts = Account::ALL.map(Call::Accounts);
    for (code, class, outcome) in COMMON {
        for call in rooms.iter().chain(&live).chain(&accounts) {
            assert_eq!(meaning(*call, code), Meaning { class, outcome }, "{call:?} {code}");
        }
    }
}

#[test]
fn a_room_code_means_the_same_for_every_call_of_the_engines_and_nothing_to_the_account_system() {
    let (rooms, live) = (Room::ALL.map(Call::RoomEngine), Live::ALL.map(Call::LiveEngine));
    for (code, class, outcome) in ROOMS {
        for call in rooms.iter().chain(&live) {
            assert_eq!(meaning(*call, code), Meaning { class, outcome }, "{call:?} {code}");
        }
        for operation in Account::ALL {
            assert_eq!(meaning(Call::Accounts(operation), code).class, Unknown, "{operation:?} {code}");
        }
    }
}

#[test]
fn some_codes_mean_something_else_for_another_call() {
    for (operation, code, class) in BY_CALL {
        let seen = meaning(Call::RoomEngine(operation), code);
        assert_eq!(seen, Meaning { class, outcome: Refused }, "{operation:?} {code}");
    }
    for operation in Account::ALL {
        assert_eq!(meaning(Call::Accounts(operation), 70_107).class, ACCOUNT);
    }
}

/// Codes whose meaning depends on the call of the Live Engine; in the order of [`Live::ALL`]: create, get, update,
/// destroy, change of owner, set, get and delete of metadata.
const LIVE_ENGINE: [(i64, [Class; 8]); 11] = [
    (70_107, [ACCOUNT, Credentials, Credentials, Credentials, ACCOUNT, Credentials, Credentials, Credentials]),
    (100_003, [Exists, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown]),
    (100_004, [Unknown, ROOM, ROOM, ROOM, ROOM, ROOM, ROOM, ROOM]),
    (100_005, [Unknown, Denied, Denied, Denied, NotMember, Denied, Denied, Denied]),
    (100_010, [Exists, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown]),
    (100_011, [Exists, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown]),
    (100_500, [Unknown, Unknown, Unknown, Unknown, Unknown, Invalid, Unknown, Unknown]),
    (100_501, [Unknown, Unknown, Unknown, Unknown, Unknown, Invalid, Unknown, Unknown]),
    (100_502, [Unknown, Unknown, Unknown, Unknown, Unknown, Invalid, Unknown, Unknown]),
    (NO_SUCH_METADATA, [Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Invalid]),
    (100_504, [Unknown, Unknown, Unknown, Unknown, Unknown, Invalid, Invalid, Invalid]),
];

#[test]
fn each_call_of_the_live_engine_has_its_own_meaning_of_some_codes() {
    for (code, classes) in LIVE_ENGINE {
        for (operation, class) in Live::ALL.into_iter().zip(classes) {
            let seen = meaning(Call::LiveEngine(operation), code);
            assert_eq!(seen, Meaning { class, outcome: Refused }, "{operation:?} {code}");
        }
    }
}

#[test]
fn only_an_expired_signature_is_cured_by_a_new_one() {
    let cured: Vec<i64> = (60_000..110_000).filter(|code| is_expired_signature(*code)).collect();
    assert_eq!(cured, [70_001, 70_052]);
}
