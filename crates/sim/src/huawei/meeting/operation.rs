//! The operations of Cloud Meeting: their names, methods, paths, and whether they change anything.
//! Only the table: what an operation does is in the file of its subject.

use http::Method;

use crate::huawei::signature::decode;
use crate::service::Kind;

/// One operation of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    AppAuth,
    AccountAuth,
    RefreshToken,
    ValidateToken,
    LogOut,
    SearchMemberVmr,
    UpdateMemberVmr,
    SearchCorpVmr,
    AssociateVmr,
    DisassociateVmr,
    DeleteCorpVmr,
    ShowMember,
    ListUsers,
    OnlineConferences,
    ConferenceToken,
    StopConference,
    DeleteConference,
}

struct Row {
    /// The name in journal, faults and limits.
    name: &'static str,
    method: Method,
    /// `{}` stands for one part of the path.
    path: &'static str,
    kind: Kind,
}

const fn read(name: &'static str, method: Method, path: &'static str) -> Row {
    Row { name, method, path, kind: Kind::Read }
}

const fn write(name: &'static str, method: Method, path: &'static str) -> Row {
    Row { name, method, path, kind: Kind::Write }
}

impl Operation {
    pub(crate) const ALL: [Self; 17] = [
        Self::AppAuth,
        Self::AccountAuth,
        Self::RefreshToken,
        Self::ValidateToken,
        Self::LogOut,
        Self::SearchMemberVmr,
        Self::UpdateMemberVmr,
        Self::SearchCorpVmr,
        Self::AssociateVmr,
        Self::DisassociateVmr,
        Self::DeleteCorpVmr,
        Self::ShowMember,
        Self::ListUsers,
        Self::OnlineConferences,
        Self::ConferenceToken,
        Self::StopConference,
        Self::DeleteConference,
    ];

    /// Tokens come and go without changing a room or a conference: their operations count as looks.
    fn row(self) -> Row {
        match self {
            Self::AppAuth => read("app_auth", Method::POST, "/v2/usg/acs/auth/appauth"),
            Self::AccountAuth => read("account_auth", Method::POST, "/v1/usg/acs/auth/account"),
            Self::RefreshToken => read("refresh_token", Method::PUT, "/v1/usg/acs/token"),
            Self::ValidateToken => read("validate_token", Method::POST, "/v1/usg/acs/token/validate"),
            Self::LogOut => read("log_out", Method::DELETE, "/v1/usg/acs/token"),
            Self::SearchMemberVmr => read("search_member_vmr", Method::GET, "/v1/usg/dcs/member/vmr"),
            Self::UpdateMemberVmr => write("update_member_vmr", Method::PUT, "/v1/usg/dcs/member/vmr/{}"),
            Self::SearchCorpVmr => read("search_corp_vmr", Method::GET, "/v1/usg/dcs/corp/vmr"),
            Self::AssociateVmr => write("associate_vmr", Method::POST, "/v1/usg/dcs/corp/vmr/assign-to-member/{}"),
            Self::DisassociateVmr => {
                write("disassociate_vmr", Method::POST, "/v1/usg/dcs/corp/vmr/recycle-from-member/{}")
            }
            Self::DeleteCorpVmr => write("delete_corp_vmr", Method::POST, "/v1/usg/dcs/corp/vmr/delete"),
            Self::ShowMember => read("show_member", Method::GET, "/v1/usg/dcs/corp/member/{}"),
            Self::ListUsers => read("list_users", Method::POST, "/v1/usg/abs/users/list"),
            Self::OnlineConferences => read("online_conferences", Method::GET, "/v1/mmc/management/conferences/online"),
            Self::ConferenceToken => read("conference_token", Method::GET, "/v1/mmc/control/conferences/token"),
            Self::StopConference => write("stop_conference", Method::PUT, "/v1/mmc/control/conferences/stop"),
            Self::DeleteConference => write("delete_conference", Method::DELETE, "/v1/mmc/management/conferences"),
        }
    }

    /// The name in journal, faults and limits.
    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }

    pub(super) fn kind(self) -> Kind {
        self.row().kind
    }

    /// Whether it makes, looks at or ends tokens, and nothing else but the users that a log-in registers.
    pub(super) const fn is_about_tokens(self) -> bool {
        match self {
            Self::AppAuth
            | Self::AccountAuth
            | Self::RefreshToken
            | Self::ValidateToken
            | Self::LogOut
            | Self::ConferenceToken => true,
            Self::SearchMemberVmr
            | Self::UpdateMemberVmr
            | Self::SearchCorpVmr
            | Self::AssociateVmr
            | Self::DisassociateVmr
            | Self::DeleteCorpVmr
            | Self::ShowMember
            | Self::ListUsers
            | Self::OnlineConferences
            | Self::StopConference
            | Self::DeleteConference => false,
        }
    }

    /// Returns the operation, and what stands in the path's place; empty where the path has none.
    pub(super) fn of(method: &Method, path: &str) -> Option<(Self, String)> {
        Self::ALL.into_iter().find_map(|operation| {
            let row = operation.row();
            let place = place(row.path, path)?;
            (row.method == *method).then_some((operation, place))
        })
    }
}

/// Returns the decoded part of the path at the pattern's `{}`, if the rest of it is the same.
fn place(pattern: &str, path: &str) -> Option<String> {
    let Some(before) = pattern.strip_suffix("{}") else { return (pattern == path).then(String::new) };
    let part = path.strip_prefix(before).filter(|part| !part.is_empty() && !part.contains('/'))?;
    String::from_utf8(decode(part)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_by_method_and_path() {
        for operation in Operation::ALL {
            let Row { method, path, .. } = operation.row();
            let (path, place) = match path.strip_suffix("{}") {
                Some(before) => (format!("{before}a%40b"), "a@b"),
                None => (path.to_owned(), ""),
            };
            assert_eq!(Operation::of(&method, &path), Some((operation, place.to_owned())));
            assert_eq!(Operation::of(&Method::PATCH, &path), None);
            assert_eq!(Operation::of(&method, &format!("{path}/more")), None);
        }
    }

    #[test]
    fn no_two_operations_have_one_name() {
        let names: std::collections::BTreeSet<&str> = Operation::ALL.into_iter().map(Operation::name).collect();
        assert_eq!(names.len(), Operation::ALL.len());
    }
}
