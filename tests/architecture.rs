//! Enforces the layer table: each module names only the modules beside it.
//!
//! Every `crate::<module>` and `pbxcert::<module>` path counts, not only `use` lines.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Module, and what it may import beside `record`.
const LAYERS: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("profile", &[]),
    ("wire", &[]),
    ("sip", &["wire"]),
    ("media", &["wire"]),
    ("agent", &["sip", "media", "wire", "profile"]),
    ("probe", &["agent", "sip", "wire", "profile"]),
    ("check", &["profile"]),
    ("steps", &["agent", "probe", "check", "profile"]),
    ("runner", &["steps", "profile"]),
    ("report", &[]),
    ("pbx", &["wire", "sip", "media", "profile"]),
    (
        "cli",
        &[
            "wire", "sip", "media", "agent", "probe", "check", "steps", "runner", "report", "pbx",
            "profile",
        ],
    ),
];

/// No file of the sources may be longer.
const MAX_LINES: usize = 600;

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// Every first segment after `crate::` (or, in a braced group, each of its heads).
fn named_modules(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for root in ["crate::", "pbxcert::"] {
        for (at, _) in code.match_indices(root) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &code[at + root.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                let mut head = String::new();
                for c in group.chars() {
                    match c {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ if depth == 0 => head.push(c),
                        _ => {}
                    }
                }
                found.extend(head.split(',').filter_map(first_segment));
            } else {
                found.extend(first_segment(rest));
            }
        }
    }
    found
}

fn first_segment(path: &str) -> Option<String> {
    let name: String =
        path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn modules_import_only_what_the_layer_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 10, "only {} files found below {}", files.len(), root.display());
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(allowed) = table.get(module.as_str()) else {
            wrong.push(format!("{}: no row for `{module}` in the layer table", relative.display()));
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        for named in named_modules(&text) {
            let is_layer = table.contains_key(named.as_str());
            let fine = named == module || named == "record" || allowed.contains(&named.as_str());
            if is_layer && !fine {
                wrong.push(format!("{}: `{module}` may not name `{named}`", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_paths_sees_groups_and_inline_paths() {
    let text = "use crate::{sip::{Uri, Via}, wire};\nfn f() { crate::media::x() } // crate::pbx\n";
    let named: Vec<String> = named_modules(text).into_iter().collect();
    assert_eq!(named, ["media", "sip", "wire"]);
}

#[test]
fn no_source_file_is_too_long() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    let long: Vec<String> = files
        .iter()
        .map(|file| (std::fs::read_to_string(file).unwrap().lines().count(), file))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, file)| format!("{lines} {}", file.display()))
        .collect();
    assert!(long.is_empty(), "split by concept:\n{}", long.join("\n"));
}
