//! The codes of CloudRTC that the vendor's pages list, each with its HTTP status and text.
//! A table only: which request is refused with which code is decided where the rule is.

use crate::huawei::listed::{Listed, Row};
use crate::refusal::Refusal;

/// A code of CloudRTC (vendor page "Error Codes"; the last but one from the pages of the statistics).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Neither the access key nor the token leads to an account.
    OperationUnauthorized,
    /// The body is not JSON, or not the expected one.
    MalformedRequestBody,
    /// A value is not allowed; with status 404: what the path names is not there.
    InvalidParameterValue,
    /// Values do not go together.
    InvalidParameterCombination,
    /// A value is missing.
    MissingParameter,
    /// The job runs already.
    JobRunning,
    /// There are too many jobs.
    JobExceed,
    /// The job is over.
    JobDone,
    /// There is no such layout.
    LayoutTemplateNotExist,
    /// The region is not supported.
    UnsupportRegion,
    /// The rule is in use.
    RuleForbidenDelete,
    /// The app is stopped, or a bill is not paid.
    AppDeactivation,
    /// There are too many apps.
    AppsExceed,
    /// A URL cannot be reached.
    UrlUnavailable,
    /// There is such a rule already.
    RecordRuleExist,
    /// There is an app of this name already.
    AppExist,
    /// The caller may not do this.
    NoPermission,
    /// A parameter of the statistics is missing or not allowed.
    StatisticsParameter,
    /// Something went wrong inside; the vendor writes `RTC.00002xxx`.
    InternalError,
}

/// Every code with its name, HTTP status and text.
pub const CODES: &[Row<Code>] = &[
    (Code::OperationUnauthorized, "RTC.00001001", 400, "OperationUnauthorized: get DomainID fail"),
    (Code::MalformedRequestBody, "RTC.00001002", 400, "MalformedRequestBody"),
    (Code::InvalidParameterValue, "RTC.00001003", 400, "InvalidParameterValue"),
    (Code::InvalidParameterCombination, "RTC.00001004", 400, "InvalidParameterCombination"),
    (Code::MissingParameter, "RTC.00001005", 400, "MissingParameter"),
    (Code::JobRunning, "RTC.00001006", 400, "JobRunning"),
    (Code::JobExceed, "RTC.00001007", 400, "JobExceed"),
    (Code::JobDone, "RTC.00001009", 400, "JobDone"),
    (Code::LayoutTemplateNotExist, "RTC.00001010", 400, "LayoutTemplateNotExist"),
    (Code::UnsupportRegion, "RTC.00001012", 400, "UnsupportRegion"),
    (Code::RuleForbidenDelete, "RTC.00001013", 400, "RuleForbidenDelete"),
    (Code::AppDeactivation, "RTC.00001016", 400, "AppDeactivation"),
    (Code::AppsExceed, "RTC.00001017", 400, "AppsExceed"),
    (Code::UrlUnavailable, "RTC.00001018", 400, "UrlUnavailable"),
    (Code::RecordRuleExist, "RTC.00001019", 400, "RecordRuleExist"),
    (Code::AppExist, "RTC.00001020", 400, "AppExist"),
    (Code::NoPermission, "RTC.00001021", 400, "NoPermission"),
    (Code::StatisticsParameter, "DATA.100011001", 400, "Invalid parameter"),
    (Code::InternalError, "RTC.00002001", 500, "InternalError"),
];

impl Listed for Code {
    const ROWS: &'static [Row<Self>] = CODES;
}

/// The refusal of a request whose path names something that is not there.
pub(crate) fn not_found(what: &str) -> Refusal {
    Code::InvalidParameterValue.about(what).status(404)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_and_a_text() {
        for (index, (code, name, status, text)) in CODES.iter().enumerate() {
            assert_eq!((code.name(), code.status()), (*name, *status));
            assert!(!text.is_empty() && CODES[..index].iter().all(|(_, other, ..)| other != name), "{code:?}");
        }
    }
}
