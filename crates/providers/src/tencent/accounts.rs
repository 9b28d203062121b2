//! The accounts of an application: who is known to it, and making somebody known.
//! It must not delete or rename anybody; accounts belong to the customer's own backend.

use serde::{Deserialize, Serialize};

use super::Client;
use super::envelope::Nothing;
use crate::error::{Class, Error, Outcome};
use crate::lenient;
use crate::limit::{Limit, LimitGroup};
use crate::message;
use crate::reply::Reply;

/// The service's part of the path.
pub(super) const SERVICE: &str = "im_open_login_svc";

/// The most accounts that one check may name.
pub const CHECK_LIMIT: usize = 100;

/// A call of the account system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Tells which accounts are known.
    AccountCheck,
    /// Makes an account known.
    AccountImport,
}

impl Operation {
    /// Every call.
    pub const ALL: [Self; 2] = [Self::AccountCheck, Self::AccountImport];

    /// Returns the name in the vendor's path, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountCheck => "account_check",
            Self::AccountImport => "account_import",
        }
    }

    /// Returns the documented ceiling.
    pub const fn limit(self) -> Limit {
        match self {
            Self::AccountCheck => Limit::per_second(100),
            Self::AccountImport => Limit::per_second(200),
        }
    }

    /// Returns the quota that the call draws from, which is its own.
    pub const fn limit_group(self) -> LimitGroup {
        LimitGroup(match self {
            Self::AccountCheck => "accounts/account_check",
            Self::AccountImport => "accounts/account_import",
        })
    }
}

/// The account system of one application.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: Client,
}

/// An account to be made known.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewAccount {
    /// At most 32 bytes.
    #[serde(rename = "UserID")]
    pub account: String,
    /// The name shown to others; absent: none, or the one it has.
    #[serde(rename = "Nick", skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The URL of a picture; absent: none, or the one it has.
    #[serde(rename = "FaceUrl", skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// What the vendor says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// The account that was asked for.
    pub account: String,
    /// Whether it is known.
    pub presence: Presence,
}

/// Whether an account is known to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It can own rooms.
    Imported,
    /// It cannot, until it is imported or logs in once.
    NotImported,
    /// The vendor could not tell.
    Failed {
        /// The vendor's `ResultCode`.
        code: i64,
        /// The vendor's text, cleaned, at most 256 bytes.
        message: String,
    },
}

impl Accounts {
    /// Returns the account system as seen with this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Tells which of the accounts are known (`account_check`, trtc.io/document/34956); none asks nobody.
    ///
    /// # Errors
    /// `Invalid`, without a call, for more than [`CHECK_LIMIT`] accounts; `Unknown` where the answer leaves one out.
    pub async fn account_check(&self, accounts: &[&str]) -> Result<Reply<Vec<AccountState>>, Error> {
        let failure = |class, text: &str| {
            Error::new(Operation::AccountCheck.name(), class, Outcome::Refused).with_message(text, &[])
        };
        if accounts.is_empty() {
            return Ok(Reply { value: Vec::new(), request_id: None, date: None });
        }
        if accounts.len() > CHECK_LIMIT {
            return Err(failure(Class::Invalid, "at most 100 accounts can be checked in one call"));
        }
        let body = Check { items: accounts.iter().map(|account| CheckItem { account }).collect() };
        let reply = self.client.call::<_, Checked>(Operation::AccountCheck, &body, &[]).await?;
        let reply = reply.map(|checked| checked.items.into_iter().map(AccountState::from).collect::<Vec<_>>());
        let complete = accounts.iter().all(|account| reply.value.iter().any(|state| state.account == *account));
        if !complete {
            let error = failure(Class::Unknown, "answered without one of the accounts asked for");
            return Err(error.with_request_id(reply.request_id.as_deref()));
        }
        Ok(reply)
    }

    /// Makes an account known (`account_import`, trtc.io/document/34953); idempotent.
    ///
    /// # Errors
    /// `Invalid` for a name that the vendor does not take; `Quota` beyond the accounts of a trial.
    pub async fn account_import(&self, account: &NewAccount) -> Result<Reply<()>, Error> {
        let reply = self.client.call::<_, Nothing>(Operation::AccountImport, account, &[]).await?;
        Ok(reply.map(|Nothing {}| ()))
    }
}

#[derive(Serialize)]
struct Check<'a> {
    #[serde(rename = "CheckItem")]
    items: Vec<CheckItem<'a>>,
}

#[derive(Serialize)]
struct CheckItem<'a> {
    #[serde(rename = "UserID")]
    account: &'a str,
}

#[derive(Deserialize)]
struct Checked {
    #[serde(rename = "ResultItem", default, deserialize_with = "lenient::list")]
    items: Vec<CheckedItem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CheckedItem {
    #[serde(rename = "UserID", deserialize_with = "lenient::text")]
    account: Option<String>,
    #[serde(rename = "ResultCode", deserialize_with = "lenient::number")]
    code: Option<i64>,
    #[serde(rename = "ResultInfo", deserialize_with = "lenient::text")]
    text: Option<String>,
    #[serde(rename = "AccountStatus", deserialize_with = "lenient::text")]
    status: Option<String>,
}

impl From<CheckedItem> for AccountState {
    fn from(item: CheckedItem) -> Self {
        let code = item.code.unwrap_or_default();
        let presence = match item.status.as_deref() {
            Some("Imported") if code == 0 => Presence::Imported,
            Some("NotImported") if code == 0 => Presence::NotImported,
            _ => Presence::Failed { code, message: message::shown(&item.text.unwrap_or_default(), &[]).into() },
        };
        Self { account: item.account.unwrap_or_default(), presence }
    }
}
