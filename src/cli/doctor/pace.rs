//! Whether the looks that the objects ask for fit into the accounts' share of the vendors' limits.

use std::collections::BTreeMap;
use std::time::Duration;

use roomkeeper_plan::ids::Account;
use roomkeeper_providers::limit::{Limit, LimitGroup};

use super::check::{Check, Group};
use super::scene::Scene;
use super::words;
use crate::accounts::{self, Accounts};
use crate::engines::Served;
use crate::source::ConfigKey;

/// From here on a burst of edits, or a slow vendor, makes looks late; in percent.
const HIGH: f64 = 70.0;
/// From here on looks are late all the time; in percent.
const FULL: f64 = 100.0;

/// What an account's objects ask of one limit group.
struct Load {
    limit: Limit,
    objects: usize,
    /// Looks in a second.
    looks: f64,
}

/// What is known of one account.
#[derive(Default)]
struct Use {
    /// The least share that its configs allow, in percent.
    percent: Option<u8>,
    loads: BTreeMap<LimitGroup, Load>,
    /// Objects whose looks share the vendor's lists.
    sharing: usize,
}

/// Looks at each account that a config names.
pub(super) fn look(scene: &Scene) -> Vec<Check> {
    let named: BTreeMap<&ConfigKey, Account> = scene
        .configs
        .items
        .iter()
        .filter_map(|config| {
            let usable = config.usable(&scene.told.operator_namespace);
            Some((&config.key, Accounts::account(&usable).ok()?))
        })
        .collect();
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for config in &scene.configs.items {
        let Some(account) = named.get(&config.key) else { continue };
        let share = u8::try_from(config.spec.rate_percent()).unwrap_or(100);
        let percent = &mut uses.entry(account.to_string()).or_default().percent;
        *percent = Some(percent.map_or(share, |least| least.min(share)));
    }
    for object in &scene.objects.items {
        let Some(account) = named.get(&ConfigKey::of(&object.key.name.namespace, &object.config)) else { continue };
        let every = object.drift_check_interval().unwrap_or(scene.told.drift_check).max(Duration::from_millis(1));
        let of_account = uses.entry(account.to_string()).or_default();
        match Served::of(object).first_call() {
            None => of_account.sharing += 1,
            Some(call) => {
                let none = || Load { limit: call.limit(), objects: 0, looks: 0.0 };
                let load = of_account.loads.entry(call.limit_group()).or_insert_with(none);
                load.objects += 1;
                load.looks += 1.0 / every.as_secs_f64();
            }
        }
    }
    uses.iter().flat_map(|(account, of_account)| checks(account, of_account, scene)).collect()
}

fn checks(account: &str, of_account: &Use, scene: &Scene) -> Vec<Check> {
    let begin = |what: &str| Group::Accounts.check(format!("account {account}, {what}"));
    if !scene.objects.unlisted.is_empty() {
        let next = "run doctor as somebody who may list the objects";
        return vec![begin("pace").not_known("the account's objects could not be counted", next)];
    }
    let mut checks = Vec::new();
    for (group, load) in &of_account.loads {
        let percent = of_account.percent.unwrap_or(100);
        let allowed = accounts::rate(load.limit).share(percent).calls_per_second();
        let used = 100.0 * load.looks / allowed;
        let found = format!(
            "{}: {} looks in a minute, {used:.1} % of the {} that are the operator's ({percent} % of the vendor's limit)",
            words::count(load.objects, "object", "objects"),
            in_a_minute(load.looks),
            in_a_minute(allowed),
        );
        let next = "raise rateLimit.percent of the account's configs, or driftCheckInterval of its objects";
        let check = begin(&format!("pace of {}", group.0));
        checks.push(match used {
            used if used > FULL => check.failed(found, next),
            used if used > HIGH => check.warning(found, next),
            _ => check.ok(found),
        });
    }
    if of_account.sharing > 0 {
        let objects = words::count(of_account.sharing, "object", "objects");
        checks.push(begin("pace of lists").ok(format!("looks of {objects} share the vendor's lists")));
    }
    checks
}

/// Returns how many in a minute so many in a second are, with two places after the point.
fn in_a_minute(in_a_second: f64) -> f64 {
    (in_a_second * 6_000.0).round() / 100.0
}
