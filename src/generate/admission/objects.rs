//! The guards of our own kinds: what a person protects, and configs in use.
//!
//! They look at the object itself and at nothing else.

use super::{Guard, Labelled, Place, Undecided, all_the_same, annotation, not_being_deleted, not_released, rule};
use crate::api::GROUP;
use crate::api::annotations::PROTECT;

/// Objects that a person has protected.
pub(super) fn protected() -> Guard {
    Guard {
        name: "protect",
        why: "\
An object with the annotation roomkeeper.dev/protect: \"true\" is not deleted, whoever asks: a person, a GitOps tool
that prunes, or the deletion of its namespace. Deleting the CRDs (uninstalling) is not stopped by it, and dismisses
nobody.

failurePolicy: Fail, since it is asked about Roomkeeper's own kinds only and looks at nothing but the object.",
        rules: vec![rule(GROUP, &["rooms", "meetingrooms", "providerconfigs", "clusterproviderconfigs"], &["DELETE"])],
        labelled: Labelled::Any,
        undecided: Undecided::Refused,
        sees: None,
        conditions: vec![not_being_deleted()],
        variables: Vec::new(),
        passes: format!("{} != 'true'", annotation(PROTECT)),
        words: format!(
            "'the ' + variables.object + ' is protected by its annotation {PROTECT} and is not deleted; '\n\
             + 'to delete it, take the annotation away first: ' + variables.kubectl + 'annotate '\n\
             + request.resource.resource + ' ' + oldObject.metadata.name + ' {PROTECT}-'"
        ),
        place: Place::Everywhere,
    }
}

/// Configs that objects name.
pub(super) fn config_in_use() -> Guard {
    Guard {
        name: "config-in-use",
        why: "\
A ProviderConfig or ClusterProviderConfig is not deleted while an object names it (status.inUse), nor while such an
object is being deleted: without its account a room can be neither corrected nor dismissed.
In a namespace that is deleted as a whole it stays until the rooms are gone, and goes then.

failurePolicy: Fail, since it is asked about Roomkeeper's own kinds only and looks at nothing but the object.",
        rules: vec![rule(GROUP, &["providerconfigs", "clusterproviderconfigs"], &["DELETE"])],
        labelled: Labelled::Any,
        undecided: Undecided::Refused,
        sees: None,
        conditions: vec![not_being_deleted(), not_released()],
        variables: Vec::new(),
        passes: "oldObject.?status.?inUse.orValue(false) != true".to_owned(),
        words: format!(
            "'the ' + variables.object + ' is in use: without it the rooms of the objects that name it can be '\n\
             + 'neither corrected nor dismissed; delete those objects first; to see them, run '\n\
             + 'kubectl get rooms,meetingrooms '\n\
             + (has(oldObject.metadata.namespace) ? '-n ' + oldObject.metadata.namespace : '-A')\n\
             + ' --field-selector=spec.providerConfigRef.name=' + oldObject.metadata.name\n\
             + {}",
            all_the_same()
        ),
        place: Place::Everywhere,
    }
}
