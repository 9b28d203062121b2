//! The accounts that a ProviderConfig can open: one type for each service of a vendor.
//!
//! They name Secrets and never hold one; which host a region has is known to the vendor's client.

use kube::KubeSchema;
use roomkeeper_plan::limits::{ENDPOINT_BYTES, HUAWEI_ACCOUNT_ID_BYTES, RTC_ID_BYTES, SDK_APP_ID_MIN, USER_ID_BYTES};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotExactlyOne;
use super::rules;
use super::secret_ref::SecretKeyRef;

/// An app of Tencent RTC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = region_or_endpoint(),
    validation = endpoint_is_safe(),
    validation = rules::unchanged("sdkAppId"),
    validation = rules::unchanged_or_absent("region"),
    validation = rules::printable_ascii("identifier"),
)]
pub struct Tencent {
    /// Id of the app (SDKAppID). It cannot change.
    #[schemars(range(min = SDK_APP_ID_MIN))]
    pub sdk_app_id: u32,

    /// Where the app's data is: `China`, `Singapore`, `Seoul`, `Frankfurt`, `SiliconValley`, `Jakarta`, `Tokyo` or
    /// `Mumbai`, as the console shows it. It cannot change.
    /// Tencent documents the Room Engine for China and Singapore only.
    /// Exactly one of `region` and `endpoint` must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<TencentRegion>,

    /// Address of the service instead of a region, such as `https://rooms.example.com`: a scheme, a host and a port,
    /// without a path. Only https, but for the own machine (`127.0.0.1`, `[::1]`, `localhost`).
    /// It is refused unless the operator was started with leave to call that host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ENDPOINT_BYTES))]
    pub endpoint: Option<String>,

    /// User id of an App administrator in whose name the calls are made (identifier), such as `administrator`.
    /// At most 32 bytes of printable ASCII.
    #[schemars(length(min = 1, max = USER_ID_BYTES))]
    pub identifier: String,

    /// Secret with the app's secret key, which the console shows beside the SDKAppID.
    pub secret_key_ref: SecretKeyRef,
}

/// The data centers of Tencent RTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum TencentRegion {
    /// Mainland China.
    China,
    /// Singapore.
    Singapore,
    /// Seoul.
    Seoul,
    /// Frankfurt.
    Frankfurt,
    /// Silicon Valley.
    SiliconValley,
    /// Jakarta.
    Jakarta,
    /// Tokyo.
    Tokyo,
    /// Mumbai.
    Mumbai,
}

/// An app of Huawei Cloud Meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = region_or_endpoint(),
    validation = endpoint_is_safe(),
    validation = rules::unchanged("appId"),
    validation = rules::unchanged_or_absent("corpId"),
    validation = rules::unchanged_or_absent("region"),
)]
pub struct HuaweiMeetingAccount {
    /// Where the enterprise is: `cn-north-4` (China) or `ap-southeast-1` (international). It cannot change.
    /// Exactly one of `region` and `endpoint` must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<HuaweiMeetingRegion>,

    /// Address of the service instead of a region: a scheme, a host and a port, without a path.
    /// Only https, but for the own machine (`127.0.0.1`, `[::1]`, `localhost`).
    /// It is refused unless the operator was started with leave to call that host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ENDPOINT_BYTES))]
    pub endpoint: Option<String>,

    /// App ID of the enterprise or service provider (appId). It cannot change.
    #[schemars(length(min = 1, max = HUAWEI_ACCOUNT_ID_BYTES), regex(pattern = rules::PATH_SAFE_ID))]
    pub app_id: String,

    /// Id of the enterprise (corpId), for service providers (SP) only. It cannot change.
    /// Absent: the app belongs to a single enterprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = HUAWEI_ACCOUNT_ID_BYTES), regex(pattern = rules::PATH_SAFE_ID))]
    pub corp_id: Option<String>,

    /// Secret with the app's key (appKey).
    pub app_key_ref: SecretKeyRef,
}

/// The sites of Huawei Cloud Meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum HuaweiMeetingRegion {
    /// China.
    #[serde(rename = "cn-north-4")]
    CnNorth4,
    /// International.
    #[serde(rename = "ap-southeast-1")]
    ApSoutheast1,
}

