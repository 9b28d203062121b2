//! The example of a show at Tencent RTC.
//!
//! It has no account of its own: that of the example of a conference serves it.

use std::collections::BTreeMap;

use super::{Error, TEAM, insert, named, namespace, own_account_ref};
use crate::api::{Room, RoomSpec, TencentLive, WhenEnded};

/// A live show; its account and Secret are those of the example before.
pub(super) fn example(files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let folder = "examples/tencent-live";
    insert(files, format!("{folder}/namespace.yaml"), "", &namespace(TEAM))?;
    super::tencent_room::account(files, folder)?;
    insert(
        files,
        format!("{folder}/room.yaml"),
        "# A show. When it is over at Tencent it stays over, until this spec is edited.\n",
        &Room {
            metadata: named("friday-show", Some(TEAM)),
            spec: RoomSpec {
                provider_config_ref: own_account_ref("tencent"),
                tencent_live: Some(TencentLive {
                    owner: Some("alice".into()),
                    name: Some("Friday show".into()),
                    seat_template: Some("VideoDynamicGrid9Seats".into()),
                    category: Some(vec![1, 2]),
                    notice: Some("Be kind to each other".into()),
                    metadata: Some(BTreeMap::from([("team".into(), TEAM.into())])),
                    when_ended: Some(WhenEnded::Leave),
                    ..TencentLive::default()
                }),
                ..RoomSpec::default()
            },
            status: None,
        },
    )
}
