//! The kind `Room`: one room at a vendor, in one of three engines.
//!
//! It holds the spec and its rules; the parts of each engine and of the policies have their own files.

use std::collections::BTreeSet;

use kube::{CustomResource, KubeSchema, ResourceExt};
use roomkeeper_plan::limits::ROOM_ID_BYTES;
use serde::{Deserialize, Serialize};

use super::NotExactlyOne;
use super::config_ref::ProviderConfigRef;
use super::huawei_rtc::{self, HuaweiRtc};
use super::interval::Interval;
use super::policy::{self, Dismissal, DriftCorrection, ManagementPolicy, PolicyFields};
use super::rules;
use super::secret_ref::SecretKeyRef;
use super::status::RoomStatus;
use super::tencent_live::{self, TencentLive};
use super::tencent_room::{self, TencentRoom};

/// The engines, by the names of their fields in the spec.
const ENGINES: [&str; 3] = ["tencentRoom", "tencentLive", "huaweiRtc"];

/// What is wanted of a room. Exactly one of `tencentRoom`, `tencentLive` and `huaweiRtc` says in which engine it lives;
/// the others and the engine of an existing object cannot be set later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "roomkeeper.dev",
    version = "v1alpha1",
    kind = "Room",
    namespaced,
    status = "RoomStatus",
    derive = "PartialEq",
    derive = "Default",
    shortname = "rkr",
    category = "roomkeeper",
    selectable = ".spec.providerConfigRef.name",
    selectable = ".spec.tencentRoom.roomId",
    selectable = ".spec.tencentLive.roomId",
    selectable = ".spec.huaweiRtc.roomId",
    doc = "A room at a vendor, kept as its spec says. The operator compares it with the vendor, corrects what differs, \
           dismisses the room when this object is deleted, and writes what it saw and did to the status.",
    validation = rules::exactly_one("self.spec", &ENGINES, ".spec"),
    validation = engine_is_immutable(),
    validation = room_id_is_immutable("tencentRoom"),
    validation = room_id_is_immutable("tencentLive"),
    validation = room_id_is_immutable("huaweiRtc"),
    validation = tencent_name_can_be_the_room_id("tencentRoom"),
    validation = tencent_name_can_be_the_room_id("tencentLive"),
    validation = huawei_rtc::name_can_be_the_room_id(),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status",
        description = "Whether the room is as wanted"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Why it is ready or not"),
    printcolumn(name = "Drifted", type_ = "string", json_path = ".status.conditions[?(@.type==\"Drifted\")].status",
        description = "Whether the vendor shows something else than the spec"),
    printcolumn(name = "External-ID", type_ = "string", json_path = ".status.externalId",
        description = "Account and id of the room at the vendor"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp",
        description = "Time since this object was created"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.providerConfigRef.name", priority = 1,
        description = "ProviderConfig that opens the account"),
    printcolumn(name = "Owner", type_ = "string", json_path = ".status.observed.owner", priority = 1,
        description = "Owner that the vendor shows"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1, description = "What is going on, and what to do"),
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = policy::only_verbs("huaweiRtc", &[ManagementPolicy::Dismiss]),
    validation = policy::only_fields("tencentRoom", &tencent_room::CORRECTABLE_FIELDS),
    validation = policy::only_fields("tencentLive", &tencent_live::CORRECTABLE_FIELDS),
    validation = policy::huawei_rtc_has_no_drift(),
    validation = policy::drift_check_interval_is_long_enough(),
    validation = policy::occupied_rooms_of_huawei_rtc_need_a_choice(),
)]
pub struct RoomSpec {
    /// Which account the room lives in.
    /// It may be pointed to another object of the same account; another account is refused with the reason
    /// AccountChanged, and nothing is called.
    pub provider_config_ref: ProviderConfigRef,

    /// A room of Tencent RTC's Room Engine. A field in it that is absent is not managed: neither compared nor changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tencent_room: Option<TencentRoom>,

    /// A room of Tencent RTC's Live Engine. A field in it that is absent is not managed: neither compared nor changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tencent_live: Option<TencentLive>,

    /// A room of Huawei CloudRTC. People make it by joining; the operator dismisses it when this object is deleted, and
    /// once for each new value of the annotation `roomkeeper.dev/dismiss-requested-at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei_rtc: Option<HuaweiRtc>,

    /// What the operator may do: any of `Create`, `Adopt`, `Update`, `ChangeOwner` and `Dismiss`. It always observes.
    /// Without `Adopt` a room that was there before is left alone and reported as AlreadyExists; without `Create` the
    /// room is expected to be there. The engine `huaweiRtc` has `Dismiss` only.
    /// Absent: all that the engine has but `Adopt`. An empty list: observe only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub management_policies: Option<Vec<ManagementPolicy>>,

    /// When differences between this spec and the vendor are corrected.
    /// Absent: always, at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_correction: Option<DriftCorrection>,

    /// How the room ends when this object is deleted.
    /// Absent: when nobody is in it any more. Required for `huaweiRtc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dismissal: Option<Dismissal>,

    /// How often to look at the room again, as a duration such as `10m`; at least `30s`.
    /// The looks are spread a little, so that many rooms are not looked at together.
    /// Absent: as the controller is set, `10m` if nobody set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_check_interval: Option<Interval>,
}

