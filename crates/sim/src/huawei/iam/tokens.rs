//! Log-in with a user's password.
//! Tells nobody which of account, user and password was wrong.

use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::domain_id;
use super::state::{Token, User, UserState};
use crate::huawei::{digits, id_of, time};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::secret::SecretText;
use crate::service::{Context, Request};
use crate::world::World;

/// `POST auth/tokens`: a further token leaves the earlier ones as they are.
pub(super) fn create(world: &mut World, request: &Request, context: &Context) -> Result<Reply, Refusal> {
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| malformed("the body is not JSON"))?;
    let LogIn { domain, user, password } = LogIn::read(&body)?;
    let known = world.iam.users.get(domain).and_then(|users| users.get(user));
    check(known, password)?;
    let project = scope(world, &body, domain)?;
    world.iam.tokens.retain(|token| token.expires > context.now);
    let expires = context.now.plus(std::time::Duration::from_secs(world.iam.token_seconds));
    // Nobody can guess it who does not know the password.
    let text = format!("token: {password} {} {}", context.request_id, context.now.unix_millis());
    let value = format!("MII{}", digits(&Sha256::digest(text)));
    let mut told = json!({
        "methods": ["password"],
        "expires_at": written(expires),
        "issued_at": written(context.now),
        "user": {
            "id": id_of("user", &format!("{domain}/{user}")),
            "name": user,
            "domain": { "id": domain_id(domain), "name": domain },
            "password_expires_at": "",
        },
        "catalog": [],
        "roles": [{ "id": "0", "name": "rtc_admin" }],
    });
    match &project {
        Some((id, name)) => {
            told["project"] = json!({ "id": id, "name": name, "domain": { "id": domain_id(domain), "name": domain } });
        }
        None => told["domain"] = json!({ "id": domain_id(domain), "name": domain }),
    }
    let reply = Reply::json(&json!({ "token": told })).status(StatusCode::CREATED).header("x-subject-token", &value);
    world.iam.tokens.push(Token {
        value: SecretText::from(value.as_str()),
        domain: domain.to_owned(),
        user: user.to_owned(),
        project: project.map(|(id, _)| id),
        expires,
    });
    Ok(reply)
}

/// Who logs in.
struct LogIn<'b> {
    domain: &'b str,
    user: &'b str,
    password: &'b str,
}

impl<'b> LogIn<'b> {
    fn read(body: &'b Value) -> Result<Self, Refusal> {
        let identity = &body["auth"]["identity"];
        let by_password = identity["methods"].as_array().is_some_and(|methods| methods.contains(&json!("password")));
        if !by_password {
            return Err(malformed("auth.identity.methods has to name `password`"));
        }
        let user = &identity["password"]["user"];
        let text = |value: &'b Value, name| value.as_str().ok_or_else(|| malformed(&format!("{name} is missing")));
        Ok(Self {
            domain: text(&user["domain"]["name"], "auth.identity.password.user.domain.name")?,
            user: text(&user["name"], "auth.identity.password.user.name")?,
            password: text(&user["password"], "auth.identity.password.user.password")?,
        })
    }
}

/// Checks that a user can log in with a password.
fn check(user: Option<&User>, password: &str) -> Result<(), Refusal> {
    let unauthorized = |message| Err(Refusal::of(401).saying(message));
    match user {
        Some(user) if user.password.expose() == password => match user.state {
            UserState::Active => Ok(()),
            UserState::Locked => unauthorized("The account is locked."),
            UserState::Disabled => unauthorized("The user is disabled."),
        },
        Some(_) | None => unauthorized("The username or password is wrong."),
    }
}

/// The project that a token is asked for, with its name; it belongs to the user's account.
fn scope(world: &World, body: &Value, domain: &str) -> Result<Option<(String, String)>, Refusal> {
    let wanted = &body["auth"]["scope"]["project"];
    if wanted.is_null() {
        return Ok(None);
    }
    let (id, name) = (wanted["id"].as_str(), wanted["name"].as_str());
    if id.is_none() && name.is_none() {
        return Err(malformed("auth.scope.project names neither id nor name"));
    }
    let found = world.huawei_rtc.iter().find(|(known, project)| {
        project.domain == domain
            && id.is_none_or(|id| id == known.as_str())
            && name.is_none_or(|name| name == project.name)
    });
    match found {
        Some((id, project)) => Ok(Some((id.clone(), project.name.clone()))),
        None => Err(Refusal::of(401).saying("The project does not exist, or is not the user's.")),
    }
}

fn malformed(what: &str) -> Refusal {
    Refusal::of(400).saying(&format!("The request body is invalid: {what}."))
}

/// Writes a time as IAM does, in microseconds.
fn written(moment: crate::clock::Moment) -> String {
    time::millis(moment).replace('Z', "000Z")
}
