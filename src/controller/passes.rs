//! Runs the passes that the queue lets start, each in a task of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::{Line, Shared, Work, configs};
use crate::api::condition::{ConditionStatus, READY};
use crate::engines::huawei_meeting::HuaweiMeeting;
use crate::engines::huawei_rtc::HuaweiRtc;
use crate::engines::tencent_live::TencentLive;
use crate::engines::tencent_room::TencentRoom;
use crate::engines::{Engine, Served};
use crate::key::Key;
use crate::object::Object;
use crate::queue::{Lane, Slot};
use crate::reconcile::{Context, reconcile};
use crate::schedule::{Next, Notes};
use crate::source::ConfigKey;

/// The passes, with what each engine remembers between them.
pub(super) struct Passes {
    shared: Arc<Shared>,
    tencent_room: Table<TencentRoom>,
    tencent_live: Table<TencentLive>,
    huawei_rtc: Table<HuaweiRtc>,
    huawei_meeting: Table<HuaweiMeeting>,
}

/// What one engine remembers of its objects; the UID tells an object from a later one of the same name.
type Table<E> = Mutex<HashMap<Key, (String, Notes<E>)>>;

impl Passes {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Passes {
            shared,
            tencent_room: Mutex::default(),
            tencent_live: Mutex::default(),
            huawei_rtc: Mutex::default(),
            huawei_meeting: Mutex::default(),
        }
    }

    /// Runs until the queue is closed.
    pub(super) async fn run(self: &Arc<Self>) {
        while let Some(slot) = self.shared.queue.next().await {
            self.shared.begins();
            // A task of its own: a panic ends this pass only, and the queue tries the object again.
            let passes = Arc::clone(self);
            tokio::spawn(async move { passes.one(slot).await });
        }
    }

    async fn one(&self, mut slot: Slot<Work, Line>) {
        let next = match slot.key().clone() {
            Work::Object(key) => self.object(&key, &mut slot).await,
            Work::Config(key) => self.config(&key).await,
        };
        match next {
            Next::Forget => slot.forget(),
            Next::After { pause, lane } => slot.again_at(lane, Instant::now() + pause),
        }
    }

    async fn object(&self, key: &Key, slot: &mut Slot<Work, Line>) -> Next {
        let Some(object) = self.shared.objects.get(key) else {
            forget(&self.tencent_room, key);
            forget(&self.tencent_live, key);
            forget(&self.huawei_rtc, key);
            forget(&self.huawei_meeting, key);
            return Next::Forget;
        };
        if !self.shared.keeps(&object) {
            tracing::debug!(object = %key, "left alone: its config is not of those that this process serves");
            return Next::Forget;
        }
        let next = match Served::of(&object) {
            Served::TencentRoom => self.pass(&object, slot, &self.tencent_room).await,
            Served::TencentLive => self.pass(&object, slot, &self.tencent_live).await,
            Served::HuaweiRtc => self.pass(&object, slot, &self.huawei_rtc).await,
            Served::HuaweiMeeting => self.pass(&object, slot, &self.huawei_meeting).await,
        };
        self.tell_config(&object);
        next
    }

    async fn pass<E: Engine>(&self, object: &Object, slot: &mut Slot<Work, Line>, table: &Table<E>) -> Next {
        let known = table.lock().unwrap_or_else(PoisonError::into_inner).remove(&object.key);
        let mut notes = known.filter(|(uid, _)| *uid == object.uid).map(|(_, notes)| notes).unwrap_or_default();
        let context = Context {
            accounts: &self.shared.accounts,
            source: &self.shared.cluster,
            writer: &self.shared.writer,
            drift_check: self.shared.settings.drift_check,
            mode: self.shared.settings.mode,
            metrics: &self.shared.metrics,
        };
        let next = reconcile(object, &context, &mut notes, slot.take_token()).await;
        if next != Next::Forget {
            let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
            table.insert(object.key.clone(), (object.uid.clone(), notes));
        }
        next
    }

    /// Has the config looked at if it says another thing of the credential than this object's pass found out.
    fn tell_config(&self, object: &Object) {
        let config = ConfigKey::of(&object.key.name.namespace, &object.config);
        let ready = |conditions: &[crate::api::Condition]| {
            conditions
                .iter()
                .find(|condition| condition.type_ == READY)
                .map(|ready| (ready.status, ready.reason.clone()))
        };
        let object = self.shared.objects.get(&object.key).and_then(|object| ready(&object.status.conditions));
        let known = self.shared.objects.config(&config).and_then(|config| ready(&config.status.conditions));
        let accepted = known.is_some_and(|(status, _)| status == ConditionStatus::True);
        let is_news = match object {
            Some((_, reason)) if reason == "CredentialsRejected" => accepted,
            // Only a look with the credential makes an object ready.
            Some((ConditionStatus::True, _)) => !accepted,
            Some((ConditionStatus::False | ConditionStatus::Unknown, _)) | None => false,
        };
        if is_news {
            self.shared.queue.add(Work::Config(config), None, Lane::Edit);
        }
    }

    async fn config(&self, key: &ConfigKey) -> Next {
        match configs::check(key, &self.shared).await {
            Some(pause) => Next::After { pause, lane: Lane::Drift },
            None => Next::Forget,
        }
    }
}

fn forget<E: Engine>(table: &Table<E>, key: &Key) {
    table.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
}
