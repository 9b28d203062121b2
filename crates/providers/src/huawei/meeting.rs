//! Cloud Meeting: one function for each call of the vendor that concerns its rooms (VMR).
//! It must not combine calls or look before it writes; only the pages of a list are put together.
//!
//! Packages make rooms; a room has an owner, and only the owner sees and changes its settings. One App ID speaks for the
//! administrator and for every user. **The vendor registers a user whom it does not know**: this client logs in as
//! exactly those whom its caller names, so name only users whom `get_corp_vmrs` or `get_member` has shown.

mod config;
mod member;
mod operation;
mod session;
mod vmr;

use std::fmt;
use std::sync::Arc;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::session::{Caller, Session};
use super::answer::Heard;
use super::pages::{self, Page, Paged};
use super::request::Outline;
use super::{Call, id};
use crate::clock::Clock;
use crate::error::{Class, Error, What};
use crate::lenient;
use crate::reply::Reply;

pub use config::{Config, ConfigError, Language, Region};
pub use member::{Account, Conference, HeldVmr, Member, MemberStatus};
pub use operation::Operation;
pub use vmr::{
    CorpVmr, CorpVmrQuery, GuestPassword, Holder, MemberVmr, MemberVmrKind, MemberVmrQuery, VmrMode, VmrStatus,
    VmrUpdate,
};

/// Cloud Meeting of one enterprise; cheap to clone, and clones share the tokens.
#[derive(Clone)]
pub struct Meeting(Arc<Session>);

/// A page of any list of the service.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Listed<T> {
    #[serde(deserialize_with = "lenient::count")]
    count: u64,
    #[serde(default = "Vec::new", deserialize_with = "lenient::list")]
    data: Vec<T>,
}

