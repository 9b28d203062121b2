//! Requests of Huawei's own SDK, recorded from the wire: the simulator takes each as it stands, and its answer has the
//! recorded shape. What was refused when it was recorded is refused here too, by a state of the world and by a fault.

mod recording;
mod shape;

use roomkeeper_sim::{Effect, Fault, Options, Refusal, Simulator, VendorCode, World};
use serde_json::Value;

use recording::{Call, Recording, Reply};

async fn simulator(recording: &Recording, world: World) -> Simulator {
    let simulator = Simulator::start(Options::from(world)).await.expect("free ports");
    simulator.clock().stop_at(recording.time());
    simulator
}

/// Returns what is wrong with our answer.
fn differences(recorded: &Reply, ours: &Reply) -> Vec<String> {
    let mut wrong = Vec::new();
    if recorded.status != ours.status {
        wrong.push(format!("status {} and not {}: {}", ours.status, recorded.status, ours.body));
    }
    for name in recorded.headers.iter().filter(|name| name.starts_with("x-")) {
        if !ours.headers.contains(name) {
            wrong.push(format!("the header {name} is missing"));
        }
    }
    match (recorded.json(), ours.json()) {
        (Some(recorded), Some(ours)) => wrong.extend(shape::differences(&recorded, &ours)),
        (None, None) if recorded.body.is_empty() == ours.body.is_empty() => {}
        (_, _) => wrong.push(format!("another kind of body: {}", ours.body)),
    }
    wrong
}

/// The refusal that a fault has to script for a recorded answer, if it is one of a service or the gateway.
fn scripted(recorded: &Reply) -> Effect {
    let body = recorded.json().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let code = match (&body["error_code"], &body["error"]["code"]) {
        (Value::String(code), _) => Some(VendorCode::from(code.as_str())),
        (_, Value::Number(code)) => code.as_i64().map(VendorCode::from),
        (_, _) => None,
    };
    match (code, recorded.body.is_empty()) {
        (Some(code), _) => {
            let info = text(&body["error_msg"]).or_else(|| text(&body["error"]["message"]));
            Effect::Refuse(Refusal { code, status: Some(recorded.status), info })
        }
        (None, true) => Effect::Status { code: recorded.status },
        (None, false) => Effect::Html { status: recorded.status },
    }
}

async fn check(recording: &Recording) -> Vec<String> {
    let world = recording.world();
    if let Some(why) = recording.cannot_be_served() {
        let ours = recording.replay(&simulator(recording, world).await).await;
        let refused = (400..500).contains(&ours.status);
        return if refused { Vec::new() } else { vec![format!("{why}, and yet: {} {}", ours.status, ours.body)] };
    }
    let Some(recorded) = recording.response() else { return Vec::new() };
    if recorded.status < 400 {
        let simulator = simulator(recording, world).await;
        let ours = recording.replay(&simulator).await;
        return differences(&recorded, &ours);
    }
    let mut wrong = Vec::new();
    if let Some(world) = recording.world_that_refuses(&world) {
        let ours = recording.replay(&simulator(recording, world).await).await;
        wrong.extend(differences(&recorded, &ours).into_iter().map(|what| format!("by a state of the world: {what}")));
    }
    let simulator = simulator(recording, world).await;
    let fault = Fault::at(recording.operation(), scripted(&recorded));
    simulator.faults().add(fault).expect("a known operation");
    let ours = recording.replay(&simulator).await;
    wrong.extend(differences(&recorded, &ours).into_iter().map(|what| format!("by a fault: {what}")));
    let (told, wanted) = (ours.json().unwrap_or_default(), recorded.json().unwrap_or_default());
    if told["error_code"] != wanted["error_code"] {
        wrong.push(format!("by a fault: {told} and not {wanted}"));
    }
    // Without the fault the same request is served.
    let served = recording.replay(&simulator).await;
    if served.status >= 400 {
        wrong.push(format!("it is refused without the fault too: {}", served.body));
    }
    wrong
}

#[tokio::test]
async fn recorded_requests_are_answered_in_the_recorded_shape() {
    let recordings = Recording::all();
    assert!(!recordings.is_empty(), "there are recorded requests");
    let mut failed = Vec::new();
    for recording in &recordings {
        failed.extend(check(recording).await.into_iter().map(|what| format!("{}: {what}", recording.name)));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test]
async fn a_recorded_request_is_journalled_under_its_operation() {
    for recording in Recording::all().iter().filter(|recording| recording.cannot_be_served().is_none()) {
        let simulator = simulator(recording, recording.world()).await;
        recording.replay(&simulator).await;
        let entry = simulator.journal().pop().expect("an entry");
        assert_eq!(entry.operation, recording.operation(), "{}", recording.name);
        // The look-up of the project does not know it yet.
        let has_account = recording.call() != Some(Call::ListProjects);
        assert_eq!(entry.account.is_some(), has_account, "{}", recording.name);
        assert!(entry.identifier.is_some(), "{}", recording.name);
    }
}
