//! The example of a room at Huawei CloudRTC, which people make by joining and deletion ends.
//!
//! It has a team's own account, opened by an access key.

use std::collections::BTreeMap;

use super::{Error, OPENS_THE_ACCOUNT, TEAM, insert, key, named, namespace, own_account, own_account_ref, secret};
use crate::api::vendor::{AccessKey, HuaweiRtcAccount, HuaweiRtcRegion};
use crate::api::{Dismissal, HuaweiRtc, Interval, ProviderConfigSpec, Room, RoomSpec, WhenOccupied};

/// The name of the account and of its Secret.
const ACCOUNT: &str = "cloud-rtc";

pub(super) fn example(files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let folder = "examples/huawei-rtc";
    insert(files, format!("{folder}/namespace.yaml"), "", &namespace(TEAM))?;
    insert(
        files,
        format!("{folder}/provider-config.yaml"),
        "# The account: your project at Huawei CloudRTC. Put your own project id here.\n",
        &own_account(ACCOUNT, ProviderConfigSpec { huawei_rtc: Some(project()), ..ProviderConfigSpec::default() }),
    )?;
    insert(
        files,
        format!("{folder}/secret.yaml"),
        OPENS_THE_ACCOUNT,
        &secret(ACCOUNT, TEAM, &[("accessKey", "the-id-of-your-access-key"), ("secretKey", "your-secret-access-key")]),
    )?;
    insert(
        files,
        format!("{folder}/room.yaml"),
        "# The room. People make it by joining; when this object is deleted it is dismissed after they left.\n",
        &study_group(),
    )
}

fn project() -> HuaweiRtcAccount {
    HuaweiRtcAccount {
        region: Some(HuaweiRtcRegion::CnNorth4),
        project_id: "0123456789abcdef0123456789abcdef".into(),
        access_key: Some(AccessKey {
            id_ref: key(ACCOUNT, "accessKey"),
            secret_ref: key(ACCOUNT, "secretKey"),
            security_token_ref: None,
        }),
        ..HuaweiRtcAccount::default()
    }
}

fn study_group() -> Room {
    Room {
        metadata: named("study-group", Some(TEAM)),
        spec: RoomSpec {
            provider_config_ref: own_account_ref(ACCOUNT),
            huawei_rtc: Some(HuaweiRtc { app_id: "5ff9701f2346968bb306cb43".into(), room_id: None }),
            dismissal: Some(Dismissal {
                when_occupied: Some(WhenOccupied::Wait),
                timeout: Some(Interval::from_seconds(7_200)),
            }),
            ..RoomSpec::default()
        },
        status: None,
    }
}
