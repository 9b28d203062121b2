//! The kinds `ProviderConfig` and `ClusterProviderConfig`: an account at a vendor, and which Secret opens it.
//!
//! Both have one spec; the second adds who may use it. The accounts themselves are in `vendor`.

use kube::{CustomResource, KubeSchema};
use roomkeeper_plan::limits::{
    ALLOWED_NAMESPACES, DISMISSALS_PER_MINUTE_DEFAULT, DISMISSALS_PER_MINUTE_MAX, NAMESPACE_BYTES,
    RATE_PERCENT_DEFAULT, RATE_PERCENT_MAX, RATE_PERCENT_MIN,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotExactlyOne;
use super::condition::{self, Condition};
use super::rules;
use super::secret_ref::SecretKeyRef;
use super::vendor::{HuaweiMeetingAccount, HuaweiRtcAccount, Tencent};

/// The vendors, by the names of their fields in the spec.
const VENDORS: [&str; 3] = ["tencent", "huaweiMeeting", "huaweiRtc"];

/// The entry of `allowedNamespaces` that stands for all of them.
pub const ALL_NAMESPACES: &str = "*";

/// An account at a vendor. Exactly one of `tencent`, `huaweiMeeting` and `huaweiRtc` says which.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "roomkeeper.dev",
    version = "v1alpha1",
    kind = "ProviderConfig",
    namespaced,
    status = "ProviderConfigStatus",
    derive = "PartialEq",
    derive = "Default",
    shortname = "rkpc",
    category = "roomkeeper",
    doc = "An account at a vendor for the rooms of this namespace: where the vendor is, and which Secret opens it.",
    validation = rules::exactly_one("self.spec", &VENDORS, ".spec"),
    validation = vendor_is_immutable(),
    validation = language_is_for_huawei_meeting(),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status",
        description = "Whether the vendor accepts the credential"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Why it is ready or not"),
    printcolumn(name = "In-Use", type_ = "boolean", json_path = ".status.inUse",
        description = "Whether an object refers to it; do not delete it then"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp",
        description = "Time since this object was created"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1, description = "What is going on, and what to do"),
)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigSpec {
    /// An app of Tencent RTC, for rooms with `tencentRoom` or `tencentLive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tencent: Option<Tencent>,

    /// An app of Huawei Cloud Meeting, for objects of the kind MeetingRoom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei_meeting: Option<HuaweiMeetingAccount>,

    /// A project of Huawei CloudRTC, for rooms with `huaweiRtc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei_rtc: Option<HuaweiRtcAccount>,

    /// How much of the vendor's rate limit the operator takes.
    /// Absent: half of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,

    /// How fast rooms of this account may be dismissed.
    /// Absent: 20 a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dismissals: Option<Dismissals>,

    /// Language of Huawei Cloud Meeting's messages (Accept-Language): `en-US` or `zh-CN`. Only with `huaweiMeeting`.
    /// Absent: `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,

    /// Secret with the certificates, in PEM, of the authorities that may vouch for the vendor's address; for an
    /// `endpoint` behind a certificate of your own.
    /// Absent: the public authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle_ref: Option<SecretKeyRef>,
}

/// How much of the vendor's rate limit is taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// Share of each limit of the vendor in percent, 1 to 100.
    /// The quota is shared with your own backend, so take no more than it can spare.
    /// Absent: 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = RATE_PERCENT_MIN, max = RATE_PERCENT_MAX))]
    pub percent: Option<u32>,
}

/// How fast rooms may be dismissed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dismissals {
    /// Most rooms of this account that are dismissed in a minute, 1 to 12000; further ones wait with the reason
    /// DismissalHeld, so that a folder deleted by mistake does not end every session at once.
    /// Absent: 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = DISMISSALS_PER_MINUTE_MAX))]
    pub max_per_minute: Option<u32>,
}

/// A language of Huawei Cloud Meeting's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en-US")]
    English,
    /// Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// What the operator saw of an account. It has no times and no counts, since every room of the account looks here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigStatus {
    /// The `metadata.generation` that this status speaks of; -1 until the controller has looked.
    #[serde(default = "condition::never_observed")]
    pub observed_generation: i64,

    /// Whether the account can be used, as `Ready`; `Stalled` with True means that a person must act.
    #[serde(default = "condition::pending")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,

    /// Whether an object refers to this one. While it is true, deleting this object strands the others.
    #[serde(default)]
    pub in_use: bool,
}

