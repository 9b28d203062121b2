//! The example of a meeting room at Huawei Cloud Meeting, which a package made and an object names.
//!
//! It has a team's own account, opened by the key of an App ID.

use std::collections::BTreeMap;

use super::{Error, OPENS_THE_ACCOUNT, TEAM, insert, key, named, namespace, own_account, own_account_ref, secret};
use crate::api::huawei_meeting::{HostPassword, MeetingOwner};
use crate::api::vendor::{HuaweiMeetingAccount, HuaweiMeetingRegion};
use crate::api::{HuaweiMeeting, MeetingRoom, MeetingRoomSpec, Password, ProviderConfigSpec};

/// The name of the account and of its Secret.
const ACCOUNT: &str = "huawei-meeting";

/// The name of the room and of the Secret with its passwords.
const ROOM: &str = "board-room";

pub(super) fn example(files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let folder = "examples/huawei-meeting";
    insert(files, format!("{folder}/namespace.yaml"), "", &namespace(TEAM))?;
    insert(
        files,
        format!("{folder}/provider-config.yaml"),
        "# The account: your App ID at Huawei Cloud Meeting. Put your own App ID here.\n",
        &own_account(ACCOUNT, ProviderConfigSpec { huawei_meeting: Some(app()), ..ProviderConfigSpec::default() }),
    )?;
    insert(
        files,
        format!("{folder}/secret.yaml"),
        OPENS_THE_ACCOUNT,
        &secret(ACCOUNT, TEAM, &[("appKey", "the-key-of-your-app-id")]),
    )?;
    insert(
        files,
        format!("{folder}/room-passwords.yaml"),
        "# The passwords of host and guests, 4 to 16 digits and not the same; an edit is applied to the room.\n",
        &secret(ROOM, TEAM, &[("host", "314159"), ("guest", "271828")]),
    )?;
    insert(
        files,
        format!("{folder}/room.yaml"),
        "# The room, by the id that it has at Huawei. A field that is left out is not managed: neither compared nor \
         changed.\n",
        &board_room(),
    )
}

fn app() -> HuaweiMeetingAccount {
    HuaweiMeetingAccount {
        region: Some(HuaweiMeetingRegion::CnNorth4),
        app_id: "fdb8e4699586458bbd10c834872dcc62".into(),
        app_key_ref: key(ACCOUNT, "appKey"),
        ..HuaweiMeetingAccount::default()
    }
}

fn board_room() -> MeetingRoom {
    MeetingRoom {
        metadata: named(ROOM, Some(TEAM)),
        spec: MeetingRoomSpec {
            provider_config_ref: own_account_ref(ACCOUNT),
            huawei_meeting: HuaweiMeeting {
                id: Some("ff80808167ef1edf0167f33d650c0662".into()),
                owner: Some(MeetingOwner { user_id: Some("alice".into()), account: None }),
                name: Some("Board room".into()),
                host_password: Some(HostPassword { secret_key_ref: key(ROOM, "host") }),
                guest_password: Some(Password::from_secret(ROOM, "guest")),
                allow_guest_first: Some(false),
                notify_owner: Some(true),
                ..HuaweiMeeting::default()
            },
            ..MeetingRoomSpec::default()
        },
        status: None,
    }
}
