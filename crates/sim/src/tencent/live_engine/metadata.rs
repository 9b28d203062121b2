//! The texts that a customer keeps with a room of the Live Engine, by key.
//! A call that is refused changes none of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::tencent::body::Fields;
use crate::tencent::codes::Code;
use crate::tencent::ids;
use crate::tencent::rules::{self, LONGEST_METADATA, LONGEST_METADATA_KEY, LONGEST_METADATA_VALUE, Refusal};
use crate::tencent::state::{App, RoomType};

/// `set_room_metadata`: adds keys, and gives known ones a new value.
pub(in crate::tencent) fn set(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (room_id, room) = ids::addressed(app, body, RoomType::Live)?;
    let mut metadata = room.live.metadata.clone();
    let entries = body.objects("Metadata")?;
    if entries.is_empty() {
        return Err(Refusal::about(Code::ParameterInvalid, "Metadata has at least one entry"));
    }
    for entry in entries {
        let (key, value) = (entry.required_text("Key")?, entry.required_text("Value")?);
        check_entry(key, value)?;
        metadata.insert(key.to_owned(), value.to_owned());
    }
    check_all(&metadata)?;
    keep(app, room_id, metadata);
    Ok(Value::Null)
}

fn check_entry(key: &str, value: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::about(Code::ParameterInvalid, "a Key is not empty"));
    }
    if key.len() > LONGEST_METADATA_KEY {
        return Err(Code::MetadataKeyTooLong.into());
    }
    match value.len() <= LONGEST_METADATA_VALUE {
        true => Ok(()),
        false => Err(Refusal::about(Code::MetadataValueTooLong, key)),
    }
}

fn check_all(metadata: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if metadata.len() > rules::MOST_METADATA_KEYS {
        return Err(Code::MetadataTooManyKeys.into());
    }
    match metadata.values().map(String::len).sum::<usize>() <= LONGEST_METADATA {
        true => Ok(()),
        false => Err(Code::MetadataTooLong.into()),
    }
}

/// `get_room_metadata`: the keys that are named and there; an empty list names all.
pub(in crate::tencent) fn get(app: &App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (_, room) = ids::addressed(app, body, RoomType::Live)?;
    let keys = body.required_texts("Keys")?;
    let shown: Vec<Value> = room
        .live
        .metadata
        .iter()
        .filter(|(key, _)| keys.is_empty() || keys.contains(&key.as_str()))
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    Ok(json!({ "Metadata": shown }))
}

/// `del_room_metadata`: refused only if none of the keys is there.
pub(in crate::tencent) fn delete(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (room_id, room) = ids::addressed(app, body, RoomType::Live)?;
    let keys = body.required_texts("Keys")?;
    let mut metadata = room.live.metadata.clone();
    metadata.retain(|key, _| !keys.contains(&key.as_str()));
    if metadata.len() == room.live.metadata.len() {
        return Err(Code::MetadataKeysMissing.into());
    }
    keep(app, room_id, metadata);
    Ok(Value::Null)
}

fn keep(app: &mut App, room_id: &str, metadata: BTreeMap<String, String>) {
    if let Some(room) = app.rooms.get_mut(room_id) {
        room.live.metadata = metadata;
    }
}
