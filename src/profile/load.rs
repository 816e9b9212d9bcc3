//! From a file to a checked profile.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::mask::masked;
use super::rules::{self, Facts};
use super::section::{Reading, Section, printable};
use super::tree::{self, Span, Value};
use super::{
    Bridge, Environment, Expect, Extension, External, Pbx, Problem, Problems, ProfileError,
    Severity, Softphone, User, bridge, certification, outside, people, process_environment, read,
    softphone,
};

const REFERENCE_REMEDY: &str = "`pbxcert init` writes a commented profile to start from";

/// One PBX model under one configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// PBX model and configuration, for people.
    pub name: String,
    /// How the PBX is reached and what it supports.
    pub pbx: Pbx,
    /// The Teams users: at least two, but none yet where the PBX is embedded.
    pub users: Vec<User>,
    /// Other PBX users.
    pub extensions: Vec<Extension>,
    /// The PSTN side.
    pub external: External,
    /// The bridge's own addresses.
    pub bridge: Bridge,
    /// The softphone of guide 3.
    pub softphone: Softphone,
    /// What the guide leaves open.
    pub expect: Expect,
    /// Where it comes from.
    pub source: Source,
    /// What the guide recommends otherwise.
    pub warnings: Problems,
}

/// Where a profile comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The file as it was named.
    pub path: PathBuf,
    /// File stem: the name of the run's folder.
    pub stem: String,
    /// SHA-256 of the text, hexadecimal. Literal passwords are masked before, so that
    /// nobody can guess them from it; names of environment variables count.
    pub digest: String,
    /// That text, literal passwords masked: what may be kept beside a run and shown.
    pub shown: String,
}

impl Profile {
    /// Reads and checks a file, with secrets from the process's environment.
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        Self::load_with(path, &process_environment)
    }

    /// Reads and checks a file.
    pub fn load_with(path: &Path, environment: Environment<'_>) -> Result<Self, ProfileError> {
        let bytes = read_file(path).map_err(|problem| {
            ProfileError(Problems::new(path.to_owned(), String::new(), vec![problem]))
        })?;
        Self::from_bytes(path, &bytes, environment)
    }

    /// Checks the text of a profile that `path` names; relative paths in it start at
    /// the folder of `path`.
    pub fn from_text(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
    ) -> Result<Self, ProfileError> {
        Self::from_bytes(path, text.as_bytes(), environment)
    }

    fn from_bytes(
        path: &Path,
        bytes: &[u8],
        environment: Environment<'_>,
    ) -> Result<Self, ProfileError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let lossy = String::from_utf8_lossy(bytes);
                let problem = Problem::error(
                    Span { start: at, end: at + 1 },
                    format!("byte 0x{:02x} is not UTF-8", bytes.get(at).copied().unwrap_or(0)),
                    "save the file as UTF-8",
                );
                let shown = masked(&lossy);
                return Err(ProfileError(Problems::new(path.to_owned(), shown, vec![problem])));
            }
        };
        let shown = masked(text);
        let failed = |problems: Vec<Problem>| {
            ProfileError(Problems::new(path.to_owned(), shown.clone(), problems))
        };
        let tree = tree::parse(text).map_err(|error| failed(vec![not_yaml(&error, text)]))?;
        if matches!(tree.value, Value::Null) {
            let problem = Problem::error(None, "the profile is empty", REFERENCE_REMEDY);
            return Err(failed(vec![problem]));
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let reading = Reading::new(environment, folder);
        let mut profile = Section::open(&reading, &tree, "the profile", KEYS)
            .map(|section| whole(&section, path));
        let problems = reading.into_problems();
        let Some(mut profile) = profile.take() else { return Err(failed(problems)) };
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(failed(problems));
        }
        profile.source = Source {
            path: path.to_owned(),
            stem: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            digest: digest(&shown),
            shown: shown.clone(),
        };
        profile.warnings = Problems::new(path.to_owned(), shown, problems);
        Ok(profile)
    }

    /// Whether the reference PBX of this program is meant.
    pub fn is_embedded(&self) -> bool {
        self.pbx.embedded
    }
}

