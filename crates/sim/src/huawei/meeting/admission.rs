//! Who calls, by the token that a request carries, and whether that one may.
//! Gives out no token; `log_in` does.

use serde_json::Value;

use super::codes::{Refusal, Refused};
use super::operation::Operation;
use super::request::Parameters;
use super::state::{AdminType, Enterprise, MeetingApp, User};
use super::token::{Holder, Token};
use crate::clock::Moment;
use crate::huawei::gateway::header;
use crate::service::Request;
use crate::world::World;

/// What stands in the journal for a log-in without a user id.
const ADMINISTRATOR: &str = "administrator";

/// Whose request it is, as far as the request says; nobody checked it.
#[derive(Default)]
pub(super) struct Claimed {
    pub(super) app_id: Option<String>,
    pub(super) identifier: Option<String>,
    /// The conference that a request to control one names.
    pub(super) conference_room: Option<String>,
}

impl Claimed {
    /// Reads whose request it is.
    pub(super) fn of(world: &World, request: &Request, operation: Operation) -> Self {
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        let field = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
        match operation {
            Operation::AppAuth => {
                let user = field("userId").filter(|user| !user.is_empty());
                Self {
                    app_id: field("appId"),
                    identifier: user.or_else(|| Some(ADMINISTRATOR.to_owned())),
                    conference_room: None,
                }
            }
            Operation::AccountAuth => {
                let account = field("account");
                let app_id = account.as_deref().and_then(|account| app_of_account(world, account));
                Self { app_id, identifier: account, conference_room: None }
            }
            Operation::ValidateToken => Self::with_token(world, field("token").as_deref()),
            Operation::ConferenceToken | Operation::StopConference => Self::in_conference(world, request),
            Operation::DeleteConference => {
                let Self { conference_room, .. } = Self::in_conference(world, request);
                Self { conference_room, ..Self::with_token(world, header(request, "X-Access-Token")) }
            }
            Operation::RefreshToken
            | Operation::LogOut
            | Operation::SearchMemberVmr
            | Operation::UpdateMemberVmr
            | Operation::SearchCorpVmr
            | Operation::AssociateVmr
            | Operation::DisassociateVmr
            | Operation::DeleteCorpVmr
            | Operation::ShowMember
            | Operation::ListUsers
            | Operation::OnlineConferences => Self::with_token(world, header(request, "X-Access-Token")),
        }
    }

    fn with_token(world: &World, text: Option<&str>) -> Self {
        let found = world.huawei_meeting.iter().find_map(|(app_id, app)| {
            let matches = |token: &&Token| text == Some(token.access.expose()) || text == Some(token.refresh.expose());
            Some((app_id, app, app.tokens.iter().find(matches)?))
        });
        let Some((app_id, app, token)) = found else { return Self::default() };
        Self { app_id: Some(app_id.clone()), identifier: Some(name(app, &token.holder)), conference_room: None }
    }

    fn in_conference(world: &World, request: &Request) -> Self {
        let parameters = Parameters::of(request);
        let Some(id) = parameters.text("conferenceID") else { return Self::default() };
        let found = world.huawei_meeting.iter().find_map(|(app_id, app)| {
            Some((app_id, app.enterprises.values().find_map(|enterprise| enterprise.conferences.get(id))?))
        });
        let Some((app_id, conference)) = found else { return Self::default() };
        Self { app_id: Some(app_id.clone()), identifier: None, conference_room: conference.room.clone() }
    }
}

/// Returns the App ID whose enterprises have this account.
pub(super) fn app_of_account(world: &World, account: &str) -> Option<String> {
    let has = |enterprise: &Enterprise| enterprise.users.contains_key(account);
    let (app_id, _) = world.huawei_meeting.iter().find(|(_, app)| app.enterprises.values().any(has))?;
    Some(app_id.clone())
}

/// Returns how the journal names who logged in: by the user id, else by the account.
fn name(app: &MeetingApp, holder: &Holder) -> String {
    match holder {
        Holder::ServiceProvider | Holder::Administrator { .. } => ADMINISTRATOR.to_owned(),
        Holder::User { corp, account } => {
            let user = app.enterprises.get(corp).and_then(|enterprise| enterprise.users.get(account));
            user.and_then(|user| user.third_account.clone()).unwrap_or_else(|| account.clone())
        }
    }
}

/// A caller with a token that lives.
pub(super) struct Caller<'w> {
    pub(super) app: &'w mut MeetingApp,
    pub(super) holder: Holder,
}

/// Lets a request with an access token in, or refuses it.
pub(super) fn admit<'w>(
    world: &'w mut World,
    request: &Request,
    operation: Operation,
    now: Moment,
) -> Result<Caller<'w>, Refusal> {
    let text = header(request, "X-Access-Token").unwrap_or_default();
    let found = world.huawei_meeting.values_mut().find_map(|app| {
        let token = app.tokens.iter().find(|token| token.access.expose() == text && token.lives(now))?;
        let holder = token.holder.clone();
        Some(Caller { app, holder })
    });
    let caller = found.ok_or(Refused::TokenInvalid)?;
    check_allowed(caller.app, operation)?;
    Ok(caller)
}

/// Checks that the world does not deny the operation.
pub(super) fn check_allowed(app: &MeetingApp, operation: Operation) -> Result<(), Refusal> {
    match app.denied_operations.contains(operation.name()) {
        true => Err(Refused::NotPermitted.into()),
        false => Ok(()),
    }
}

impl<'w> Caller<'w> {
    /// Returns the enterprise of whoever called.
    pub(super) fn enterprise(&mut self) -> Result<&mut Enterprise, Refusal> {
        let corp = self.holder.corp().ok_or_else(|| {
            Refusal::about(Refused::NotPermitted, "a service provider's administrator has no rooms; name an enterprise")
        })?;
        self.app.enterprises.get_mut(corp).ok_or_else(|| Refused::TokenInvalid.into())
    }

    /// Returns the enterprise, if whoever called administrates it.
    pub(super) fn administrated(&mut self) -> Result<&mut Enterprise, Refusal> {
        match self.administrates() {
            true => self.enterprise(),
            false => Err(Refusal::about(Refused::NotPermitted, "only an administrator of the enterprise may")),
        }
    }

    /// Returns the account of whoever called; nothing for an administrator who is not among the users.
    pub(super) fn account(&self) -> Option<String> {
        match &self.holder {
            Holder::ServiceProvider => None,
            Holder::Administrator { corp } => {
                self.app.enterprises.get(corp)?.default_administrator().map(str::to_owned)
            }
            Holder::User { corp: _, account } => Some(account.clone()),
        }
    }

    /// Returns whether whoever called administrates an enterprise.
    pub(super) fn administrates(&self) -> bool {
        match &self.holder {
            Holder::ServiceProvider => false,
            Holder::Administrator { .. } => true,
            Holder::User { corp, account } => {
                let user = self.app.enterprises.get(corp).and_then(|enterprise| enterprise.users.get(account));
                user.map(|user: &User| user.admin_type).is_some_and(|admin_type| match admin_type {
                    AdminType::Default | AdminType::Common => true,
                    AdminType::None => false,
                })
            }
        }
    }
}
