//! What a ready-made school says otherwise in a model agreement: whom it is for, what signing it means, and the block it ends
//! with (AGR-01, AGR-03). The rules themselves stay the model's.

use serde::Deserialize;

use crate::agreement::{AgreementFault, AgreementText, Head};
use crate::agreement_edit::Written;
use crate::sign_off::SignLine;

/// The words of one agreement of a ready-made school, laid over a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wording {
    /// Which agreement of the school.
    pub agreement: String,
    /// The model it is made from, where that has another name.
    #[serde(default)]
    pub model: Option<String>,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// The line before its rules.
    #[serde(default)]
    pub opening: Option<String>,
    /// What signing it means.
    #[serde(default)]
    pub declaration: Option<String>,
    /// What a parent declares beside the child.
    #[serde(default)]
    pub parent_declaration: Option<String>,
    /// The lines of the block on paper.
    #[serde(default)]
    pub sign_off: Vec<SignLine>,
    /// The lines of the parent's block.
    #[serde(default)]
    pub parent_sign_off: Vec<SignLine>,
    /// Whether its headings have letters (AGR-20).
    #[serde(default)]
    pub lettered: bool,
}

impl Wording {
    /// The model it is made from.
    pub fn model(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.agreement)
    }

    /// The agreement of the school, from its model's file: as a file, and read.
    ///
    /// # Errors
    /// What is wrong with the model.
    pub fn laid_over(&self, model: &str) -> Result<(String, AgreementText), AgreementFault> {
        let broken = || AgreementFault { line: 1, what: "the head cannot be read".into() };
        let mut written = Written::of(model).ok_or_else(broken)?;
        self.change(&mut written.head);
        if self.lettered {
            written.body = lettered(&written.body);
        }
        written.finish(None).map_err(|faults| faults.into_iter().next().unwrap_or_else(broken))
    }

    fn change(&self, head: &mut Head) {
        let or = |new: &Option<String>, old: &mut String| {
            if let Some(new) = new {
                old.clone_from(new);
            }
        };
        head.key.clone_from(&self.agreement);
        or(&self.title, &mut head.title);
        or(&self.declaration, &mut head.declaration);
        head.opening = self.opening.clone().or(head.opening.take());
        head.parent_declaration = self.parent_declaration.clone().or(head.parent_declaration.take());
        head.sign_off.clone_from(&self.sign_off);
        head.parent_sign_off.clone_from(&self.parent_sign_off);
    }
}

/// The same text, each heading with a letter before it: as many as there are letters.
fn lettered(body: &str) -> String {
    let mut letters = 'A'..='Z';
    let line = |line: &str| {
        let words = line.strip_prefix("## ")?;
        Some(format!("## {}. {words}", letters.next()?))
    };
    let mut line = line;
    body.lines().map(|one| line(one).unwrap_or_else(|| one.to_owned())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "+++\nkey = \"model\"\ntitle = \"Rules\"\nversion = \"2026\"\nreader = \"adult\"\ndeclaration = \"I \
                         will.\"\nopening = \"Hello.\"\n+++\n\n## Asking\n\n- I ask. {#ask keeps=\"ask.unblock\"}\n\n## \
                         Telling\n\n- I tell. {#tell}\n";

    fn wording(text: &str) -> Wording {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_said_otherwise_is_laid_over_the_model_and_the_rest_stays() {
        let own = "agreement = \"staff\"\nmodel = \"model\"\ndeclaration = \"I was given it.\"\nlettered = true\n\
                   sign-off = [\"signature\", \"job-title\"]";
        let own = wording(own);
        let (file, text) = own.laid_over(MODEL).unwrap();
        assert_eq!(own.model(), "model");
        assert_eq!((text.head.key.as_str(), text.head.title.as_str()), ("staff", "Rules"));
        assert_eq!(text.head.declaration, "I was given it.");
        assert_eq!(text.head.opening.as_deref(), Some("Hello."));
        assert_eq!(text.head.sign_off, [SignLine::Signature, SignLine::JobTitle]);
        assert_eq!(text.clauses[0].heading.as_deref(), Some("A. Asking"));
        assert_eq!(text.clauses[1].heading.as_deref(), Some("B. Telling"));
        assert_eq!((text.clauses[0].id.as_str(), text.clauses[0].keeps[0].as_str()), ("ask", "ask.unblock"));
        assert_eq!(AgreementText::parse_new(&file).unwrap(), text, "the file is the text");
    }

    #[test]
    fn a_model_that_cannot_be_read_is_a_fault() {
        assert!(wording("agreement = \"staff\"").laid_over("- I ask. {#ask}").is_err());
    }
}
