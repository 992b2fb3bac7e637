//! Rules of the fields that an organisation defines itself.

use crate::contact::{CustomField, CustomFieldKind};

/// What a field lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// A name.
    Name,
    /// Something to choose from.
    Choices,
}

impl CustomField {
    /// The field with its texts tidied: choices each once and none empty, and none at all where nothing is chosen.
    pub fn tidied(&self) -> Result<Self, Lacking> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(Lacking::Name);
        }
        let mut choices: Vec<String> = Vec::new();
        if self.kind == CustomFieldKind::Choice {
            for choice in self.choices.iter().map(|choice| choice.trim()) {
                if !choice.is_empty() && !choices.iter().any(|known| known == choice) {
                    choices.push(choice.to_owned());
                }
            }
            if choices.is_empty() {
                return Err(Lacking::Choices);
            }
        }
        Ok(Self {
            id: self.id,
            name,
            kind: self.kind,
            choices,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CustomFieldId;

    #[test]
    fn fields_are_tidied() {
        let field = |name: &str, kind, choices: &[&str]| CustomField {
            id: CustomFieldId(uuid::Uuid::nil()),
            name: name.to_owned(),
            kind,
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
        };
        use CustomFieldKind::{Choice, Text};
        for (given, expected) in [
            (field("  ", Text, &[]), Err(Lacking::Name)),
            (field(" Avain ", Text, &["turha"]), Ok(field("Avain", Text, &[]))),
            (field("Koko", Choice, &[" ", ""]), Err(Lacking::Choices)),
            (
                field("Koko", Choice, &["S", " M ", "", "S"]),
                Ok(field("Koko", Choice, &["S", "M"])),
            ),
        ] {
            assert_eq!(given.tidied(), expected, "{given:?}");
        }
    }
}
