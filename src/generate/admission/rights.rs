//! The guards of the operator itself: its rights, its account, its namespace.
//!
//! Its parts are told by their label, so whoever installs it under other names needs no other policies.

use kube::ResourceExt;

use super::{
    Guard, Labelled, Place, Sees, Undecided, all_the_same, config_in_use, not_being_deleted, not_released, rule,
};
use crate::api::annotations::FINALIZER;
use crate::api::{GROUP, schema};

/// The label that tells what a part of the operator is.
const COMPONENT: &str = "app.kubernetes.io/component";

/// The annotation in which Helm notes the release.
const RELEASE_NAME: &str = "meta.helm.sh/release-name";

const RBAC: &str = "rbac.authorization.k8s.io";

/// What [`in_ending_namespace`] is called; it knows its own refusals by it.
const IN_ENDING_NAMESPACE: &str = "rights-in-ending-namespace";

/// Rights in a namespace with a `ProviderConfig` in use.
pub(super) fn in_use() -> Guard {
    Guard {
        name: "rights-in-use",
        why: "\
A Role or RoleBinding with the operator's label (app.kubernetes.io/name: roomkeeper) is not deleted while a
ProviderConfig of its namespace is in use.

failurePolicy: Ignore, so that the operator's rights can go where the API server does not know ProviderConfigs any
more.",
        rules: vec![rule(RBAC, &["roles", "rolebindings"], &["DELETE"])],
        labelled: Labelled::Ours,
        undecided: Undecided::Passes,
        sees: Some(Sees::Configs),
        conditions: vec![not_being_deleted(), not_released(), config_in_use()],
        variables: Vec::new(),
        // It is only asked about configs in use.
        passes: "false".to_owned(),
        words: format!(
            "'the ' + variables.object + ' gives the operator its rights, and the ProviderConfig '\n\
             + params.metadata.name + ' of that namespace is in use: without them its rooms can be neither '\n\
             + 'corrected nor dismissed, and their objects cannot go; delete those first; to see them, run ' + variables.kubectl\n\
             + 'get rooms,meetingrooms --field-selector=spec.providerConfigRef.name=' + params.metadata.name\n\
             + {}",
            all_the_same()
        ),
        place: Place::Everywhere,
    }
}

/// Rights in a namespace that is being deleted, where nobody could give them again.
pub(super) fn in_ending_namespace() -> Guard {
    Guard {
        name: IN_ENDING_NAMESPACE,
        why: "\
A Role or RoleBinding with the operator's label stays in a namespace that is being deleted until no object in it has
Roomkeeper's finalizer any more, whatever config it names: nobody could give the right again, and the objects could
not go.
What is left is told by the namespace's conditions, which Kubernetes writes after each try: the deletion passes once
a try has met this refusal, could delete all rooms and has found no such finalizer.

failurePolicy: Fail, since it is asked about the operator's own rights only and looks at nothing but the namespace.",
        rules: vec![rule(RBAC, &["roles", "rolebindings"], &["DELETE"])],
        labelled: Labelled::Ours,
        undecided: Undecided::Refused,
        sees: None,
        conditions: vec![not_being_deleted(), not_released()],
        variables: vec![(
            "conditions",
            "namespaceObject.?status.?conditions.orValue([]).filter(condition, condition.status == 'True')".to_owned(),
        )],
        passes: format!(
            "namespaceObject.?status.?phase.orValue('') != 'Terminating'\n\
             || variables.conditions.exists(condition, condition.type == 'NamespaceDeletionContentFailure'\n\
             && condition.message.contains('{IN_ENDING_NAMESPACE}'))\n\
             && !variables.conditions.exists(condition, condition.type == 'NamespaceDeletionDiscoveryFailure'\n\
             || condition.type == 'NamespaceDeletionContentFailure' && condition.message.contains('rooms.{GROUP}')\n\
             || condition.type == 'NamespaceFinalizersRemaining' && condition.message.contains('{FINALIZER}'))"
        ),
        words: format!(
            "'the ' + variables.object + ' gives the operator its rights, and stays until no object of the '\n\
             + 'namespace has the finalizer {FINALIZER} any more; to see what they wait for, run '\n\
             + variables.kubectl + 'get rooms,meetingrooms -o wide'\n\
             + {}",
            all_the_same()
        ),
        place: Place::Everywhere,
    }
}

