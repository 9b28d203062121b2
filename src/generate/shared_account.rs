//! The example of an account for several teams, and of a room that is only looked at.
//!
//! Its account is Tencent's; those of the other vendors are shared alike.

use std::collections::BTreeMap;

use super::tencent_room::tencent;
use super::{Error, OPENS_THE_ACCOUNT, OPERATOR, TEAM, insert, named, namespace, secret};
use crate::api::{
    ClusterProviderConfig, ClusterProviderConfigSpec, ProviderConfigKind, ProviderConfigRef, ProviderConfigSpec, Room,
    RoomSpec, TencentRoom,
};

/// An account that the operator's owners share with several teams, and a room that only looks.
pub(super) fn example(files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let folder = "examples/cluster-provider-config";
    insert(
        files,
        format!("{folder}/cluster-provider-config.yaml"),
        "# One account for several namespaces. Its Secret is in the namespace of the operator.\n",
        &ClusterProviderConfig {
            metadata: named("tencent", None),
            spec: ClusterProviderConfigSpec {
                config: ProviderConfigSpec { tencent: Some(tencent()), ..ProviderConfigSpec::default() },
                allowed_namespaces: vec![TEAM.into()],
            },
            status: None,
        },
    )?;
    insert(files, format!("{folder}/namespace.yaml"), "", &namespace(TEAM))?;
    insert(
        files,
        format!("{folder}/secret.yaml"),
        OPENS_THE_ACCOUNT,
        &secret("tencent", OPERATOR, &[("secretKey", "the-secret-key-of-your-app")]),
    )?;
    insert(
        files,
        format!("{folder}/room.yaml"),
        "# A room that is only looked at: no policy is listed, so nothing is ever changed.\n",
        &Room {
            metadata: named("town-hall", Some(TEAM)),
            spec: RoomSpec {
                provider_config_ref: ProviderConfigRef {
                    kind: ProviderConfigKind::ClusterProviderConfig,
                    name: "tencent".into(),
                },
                tencent_room: Some(TencentRoom { name: Some("Town hall".into()), ..TencentRoom::default() }),
                management_policies: Some(Vec::new()),
                ..RoomSpec::default()
            },
            status: None,
        },
    )
}
