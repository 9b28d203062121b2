//! What the operator may do in the cluster, and what people may do with its kinds: one table for both.
//!
//! The chart makes its roles of it (`generate/rights.rs`); which of them are bound where is the chart's matter. Which of
//! the operator's are there is asked by `requirements/rights.rs`.

use crate::api::GROUP;
use crate::key::Kind;

/// The core group of Kubernetes.
pub const CORE: &str = "";

/// Rights that are given together.
#[derive(Debug)]
pub struct Role {
    /// What the chart calls them.
    pub name: &'static str,
    /// Where they hold.
    pub place: Place,
    /// Who has them, and where, in words.
    pub whose: &'static str,
    /// What may be done.
    pub rights: Vec<Right>,
}

/// Where rights hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In each namespace whose rooms are kept.
    Rooms,
    /// Outside of namespaces.
    Cluster,
    /// In the operator's namespace, if it does not keep the rooms of all namespaces.
    SharedAccounts,
    /// Where people want to be told how to join; the operator goes on without.
    JoinInfo,
    /// In the operator's namespace.
    Operator,
    /// On top of roles that people have.
    People,
}

/// What may be done with some resources.
#[derive(Debug)]
pub struct Right {
    /// The API group.
    pub group: &'static str,
    /// Resources, each with its subresource.
    pub resources: &'static [&'static str],
    /// The only objects that it is about; none: all of them.
    pub names: Vec<String>,
    /// What may be done.
    pub verbs: &'static [&'static str],
    /// What for.
    pub why: &'static str,
}

impl Right {
    fn on(
        group: &'static str,
        resources: &'static [&'static str],
        verbs: &'static [&'static str],
        why: &'static str,
    ) -> Self {
        Right { group, resources, names: Vec::new(), verbs, why }
    }

    fn named(self, names: impl IntoIterator<Item = String>) -> Self {
        Right { names: names.into_iter().collect(), ..self }
    }
}

/// The operator's own.
#[must_use]
pub fn operator() -> Vec<Role> {
    vec![
        Role {
            name: "rooms",
            place: Place::Rooms,
            whose: "The operator's, in each namespace whose rooms it keeps.",
            rights: vec![
                Right::on(
                    GROUP,
                    &["rooms", "meetingrooms"],
                    &["get", "list", "watch", "patch"],
                    "It follows them, looks again before a room is made or ended, and patches claim and finalizer.",
                ),
                Right::on(GROUP, &["providerconfigs"], &["list", "watch"], "It follows accounts."),
                Right::on(
                    GROUP,
                    &["rooms/status", "meetingrooms/status", "providerconfigs/status"],
                    &["patch"],
                    "It writes what it saw.",
                ),
                secrets(),
                Right::on("events.k8s.io", &["events"], &["create"], "It tells what it did."),
            ],
        },
        Role {
            name: "cluster",
            place: Place::Cluster,
            whose: "The operator's, outside of namespaces.",
            rights: vec![
                Right::on(GROUP, &["clusterproviderconfigs"], &["list", "watch"], "It follows shared accounts."),
                Right::on(GROUP, &["clusterproviderconfigs/status"], &["patch"], "It writes what it saw."),
                Right::on(
                    "apiextensions.k8s.io",
                    &["customresourcedefinitions"],
                    &["get"],
                    "Before a room is dismissed or recycled: is its kind being uninstalled?",
                )
                .named(kinds_of_rooms()),
            ],
        },
        Role {
            name: "sharedAccounts",
            place: Place::SharedAccounts,
            whose: "The operator's, in its own namespace, for the Secrets of ClusterProviderConfigs.",
            rights: vec![secrets()],
        },
        Role {
            name: "joinInfo",
            place: Place::JoinInfo,
            whose: "The operator's, where writeJoinInfoToSecretRef is used; the chart names the Secrets.",
            rights: vec![Right::on(
                CORE,
                &["secrets"],
                &["create", "patch"],
                "A server-side apply, which names the Secret also when it makes it.",
            )],
        },
        Role {
            name: "lease",
            place: Place::Operator,
            whose: "The operator's, in its own namespace: which of its pods acts.",
            rights: vec![
                Right::on(
                    "coordination.k8s.io",
                    &["leases"],
                    &["create"],
                    "Who makes an object cannot be told by name.",
                ),
                Right::on("coordination.k8s.io", &["leases"], &["get", "update"], "The chart names the Lease.")
                    .named(["roomkeeper".to_owned()]),
            ],
        },
    ]
}

/// People's, on top of the roles that Kubernetes has for them.
#[must_use]
pub fn people() -> Vec<Role> {
    const READ: &[&str] = &["get", "list", "watch"];
    const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
    vec![
        Role {
            name: "view",
            place: Place::People,
            whose: "For everybody with the role view, edit or admin.",
            rights: vec![Right::on(
                GROUP,
                &["rooms", "meetingrooms", "providerconfigs", "clusterproviderconfigs"],
                READ,
                "Of shared accounts only who has the role in the whole cluster sees anything.",
            )],
        },
        Role {
            name: "edit",
            place: Place::People,
            whose: "For everybody with the role edit or admin.",
            rights: vec![Right::on(GROUP, &["rooms", "meetingrooms"], WRITE, "Rooms of the accounts that are there.")],
        },
        Role {
            name: "admin",
            place: Place::People,
            whose: "For everybody with the role admin.",
            rights: vec![Right::on(GROUP, &["providerconfigs"], WRITE, "Accounts of the namespace.")],
        },
    ]
}

fn secrets() -> Right {
    Right::on(CORE, &["secrets"], &["get", "list", "watch"], "Keys of accounts and passwords of rooms.")
}

fn kinds_of_rooms() -> impl Iterator<Item = String> {
    [Kind::Room, Kind::MeetingRoom].into_iter().map(|kind| kind.definition().to_owned())
}
