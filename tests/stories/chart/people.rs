//! What people may do with our kinds, by the roles of Kubernetes that they have.

use super::cluster;
use super::helm::CHART;
use crate::story::DEADLINE;
use crate::support::{ControlPlane, wait_until};

fn may(plane: &ControlPlane, role: &str, verb: &str, resource: &str) -> bool {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let command = ["-n", "default", "auth", "can-i", verb, resource, "--subresource", subresource, "--as", role];
    plane.kubectl_command().args(command).output().expect("kubectl runs").status.success()
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn people_read_write_rooms_and_open_accounts_by_the_roles_view_edit_and_admin() {
    let (plane, helm) = cluster(CHART);
    for role in ["view", "edit", "admin"] {
        helm.shell(&format!("kubectl -n default create rolebinding {role} --clusterrole={role} --user={role}"));
    }
    // Kubernetes puts roles together a moment after there is something to add.
    let told = async || may(plane, "admin", "create", "providerconfigs.roomkeeper.dev");
    wait_until(DEADLINE, "the roles to be put together", told).await;
    let rows = [
        ("get", "rooms.roomkeeper.dev", [true, true, true]),
        ("list", "meetingrooms.roomkeeper.dev", [true, true, true]),
        ("watch", "providerconfigs.roomkeeper.dev", [true, true, true]),
        ("create", "rooms.roomkeeper.dev", [false, true, true]),
        ("delete", "meetingrooms.roomkeeper.dev", [false, true, true]),
        ("patch", "providerconfigs.roomkeeper.dev", [false, false, true]),
        ("patch", "rooms.roomkeeper.dev/status", [false, false, false]),
        ("create", "clusterproviderconfigs.roomkeeper.dev", [false, false, false]),
    ];
    for (verb, resource, expected) in rows {
        let found = ["view", "edit", "admin"].map(|role| may(plane, role, verb, resource));
        assert_eq!(found, expected, "{verb} {resource}, of view, edit and admin");
    }
}
