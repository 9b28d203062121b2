//! The page that lies on top: what is in the archive, what is not, and what to think of before it is sent.

use super::archive::File;
use super::filter::SHORTEST;

/// Writes it for these files.
pub(super) fn write(time: &str, files: &[File], notes: &[String], unread: &[String]) -> String {
    let mut text = format!(
        "Roomkeeper {}, packed by `roomkeeper bundle` at {time}.\n\n\
         What is in it\n\n",
        env!("CARGO_PKG_VERSION")
    );
    for file in files {
        text += &format!("  {}: {}\n", file.path, file.what);
    }
    text += &format!(
        "\nWhat is not\n\n\
         \x20 No Secret, and no value of one. secrets.yaml has names, types, versions and names of keys.\n\
         \x20 The values of the Secrets that configs and rooms name were read to be taken out of everything here, also where \
         they\n\
         \x20 are written in base64, percent-encoded or quoted: `(secret)` stands in their place.\n\
         \x20 Values of fewer than {SHORTEST} bytes are not: they would be found in every word.\n\
         \x20 UserSigs, tokens, and what else authorization headers hold.\n\
         \x20 Managed fields, kubectl's copy of what was applied, schemas of the definitions, and settings of containers that \
         are\n\
         \x20 not Roomkeeper's own.\n"
    );
    for note in notes {
        text += &format!("  Not to be had: {note}\n");
    }
    if !unread.is_empty() {
        text += "\nRead everything before you send it: these Secrets could not be read, so their values were not looked for\n\n";
        unread.iter().for_each(|secret| text += &format!("  {secret}\n"));
    }
    text += "\nPersonal data\n\n\
             \x20 Names of objects and namespaces, ids and names of rooms, meeting numbers, and what people wrote into specs:\n\
             \x20 names of rooms, notices, customInfo, metadata, ids of owners and of invited people.\n\
             \x20 Ids of vendor accounts, addresses, names of nodes and of images, and texts of the vendors in statuses.\n";
    text
}
