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
    names.sort_by_key(|name| (order(name), name.clone()));
    let mut code = String::from("const BUILT_IN: &[(&str, &str)] = &[\n");
    for name in names {
        // The compiler fills in the folder, so that a target folder survives a checkout's move.
        let path = format!("/features/{name}");
        let _ = writeln!(
            code,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),"
        );
    }
    code.push_str("];\n");
    std::fs::write(Path::new(&out).join("features.rs"), code)
}

/// The numbers that a name begins with: 4.1.1.10 comes after 4.1.1.8, as in the guide; what is
/// beyond the guide (`beyond_1_…`) comes after it.
fn order(name: &str) -> (bool, Vec<u32>) {
    let beyond = name.strip_prefix("beyond_");
    let numbers = beyond.unwrap_or(name).split('_').map_while(|part| part.parse().ok());
    (beyond.is_some(), numbers.collect())
}
