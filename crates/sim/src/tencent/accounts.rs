//! The two account operations that a room's owner needs: import and check.
//! Their payload is at the top level of the answer, not under `Response`.

use serde_json::{Value, json};

use super::body::Fields;
use super::codes::Code;
use super::rules::{self, LONGEST_ACCOUNT, MOST_CHECKED_ACCOUNTS, Refusal};
use super::state::App;

/// `account_import`: importing twice is importing once.
pub(super) fn import(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let account = account(body)?;
    let full =
        app.package.max_accounts.is_some_and(|most| app.accounts.len() >= usize::try_from(most).unwrap_or(usize::MAX));
    if full && !app.knows(account) {
        return Err(Code::TooManyAccounts.into());
    }
    app.accounts.insert(account.to_owned());
    Ok(Value::Null)
}

/// `account_check`: at most 100 accounts at a time.
pub(super) fn check(app: &App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let items = body.objects("CheckItem").map_err(as_account_parameter)?;
    if items.is_empty() || items.len() > MOST_CHECKED_ACCOUNTS {
        return Err(Refusal::about(Code::AccountParameterInvalid, "CheckItem has 1 to 100 accounts"));
    }
    let results: Vec<Value> = items
        .iter()
        .map(|item| {
            let account = account(item)?;
            let status = if app.knows(account) { "Imported" } else { "NotImported" };
            Ok(json!({ "UserID": account, "ResultCode": 0, "ResultInfo": "", "AccountStatus": status }))
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(json!({ "ResultItem": results }))
}

fn account<'a>(fields: &Fields<'a>) -> Result<&'a str, Refusal> {
    let account = fields.required_account("UserID").map_err(as_account_parameter)?;
    match rules::is_account(account) {
        true => Ok(account),
        false => {
            let what = format!("UserID has 1 to {LONGEST_ACCOUNT} bytes of printable ASCII");
            Err(Refusal::about(Code::AccountParameterInvalid, &what))
        }
    }
}

/// The account service has a code of its own for a bad parameter.
fn as_account_parameter(refusal: Refusal) -> Refusal {
    match refusal.code == Code::ParameterInvalid {
        true => Refusal { code: Code::AccountParameterInvalid, ..refusal },
        false => refusal,
    }
}
