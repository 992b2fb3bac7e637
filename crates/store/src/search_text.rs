//! What a contact is found and sorted by.

use kiulu_domain::collation;

/// The columns of a contact that searching looks at.
pub(crate) struct PlainText<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) alternative_name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) phone: &'a str,
    pub(crate) number: &'a str,
}

/// The columns of the search index, and the keys of the orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchText {
    /// Family and first name, by which lists are ordered, then the other spelling.
    pub(crate) names: String,
    /// Where the other spelling begins.
    ordered: usize,
    pub(crate) emails: String,
    /// Where the further ones begin.
    first_email: usize,
    pub(crate) phones: String,
    pub(crate) number: String,
}

impl SearchText {
    pub(crate) fn new(plain: PlainText<'_>) -> Self {
        let PlainText {
            first_name,
            last_name,
            alternative_name,
            email,
            phone,
            number,
        } = plain;
        let mut names = format!("{last_name} {first_name}");
        let ordered = names.len();
        if !alternative_name.is_empty() {
            names.push(' ');
            names.push_str(alternative_name);
        }
        let mut text = Self {
            names,
            ordered,
            emails: email.to_owned(),
            first_email: email.len(),
            phones: String::new(),
            number: number.to_owned(),
        };
        text.add_phone(phone);
        text
    }

    /// By what lists of names are ordered. Dear, so that bulk work makes many at a time.
    pub(crate) fn name_key(&self) -> Vec<u8> {
        collation::sort_key(&self.names[..self.ordered])
    }

    /// By what lists of e-mails are ordered.
    pub(crate) fn email_key(&self) -> String {
        self.emails[..self.first_email].to_lowercase()
    }

    /// By what lists of member numbers are ordered.
    pub(crate) fn number_key(&self) -> String {
        self.number.trim().to_lowercase()
    }

    /// Takes a further e-mail or phone in.
    pub(crate) fn add_point(&mut self, kind: &str, value: &str) {
        match kind {
            "email" => {
                self.emails.push(' ');
                self.emails.push_str(value);
            }
            "phone" => self.add_phone(value),
            _ => {}
        }
    }

    /// Each number as dialled at home and abroad, digits only: "0401234567 358401234567".
    fn add_phone(&mut self, phone: &str) {
        let digits = phone.trim_start_matches('+');
        if digits.is_empty() {
            return;
        }
        if let Some(national) = digits.strip_prefix("358") {
            self.phones.push('0');
            self.phones.push_str(national);
            self.phones.push(' ');
        }
        self.phones.push_str(digits);
        self.phones.push(' ');
    }
}
