//! `--only` and `--tags`.

use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::tag::Ext as _;

use super::PlanError;

/// What the clauses begin with that the guide does not have.
const BEYOND: &str = "B";

/// What of a plan is to run. Both parts must agree where both are given.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    only: Vec<String>,
    tags: Option<(String, TagOperation)>,
}

impl Selection {
    /// Reads a comma-separated list of clauses and a tag expression.
    pub fn parse(only: &[String], tags: Option<&str>) -> Result<Self, PlanError> {
        let only = only
            .iter()
            .flat_map(|list| list.split(','))
            .map(|clause| clause.trim().trim_end_matches('.').to_owned())
            .map(|clause| match clause.strip_prefix('b') {
                Some(number) => format!("{BEYOND}{number}"),
                None => clause,
            })
            .filter(|clause| !clause.is_empty())
            .collect();
        let tags = tags
            .map(|text| match text.parse::<TagOperation>() {
                Ok(operation) => Ok((text.to_owned(), operation)),
                Err(error) => Err(PlanError::Tags {
                    expression: text.to_owned(),
                    reason: error.to_string().trim().to_owned(),
                }),
            })
            .transpose()?;
        Ok(Self { only, tags })
    }

    /// Whether it takes everything.
    pub fn is_all(&self) -> bool {
        self.only.is_empty() && self.tags.is_none()
    }

    /// Whether it names what is beyond the guide, which is left out otherwise.
    fn goes_beyond(&self) -> bool {
        self.only.iter().any(|wanted| wanted.starts_with(BEYOND))
            || self.tags.as_ref().is_some_and(|(text, _)| text.contains("@beyond"))
    }

    /// Whether a scenario with the clause and the tags (without `@`) is selected. One that is
    /// tagged `@beyond` has to be named, by its clause or by a tag.
    pub fn takes(&self, clause: &str, tags: &[String]) -> bool {
        if tags.iter().any(|tag| tag == "beyond") && !self.goes_beyond() {
            return false;
        }
        let by_clause =
            self.only.is_empty() || self.only.iter().any(|wanted| within(clause, wanted));
        let by_tags = self.tags.as_ref().is_none_or(|(_, operation)| operation.eval(tags.iter()));
        by_clause && by_tags
    }

    /// The selection as it was written.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if !self.only.is_empty() {
            words.push(format!("--only {}", self.only.join(",")));
        }
        if let Some((text, _)) = &self.tags {
            words.push(format!("--tags \"{text}\""));
        }
        if words.is_empty() { "the plan".to_owned() } else { words.join(" with ") }
    }
}

/// Whether `clause` is `wanted` or below it: whole dotted segments, plus our letter.
fn within(clause: &str, wanted: &str) -> bool {
    let Some(rest) = clause.strip_prefix(wanted) else { return false };
    rest.is_empty()
        || rest.starts_with('.')
        || (rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_matches_whole_segments_and_letters() {
        assert!(within("7.1.1", "7"));
        assert!(within("7.1.4a", "7.1.4"));
        assert!(within("7.1.4a", "7.1.4a"));
        assert!(!within("7.1.4b", "7.1.4a"));
        assert!(!within("4.1.1.10", "4.1.1.1"));
        assert!(!within("7.1.1", "7.1.1.1"));
    }

    #[test]
    fn what_is_beyond_the_guide_has_to_be_named() {
        let tags = ["beyond".to_owned(), "beyond-1.2".to_owned()];
        let takes = |only: &str, wanted: Option<&str>| {
            Selection::parse(&[only.to_owned()], wanted).unwrap().takes("B.1.2", &tags)
        };
        assert!(!takes("", None) && !takes("", Some("not @readiness")));
        assert!(takes("", Some("@beyond")) && takes("", Some("@beyond-1.2")));
        assert!(takes("B.1", None) && takes("b.1.2", None) && takes("7,B", None));
        assert!(!takes("B.2", None) && !takes("7", Some("@beyond")));
    }

    #[test]
    fn clauses_and_tags_intersect() {
        let only = ["6,7.1".to_owned()];
        let selection = Selection::parse(&only, Some("@external-2 and not @slow")).unwrap();
        let tags = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(selection.takes("6.5", &tags(&["external-2"])));
        assert!(!selection.takes("6.5", &tags(&["external-2", "slow"])));
        assert!(!selection.takes("7.2.1", &tags(&["external-2"])));
        assert!(Selection::parse(&[], Some("@a and and")).is_err());
    }
}