impl Meeting {
    /// Returns a client that signs with the time of this machine; nothing is sent yet.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_clock(config, Clock::system())
    }

    /// Returns a client that signs with the time of the given clock.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self(Arc::new(Session::new(config, clock))))
    }

    /// Returns the App ID that calls are made with.
    pub fn app_id(&self) -> &str {
        &self.0.config().app_id
    }

    /// Returns the service provider's enterprise that calls are made to; absent: the App ID's own.
    pub fn corp_id(&self) -> Option<&str> {
        self.0.config().corp_id.as_deref()
    }

    /// Logs in as administrator unless that is done: the harmless way to try a credential.
    ///
    /// All calls log in by themselves. Without a call, the reply has neither id nor date.
    ///
    /// # Errors
    /// `Credentials` where the App ID, its key or the enterprise is not taken, or its administrator is locked.
    pub async fn log_in_as_administrator(&self) -> Result<Reply<()>, Error> {
        self.0.log_in(Caller::Administrator).await
    }

    /// Gives all tokens back, so that none of them lives on; for a graceful stop.
    ///
    /// Best effort: a failure is of no interest, since a token ends by itself within a day. A later call logs in again.
    pub async fn log_out(&self) {
        self.0.log_out().await;
    }

    /// Lists the enterprise's cloud meeting rooms, page by page (`search_corp_vmr`).
    ///
    /// Each page of 100 is a call of its own against the limit, so `pace` is awaited before each page after the first.
    ///
    /// # Errors
    /// `Unknown` for a list that does not end, or that has less than it counts.
    pub async fn get_corp_vmrs<W: Future<Output = ()>>(
        &self,
        pace: impl FnMut() -> W,
    ) -> Result<Reply<Vec<CorpVmr>>, Error> {
        let query = CorpVmrQuery { mode: Some(VmrMode::CloudRoom), ..CorpVmrQuery::default() };
        let key = |vmr: &CorpVmr| vmr.id.clone();
        pages::all(Operation::GetCorpVmrs.into(), |page| self.get_corp_vmr_page(&query, page), key, pace).await
    }

    /// Lists a page of the enterprise's rooms.
    ///
    /// # Errors
    /// Those of every call.
    pub async fn get_corp_vmr_page(&self, query: &CorpVmrQuery, page: Page) -> Result<Reply<Paged<CorpVmr>>, Error> {
        let CorpVmrQuery { search_key, mode, status } = query;
        let outline = Outline::get(Operation::GetCorpVmrs, vec!["v1", "usg", "dcs", "corp", "vmr"])
            .with_some("searchKey", search_key.as_ref())
            .with_some("vmrMode", mode.map(VmrMode::number))
            .with_some("status", status.map(VmrStatus::number));
        self.page(Caller::Administrator, outline, page).await
    }

    /// Lists all rooms of a user, page by page, as that user (`search_member_vmr`).
    ///
    /// The user is logged in, and registered if the vendor does not know the id: see the module's page.
    ///
    /// # Errors
    /// `Denied` where the user is disabled or locked; `Unknown` as [`Meeting::get_corp_vmrs`].
    pub async fn get_member_vmrs<W: Future<Output = ()>>(
        &self,
        user_id: &str,
        pace: impl FnMut() -> W,
    ) -> Result<Reply<Vec<MemberVmr>>, Error> {
        let query = MemberVmrQuery::default();
        let key = |vmr: &MemberVmr| vmr.id.clone();
        let fetch = |page| self.get_member_vmr_page(user_id, &query, page);
        pages::all(Operation::GetMemberVmrs.into(), fetch, key, pace).await
    }

    /// Lists a page of a user's rooms; see [`Meeting::get_member_vmrs`].
    ///
    /// # Errors
    /// As [`Meeting::get_member_vmrs`].
    pub async fn get_member_vmr_page(
        &self,
        user_id: &str,
        query: &MemberVmrQuery,
        page: Page,
    ) -> Result<Reply<Paged<MemberVmr>>, Error> {
        let MemberVmrQuery { search_key, kind } = query;
        let outline = Outline::get(Operation::GetMemberVmrs, vec!["v1", "usg", "dcs", "member", "vmr"])
            .with_some("searchKey", search_key.as_ref())
            .with_some("specialVmr", kind.map(MemberVmrKind::is_special));
        self.page(Caller::User(user_id), outline, page).await
    }

    /// Shows a user (`show_user_detail`); absent: there is no such user.
    ///
    /// # Errors
    /// Those of every call; that there is no such user is none.
    pub async fn get_member(&self, account: &Account) -> Result<Reply<Option<Member>>, Error> {
        let operation = Operation::GetMember;
        let path = vec!["v1", "usg", "dcs", "corp", "member", part(operation, account)?];
        let outline = Outline::get(operation, path).with("accountType", account.number());
        let heard = self.0.call(Caller::Administrator, &outline).await?;
        match heard.value::<Member>() {
            Ok(reply) => Ok(reply.map(Some)),
            Err(error) if error.class() == (Class::NotFound { what: What::Account }) => Ok(heard.reply(None)),
            Err(error) => Err(error),
        }
    }

    /// Changes the settings of a room, as its owner (`update_member_vmr`).
    ///
    /// Idempotent. What the vendor makes of absent fields is not documented: send all five and look afterwards. The
    /// user is logged in, and registered if the vendor does not know the id: see the module's page.
    ///
    /// # Errors
    /// `Invalid` where a value is not taken, and where there is no such room: its code is not documented.
    pub async fn update_vmr(&self, user_id: &str, id: &str, update: &VmrUpdate) -> Result<Reply<()>, Error> {
        check(Operation::UpdateVmr, id)?;
        let path = vec!["v1", "usg", "dcs", "member", "vmr", id];
        let mut outline = Outline::new(Operation::UpdateVmr, Method::PUT, path).with_body(update);
        outline.secrets = update.secrets();
        self.0.call(Caller::User(user_id), &outline).await?.done()
    }

    /// Gives a room that belongs to nobody to a user (`associate_vmr`).
    ///
    /// What the vendor makes of a room that belongs to somebody is not documented. A user has at most 32 rooms.
    ///
    /// # Errors
    /// `NotFound { what: Account }` where there is no such user.
    pub async fn assign_vmr(&self, account: &Account, id: &str) -> Result<Reply<()>, Error> {
        self.hand(Operation::AssignVmr, "assign-to-member", account, id).await?.done()
    }

    /// Takes a room back from its owner (`disassociate_vmr`).
    ///
    /// What becomes of its settings, and of a conference that runs, is not documented.
    ///
    /// # Errors
    /// `NotFound { what: Account }` where there is no such user.
    pub async fn recycle_vmr(&self, account: &Account, id: &str) -> Result<Reply<()>, Error> {
        self.hand(Operation::RecycleVmr, "recycle-from-member", account, id).await?.done()
    }

    /// Lists the enterprise's conferences that run and match a text, page by page (`search_online_meetings`).
    ///
    /// The vendor's search is fuzzy, so compare ids.
    ///
    /// # Errors
    /// As [`Meeting::get_corp_vmrs`].
    pub async fn get_online_conferences<W: Future<Output = ()>>(
        &self,
        search_key: &str,
        pace: impl FnMut() -> W,
    ) -> Result<Reply<Vec<Conference>>, Error> {
        let key = |conference: &Conference| conference.id.clone();
        let fetch = |page| self.get_online_conference_page(search_key, page);
        pages::all(Operation::GetOnlineConferences.into(), fetch, key, pace).await
    }

    /// Lists a page of the conferences that run; see [`Meeting::get_online_conferences`].
    ///
    /// # Errors
    /// Those of every call.
    pub async fn get_online_conference_page(
        &self,
        search_key: &str,
        page: Page,
    ) -> Result<Reply<Paged<Conference>>, Error> {
        let path = vec!["v1", "mmc", "management", "conferences", "online"];
        let outline =
            Outline::get(Operation::GetOnlineConferences, path).with("searchKey", search_key).with("queryAll", true);
        self.page(Caller::Administrator, outline, page).await
    }

    async fn hand(&self, operation: Operation, verb: &str, account: &Account, id: &str) -> Result<Heard, Error> {
        check(operation, id)?;
        let path = vec!["v1", "usg", "dcs", "corp", "vmr", verb, part(operation, account)?];
        let outline =
            Outline::new(operation, Method::POST, path).with("accountType", account.number()).with_body(&[id]);
        self.0.call(Caller::Administrator, &outline).await
    }

    async fn page<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        outline: Outline<'_>,
        page: Page,
    ) -> Result<Reply<Paged<T>>, Error> {
        let outline = outline.with("offset", page.offset).with("limit", page.limit);
        let reply = self.0.call(caller, &outline).await?.value::<Listed<T>>()?;
        Ok(reply.map(|Listed { count, data }| Paged { items: data, total: count }))
    }
}

impl fmt::Debug for Meeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meeting")
            .field("endpoint", &self.0.config().endpoint.as_str())
            .field("app_id", &self.app_id())
            .field("corp_id", &self.corp_id())
            .finish_non_exhaustive()
    }
}

/// Refuses ids of rooms that would name another path; the vendor's have 32 hexadecimal digits.
fn check(operation: Operation, id: &str) -> Result<(), Error> {
    if id::is_plain(id) {
        return Ok(());
    }
    Err(id::refused(Call::from(operation).name(), "the id of a room has hexadecimal digits only"))
}

/// Returns the part of a path that names a user.
fn part(operation: Operation, account: &Account) -> Result<&str, Error> {
    let name = account.as_str();
    if id::is_one_part(name) {
        return Ok(name);
    }
    let text = "a user must not be empty, `.` or `..`, or contain slashes or control characters";
    Err(id::refused(Call::from(operation).name(), text))
}