/// The operator's own account, its rights in the whole cluster, its program and its namespace.
pub(super) fn installation() -> Guard {
    let definitions: Vec<String> = schema::crds().iter().map(ResourceExt::name_any).collect();
    Guard {
        name: "installation",
        why: "\
The operator's namespace, ServiceAccount, Deployment and rights, as far as they have its label, are not deleted
while Roomkeeper's kinds are installed: without the operator no object with its finalizer can go, and in a namespace
that is being deleted it cannot be installed again. So an uninstall begins with the CRDs, which dismisses nobody, or
is refused as a whole.
Whether rooms are held somewhere cannot be asked here: of objects in namespaces a policy sees those of one namespace
only.
That the kinds are installed is told by their APIService, of which there are few, so looking at it costs nothing.
If the operator is in another namespace than roomkeeper, name that one in the binding below.

failurePolicy: Fail, since it is asked about the operator's own parts only, and every API server knows APIServices.",
        rules: vec![
            rule("", &["namespaces", "serviceaccounts"], &["DELETE"]),
            rule("apps", &["deployments"], &["DELETE"]),
            rule(RBAC, &["clusterroles", "clusterrolebindings", "roles", "rolebindings"], &["DELETE"]),
        ],
        labelled: Labelled::Ours,
        undecided: Undecided::Refused,
        sees: Some(Sees::Kinds),
        conditions: vec![not_being_deleted(), not_released()],
        variables: Vec::new(),
        // It is only asked while the kinds are there.
        passes: "false".to_owned(),
        words: format!(
            "'the ' + variables.object + ' is a part of the operator, and its kinds are installed: without it their '\n\
             + 'objects could not be deleted; delete the kinds first, which dismisses nobody: kubectl delete crds '\n\
             + '{}'\n\
             + {}",
            definitions.join(" "),
            all_the_same()
        ),
        place: Place::Home,
    }
}

/// An uninstall by Helm as a whole, which otherwise leaves half of the operator.
pub(super) fn uninstall() -> Guard {
    let definitions: Vec<String> = schema::crds().iter().map(ResourceExt::name_any).collect();
    Guard {
        name: "uninstall",
        why: "\
`helm uninstall` is refused before it deletes anything, while Roomkeeper's kinds are installed: the guard of the
installation would refuse a part of it only, and what is left would be no operator any more.
Helm begins an uninstall by deleting the ConfigMap of templates/uninstall.yaml.

failurePolicy: Fail, since it is asked about that ConfigMap only, and every API server knows APIServices.",
        rules: vec![rule("", &["configmaps"], &["DELETE"])],
        labelled: Labelled::Ours,
        undecided: Undecided::Refused,
        sees: Some(Sees::Kinds),
        conditions: vec![
            not_being_deleted(),
            ("begins-an-uninstall", format!("oldObject.metadata.?labels[?'{COMPONENT}'].orValue('') == 'uninstall'")),
        ],
        variables: Vec::new(),
        // It is only asked while the kinds are there.
        passes: "false".to_owned(),
        words: format!(
            "'nothing was deleted: while its kinds are installed, their objects cannot be deleted without the operator; '\n\
             + 'to keep objects and rooms until it is installed again, first run helm -n ' + oldObject.metadata.namespace\n\
             + ' upgrade ' + oldObject.metadata.?annotations[?'{RELEASE_NAME}'].orValue('RELEASE')\n\
             + ' CHART --reuse-values --set admissionPolicies.enabled=false'\n\
             + '; to uninstall for good, first delete the kinds, which dismisses nobody: kubectl delete crds '\n\
             + '{}'",
            definitions.join(" ")
        ),
        place: Place::Home,
    }
}
