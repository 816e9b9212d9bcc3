//! Reading an archive that may come from anybody: nothing is written, memory and work are
//! bounded, and whatever no bundle has is refused.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use sha2::{Digest as _, Sha256};
use tar::EntryType;

use crate::report::clean;

use super::BundleError;
use super::manifest::{Digests, MANIFEST};
use super::name::is_plain;
use super::pack::Hashed;

/// Most bytes of a bundle when it is unpacked, and most files in it: many times what the
/// whole plan leaves.
const MOST_BYTES: u64 = 8 << 30;
const MOST_FILES: usize = 20_000;
/// Longest file that is kept in memory.
const LONGEST_TEXT: u64 = 256 << 20;

/// Files whose content is needed, not only its digest.
pub(super) const RECORD: &str = "run.json";
const KEPT: [&str; 3] = [RECORD, MANIFEST, super::contents::MADE_BY];

/// A bundle as it was found, below its folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The folder that everything lies in.
    pub(super) root: String,
    /// The digest of every file, the manifest among them.
    pub(super) digests: Digests,
    kept: BTreeMap<String, Vec<u8>>,
    bytes: u64,
}

impl Found {
    /// Reads the whole archive once. An error says in words why it is no bundle.
    pub(super) fn read(path: &Path) -> Result<Self, BundleError> {
        File::open(path)
            .map_err(|error| error.to_string())
            .and_then(|file| read(file, MOST_BYTES))
            .map_err(|why| BundleError::Archive { path: path.display().to_string(), why })
    }

    /// The text of one of the files that are kept.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.kept.get(path)?).ok()
    }
}

fn read(file: impl Read, most: u64) -> Result<Found, String> {
    let unpacked = Bounded { source: GzDecoder::new(BufReader::new(file)), left: most };
    let mut archive = tar::Archive::new(unpacked);
    let mut found = Found::default();
    for entry in archive.entries().map_err(said)? {
        let mut entry = entry.map_err(said)?;
        add(&mut found, &mut entry)?;
    }
    // What follows the archive's end would be unpacked by nobody and seen by nobody.
    let mut unpacked = archive.into_inner();
    let mut rest = [0; 8192];
    loop {
        match unpacked.read(&mut rest).map_err(said)? {
            0 => break,
            count if rest[..count].iter().all(|byte| *byte == 0) => {}
            _ => return Err("something follows the end of the archive".to_owned()),
        }
    }
    let mut packed = unpacked.source.into_inner();
    if !packed.fill_buf().map_err(said)?.is_empty() {
        return Err("something follows the end of the archive".to_owned());
    }
    if found.digests.is_empty() { Err("it is empty".to_owned()) } else { Ok(found) }
}

fn add(found: &mut Found, entry: &mut tar::Entry<'_, impl Read>) -> Result<(), String> {
    let bytes = entry.path_bytes().into_owned();
    let shown = clean(&String::from_utf8_lossy(&bytes[..bytes.len().min(120)]));
    let kind = entry.header().entry_type();
    if kind != EntryType::Regular {
        return Err(format!("`{shown}` is no plain file ({})", kind_name(kind)));
    }
    let path = String::from_utf8(bytes).ok().filter(|path| is_plain(path));
    let Some((root, path)) = path.as_deref().and_then(|path| path.split_once('/')) else {
        return Err(format!("`{shown}` is a path that no bundle has"));
    };
    if found.root.is_empty() {
        root.clone_into(&mut found.root);
    }
    if found.root != root {
        return Err(format!("`{shown}` lies outside its folder `{}`", found.root));
    }
    if found.digests.contains_key(path) {
        return Err(format!("`{shown}` is in it twice"));
    }
    if found.digests.len() >= MOST_FILES {
        return Err(format!("it has more than {MOST_FILES} files"));
    }
    found.bytes = found.bytes.saturating_add(entry.size());
    if found.bytes > MOST_BYTES {
        return Err(TOO_BIG.to_owned());
    }
    let mut hashed = Hashed { source: entry, hash: Sha256::new(), read: 0 };
    if KEPT.contains(&path) {
        let mut content = Vec::new();
        (&mut hashed).take(LONGEST_TEXT + 1).read_to_end(&mut content).map_err(said)?;
        if content.len() as u64 > LONGEST_TEXT {
            return Err(format!("`{shown}` is longer than any that pbxcert writes"));
        }
        found.kept.insert(path.to_owned(), content);
    } else {
        io::copy(&mut hashed, &mut io::sink()).map_err(said)?;
    }
    if hashed.read != hashed.source.size() {
        return Err(format!("it is cut off in `{shown}`"));
    }
    found.digests.insert(path.to_owned(), hex::encode(hashed.hash.finalize()));
    Ok(())
}

