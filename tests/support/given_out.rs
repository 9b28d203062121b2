//! The secrets that the simulated vendors gave out or show.

use roomkeeper_sim::World;

/// What is shorter is found by chance.
const SHORTEST: usize = 6;

/// Returns tokens, keys of apps and passwords of rooms.
pub(crate) fn by(world: &World) -> Vec<String> {
    let mut given: Vec<&str> = world.iam.tokens.iter().map(|token| token.value.expose()).collect();
    for app in world.huawei_meeting.values() {
        given.extend(app.tokens.iter().flat_map(|token| [token.access.expose(), token.refresh.expose()]));
        let rooms = app.enterprises.values().flat_map(|enterprise| enterprise.rooms.values());
        given.extend(rooms.flat_map(|room| [room.chair_pwd.as_str(), room.gust_pwd.as_str()]));
    }
    let rtc = world.huawei_rtc.values().flat_map(|project| project.apps.values());
    given.extend(rtc.filter_map(|app| app.app_key.as_ref()).map(|key| key.expose()));
    let rooms = world.tencent.values().flat_map(|app| app.rooms.values());
    given.extend(rooms.map(|room| room.password.as_str()));
    given.into_iter().filter(|secret| secret.len() >= SHORTEST).map(str::to_owned).collect()
}
