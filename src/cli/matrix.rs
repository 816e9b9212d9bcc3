//! Where the matrix of several runs is written, and how it reaches them from there.

use std::path::{Component, Path, PathBuf};

use super::Console;
use super::args::ReportArgs;
use super::folder::replace;
use super::found_runs::RECORD;
use crate::record::Run;
use crate::report::{MATRIX_RENDERINGS, Matrix, Placed, Standing, matrix_text};

/// Writes the matrix of the runs and shows it; or what is wrong, in words.
pub(super) fn write(
    args: &ReportArgs,
    runs: Vec<(PathBuf, Run)>,
    console: &Console,
) -> Result<Standing, String> {
    let root = place(args)?;
    let failed = |error: std::io::Error| {
        format!(
            "the matrix cannot be written to {}: {error}\n  name another folder with --out",
            root.display()
        )
    };
    std::fs::create_dir_all(&root).map_err(failed)?;
    let real = root.canonicalize().map_err(failed)?;
    let mut placed = Vec::new();
    for (path, run) in runs {
        let folder = path
            .canonicalize()
            .map_err(|error| format!("{} cannot be found any more: {error}", path.display()))?;
        placed.push(Placed { run, folder: relative(&real, &folder) });
    }
    let matrix = Matrix::new(&placed);
    for rendering in MATRIX_RENDERINGS {
        replace(&root, rendering.name, &(rendering.render)(&matrix)).map_err(failed)?;
    }
    console.out(&matrix_text(&matrix, console.style()));
    let page = MATRIX_RENDERINGS.first().map_or("", |rendering| rendering.name);
    console.out(&format!("matrix: {}\n", root.join(page).display()));
    Ok(matrix.standing())
}

/// `--out`, or the folder that was named, or the one in which all that were named lie. A
/// run's own folder holds that run and nothing about others.
fn place(args: &ReportArgs) -> Result<PathBuf, String> {
    if let Some(out) = &args.out {
        return Ok(out.clone());
    }
    if let [one] = args.folders.as_slice()
        && !one.join(RECORD).is_file()
    {
        return Ok(one.clone());
    }
    let mut common: Option<PathBuf> = None;
    for named in &args.folders {
        // What cannot be found is complained about elsewhere.
        let Ok(real) = named.canonicalize() else { continue };
        let folder = if real.join(RECORD).is_file() {
            real.parent().unwrap_or(&real).to_owned()
        } else {
            real
        };
        common = Some(match common {
            Some(common) => shared(&common, &folder),
            None => folder,
        });
    }
    match common {
        Some(common) if common.parent().is_some() => Ok(common),
        _ => Err("the folders lie nowhere together\n  name a folder for the matrix with --out"
            .to_owned()),
    }
}

/// The deepest folder in which both lie.
fn shared(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// The way from one folder to another, both without links.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = shared(from, to).components().count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_run_goes_up_where_it_must() {
        let way = |from: &str, to: &str| {
            relative(Path::new(from), Path::new(to)).to_str().unwrap().to_owned()
        };
        assert_eq!(way("/r", "/r/x/1"), "x/1");
        assert_eq!(way("/out/m", "/r/x/1"), "../../r/x/1");
        assert_eq!(way("/r/x", "/r/x"), "");
        assert_eq!(shared(Path::new("/a/bc"), Path::new("/a/b")), Path::new("/a"));
    }
}