const KEYS: &[&str] =
    &["name", "pbx", "users", "extensions", "external", "bridge", "softphone", "expect"];

fn whole(section: &Section<'_, '_>, path: &Path) -> Profile {
    let mut facts = Facts::default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let pbx = match read::pbx_section(section) {
        Some(pbx) => Some(read::pbx(&pbx, &mut facts)),
        None if section.node("pbx").is_some() => None,
        None => {
            section.missing("pbx", "{ sip_domain: pbx.example.com }");
            None
        }
    };
    let mut profile = Profile {
        name: section.text("name").unwrap_or(stem),
        pbx: pbx.clone().unwrap_or_default(),
        users: Vec::new(),
        extensions: Vec::new(),
        external: External::default(),
        bridge: Bridge::default(),
        softphone: Softphone::default(),
        expect: read::expect(section),
        source: Source::default(),
        warnings: Problems::default(),
    };
    if profile.pbx.embedded {
        without(section, &["users", "extensions", "external", "softphone"]);
        profile.bridge = bridge::embedded_bridge(section);
        return profile;
    }
    profile.users = people::users(section, &mut facts);
    profile.extensions = people::extensions(section, &mut facts);
    profile.external = outside::external(section, &mut facts);
    profile.bridge = bridge::bridge(section, &mut facts);
    profile.softphone = softphone::softphone(section);
    rules::apply(section, &facts);
    certification::complain(section, &profile);
    profile
}

/// Complains of fields of which the embedded PBX takes care.
pub(super) fn without(section: &Section<'_, '_>, keys: &[&str]) {
    for key in keys.iter().filter(|key| section.node(key).is_some()) {
        section.error(
            section.key_span(key),
            format!("`{key}` has no meaning for the embedded PBX"),
            "remove it: users, numbers and addresses are made at the start of the run",
        );
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let error = match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(Problem::error(None, "is a folder", "name the YAML file in it"));
        }
        Ok(found) if found.len() > 1 << 20 => {
            return Err(Problem::error(None, "is larger than 1 MiB", "is it a profile at all?"));
        }
        Ok(_) => match std::fs::read(path) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        },
        Err(error) => error,
    };
    Err(match error.kind() {
        io::ErrorKind::NotFound => Problem::error(None, "no such file", REFERENCE_REMEDY),
        io::ErrorKind::PermissionDenied => {
            Problem::error(None, "may not be read", "give yourself permission to read it")
        }
        kind => Problem::error(None, format!("cannot be read: {kind}"), "name a readable file"),
    })
}

/// The YAML reader's complaint, without its own snippet.
fn not_yaml(error: &serde_yaml::Error, text: &str) -> Problem {
    let place = error.location().map(|location| {
        let start = location.span().byte_offset().and_then(|at| usize::try_from(at).ok());
        let mut start = start.unwrap_or_else(|| offset(text, location.line(), location.column()));
        start = start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        Span { start, end: start }
    });
    let message = error.without_snippet().to_string();
    let first = message.lines().next().unwrap_or_default();
    let first = first.split(" at line ").next().unwrap_or_default();
    let first = first.rsplit_once(": line ").map_or(first, |(head, _)| head);
    Problem::error(
        place,
        format!("not valid YAML: {}", printable_long(first)),
        "check indentation, quotes and brackets around this place",
    )
}

fn printable_long(text: &str) -> String {
    text.split(' ').map(printable).collect::<Vec<_>>().join(" ")
}

fn offset(text: &str, line: u64, column: u64) -> usize {
    let mut at = 0;
    for (index, content) in text.split_inclusive('\n').enumerate() {
        if index as u64 + 1 == line {
            let before = content.chars().take(column.saturating_sub(1) as usize);
            return at + before.map(char::len_utf8).sum::<usize>();
        }
        at += content.len();
    }
    text.len()
}

fn digest(shown: &str) -> String {
    Sha256::digest(shown.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
