//! The example of a conference at Tencent RTC: a team's own account and a room in it.
//!
//! The account is also that of the other examples of Tencent.

use std::collections::BTreeMap;

use super::{Error, OPENS_THE_ACCOUNT, TEAM, insert, key, named, namespace, own_account, own_account_ref, secret};
use crate::api::tencent_room::TakeSeatMode;
use crate::api::vendor::{Tencent, TencentRegion};
use crate::api::{DriftCorrection, DriftMode, Interval, Password, ProviderConfigSpec, Room, RoomSpec, TencentRoom};

/// A team's own account and a room in it.
pub(super) fn example(files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let folder = "examples/tencent-room";
    insert(files, format!("{folder}/namespace.yaml"), "", &namespace(TEAM))?;
    account(files, folder)?;
    insert(
        files,
        format!("{folder}/room-password.yaml"),
        "# The password that people need to enter the room; an edit is applied to the room.\n",
        &secret("weekly-sync", TEAM, &[("password", "314159")]),
    )?;
    insert(
        files,
        format!("{folder}/room.yaml"),
        "# The room. A field that is left out is not managed: neither compared nor changed.\n",
        &weekly_sync(),
    )
}

/// A team's own account, and what opens it.
pub(super) fn account(files: &mut BTreeMap<String, String>, folder: &str) -> Result<(), Error> {
    insert(
        files,
        format!("{folder}/provider-config.yaml"),
        "# The account: your app at Tencent RTC. Put your own SDKAppID here.\n",
        &own_account("tencent", ProviderConfigSpec { tencent: Some(tencent()), ..ProviderConfigSpec::default() }),
    )?;
    insert(
        files,
        format!("{folder}/secret.yaml"),
        OPENS_THE_ACCOUNT,
        &secret("tencent", TEAM, &[("secretKey", "the-secret-key-of-your-app")]),
    )
}

fn weekly_sync() -> Room {
    Room {
        metadata: named("weekly-sync", Some(TEAM)),
        spec: RoomSpec {
            provider_config_ref: own_account_ref("tencent"),
            tencent_room: Some(TencentRoom {
                owner: Some("alice".into()),
                name: Some("Weekly sync".into()),
                max_members: Some(300),
                audio_disabled: Some(true),
                take_seat_mode: Some(TakeSeatMode::ApplyToTake),
                password: Some(Password::from_secret("weekly-sync", "password")),
                ..TencentRoom::default()
            }),
            drift_correction: Some(DriftCorrection {
                default: Some(DriftMode::Always),
                fields: BTreeMap::from([("audioDisabled".into(), DriftMode::OnEdit)]),
            }),
            drift_check_interval: Some(Interval::from_seconds(600)),
            ..RoomSpec::default()
        },
        status: None,
    }
}

/// The app, whoever's account it is.
pub(super) fn tencent() -> Tencent {
    Tencent {
        sdk_app_id: 1_400_000_000,
        region: Some(TencentRegion::Singapore),
        identifier: "administrator".into(),
        secret_key_ref: key("tencent", "secretKey"),
        ..Tencent::default()
    }
}
