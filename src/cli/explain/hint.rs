//! What a vendor's code means, in the words of the vendors' own tables. Pure.

use roomkeeper_providers::hint::{Hint, Service};

use crate::api::ProviderConfigSpec;
use crate::api::provider_config::VendorSpec;
use crate::engines::Served;
use crate::object::Object;

/// Returns the service that an object's room lives in.
pub(super) fn service(object: &Object) -> Service {
    match Served::of(object) {
        Served::TencentRoom | Served::TencentLive => Service::TencentRtc,
        Served::HuaweiRtc => Service::CloudRtc,
        Served::HuaweiMeeting => Service::CloudMeeting,
    }
}

/// Returns the service that a config opens; absent: it names none.
pub(super) fn service_of(config: &ProviderConfigSpec) -> Option<Service> {
    Some(match config.vendor().ok()? {
        VendorSpec::Tencent(_) => Service::TencentRtc,
        VendorSpec::HuaweiRtc(_) => Service::CloudRtc,
        VendorSpec::HuaweiMeeting(_) => Service::CloudMeeting,
    })
}

/// Says what a code means and what to do; without one there was no answer.
pub(super) fn of(code: Option<&str>, service: Service) -> String {
    let Some(code) = code else {
        return "there was no answer: see whether the vendor can be reached from where the operator runs".to_owned();
    };
    match service.hint(code) {
        Some(Hint { means, remedy, codes: _ }) => format!("{means}: {remedy}"),
        None => format!(
            "no page of the vendor that is known explains this code, so its status or the message decided; see {}",
            service.page()
        ),
    }
}
