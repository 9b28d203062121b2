//! The operations of Tencent's services: their names, paths, rates, and whether they change anything.
//! Only the table: what an operation does is in the file of its service.

use super::rules;
use crate::service::Kind;

/// One operation of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateRoom,
    GetRoomInfo,
    UpdateRoomInfo,
    DestroyRoom,
    ChangeRoomOwner,
    GetRoomMemberList,
    CreateLiveRoom,
    GetLiveRoomInfo,
    UpdateLiveRoomInfo,
    DestroyLiveRoom,
    ChangeLiveRoomOwner,
    SetRoomMetadata,
    GetRoomMetadata,
    DelRoomMetadata,
    AccountImport,
    AccountCheck,
}

/// Where the payload of an answer goes.
pub(super) enum PayloadPlace {
    /// Beside the envelope's fields.
    Top,
    /// Under `Response`.
    Response,
}

struct Row {
    /// The name in journal, faults and limits.
    name: &'static str,
    path: &'static str,
    kind: Kind,
}

const fn read(name: &'static str, path: &'static str) -> Row {
    Row { name, path, kind: Kind::Read }
}

const fn write(name: &'static str, path: &'static str) -> Row {
    Row { name, path, kind: Kind::Write }
}

impl Operation {
    pub(crate) const ALL: [Self; 16] = [
        Self::CreateRoom,
        Self::GetRoomInfo,
        Self::UpdateRoomInfo,
        Self::DestroyRoom,
        Self::ChangeRoomOwner,
        Self::GetRoomMemberList,
        Self::CreateLiveRoom,
        Self::GetLiveRoomInfo,
        Self::UpdateLiveRoomInfo,
        Self::DestroyLiveRoom,
        Self::ChangeLiveRoomOwner,
        Self::SetRoomMetadata,
        Self::GetRoomMetadata,
        Self::DelRoomMetadata,
        Self::AccountImport,
        Self::AccountCheck,
    ];

    const fn row(self) -> Row {
        match self {
            Self::CreateRoom => write("room_engine/create_room", "/v4/room_engine_http_srv/create_room"),
            Self::GetRoomInfo => read("room_engine/get_room_info", "/v4/room_engine_http_srv/get_room_info"),
            Self::UpdateRoomInfo => write("room_engine/update_room_info", "/v4/room_engine_http_srv/update_room_info"),
            Self::DestroyRoom => write("room_engine/destroy_room", "/v4/room_engine_http_srv/destroy_room"),
            Self::ChangeRoomOwner => {
                write("room_engine/change_room_owner", "/v4/room_engine_http_srv/change_room_owner")
            }
            Self::GetRoomMemberList => {
                read("room_engine/get_room_member_list", "/v4/room_engine_http_srv/get_room_member_list")
            }
            Self::CreateLiveRoom => write("live_engine/create_room", "/v4/live_engine_http_srv/create_room"),
            Self::GetLiveRoomInfo => read("live_engine/get_room_info", "/v4/live_engine_http_srv/get_room_info"),
            Self::UpdateLiveRoomInfo => {
                write("live_engine/update_room_info", "/v4/live_engine_http_srv/update_room_info")
            }
            Self::DestroyLiveRoom => write("live_engine/destroy_room", "/v4/live_engine_http_srv/destroy_room"),
            Self::ChangeLiveRoomOwner => {
                write("live_engine/change_room_owner", "/v4/live_engine_http_srv/change_room_owner")
            }
            Self::SetRoomMetadata => {
                write("live_engine/set_room_metadata", "/v4/live_engine_http_srv/set_room_metadata")
            }
            Self::GetRoomMetadata => {
                read("live_engine/get_room_metadata", "/v4/live_engine_http_srv/get_room_metadata")
            }
            Self::DelRoomMetadata => {
                write("live_engine/del_room_metadata", "/v4/live_engine_http_srv/del_room_metadata")
            }
            Self::AccountImport => write("accounts/account_import", "/v4/im_open_login_svc/account_import"),
            Self::AccountCheck => read("accounts/account_check", "/v4/im_open_login_svc/account_check"),
        }
    }

    /// The name in journal, faults and limits.
    pub(crate) const fn name(self) -> &'static str {
        self.row().name
    }

    pub(super) const fn kind(self) -> Kind {
        self.row().kind
    }

    pub(super) fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.row().path == path)
    }

    /// The vendor's limit, in requests a second. Its scope is not documented: here it is the SDKAppID.
    pub(super) const fn usual_rate(self) -> u32 {
        match self {
            Self::AccountCheck => rules::ACCOUNT_CHECK_RATE,
            Self::CreateRoom
            | Self::GetRoomInfo
            | Self::UpdateRoomInfo
            | Self::DestroyRoom
            | Self::ChangeRoomOwner
            | Self::GetRoomMemberList
            | Self::CreateLiveRoom
            | Self::GetLiveRoomInfo
            | Self::UpdateLiveRoomInfo
            | Self::DestroyLiveRoom
            | Self::ChangeLiveRoomOwner
            | Self::SetRoomMetadata
            | Self::GetRoomMetadata
            | Self::DelRoomMetadata
            | Self::AccountImport => rules::USUAL_RATE,
        }
    }

    /// Where the payload goes: room calls have it under `Response`, account calls at the top.
    pub(super) const fn payload_place(self) -> PayloadPlace {
        match self {
            Self::AccountImport | Self::AccountCheck => PayloadPlace::Top,
            Self::CreateRoom
            | Self::GetRoomInfo
            | Self::UpdateRoomInfo
            | Self::DestroyRoom
            | Self::ChangeRoomOwner
            | Self::GetRoomMemberList
            | Self::CreateLiveRoom
            | Self::GetLiveRoomInfo
            | Self::UpdateLiveRoomInfo
            | Self::DestroyLiveRoom
            | Self::ChangeLiveRoomOwner
            | Self::SetRoomMetadata
            | Self::GetRoomMetadata
            | Self::DelRoomMetadata => PayloadPlace::Response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_service_and_the_last_part_of_the_path() {
        for operation in Operation::ALL {
            let Row { name, path, kind: _ } = operation.row();
            let (service, command) = name.split_once('/').expect("a service and a command");
            let folder = match service {
                "room_engine" => "room_engine_http_srv",
                "live_engine" => "live_engine_http_srv",
                "accounts" => "im_open_login_svc",
                other => panic!("no service {other}"),
            };
            assert_eq!(path, format!("/v4/{folder}/{command}"));
            assert_eq!(Operation::of_path(path), Some(operation));
        }
    }
}
