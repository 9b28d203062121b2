//! The operations of CloudRTC: their names, paths, quotas, and whether they change anything.
//! Only the table: what an operation does is in the file of its service.

use http::Method;

use crate::huawei::path::segments;
use crate::service::Kind;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    ListApps,
    ShowApp,
    CreateApp,
    StartApp,
    StopApp,
    DeleteApp,
    DismissRoom,
    RemoveUsers,
    ListRooms,
    ListUsers,
    RealtimeScale,
}

/// Which quota a call counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quota {
    AppManagement,
    RoomManagement,
    Statistics,
}

/// What a path names, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) project: Option<String>,
    pub(super) app: Option<String>,
    pub(super) room: Option<String>,
}

impl Operation {
    pub(crate) const ALL: [Self; 11] = [
        Self::ListApps,
        Self::ShowApp,
        Self::CreateApp,
        Self::StartApp,
        Self::StopApp,
        Self::DeleteApp,
        Self::DismissRoom,
        Self::RemoveUsers,
        Self::ListRooms,
        Self::ListUsers,
        Self::RealtimeScale,
    ];

    /// The name in journal and faults, with its kind and quota.
    const fn row(self) -> (&'static str, Kind, Quota) {
        match self {
            Self::ListApps => ("list_apps", Kind::Read, Quota::AppManagement),
            Self::ShowApp => ("show_app", Kind::Read, Quota::AppManagement),
            Self::CreateApp => ("create_app", Kind::Write, Quota::AppManagement),
            Self::StartApp => ("start_app", Kind::Write, Quota::AppManagement),
            Self::StopApp => ("stop_app", Kind::Write, Quota::AppManagement),
            Self::DeleteApp => ("delete_app", Kind::Write, Quota::AppManagement),
            Self::DismissRoom => ("dismiss_room", Kind::Write, Quota::RoomManagement),
            Self::RemoveUsers => ("remove_users", Kind::Write, Quota::RoomManagement),
            Self::ListRooms => ("list_rooms", Kind::Read, Quota::Statistics),
            Self::ListUsers => ("list_users", Kind::Read, Quota::Statistics),
            Self::RealtimeScale => ("realtime_scale", Kind::Read, Quota::Statistics),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    pub(super) const fn kind(self) -> Kind {
        self.row().1
    }

    pub(super) const fn quota(self) -> Quota {
        self.row().2
    }

    /// Finds the operation of a request, and what its path names.
    pub(super) fn of(method: &Method, path: &str) -> Option<(Self, Named)> {
        let segments = segments(path);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (operation, project, app, room) = match (method.as_str(), segments.as_slice()) {
            ("GET", ["v2", "apps"]) => (Self::ListApps, None, None, None),
            ("POST", ["v2", "apps"]) => (Self::CreateApp, None, None, None),
            ("GET", ["v2", "apps", app]) => (Self::ShowApp, None, Some(app), None),
            ("DELETE", ["v2", "apps", app]) => (Self::DeleteApp, None, Some(app), None),
            ("POST", ["v2", "apps", app, "enable"]) => (Self::StartApp, None, Some(app), None),
            ("POST", ["v2", "apps", app, "disable"]) => (Self::StopApp, None, Some(app), None),
            ("POST", ["v2", "apps", app, "rooms", room, "dismiss"]) => (Self::DismissRoom, None, Some(app), Some(room)),
            ("POST", ["v2", "apps", app, "rooms", room, "batch-remove-users"]) => {
                (Self::RemoveUsers, None, Some(app), Some(room))
            }
            ("GET", ["v1", project, "rtc", "rooms"]) => (Self::ListRooms, Some(project), None, None),
            ("GET", ["v1", project, "rtc", "users"]) => (Self::ListUsers, Some(project), None, None),
            ("GET", ["v1", project, "rtc", "realtime", "scale"]) => (Self::RealtimeScale, Some(project), None, None),
            (_, _) => return None,
        };
        let owned = |text: Option<&&str>| text.map(|text| (*text).to_owned());
        Some((operation, Named { project: owned(project), app: owned(app), room: owned(room) }))
    }
}

/// Returns whether a path belongs to CloudRTC, also if no operation has it.
pub(super) fn owns(path: &str) -> bool {
    let segments = segments(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(segments.as_slice(), ["v2", "apps", ..] | ["v1", _, "rtc", ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_one_name_and_one_path() {
        let paths = [
            ("GET", "/v2/apps"),
            ("GET", "/v2/apps/a"),
            ("POST", "/v2/apps"),
            ("POST", "/v2/apps/a/enable"),
            ("POST", "/v2/apps/a/disable"),
            ("DELETE", "/v2/apps/a"),
            ("POST", "/v2/apps/a/rooms/r/dismiss"),
            ("POST", "/v2/apps/a/rooms/r/batch-remove-users"),
            ("GET", "/v1/p/rtc/rooms"),
            ("GET", "/v1/p/rtc/users"),
            ("GET", "/v1/p/rtc/realtime/scale"),
        ];
        for (operation, (method, path)) in Operation::ALL.into_iter().zip(paths) {
            let method: Method = method.parse().expect("a method");
            let (found, _) = Operation::of(&method, path).expect("an operation");
            assert!(found == operation && owns(path), "{path}");
            assert_eq!(Operation::of(&Method::PUT, path), None, "{path}");
        }
        for path in ["/v2/apps/a/dismiss", "/v2/apps/a/rooms/r", "/v1/p/rtc/quality"] {
            assert!(owns(path) && Operation::of(&Method::POST, path).is_none(), "{path}");
        }
        assert!(!owns("/v1/usg/dcs/member/vmr") && !owns("/v4/room_engine_http_srv/create_room"));
    }

    #[test]
    fn what_a_path_names_is_decoded() {
        let (_, named) =
            Operation::of(&Method::POST, "/v2/apps/a%2Fb/rooms/%7Broom_id%7D/dismiss").expect("a dismissal");
        assert_eq!((named.app.as_deref(), named.room.as_deref()), (Some("a/b"), Some("{room_id}")));
    }
}
