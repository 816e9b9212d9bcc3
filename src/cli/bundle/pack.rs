//! Writing a bundle: sorted, with the run's time and nobody's name on every file, so that
//! the same run makes the same bytes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::folder::PROFILE;
use crate::record::Run;
use crate::report::clean;

use super::BundleError;
use super::contents::{Contents, MADE_BY};
use super::manifest::{self, Digests, MANIFEST};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Packed {
    /// How many files are in it, the manifest among them.
    pub(in crate::cli) files: usize,
    /// Size of the archive, bytes.
    pub(in crate::cli) bytes: u64,
    /// Whether the profile is in it; runs of old versions have not kept it.
    pub(in crate::cli) has_profile: bool,
}

/// Packs a run from its folder into `target`, whole or not at all.
pub(in crate::cli) fn pack(run: &Run, folder: &Path, target: &Path) -> Result<Packed, BundleError> {
    let contents = Contents::of(run);
    if let Some(path) = contents.refused.first() {
        return Err(BundleError::Folder(format!(
            "the record names a file `{}`, which no run has written\n  a bundle is made of a record as pbxcert wrote it",
            clean(path)
        )));
    }
    let failed = |error| BundleError::Write { path: target.display().to_string(), error };
    let mut unfinished = target.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = Path::new(&unfinished);
    let file = File::create(unfinished).map_err(failed)?;
    let packed = write(run, folder, &contents, file, target).and_then(|packed| {
        std::fs::rename(unfinished, target).map_err(failed)?;
        Ok(packed)
    });
    if packed.is_err() {
        // Nobody is to take half an archive for one.
        let _ = std::fs::remove_file(unfinished);
    }
    packed
}

fn write(
    run: &Run,
    folder: &Path,
    contents: &Contents,
    file: File,
    target: &Path,
) -> Result<Packed, BundleError> {
    let failed = |error| BundleError::Write { path: target.display().to_string(), error };
    // Without name and time in its head, which would tell two archives of one run apart.
    let packer = GzBuilder::new().mtime(0).write(BufWriter::new(file), Compression::default());
    let mut archive = Archive {
        tar: tar::Builder::new(packer),
        root: &contents.root,
        at: moment(&run.started),
        digests: Digests::new(),
    };
    let made_by = format!(
        "{{\n  \"schema\": 1,\n  \"tool_version\": \"{}\"\n}}\n",
        env!("CARGO_PKG_VERSION")
    );
    archive.add_text(MADE_BY, &made_by).map_err(failed)?;
    for (path, text) in &contents.rendered {
        archive.add_text(path, text).map_err(failed)?;
    }
    for path in &contents.evidence {
        let file = opened(folder, path)?;
        archive.add_file(path, file).map_err(failed)?;
    }
    for path in Contents::OPTIONAL {
        if folder.join(path).symlink_metadata().is_ok() {
            let file = opened(folder, path)?;
            archive.add_file(path, file).map_err(failed)?;
        }
    }
    let profile = archive.digests.get(PROFILE).cloned();
    if profile.as_ref().is_some_and(|digest| *digest != run.profile_digest) {
        return Err(BundleError::Folder(format!(
            "{} is not the profile of this run: its SHA-256 is not the one in the record\n  restore it, or remove it to bundle without a profile",
            folder.join(PROFILE).display()
        )));
    }
    let listed = manifest::write(&archive.digests);
    archive.add_text(MANIFEST, &listed).map_err(failed)?;
    let files = archive.digests.len();
    let mut file =
        archive.tar.into_inner().and_then(flate2::write::GzEncoder::finish).map_err(failed)?;
    file.flush().map_err(failed)?;
    let bytes = file.get_ref().metadata().map_err(failed)?.len();
    Ok(Packed { files, bytes, has_profile: profile.is_some() })
}

/// A regular file of the run's folder; a link could lead anywhere.
fn opened(folder: &Path, path: &str) -> Result<File, BundleError> {
    let whole = folder.join(path);
    let failed = |error| BundleError::File { path: whole.display().to_string(), error };
    let linked = |part: &Path| part.symlink_metadata().map(|data| data.file_type().is_symlink());
    let parent = whole.parent().unwrap_or(folder);
    if linked(&whole).map_err(failed)? || (parent != folder && linked(parent).map_err(failed)?) {
        return Err(failed(io::Error::other("it is a link, and not what the run wrote")));
    }
    let file = File::open(&whole).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_file() {
        Ok(file)
    } else {
        Err(failed(io::Error::other("it is no file")))
    }
}

/// Seconds since 1970 at which the run began; 0 where it does not say.
fn moment(started: &str) -> u64 {
    OffsetDateTime::parse(started, &Rfc3339)
        .ok()
        .and_then(|at| u64::try_from(at.unix_timestamp()).ok())
        .unwrap_or_default()
}

/// The archive as it is written.
struct Archive<'a, W: Write> {
    tar: tar::Builder<W>,
    root: &'a str,
    at: u64,
    digests: Digests,
}

impl<W: Write> Archive<'_, W> {
    fn add_text(&mut self, path: &str, text: &str) -> io::Result<()> {
        self.add(path, text.len() as u64, text.as_bytes())
    }

    fn add_file(&mut self, path: &str, file: File) -> io::Result<()> {
        let size = file.metadata()?.len();
        self.add(path, size, file)
    }

    fn add(&mut self, path: &str, size: u64, source: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(self.at);
        // A file that grows is read no further than its head says.
        let mut hashed = Hashed { source: source.take(size), hash: Sha256::new(), read: 0 };
        self.tar.append_data(&mut header, format!("{}/{path}", self.root), &mut hashed)?;
        if hashed.read != size {
            return Err(io::Error::other(format!("{path} shrank while it was read")));
        }
        self.digests.insert(path.to_owned(), hex::encode(hashed.hash.finalize()));
        Ok(())
    }
}

/// Hashes what is read through it.
pub(super) struct Hashed<R> {
    pub(super) source: R,
    pub(super) hash: Sha256,
    pub(super) read: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.hash.update(&into[..count]);
        self.read += count as u64;
        Ok(count)
    }
}
