//! The pages of `docs/` that the program makes are those of this version.

use pbxcert::pbx::Defect;

/// `docs/defects.md` is made by `docs/make`; a defect that was added, renamed or described
/// anew has to be in it.
#[test]
fn the_page_of_defects_has_every_defect_caught() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/defects.md");
    let page = std::fs::read_to_string(path).unwrap();
    let remedy = "make it anew: docs/make";
    for row in Defect::table() {
        let told = format!("### {}\n\nIt {}.\nSeen: {}.\n", row.name, row.does, row.seen);
        assert!(page.contains(&told), "{remedy}\n{told}");
        let caught = format!("| [{0}](#{0}) | {1} |", row.name, row.cause);
        assert!(page.contains(&caught), "{remedy}\n{caught}");
    }
    let headings = page.lines().filter(|line| line.starts_with("### ")).count();
    assert_eq!(headings, Defect::table().count(), "{remedy}");
}