impl Default for ProviderConfigStatus {
    fn default() -> Self {
        Self { observed_generation: condition::NEVER_OBSERVED, conditions: condition::pending(), in_use: false }
    }
}

/// An account at a vendor that several namespaces may use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "roomkeeper.dev",
    version = "v1alpha1",
    kind = "ClusterProviderConfig",
    status = "ProviderConfigStatus",
    derive = "PartialEq",
    derive = "Default",
    shortname = "rkcpc",
    category = "roomkeeper",
    doc = "An account at a vendor for the rooms of several namespaces. Its Secrets are in the namespace of the operator.",
    validation = rules::exactly_one("self.spec", &VENDORS, ".spec"),
    validation = vendor_is_immutable(),
    validation = language_is_for_huawei_meeting(),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status",
        description = "Whether the vendor accepts the credential"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Why it is ready or not"),
    printcolumn(name = "In-Use", type_ = "boolean", json_path = ".status.inUse",
        description = "Whether an object refers to it; do not delete it then"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp",
        description = "Time since this object was created"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1, description = "What is going on, and what to do"),
)]
#[serde(rename_all = "camelCase")]
pub struct ClusterProviderConfigSpec {
    /// The account, with the same fields as a ProviderConfig.
    #[serde(flatten)]
    pub config: ProviderConfigSpec,

    /// Namespaces whose rooms may use this account, by name; `"*"` stands for all of them.
    /// An empty list: none. Patterns such as `team-*` are not understood.
    #[schemars(
        length(max = ALLOWED_NAMESPACES),
        inner(length(min = 1, max = NAMESPACE_BYTES), regex(pattern = rules::NAMESPACE_OR_ALL))
    )]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub allowed_namespaces: Vec<String>,
}

/// The vendor of an account with its fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VendorSpec<'a> {
    /// Tencent RTC.
    Tencent(&'a Tencent),
    /// Huawei Cloud Meeting.
    HuaweiMeeting(&'a HuaweiMeetingAccount),
    /// Huawei CloudRTC.
    HuaweiRtc(&'a HuaweiRtcAccount),
}

impl ProviderConfigSpec {
    /// Returns the vendor that is set.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if none or several are set, which the API server refuses.
    pub fn vendor(&self) -> Result<VendorSpec<'_>, NotExactlyOne> {
        match (&self.tencent, &self.huawei_meeting, &self.huawei_rtc) {
            (Some(account), None, None) => Ok(VendorSpec::Tencent(account)),
            (None, Some(account), None) => Ok(VendorSpec::HuaweiMeeting(account)),
            (None, None, Some(account)) => Ok(VendorSpec::HuaweiRtc(account)),
            (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(NotExactlyOne { choices: &["spec.tencent", "spec.huaweiMeeting", "spec.huaweiRtc"] })
            }
        }
    }

    /// Returns the share of the vendor's limits to take, in percent: what the spec says, or 50.
    #[must_use]
    pub fn rate_percent(&self) -> u32 {
        self.rate_limit.as_ref().and_then(|limit| limit.percent).unwrap_or(RATE_PERCENT_DEFAULT)
    }

    /// Returns how many rooms of the account may be dismissed in a minute: what the spec says, or 20.
    #[must_use]
    pub fn dismissals_per_minute(&self) -> u32 {
        self.dismissals.as_ref().and_then(|brake| brake.max_per_minute).unwrap_or(DISMISSALS_PER_MINUTE_DEFAULT)
    }
}

fn vendor_is_immutable() -> rules::Rule {
    rules::same_choice(
        &VENDORS,
        "the vendor (tencent, huaweiMeeting or huaweiRtc) cannot change: create another object for another account",
    )
}

fn language_is_for_huawei_meeting() -> rules::Rule {
    rules::forbidden(
        "!has(self.spec.language) || has(self.spec.huaweiMeeting)",
        "language: only Huawei Cloud Meeting has one; remove it",
        ".spec.language",
    )
}
