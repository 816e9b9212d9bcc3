//! The profiles that `pbxcert init` writes: what is known of a PBX's settings, and below it
//! the parties, which are the same for all.

use super::suggest::closest;

/// A PBX that a profile can be begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    /// What `pbxcert init --for` takes.
    pub name: &'static str,
    head: &'static str,
}

/// A PBX that there is no template for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no template for `{asked}`{}\n  there are: {}", meant(*near), names().join(", "))]
pub struct UnknownVendor {
    asked: String,
    near: Option<&'static str>,
}

fn meant(near: Option<&str>) -> String {
    near.map(|near| format!("; is `{near}` meant?")).unwrap_or_default()
}

fn names() -> Vec<&'static str> {
    VENDORS.iter().map(|vendor| vendor.name).collect()
}

macro_rules! vendors {
    ($($name:literal),* $(,)?) => {
        [$(Vendor { name: $name, head: include_str!(concat!("template/", $name, ".yaml")) }),*]
    };
}

/// Those whose settings are known. Each head says what it was written from, and whether
/// anybody has run it.
pub const VENDORS: [Vendor; 10] = vendors![
    "3cx",
    "avaya-ip-office",
    "broadworks",
    "cisco-ucm",
    "freepbx",
    "freeswitch",
    "grandstream-ucm",
    "mitel-mivoice-business",
    "netsapiens",
    "yeastar-p",
];

impl Vendor {
    /// The one of that name, in any case.
    ///
    /// # Errors
    ///
    /// If there is none: with the nearest name, and all of them.
    pub fn named(name: &str) -> Result<Self, UnknownVendor> {
        let asked = name.to_lowercase();
        VENDORS.into_iter().find(|vendor| vendor.name == asked).ok_or_else(|| {
            // The names have hyphens, which the search takes for underscores.
            let keys: Vec<String> = names().iter().map(|name| name.replace('-', "_")).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let place = closest(name, &keys).and_then(|key| keys.iter().position(|k| *k == key));
            UnknownVendor { asked: name.to_owned(), near: place.map(|place| names()[place]) }
        })
    }

    /// A commented profile to start from, which passes the check as [`template`] does.
    pub fn template(self) -> String {
        format!("{}\n{PARTIES}", self.head)
    }
}

const PARTIES: &str = include_str!("template/parties.yaml");

/// A commented profile to start from. It passes the check once its three environment
/// variables are set.
pub const fn template() -> &'static str {
    concat!(include_str!("template/any.yaml"), "\n", include_str!("template/parties.yaml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_says_whether_it_was_tested_and_is_begun_like_the_others() {
        let first = template().lines().next().unwrap();
        for vendor in VENDORS {
            let text = vendor.template();
            assert_eq!(text.lines().next(), Some(first), "{}", vendor.name);
            assert!(text.contains("# Not tested: written from"), "{}", vendor.name);
            assert!(text.contains("\nusers:\n") && text.contains("\nname: "), "{}", vendor.name);
        }
    }

    #[test]
    fn a_vendor_is_found_in_any_case_and_a_near_one_is_named() {
        assert_eq!(Vendor::named("3CX").map(|vendor| vendor.name), Ok("3cx"));
        let told = Vendor::named("freeswich").unwrap_err().to_string();
        assert!(told.contains("`freeswich`; is `freeswitch` meant?"), "{told}");
        assert!(told.contains("3cx, avaya-ip-office"), "{told}");
        let told = Vendor::named("cisco-umc").unwrap_err().to_string();
        assert!(told.contains("is `cisco-ucm` meant?"), "{told}");
        assert!(!Vendor::named("nortel").unwrap_err().to_string().contains("meant"));
    }
}