const TOO_BIG: &str = "unpacked it is bigger than any bundle can be (8 GiB)";

fn kind_name(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink | EntryType::Link => "a link",
        EntryType::Directory => "a folder",
        EntryType::Char | EntryType::Block | EntryType::Fifo => "a device",
        _ => "of a kind that no bundle has",
    }
}

fn said(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        _ => clean(&error.to_string()),
    }
}

/// Stops a small archive from unpacking into a huge one.
struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other(TOO_BIG))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    /// An archive with these entries; names go into the head as they are.
    fn archive(entries: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, kind, content) in entries {
            let mut header = tar::Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name);
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append(&header, *content).unwrap();
        }
        tar.into_inner().unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes, 1 << 20).unwrap_err()
    }

    #[test]
    fn plain_files_of_one_folder_are_read() {
        let bytes = archive(&[
            (b"x/run.json", EntryType::Regular, b"{}"),
            (b"x/6.1/wire.pcap", EntryType::Regular, &[7; 1000]),
        ]);
        let found = read(zipped(&bytes).as_slice(), 1 << 20).unwrap();
        assert_eq!(found.root, "x");
        assert_eq!(found.text("run.json"), Some("{}"));
        assert_eq!(found.digests.keys().collect::<Vec<_>>(), ["6.1/wire.pcap", "run.json"]);
    }

    #[test]
    fn whatever_no_bundle_has_is_refused() {
        use EntryType::{Directory, Fifo, Link, Regular, Symlink};
        let cases: &[(&[u8], EntryType, &str)] = &[
            (b"../evil", Regular, "a path that no bundle has"),
            (b"x/../../evil", Regular, "a path that no bundle has"),
            (b"/etc/passwd", Regular, "a path that no bundle has"),
            (b"x/\x1b[2J", Regular, "a path that no bundle has"),
            (b"x/\xff", Regular, "a path that no bundle has"),
            (b"evil", Regular, "a path that no bundle has"),
            (b"y/evil", Regular, "outside its folder"),
            (b"x/run.json", Regular, "in it twice"),
            (b"x/link", Symlink, "a link"),
            (b"x/link", Link, "a link"),
            (b"x/folder", Directory, "a folder"),
            (b"x/pipe", Fifo, "a device"),
        ];
        for (name, kind, expected) in cases {
            let first: (&[u8], _, &[u8]) = (b"x/run.json", Regular, b"{}");
            let said = refusal(&zipped(&archive(&[first, (name, *kind, b"")])));
            assert!(said.contains(expected), "{expected}: {said}");
            assert!(!said.contains('\u{1b}'), "{said:?}");
        }
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_refused() {
        let whole = archive(&[(b"x/run.json", EntryType::Regular, &[b' '; 4000])]);
        let packed = zipped(&whole);
        for end in [0, 5, packed.len() / 2, packed.len() - 4] {
            refusal(&packed[..end]);
        }
        for end in [100, 600, 3000] {
            refusal(&zipped(&whole[..end]));
        }
        assert!(refusal(&[packed.clone(), packed.clone()].concat()).contains("follows"));
        assert!(refusal(&zipped(&[whole, b"more".repeat(200)].concat())).contains("follows"));
        assert!(refusal(b"PK\x03\x04 not gzip at all").len() > 3);
    }

    #[test]
    fn a_small_archive_does_not_become_a_huge_one() {
        let bomb = archive(&[(b"x/a.wav", EntryType::Regular, &vec![0; 4 << 20])]);
        let packed = zipped(&bomb);
        assert!(packed.len() < 100_000);
        assert!(refusal(&packed).contains("bigger than any bundle"));
        // Also where the size is only claimed, or is that of a name.
        let mut tar = archive(&[(b"x/a.wav", EntryType::GNULongName, &vec![b'a'; 4 << 20])]);
        assert!(refusal(&zipped(&tar)).contains("bigger than any bundle"));
        tar = archive(&[(b"x/a.wav", EntryType::Regular, b"")]);
        let mut header = tar::Header::new_gnu();
        header.set_path("x/b.wav").unwrap();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::MAX / 4);
        header.set_cksum();
        tar.truncate(512);
        tar.extend_from_slice(header.as_bytes());
        refusal(&zipped(&tar));
    }
}