/// A project of Huawei CloudRTC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = region_or_endpoint(),
    validation = endpoint_is_safe(),
    validation = rules::unchanged("projectId"),
    validation = rules::unchanged_or_absent("region"),
    validation = access_key_or_password(),
)]
pub struct HuaweiRtcAccount {
    /// Where the project is: `cn-north-4`, the one region that CloudRTC has. It cannot change.
    /// Exactly one of `region` and `endpoint` must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<HuaweiRtcRegion>,

    /// Address of the service instead of a region: a scheme, a host and a port, without a path.
    /// Only https, but for the own machine (`127.0.0.1`, `[::1]`, `localhost`).
    /// With `password`, the log-in at IAM is made at this address too.
    /// It is refused unless the operator was started with leave to call that host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ENDPOINT_BYTES))]
    pub endpoint: Option<String>,

    /// Id of the project (X-Project-Id). It cannot change.
    #[schemars(length(min = 1, max = RTC_ID_BYTES), regex(pattern = rules::PATH_SAFE_ID))]
    pub project_id: String,

    /// An access key that signs each call (AK/SK), as Huawei recommends.
    /// Exactly one of `accessKey` and `password` must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<AccessKey>,

    /// A user of IAM who logs in with a password.
    /// Exactly one of `accessKey` and `password` must be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<IamPassword>,
}

/// The regions of Huawei CloudRTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum HuaweiRtcRegion {
    /// Beijing 4.
    #[serde(rename = "cn-north-4")]
    CnNorth4,
}

/// An access key of Huawei Cloud.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessKey {
    /// Secret with the id of the access key (AK).
    pub id_ref: SecretKeyRef,

    /// Secret with the secret access key (SK).
    pub secret_ref: SecretKeyRef,

    /// Secret with the security token of a temporary access key (X-Security-Token).
    /// Absent: the access key is permanent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_token_ref: Option<SecretKeyRef>,
}

/// A user of Huawei Cloud's IAM.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IamPassword {
    /// Name of the account that the user belongs to (domain).
    #[schemars(length(min = 1, max = HUAWEI_ACCOUNT_ID_BYTES))]
    pub domain: String,

    /// Name of the user (name). A HUAWEI ID cannot log in this way.
    #[schemars(length(min = 1, max = HUAWEI_ACCOUNT_ID_BYTES))]
    pub user: String,

    /// Secret with the user's password.
    pub password_ref: SecretKeyRef,
}

/// How CloudRTC is logged in to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HuaweiRtcLogin<'a> {
    /// By signing with an access key.
    AccessKey(&'a AccessKey),
    /// By a token that IAM gives for a password.
    Password(&'a IamPassword),
}

impl HuaweiRtcAccount {
    /// Returns how to log in.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if both or neither of the ways are set, which the API server refuses.
    pub fn login(&self) -> Result<HuaweiRtcLogin<'_>, NotExactlyOne> {
        match (&self.access_key, &self.password) {
            (Some(key), None) => Ok(HuaweiRtcLogin::AccessKey(key)),
            (None, Some(password)) => Ok(HuaweiRtcLogin::Password(password)),
            (None, None) | (Some(_), Some(_)) => {
                Err(NotExactlyOne { choices: &["spec.huaweiRtc.accessKey", "spec.huaweiRtc.password"] })
            }
        }
    }
}

fn region_or_endpoint() -> rules::Rule {
    rules::invalid(
        "has(self.region) != has(self.endpoint)",
        "set exactly one of region (the vendor's own service) and endpoint (another address)",
        ".region",
    )
}

/// A credential goes to this address, so it must be one that cannot be misread and that nobody can listen to.
fn endpoint_is_safe() -> rules::Rule {
    rules::invalid(
        "!has(self.endpoint) || (isURL(self.endpoint) \
         && (url(self.endpoint).getScheme() == 'https' || (url(self.endpoint).getScheme() == 'http' \
         && url(self.endpoint).getHostname() in ['127.0.0.1', '::1', 'localhost'])) \
         && url(self.endpoint).getHostname() != '' && !self.endpoint.contains('@') && !self.endpoint.contains('#') \
         && url(self.endpoint).getEscapedPath() in ['', '/'] && !self.endpoint.contains('?'))",
        "endpoint must be https://host or https://host:port without user, path and query; plain http is only for \
         127.0.0.1, [::1] and localhost",
        ".endpoint",
    )
}

fn access_key_or_password() -> rules::Rule {
    rules::invalid(
        "has(self.accessKey) != has(self.password)",
        "set exactly one of accessKey and password",
        ".accessKey",
    )
}