/// The engine of a room with its fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EngineSpec<'a> {
    /// Tencent's Room Engine.
    TencentRoom(&'a TencentRoom),
    /// Tencent's Live Engine.
    TencentLive(&'a TencentLive),
    /// Huawei CloudRTC.
    HuaweiRtc(&'a HuaweiRtc),
}

impl EngineSpec<'_> {
    /// Returns the name of the engine's field in the spec.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::TencentRoom(_) => "tencentRoom",
            Self::TencentLive(_) => "tencentLive",
            Self::HuaweiRtc(_) => "huaweiRtc",
        }
    }

    fn room_id(&self) -> Option<&str> {
        match self {
            Self::TencentRoom(room) => room.room_id.as_deref(),
            Self::TencentLive(room) => room.room_id.as_deref(),
            Self::HuaweiRtc(room) => room.room_id.as_deref(),
        }
    }

    /// Returns the verbs that the engine has.
    #[must_use]
    pub const fn verbs(&self) -> &'static [ManagementPolicy] {
        match self {
            Self::TencentRoom(_) | Self::TencentLive(_) => &ManagementPolicy::ALL,
            Self::HuaweiRtc(_) => &[ManagementPolicy::Dismiss],
        }
    }

    /// Returns the verbs of which one must be allowed for a room to become an object's.
    const fn claiming_verbs(&self) -> &'static [ManagementPolicy] {
        match self {
            Self::TencentRoom(_) | Self::TencentLive(_) => &[ManagementPolicy::Create, ManagementPolicy::Adopt],
            Self::HuaweiRtc(_) => &[ManagementPolicy::Dismiss],
        }
    }
}

impl Room {
    /// Returns the id of the room at the vendor: the engine's `roomId`, or the name of the object.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if the spec has not exactly one engine.
    pub fn room_id(&self) -> Result<String, NotExactlyOne> {
        Ok(self.spec.engine()?.room_id().map_or_else(|| self.name_any(), str::to_owned))
    }

    /// Returns the texts under which the object names its room within the account: two objects with one of them in
    /// common name the same room. Empty for a spec that the API server refuses.
    #[must_use]
    pub fn room_names(&self) -> Vec<String> {
        let (Ok(engine), Ok(room)) = (self.spec.engine(), self.room_id()) else {
            return Vec::new();
        };
        vec![match engine {
            EngineSpec::TencentRoom(_) | EngineSpec::TencentLive(_) => room,
            EngineSpec::HuaweiRtc(spec) => format!("{}/{room}", spec.app_id),
        }]
    }
}

impl RoomSpec {
    /// Returns the engine that is set.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if none or several are set, which the API server refuses.
    pub fn engine(&self) -> Result<EngineSpec<'_>, NotExactlyOne> {
        match (&self.tencent_room, &self.tencent_live, &self.huawei_rtc) {
            (Some(room), None, None) => Ok(EngineSpec::TencentRoom(room)),
            (None, Some(room), None) => Ok(EngineSpec::TencentLive(room)),
            (None, None, Some(room)) => Ok(EngineSpec::HuaweiRtc(room)),
            (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(NotExactlyOne { choices: &["spec.tencentRoom", "spec.tencentLive", "spec.huaweiRtc"] })
            }
        }
    }

    /// Returns what the operator may do: what the spec lists, or all verbs of the engine but `Adopt`.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if the spec has not exactly one engine.
    pub fn policies(&self) -> Result<BTreeSet<ManagementPolicy>, NotExactlyOne> {
        let engine = self.engine()?;
        Ok(match &self.management_policies {
            Some(listed) => listed.iter().copied().collect(),
            None => engine.verbs().iter().copied().filter(|verb| *verb != ManagementPolicy::Adopt).collect(),
        })
    }

    /// Returns the policy fields as they are in effect.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if the spec has not exactly one engine.
    pub fn policy(&self) -> Result<PolicyFields<'_>, NotExactlyOne> {
        Ok(PolicyFields {
            policies: self.policies()?,
            drift_correction: self.drift_correction.as_ref(),
            dismissal: self.dismissal.as_ref(),
            drift_check_interval: self.drift_check_interval,
        })
    }

    /// Returns the keys of Secrets that the spec names.
    #[must_use]
    pub fn secret_refs(&self) -> Vec<&SecretKeyRef> {
        let password = self.tencent_room.as_ref().and_then(|engine| engine.password.as_ref());
        password.and_then(|password| password.secret_key_ref.as_ref()).into_iter().collect()
    }

    /// Tells whether the room could ever be this object's: one that only watches is nobody's rival.
    #[must_use]
    pub fn may_claim(&self) -> bool {
        let (Ok(engine), Ok(policies)) = (self.engine(), self.policies()) else {
            return false;
        };
        engine.claiming_verbs().iter().any(|verb| policies.contains(verb))
    }
}

fn engine_is_immutable() -> rules::Rule {
    rules::same_choice(
        &ENGINES,
        "the engine of a Room (tencentRoom, tencentLive or huaweiRtc) cannot change: create another Room",
    )
}

/// Compares the id that is in effect: a rule on `roomId` alone is silent when the field appears or goes.
fn room_id_is_immutable(engine: &str) -> rules::Rule {
    let effective =
        |root: &str| format!("(has({root}.spec.{engine}.roomId) ? {root}.spec.{engine}.roomId : {root}.metadata.name)");
    rules::forbidden(
        format!(
            "!has(self.spec.{engine}) || !has(oldSelf.spec.{engine}) || {} == {}",
            effective("self"),
            effective("oldSelf")
        ),
        "roomId (absent: metadata.name) says which room this is and cannot change: create another Room",
        format!(".spec.{engine}.roomId"),
    )
}

fn tencent_name_can_be_the_room_id(engine: &str) -> rules::Rule {
    rules::required(
        format!(
            "!has(self.spec.{engine}) || has(self.spec.{engine}.roomId) || size(self.metadata.name) <= {ROOM_ID_BYTES}"
        ),
        format!("metadata.name is longer than {ROOM_ID_BYTES} bytes and cannot be the id of the room: set roomId"),
        format!(".spec.{engine}.roomId"),
    )
}
