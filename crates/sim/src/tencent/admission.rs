//! Who may call Tencent's room services: the query, the app's state, the UserSig, the administrator.
//! Decides only whether a request is let in; what it does there is for the operations.

use std::net::IpAddr;

use axum::extract::Query;
use http::{Method, Uri};

use super::Operation;
use super::codes::Code;
use super::rules::{self, FAILURES_BEFORE_LOCKOUT, LOCKOUT, Refusal};
use super::state::App;
use super::usersig::{Expected, UserSigError, verify_usersig};
use crate::clock::Moment;
use crate::service::{Context, Request};
use crate::world::World;

/// The values in the query of every request. Names and values are case-sensitive.
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query; one that cannot be decoded has no values.
    pub(super) fn of(uri: &Uri) -> Self {
        Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| Self(pairs)).unwrap_or_default()
    }

    /// Returns the value of a parameter, if it has one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns the SDKAppID, if it is one.
    pub(super) fn sdk_app_id(&self) -> Option<u64> {
        self.get("sdkappid")?.parse().ok()
    }
}

/// What is known of a request that was let in.
pub(super) struct Admitted<'w> {
    pub(super) app: &'w mut App,
    pub(super) operation: Operation,
    pub(super) caller: String,
}

/// Lets a request in, or refuses it with the first code that applies.
pub(super) fn admit<'w>(world: &'w mut World, request: &Request, context: &Context) -> Result<Admitted<'w>, Refusal> {
    if request.head.method != Method::POST {
        return Err(Refusal::about(Code::TimeoutOrBadHttp, "the method is POST"));
    }
    let operation = Operation::of_path(request.head.uri.path())
        .ok_or_else(|| Refusal::about(Code::UnknownResource, request.head.uri.path()))?;
    let parameters = Parameters::of(&request.head.uri);
    let caller = check_parameters(&parameters)?;
    let sdk_app_id = parameters.sdk_app_id().ok_or_else(|| Refusal::from(Code::AppInvalid))?;
    let app = world.tencent.get_mut(&sdk_app_id).ok_or_else(|| Refusal::from(Code::AppMissingHere))?;
    check_app(app, context.peer)?;
    let usersig = parameters.get("usersig").unwrap_or_default();
    check_signature(app, sdk_app_id, caller, usersig, context.now)?;
    if app.blocked_accounts.contains(caller) {
        return Err(Code::AccountBlocked.into());
    }
    if !app.administrators.contains(caller) {
        return Err(Code::AdministratorNeeded.into());
    }
    if app.denied_operations.contains(operation.name()) {
        return Err(Code::NotPermitted.into());
    }
    Ok(Admitted { app, operation, caller: caller.to_owned() })
}

/// Checks that the query is complete, and returns the identifier.
fn check_parameters(parameters: &Parameters) -> Result<&str, Refusal> {
    if parameters.get("sdkappid").is_none() {
        return Err(Code::AppMissing.into());
    }
    let random = parameters.get("random").ok_or_else(|| Refusal::about(Code::UrlNotParsed, "random is missing"))?;
    if random.parse::<u32>().is_err() {
        return Err(Refusal::about(Code::UrlNotParsed, "random is an unsigned 32-bit integer"));
    }
    if parameters.get("contenttype") != Some("json") {
        return Err(Refusal::about(Code::UrlNotParsed, "contenttype is json"));
    }
    let caller = parameters
        .get("identifier")
        .ok_or_else(|| Refusal::about(Code::SignatureOrAccountWrong, "identifier is missing"))?;
    match rules::is_account(caller) {
        true => Ok(caller),
        false => Err(Code::IdentifierWrong.into()),
    }
}

/// Checks what does not depend on the caller's account.
fn check_app(app: &App, peer: IpAddr) -> Result<(), Refusal> {
    if app.blocked_addresses.contains(&peer) {
        return Err(Code::AddressNotAllowed.into());
    }
    match rules::refused_by_state(app.state) {
        Some(code) => Err(code.into()),
        None => Ok(()),
    }
}

/// Verifies the UserSig. Failures count: too many of them lock the caller out, whatever it sends.
fn check_signature(app: &mut App, sdk_app_id: u64, caller: &str, usersig: &str, now: Moment) -> Result<(), Refusal> {
    let failures = app.failed_verifications.get(caller).map_or(&[][..], Vec::as_slice);
    if failures.iter().filter(|at| now.since(**at) < LOCKOUT).count() >= FAILURES_BEFORE_LOCKOUT {
        return Err(Code::VerificationFailedTooOften.into());
    }
    let Some(key) = &app.secret_key else { return Err(Code::KeyMissing.into()) };
    let expected = Expected { secret_key: key.expose(), sdk_app_id, identifier: caller };
    match verify_usersig(usersig, expected, now) {
        Ok(_) => {
            app.failed_verifications.remove(caller);
            Ok(())
        }
        Err(error) => {
            // An expired signature was a good one: it does not look like guessing.
            if error != UserSigError::Expired {
                let failures = app.failed_verifications.entry(caller.to_owned()).or_default();
                failures.retain(|at| now.since(*at) < LOCKOUT);
                failures.push(now);
            }
            Err(Refusal { code: error.code(), info: error.to_string() })
        }
    }
}
