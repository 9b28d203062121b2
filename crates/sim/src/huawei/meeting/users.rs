//! Looks at users: one in all detail for the administrator, and many for everybody.
//! Registers nobody: only a log-in does.

use serde_json::{Value, json};

use super::admission::Caller;
use super::codes::Refusal;
use super::corp_rooms::named_account;
use super::ids;
use super::outcome::Outcome;
use super::request::{self, Fields, Parameters};
use super::room::{Room, RoomMode};
use super::rules::MOST_USERS_IN_A_CALL;
use super::state::{Enterprise, User};
use super::tokens::{id_of, shown_name, status_number};
use crate::service::Request;

/// What a look says of an id that nobody has (`statusCode`).
const NO_SUCH_USER: i64 = 2;

/// `show_member`: one user, and the rooms that the user has.
pub(super) fn show(mut caller: Caller<'_>, account: &str, request: &Request) -> Result<Outcome, Refusal> {
    let corp = caller.holder.corp().unwrap_or_default().to_owned();
    let enterprise = &*caller.administrated()?;
    let account = named_account(enterprise, account, &Parameters::of(request))?;
    let user = &enterprise.users[&account];
    let rooms: Vec<Value> = enterprise
        .rooms
        .iter()
        .filter(|(_, room)| room.owner.as_ref() == Some(&account))
        .map(|(id, room)| shown_room(id, room))
        .collect();
    Ok(Outcome::shown(json!({
        "id": id_of(&corp, &account, user),
        "userAccount": account,
        "thirdAccount": user.third_account,
        "name": shown_name(&account, user),
        "englishName": "",
        "phone": user.phone,
        "country": "chinaPR",
        "email": user.email,
        "sipNum": ids::number(&account),
        "vmrList": rooms,
        "deptCode": user.dept_code,
        "deptName": "",
        "deptNamePath": "",
        "userType": 2,
        "adminType": user.admin_type.number(),
        "signature": "",
        "title": "",
        "desc": "",
        "status": status_number(user.status),
        "sortLevel": 10000,
        "hidePhone": false,
        "license": 0,
        "activeTime": 0,
    })))
}

fn shown_room(id: &str, room: &Room) -> Value {
    let mut item = json!({
        "id": id,
        "vmrId": room.number,
        "vmrName": room.name,
        "vmrMode": room.mode.number(),
        "status": room.shown_status().number(),
    });
    if room.mode == RoomMode::CloudMeetingRoom {
        item["vmrPkgId"] = json!(room.package.id);
        item["vmrPkgName"] = json!(room.package.name);
        item["vmrPkgParties"] = json!(room.package.parties);
        item["vmrPkgLength"] = json!(0);
    }
    item
}

/// `list_users`: by user ids of the service, or of the customer's own.
pub(super) fn list(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let corp = caller.holder.corp().unwrap_or_default().to_owned();
    let enterprise = &*caller.enterprise()?;
    let by_third_account = match Parameters::of(request).text("idType") {
        None | Some("USER_ID") => false,
        Some("THIRD_ACCOUNT") => true,
        Some(_) => return Err(Refusal::parameter("idType is USER_ID or THIRD_ACCOUNT")),
    };
    let body = request::json(request)?;
    let items = body.as_array().filter(|items| (1..=MOST_USERS_IN_A_CALL).contains(&items.len()));
    let items = items.ok_or_else(|| Refusal::parameter("the body is a list of 1 to 200 users"))?;
    let users: Vec<Value> = items
        .iter()
        .map(|item| {
            let id = Fields::of(item)?.required_text("id")?;
            let found = match by_third_account {
                true => enterprise.user_by_third_account(id),
                false => user_by_id(enterprise, &corp, id),
            };
            Ok(found.map_or_else(
                || json!({ "id": id, "statusCode": NO_SUCH_USER }),
                |(account, user)| shown(id, account, user),
            ))
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(Outcome::shown(Value::Array(users)))
}

fn user_by_id<'e>(enterprise: &'e Enterprise, corp: &str, id: &str) -> Option<(&'e str, &'e User)> {
    let found = enterprise.users.iter().find(|(account, user)| id_of(corp, account, user) == id);
    found.map(|(account, user)| (account.as_str(), user))
}

fn shown(id: &str, account: &str, user: &User) -> Value {
    json!({
        "id": id,
        "statusCode": 0,
        "account": account,
        "name": shown_name(account, user),
        "englishName": "",
        "email": user.email,
        "phone": user.phone,
        "deptName": "",
        "number": ids::number(account),
        "updateTime": 0,
        "isHardTerminal": false,
        "vmrId": "",
        "signature": "",
        "title": "",
        "description": "",
        "hidePhone": false,
        "type": "NORMAL_USER",
        "deptCodes": [user.dept_code],
    })
}
