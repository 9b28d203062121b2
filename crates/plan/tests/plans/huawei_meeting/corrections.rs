//! `driftCorrection` of each field by itself.

use roomkeeper_plan::huawei_meeting::{SeenPassword, Settings};

use super::cases::{in_sync, renamed, shows, text, to_bob};
use crate::stage::check_corrections;

#[test]
fn each_field_is_corrected_as_its_own_drift_correction_says() {
    let shown = |change: fn(&mut Settings)| in_sync().sees(|seen| shows(seen, change));
    check_corrections(vec![
        ("owner", to_bob()),
        ("name", renamed()),
        ("hostPassword", shown(|settings| settings.host_password = SeenPassword::Shown(text("999999")))),
        ("guestPassword", shown(|settings| settings.guest_password = SeenPassword::None)),
        ("allowGuestFirst", shown(|settings| settings.allow_guest_first = Some(true))),
        (
            "notifyOwner",
            shown(|settings| settings.notify_owner = Some(false)).wants(|room| room.notify_owner = Some(true)),
        ),
    ]);
}
