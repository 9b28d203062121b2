//! Parses the policy fields of a spec into the terms that the planners know. Pure.

use roomkeeper_plan::limits;
use roomkeeper_plan::policy::{Correction, DriftCorrection, Policies, Terms, Verb, WhenOccupied};

use crate::api::{self, DriftMode, ManagementPolicy};
use crate::engines::Invalid;
use crate::object::Spec;

/// Returns what the user allows, and when.
///
/// # Errors
/// Names `spec` if it has not exactly one engine, which decides what an absent `managementPolicies` means, or the drift
/// check interval if it is too short.
pub fn of(spec: &Spec) -> Result<Terms, Invalid> {
    let policy = spec.policy().map_err(|error| Invalid::new("spec", error))?;
    let shortest = limits::DRIFT_CHECK_MIN_SECONDS;
    if policy.drift_check_interval.is_some_and(|interval| interval.as_duration().as_secs() < shortest) {
        return Err(Invalid::new("spec.driftCheckInterval", format!("must be at least {shortest}s")));
    }
    let correction = policy.drift_correction;
    let timeout = policy.dismissal.and_then(|dismissal| dismissal.timeout);
    Ok(Terms {
        correction: DriftCorrection {
            default: correction.and_then(|correction| correction.default).map(when).unwrap_or_default(),
            fields: correction
                .map(|correction| correction.fields.iter().map(|(field, mode)| (field.clone(), when(*mode))).collect())
                .unwrap_or_default(),
        },
        when_occupied: match policy.when_occupied() {
            api::WhenOccupied::Wait => WhenOccupied::Wait,
            api::WhenOccupied::Dismiss => WhenOccupied::Dismiss,
        },
        dismissal_timeout: timeout.map(|timeout| i64::try_from(timeout.as_duration().as_secs()).unwrap_or(i64::MAX)),
        policies: policy.policies.into_iter().map(verb).collect::<Policies>(),
    })
}

fn verb(policy: ManagementPolicy) -> Verb {
    match policy {
        ManagementPolicy::Create => Verb::Create,
        ManagementPolicy::Adopt => Verb::Adopt,
        ManagementPolicy::Update => Verb::Update,
        ManagementPolicy::ChangeOwner => Verb::ChangeOwner,
        ManagementPolicy::Dismiss => Verb::Dismiss,
    }
}

fn when(mode: DriftMode) -> Correction {
    match mode {
        DriftMode::Always => Correction::Always,
        DriftMode::WhenIdle => Correction::WhenIdle,
        DriftMode::OnEdit => Correction::OnEdit,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::api::Room;

    #[test]
    fn a_named_field_wins_over_the_default_of_drift_correction() {
        let spec = |correction| {
            let spec = json!({
                "providerConfigRef": { "name": "a" }, "tencentRoom": {}, "driftCorrection": correction,
            });
            let spec = serde_json::from_value(spec).expect("the spec decodes");
            of(&Spec::Room(Arc::new(Room::new("a", spec)))).expect("good terms").correction
        };
        let chosen = spec(json!({ "default": "WhenIdle", "fields": { "owner": "OnEdit" } }));
        assert_eq!((chosen.of("owner"), chosen.of("name")), (Correction::OnEdit, Correction::WhenIdle));
        assert_eq!(spec(json!({})).of("name"), Correction::Always);
    }
}
