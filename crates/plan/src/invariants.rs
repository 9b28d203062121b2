//! What must hold for every plan, whatever led to it: checked by the tests on each plan they see.
//!
//! It shares no code with the planners, so that a wrong planner cannot excuse itself.

pub mod huawei_meeting;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::begun::Begun;
use crate::claim::Ownership;
use crate::decision::{Claiming, Goal, Instruction, Memory, Plan, Rivalry, Sight, Wanted};
use crate::keeping::Act;
use crate::policy::Verb;

/// Returns a sentence for each rule that the plan breaks.
#[must_use]
pub fn broken<D, I, A: Act, O>(
    wanted: &Wanted<D, I>,
    sight: &Sight<O>,
    memory: &Memory<A, O>,
    plan: &Plan<A>,
) -> Vec<String> {
    let mut broken = Vec::new();
    let mut rule = |holds: bool, words: String| {
        if !holds {
            broken.push(words);
        }
    };
    let verbs: Vec<Verb> = plan.steps.iter().map(|step| step.action.verb()).collect();
    for (step, verb) in plan.steps.iter().zip(&verbs) {
        rule(!step.because.is_empty(), format!("{verb} has no reason"));
        rule(wanted.terms.policies.allow(*verb), format!("{verb} is not allowed"));
    }
    rule(
        verbs.iter().skip_while(|verb| **verb != Verb::ChangeOwner).all(|verb| *verb == Verb::ChangeOwner),
        "something comes after the change of owner".into(),
    );
    for verb in &verbs {
        let fits = match (verb, &wanted.goal, sight) {
            (Verb::Create, Goal::Present(_), Sight::Absent)
            | (Verb::Update | Verb::ChangeOwner, Goal::Present(_), Sight::Present(_))
            | (Verb::Dismiss, Goal::Absent(_), Sight::Present(_)) => true,
            (Verb::Dismiss, Goal::Present(_), Sight::Present(_)) => memory.dismiss_request.is_some(),
            (Verb::ChangeOwner, Goal::Absent(_), Sight::Present(_)) => {
                matches!(memory.begun, Some(Begun::HandOver { .. }))
            }
            (Verb::Create | Verb::Adopt | Verb::Update | Verb::ChangeOwner | Verb::Dismiss, _, _) => false,
        };
        rule(fits, format!("{verb} does not fit the goal and the sight"));
    }
    for step in plan.steps.iter().filter(|step| step.action.is_written_down_first()) {
        let verb = step.action.verb();
        let written = match &plan.begins {
            Some(Begun::Dismissal { accepted, .. }) => verb == Verb::Dismiss && !accepted,
            Some(Begun::HandOver { refused, .. }) => verb == Verb::ChangeOwner && !refused,
            None => false,
        };
        rule(written, format!("{verb} is not written down before"));
    }
    if let (Some(Begun::Dismissal { purpose, accepted: true, .. }), Some(Begun::Dismissal { purpose: again, .. })) =
        (&memory.begun, &plan.begins)
    {
        rule(purpose != again, "a room is dismissed a second time for the same purpose".into());
    }
    rule(
        plan.begins.is_none() || !plan.steps.is_empty(),
        "something is written down for a call that is not made".into(),
    );
    if !plan.steps.is_empty() {
        rule(plan.claiming != Claiming::GiveUp, "a step is taken on a room that is given up".into());
        rule(memory.instruction != Instruction::Pause, "a step is taken on a paused object".into());
        rule(!matches!(memory.rivalry, Rivalry::Lost { .. }), "a step is taken on a rival's room".into());
        rule(!matches!(memory.ownership, Ownership::OtherAccount(_)), "a step is taken in another account".into());
    }
    if verbs.contains(&Verb::Dismiss) {
        // While the object stays, the claim is written before the step.
        let is_claimed = matches!(memory.ownership, Ownership::Confirmed | Ownership::Intended)
            || (matches!(wanted.goal, Goal::Present(_)) && plan.claiming == Claiming::Take);
        rule(is_claimed, "a room is dismissed that was never claimed".into());
        let deletes = matches!(wanted.goal, Goal::Absent(_));
        rule(!deletes || memory.instruction == Instruction::None, "a room is dismissed against an instruction".into());
        rule(plan.left.is_empty(), "a room is dismissed although something is left to wait for".into());
    }
    let touches = verbs.iter().any(|verb| *verb != Verb::Create);
    let unclaimed = memory.ownership == Ownership::Unclaimed && matches!(sight, Sight::Present(_));
    rule(
        !(touches && unclaimed && A::MAKES_ROOMS) || wanted.terms.policies.allow(Verb::Adopt),
        "a stranger's room is touched without Adopt".into(),
    );
    broken
}
