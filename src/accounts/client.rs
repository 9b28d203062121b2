//! The client of a config's vendor: which account it opens, where the vendor is, and what its Secrets are for.
//!
//! It reads no Secret and makes no call; both are given.

use roomkeeper_plan::ids::{Account, SecretVersion};
use roomkeeper_plan::secret::Secret;
use roomkeeper_providers::huawei::{self, CloudRtc, Meeting, cloud_rtc, meeting};
use roomkeeper_providers::{Call, Class, Error, SecretString, What, http, tencent};
use url::Url;

use super::AllowedHosts;
use crate::api::provider_config::{Language, VendorSpec};
use crate::api::vendor::{
    HuaweiMeetingAccount, HuaweiMeetingRegion, HuaweiRtcAccount, HuaweiRtcLogin, HuaweiRtcRegion, Tencent,
    TencentRegion,
};
use crate::api::{ProviderConfigSpec, SecretKeyRef};
use crate::engines::Invalid;

/// A client of one of the vendors' services; clones share signatures and tokens.
#[derive(Clone, Debug)]
pub(super) enum Client {
    /// Of a Tencent app.
    Tencent(tencent::Client),
    /// Of a CloudRTC project.
    CloudRtc(CloudRtc),
    /// Of a Cloud Meeting app.
    Meeting(Meeting),
}

/// The values of the Secrets that a config names.
pub(super) struct Values(pub(super) Vec<(SecretKeyRef, Secret, SecretVersion)>);

impl Values {
    /// Returns a value as bytes.
    pub(super) fn bytes_of(&self, reference: &SecretKeyRef) -> Vec<u8> {
        self.value(reference).expose().as_bytes().to_vec()
    }

    fn of(&self, reference: &SecretKeyRef) -> SecretString {
        SecretString::from(self.value(reference).expose())
    }

    fn value(&self, reference: &SecretKeyRef) -> &Secret {
        let found = self.0.iter().find(|(known, _, _)| known == reference);
        let (_, value, _) = found.expect("every Secret that a config names was read before its client is made");
        value
    }
}

/// Returns the account that a config names.
pub(super) fn account(spec: &ProviderConfigSpec) -> Result<Account, Invalid> {
    Ok(match vendor(spec)? {
        VendorSpec::Tencent(app) => Account::tencent(u64::from(app.sdk_app_id)),
        VendorSpec::HuaweiRtc(project) => Account::huawei_rtc(&project.project_id),
        VendorSpec::HuaweiMeeting(app) => Account::huawei_meeting(&app.app_id, app.corp_id.as_deref()),
    })
}

/// Returns where the vendor of a config is.
pub(super) fn endpoint(spec: &ProviderConfigSpec, allowed: &AllowedHosts) -> Result<Url, Invalid> {
    let (field, region, endpoint) = match vendor(spec)? {
        VendorSpec::Tencent(app) => {
            ("spec.tencent", app.region.map(|region| tencent_region(region).endpoint()), &app.endpoint)
        }
        VendorSpec::HuaweiRtc(project) => {
            ("spec.huaweiRtc", project.region.map(|region| rtc_region(region).endpoint()), &project.endpoint)
        }
        VendorSpec::HuaweiMeeting(app) => {
            ("spec.huaweiMeeting", app.region.map(|region| meeting_region(region).endpoint()), &app.endpoint)
        }
    };
    match (region, endpoint) {
        (Some(region), None) => Ok(region),
        (None, Some(endpoint)) => {
            allowed.parse(endpoint).map_err(|error| Invalid::new(format!("{field}.endpoint"), error))
        }
        (None, None) | (Some(_), Some(_)) => Err(Invalid::new(field, "set exactly one of region and endpoint")),
    }
}

/// Returns whom the calls are made as, without a secret: what tells two credentials of one account apart besides their
/// Secrets.
pub(super) fn caller(spec: &ProviderConfigSpec) -> Result<String, Invalid> {
    Ok(match vendor(spec)? {
        VendorSpec::Tencent(app) => app.identifier.clone(),
        VendorSpec::HuaweiRtc(project) => match &project.password {
            Some(password) => format!("{}/{}", password.domain, password.user),
            None => String::new(),
        },
        VendorSpec::HuaweiMeeting(_) => format!("{:?}", spec.language.unwrap_or_default()),
    })
}

/// Makes the client of a config.
pub(super) fn client(
    spec: &ProviderConfigSpec,
    endpoint: Url,
    values: &Values,
    http: http::Client,
) -> Result<Client, Invalid> {
    match vendor(spec)? {
        VendorSpec::Tencent(app) => tencent(app, endpoint, values, http),
        VendorSpec::HuaweiRtc(project) => rtc(project, endpoint, values, http),
        VendorSpec::HuaweiMeeting(app) => meeting(app, spec.language.unwrap_or_default(), endpoint, values, http),
    }
}

impl Client {
    /// Gives back the log-ins that the vendor counts; most vendors count none.
    pub(super) async fn log_out(&self) {
        match self {
            Client::Tencent(_) | Client::CloudRtc(_) => {}
            Client::Meeting(client) => client.log_out().await,
        }
    }

