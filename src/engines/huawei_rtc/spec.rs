//! Parses `spec.huaweiRtc` into what the planner knows. Pure; every error names the field.

use roomkeeper_plan::huawei_rtc::{Desired, Goal, Identity, Wanted};
use roomkeeper_plan::ids::RtcId;

use crate::api::room::EngineSpec;
use crate::engines::{Invalid, not_this_engine};
use crate::object::{Object, Spec};
use crate::terms;

/// Parses an object whose engine this is.
pub(super) fn wanted(object: &Object) -> Result<Wanted, Invalid> {
    let Spec::Room(manifest) = &object.spec else {
        return Err(not_this_engine("spec.huaweiRtc"));
    };
    let settings = match manifest.spec.engine().map_err(|error| Invalid::new("spec", error))? {
        EngineSpec::HuaweiRtc(settings) => settings,
        EngineSpec::TencentRoom(_) | EngineSpec::TencentLive(_) => return Err(not_this_engine("spec.huaweiRtc")),
    };
    let room = settings.room_id.as_deref().unwrap_or(&object.key.name.name);
    let parse = |field: &str, id: &str| {
        RtcId::parse(id).map_err(|error| Invalid::new(format!("spec.huaweiRtc.{field}"), error))
    };
    let identity = Identity { app: parse("appId", &settings.app_id)?, room: parse("roomId", room)? };
    let goal = match object.deletion {
        Some(_) => Goal::Absent(identity),
        None => Goal::Present(Desired { identity }),
    };
    Ok(Wanted { goal, terms: terms::of(&object.spec)?, generation: object.generation })
}
