//! `roomkeeper import`: what it writes of rooms that exist, and that a plan over it has nothing to do.

mod huawei_meeting;
mod huawei_rtc;
mod refusals;
mod tencent;

use roomkeeper::source::files::documents::{self, Depth};
use roomkeeper::source::files::{Files, Inputs};
use roomkeeper_plan::ids::Timestamp;
use serde_json::Value;

use crate::stage::{NOTHING, Stage, Told, yaml};

/// Where the objects shall be.
const NAMESPACE: &str = "events";

impl Stage {
    /// Puts the manifests of accounts into the folder, and runs an import with the account of this name.
    async fn import(&self, accounts: &[Value], config: &str, arguments: &[&str]) -> Told {
        let path = self.file("accounts.yaml", &yaml(accounts));
        let all = [&["-f", &path, "--config", config, "-n", NAMESPACE], arguments].concat();
        self.command("import", &all, &[], "").await
    }

    /// Plans over what was imported, beside the accounts, and returns what the plan says.
    async fn plan_of(&self, imported: &str) -> Told {
        self.file("rooms.yaml", imported);
        let folder = self.folder.display().to_string();
        self.run(&["-f", &folder], &[], "").await
    }

    /// Checks that a plan over what was imported has nothing to do for so many objects.
    #[track_caller]
    fn has_nothing_to_do(&self, planned: &Told, imported: &str, objects: usize) {
        assert_eq!((planned.code, planned.err.as_str()), (Some(NOTHING), ""), "{}\n{imported}", planned.out);
        let said = |words: &str| planned.out.matches(words).count();
        assert_eq!(said(": the vendor shows what the spec asks for"), objects, "{}\n{imported}", planned.out);
        assert_eq!(self.objects(imported), objects, "{imported}");
    }

    /// Counts the objects in manifests.
    fn objects(&self, manifests: &str) -> usize {
        let folder = self.folder.join("counted");
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let path = folder.join("rooms.yaml");
        std::fs::write(&path, manifests).expect("a file can be written");
        {
            let documents = documents::read(&[path], Depth::Folder).expect("they are YAML");
            let files = Files::of(Inputs { documents, ..Inputs::default() }, Timestamp(0)).expect("no Secret is odd");
            assert!(files.refused.is_empty(), "{:?}", files.refused);
            files.subjects.len()
        }
    }
}

/// Takes the `#` from the comments that are fields.
fn uncommented(manifests: &str) -> String {
    let is_field = |line: &str| line.starts_with(' ') && line.trim_start().starts_with("# ");
    let line = |line: &str| if is_field(line) { line.replacen("# ", "", 1) } else { line.to_owned() };
    manifests.lines().map(|text| line(text) + "\n").collect()
}

fn lines(text: &str, words: &str) -> usize {
    text.lines().filter(|line| line.contains(words)).count()
}