    /// Tells whether an answer to this call shows that the credential is good: where one logs in, only a log-in does.
    pub(super) fn is_proven_by(&self, call: Call) -> bool {
        match self {
            Client::Tencent(_) | Client::CloudRtc(_) => true,
            Client::Meeting(_) => call == Call::from(meeting::Operation::LogInAsAdministrator),
        }
    }

    /// Tells whether an error speaks against the credential, and so against the whole account.
    pub(super) fn is_rejected_by(&self, error: &Error) -> bool {
        match (error.class(), self) {
            (Class::Credentials, _) => true,
            // An app that is not there is what a wrong region looks like; at Huawei a room names its app.
            (Class::NotFound { what: What::App }, Client::Tencent(_)) => true,
            (Class::NotFound { what: What::App }, Client::CloudRtc(_) | Client::Meeting(_)) => false,
            (
                Class::NotFound { what: What::Room | What::Account }
                | Class::Exists
                | Class::NotMember
                | Class::Denied
                | Class::Invalid
                | Class::Quota
                | Class::Throttled { .. }
                | Class::Unavailable
                | Class::Misdirected
                | Class::Unknown,
                _,
            ) => false,
        }
    }
}

fn vendor(spec: &ProviderConfigSpec) -> Result<VendorSpec<'_>, Invalid> {
    spec.vendor().map_err(|error| Invalid::new("spec", error))
}

fn tencent(app: &Tencent, endpoint: Url, values: &Values, http: http::Client) -> Result<Client, Invalid> {
    let made = tencent::Client::new(tencent::Config {
        endpoint,
        sdk_app_id: tencent::SdkAppId(u64::from(app.sdk_app_id)),
        identifier: app.identifier.clone(),
        key: values.of(&app.secret_key_ref),
        http,
    });
    made.map(Client::Tencent).map_err(|error| Invalid::new("spec.tencent", error))
}

fn rtc(project: &HuaweiRtcAccount, endpoint: Url, values: &Values, http: http::Client) -> Result<Client, Invalid> {
    use secrecy::ExposeSecret as _;
    let login = match project.login().map_err(|error| Invalid::new("spec.huaweiRtc", error))? {
        HuaweiRtcLogin::AccessKey(key) => {
            let id = values.of(&key.id_ref);
            let token = key.security_token_ref.as_ref().map(|reference| values.of(reference));
            let key = huawei::signature::AccessKey::new(id.expose_secret(), values.of(&key.secret_ref), token);
            cloud_rtc::Login::AccessKey(key.map_err(|error| Invalid::new("spec.huaweiRtc.accessKey", error))?)
        }
        HuaweiRtcLogin::Password(login) => cloud_rtc::Login::Password {
            domain: login.domain.clone(),
            user: login.user.clone(),
            password: values.of(&login.password_ref),
        },
    };
    // An address of one's own serves IAM too.
    let iam_endpoint = project.region.map_or_else(|| endpoint.clone(), |region| rtc_region(region).iam_endpoint());
    let project_id = project.project_id.clone();
    let made = CloudRtc::new(cloud_rtc::Config { endpoint, iam_endpoint, project_id, login, http });
    made.map(Client::CloudRtc).map_err(|error| Invalid::new("spec.huaweiRtc", error))
}

fn meeting(
    app: &HuaweiMeetingAccount,
    language: Language,
    endpoint: Url,
    values: &Values,
    http: http::Client,
) -> Result<Client, Invalid> {
    let made = Meeting::new(meeting::Config {
        endpoint,
        app_id: app.app_id.clone(),
        corp_id: app.corp_id.clone(),
        app_key: values.of(&app.app_key_ref),
        language: match language {
            Language::English => meeting::Language::EnUs,
            Language::Chinese => meeting::Language::ZhCn,
        },
        http,
    });
    made.map(Client::Meeting).map_err(|error| Invalid::new("spec.huaweiMeeting", error))
}

fn tencent_region(region: TencentRegion) -> tencent::Region {
    match region {
        TencentRegion::China => tencent::Region::China,
        TencentRegion::Singapore => tencent::Region::Singapore,
        TencentRegion::Seoul => tencent::Region::Seoul,
        TencentRegion::Frankfurt => tencent::Region::Frankfurt,
        TencentRegion::SiliconValley => tencent::Region::SiliconValley,
        TencentRegion::Jakarta => tencent::Region::Jakarta,
        TencentRegion::Tokyo => tencent::Region::Tokyo,
        TencentRegion::Mumbai => tencent::Region::Mumbai,
    }
}

fn rtc_region(region: HuaweiRtcRegion) -> cloud_rtc::Region {
    match region {
        HuaweiRtcRegion::CnNorth4 => cloud_rtc::Region::CnNorth4,
    }
}

fn meeting_region(region: HuaweiMeetingRegion) -> meeting::Region {
    match region {
        HuaweiMeetingRegion::CnNorth4 => meeting::Region::CnNorth4,
        HuaweiMeetingRegion::ApSoutheast1 => meeting::Region::ApSoutheast1,
    }
}
