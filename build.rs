//! Embeds the feature files, so that the binary runs from any folder.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=features");
    let root = std::env::var("CARGO_MANIFEST_DIR").map_err(std::io::Error::other)?;
    let out = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    let mut names: Vec<String> = std::fs::read_dir(Path::new(&root).join("features"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".feature"))
        .collect();
    names.sort();
    let mut code = String::from("const BUILT_IN: &[(&str, &str)] = &[\n");
    for name in names {
        let path = Path::new(&root).join("features").join(&name).display().to_string();
        let _ = writeln!(code, "    ({name:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    std::fs::write(Path::new(&out).join("features.rs"), code)
}
