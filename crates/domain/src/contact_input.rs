//! What people write into the form of a contact, as the register keeps it: phones in any grouping, numbers with a comma,
//! an address with stray spaces. What a person left as it was stays, even where an older list had brought something odd.

use crate::business_id::BusinessId;
use crate::clean::identity_code::{self, masked};
use crate::clean::postal::clean_postal_code;
use crate::clean::{Cleaned, Email, Note, Phone, clean_phone};
use crate::contact::{ContactDetails, ContactKind, CustomField, CustomFieldKind};
use crate::import::words;
use crate::organisation::PostalAddress;
use crate::sheet::Cell;
use chrono::NaiveDate;

/// What cannot be kept as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nobody is named.
    #[error("no name")]
    Name,
    /// Not one e-mail address.
    #[error("no e-mail address")]
    Email,
    /// Not one phone number.
    #[error("no phone number")]
    Phone,
    /// Not a business id, or its check digit is wrong.
    #[error("no business id")]
    BusinessId,
    /// Not a Finnish postal code, and no other country is named.
    #[error("no postal code")]
    PostalCode,
    /// Born after today.
    #[error("born in the future")]
    BirthDate,
    /// Not a personal identity code, or its check character is wrong.
    #[error("no identity code")]
    IdentityCode,
    /// Not what the field of the organisation's own holds.
    #[error("not a value of the field")]
    Custom,
}

/// A contact's own row as it is kept. `before` is what the register has; facts that did not change are not judged anew.
///
/// # Errors
/// The first fact that cannot be kept.
pub fn contact_details(
    written: &ContactDetails,
    before: Option<&ContactDetails>,
    today: NaiveDate,
) -> Result<ContactDetails, Unfit> {
    let mut kept = written.clone();
    for text in [
        &mut kept.first_name,
        &mut kept.last_name,
        &mut kept.alternative_name,
        &mut kept.number,
        &mut kept.domicile,
        &mut kept.language,
        &mut kept.notes,
    ] {
        *text = text.trim().to_owned();
    }
    if kept.full_name().is_empty() {
        return Err(Unfit::Name);
    }
    let stored = ContactDetails::default();
    let before = before.unwrap_or(&stored);
    kept.email = email(&written.email, &before.email)?;
    kept.phone = phone(&written.phone, &before.phone)?;
    kept.address = postal_address(&written.address, &before.address)?;
    kept.business_id = match written.business_id.trim() {
        same if same == before.business_id => same.to_owned(),
        // Some people trade under an id of their own; the form asks organisations only.
        _ if kept.kind == ContactKind::Person => before.business_id.clone(),
        "" => String::new(),
        text => {
            let id: BusinessId = text.parse().map_err(|_| Unfit::BusinessId)?;
            id.as_str().to_owned()
        }
    };
    kept.identity_code = match written.identity_code.trim() {
        // Whoever left it as it was shown has not changed it.
        same if same == before.identity_code || same == masked(&before.identity_code) => {
            before.identity_code.clone()
        }
        "" => String::new(),
        _ if kept.kind == ContactKind::Organisation => before.identity_code.clone(),
        text => {
            let code = identity_code::sound(text, today).ok_or(Unfit::IdentityCode)?;
            kept.birth_date = kept.birth_date.or(Some(code.birth_date()));
            code.reveal().to_owned()
        }
    };
    if kept.birth_date != before.birth_date && kept.birth_date.is_some_and(|birth| birth > today) {
        return Err(Unfit::BirthDate);
    }
    Ok(kept)
}

/// One e-mail address, or none.
///
/// # Errors
/// [`Unfit::Email`].
pub fn email(written: &str, before: &str) -> Result<String, Unfit> {
    match written.trim() {
        "" => Ok(String::new()),
        text if text == before => Ok(before.to_owned()),
        text => Ok(Email::parse(text).map_err(|_| Unfit::Email)?.as_str().to_owned()),
    }
}

/// One phone number as people write it, or none; E.164.
///
/// # Errors
/// [`Unfit::Phone`], also where several numbers or words stand together: one of them would be lost.
pub fn phone(written: &str, before: &str) -> Result<String, Unfit> {
    let text = written.trim();
    if text.is_empty() || text == before || text == shown_phone(before) {
        return Ok(if text.is_empty() { "" } else { before }.to_owned());
    }
    match clean_phone(&Cell::Text(text.to_owned())) {
        Cleaned {
            value: Some(phone),
            more,
            notes,
            ..
        } if more.is_empty()
            && !notes
                .iter()
                .any(|note| matches!(note, Note::WordsRemoved { .. } | Note::PartLeftOut { .. })) =>
        {
            Ok(phone.as_str().to_owned())
        }
        _ => Err(Unfit::Phone),
    }
}

/// A stored phone as it is dialled in Finland.
pub fn shown_phone(stored: &str) -> String {
    Phone::parse(stored).map_or_else(|_| stored.to_owned(), |phone| phone.national())
}

/// A postal address without stray spaces, its code checked where the country is Finland.
///
/// # Errors
/// [`Unfit::PostalCode`].
pub fn postal_address(written: &PostalAddress, before: &PostalAddress) -> Result<PostalAddress, Unfit> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept = PostalAddress {
        street: line(&written.street),
        postal_code: line(&written.postal_code),
        city: line(&written.city),
        country: line(&written.country),
    };
    let abroad = !kept.country.is_empty() && !words::is_finland(&kept.country);
    if abroad || kept.postal_code.is_empty() || kept.postal_code == before.postal_code {
        return Ok(kept);
    }
    let cleaned = clean_postal_code(&Cell::Text(kept.postal_code));
    let Some(found) = cleaned.value else {
        return Err(Unfit::PostalCode);
    };
    // What another country would take needs its name beside it.
    if cleaned
        .notes
        .iter()
        .any(|note| matches!(note, Note::ForeignPostalCode))
    {
        return Err(Unfit::PostalCode);
    }
    kept.postal_code = found.code;
    if kept.city.is_empty() {
        kept.city = found.city.unwrap_or_default();
    }
    Ok(kept)
}

/// A value of a field of the organisation's own as it is kept; empty text is none.
///
/// # Errors
/// [`Unfit::Custom`].
pub fn custom_value(field: &CustomField, written: &str) -> Result<String, Unfit> {
    let text = written.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let fits = match field.kind {
        CustomFieldKind::Number => return words::number(text).ok_or(Unfit::Custom),
        CustomFieldKind::Text => true,
        CustomFieldKind::Date => text.parse::<NaiveDate>().is_ok(),
        CustomFieldKind::Choice => field.choices.iter().any(|choice| choice == text),
        CustomFieldKind::YesNo => matches!(text, "true" | "false"),
    };
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Unfit::Custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CustomFieldId;

    const TODAY: &str = "2026-11-24";

    fn kept(change: impl FnOnce(&mut ContactDetails)) -> Result<ContactDetails, Unfit> {
        let mut written = ContactDetails {
            last_name: "Mäkelä".into(),
            ..ContactDetails::default()
        };
        change(&mut written);
        contact_details(&written, None, TODAY.parse().unwrap())
    }

    #[test]
    fn a_phone_is_taken_as_people_write_it_and_only_one() {
        for (written, expected) in [
            ("", Ok("")),
            ("040 123 4567", Ok("+358401234567")),
            ("040-1234567", Ok("+358401234567")),
            ("+358 40 123 4567", Ok("+358401234567")),
            ("+358 (0)40 123 4567", Ok("+358401234567")),
            ("00358401234567", Ok("+358401234567")),
            ("+46 70 123 45 67", Ok("+46701234567")),
            ("040 123 4567, 050 123 4567", Err(Unfit::Phone)),
            ("040 123 4567 (äiti)", Err(Unfit::Phone)),
            ("12", Err(Unfit::Phone)),
            ("ei ole", Err(Unfit::Phone)),
        ] {
            assert_eq!(phone(written, ""), expected.map(str::to_owned), "{written:?}");
        }
    }

    #[test]
    fn a_phone_shown_and_saved_again_stays() {
        for stored in ["+358401234567", "+3589123456", "+46701234567", "vanha numero"] {
            assert_eq!(phone(&shown_phone(stored), stored).as_deref(), Ok(stored));
        }
        assert_eq!(phone(" ", "+358401234567").as_deref(), Ok(""));
    }

    #[test]
    fn a_finnish_postal_code_has_five_digits() {
        for (code, country, expected) in [
            ("00100", "", Ok(("00100", ""))),
            (" 00100 ", "Suomi", Ok(("00100", ""))),
            ("FI-00100", "", Ok(("00100", ""))),
            ("00100 Helsinki", "", Ok(("00100", "Helsinki"))),
            ("111 22", "Ruotsi", Ok(("111 22", ""))),
            ("111 22", "", Err(Unfit::PostalCode)),
            ("0010", "", Err(Unfit::PostalCode)),
            ("Helsinki", "", Err(Unfit::PostalCode)),
        ] {
            let address = PostalAddress {
                postal_code: code.into(),
                country: country.into(),
                ..PostalAddress::default()
            };
            let got = postal_address(&address, &PostalAddress::default());
            assert_eq!(
                got.as_ref()
                    .map(|kept| (kept.postal_code.as_str(), kept.city.as_str()))
                    .map_err(|unfit| *unfit),
                expected,
                "{code:?} {country:?}"
            );
        }
    }

    #[test]
    fn facts_are_checked_and_trimmed() {
        let trimmed = kept(|it| {
            it.address.street = " Koivukatu  3 ".into();
            it.domicile = "Espoo ".into();
        })
        .unwrap();
        assert_eq!(trimmed.address.street, "Koivukatu 3");
        assert_eq!(trimmed.domicile, "Espoo");
        assert_eq!(kept(|it| it.last_name = " ".into()), Err(Unfit::Name));
        assert_eq!(kept(|it| it.email = "matti".into()), Err(Unfit::Email));
        let born = |day: &str| kept(|it| it.birth_date = Some(day.parse().unwrap()));
        assert!(born(TODAY).is_ok());
        assert_eq!(born("2026-11-25"), Err(Unfit::BirthDate));
        let company = |id: &str| {
            kept(|it| {
                it.kind = ContactKind::Organisation;
                it.business_id = id.into();
            })
            .map(|kept| kept.business_id)
        };
        assert_eq!(company("FI12345671").as_deref(), Ok("1234567-1"));
        assert_eq!(company("1234567-2"), Err(Unfit::BusinessId));
        assert_eq!(company("").as_deref(), Ok(""));
    }

    #[test]
    fn an_identity_code_is_kept_whole_or_left_as_it_was_shown() {
        let before = ContactDetails {
            last_name: "Mäkelä".into(),
            identity_code: "131052-308T".into(),
            ..ContactDetails::default()
        };
        for (written, kind, expected) in [
            ("131052-308T", ContactKind::Person, Ok("131052-308T")),
            ("131052-••••", ContactKind::Person, Ok("131052-308T")),
            ("", ContactKind::Person, Ok("")),
            (" 010190–900p ", ContactKind::Person, Ok("010190-900P")),
            ("010190-900P", ContactKind::Organisation, Ok("131052-308T")),
            ("131052-308U", ContactKind::Person, Err(Unfit::IdentityCode)),
            ("131052-", ContactKind::Person, Err(Unfit::IdentityCode)),
            ("010190-••••", ContactKind::Person, Err(Unfit::IdentityCode)),
        ] {
            let details = ContactDetails {
                identity_code: written.into(),
                kind,
                ..before.clone()
            };
            let kept = contact_details(&details, Some(&before), TODAY.parse().unwrap());
            assert_eq!(
                kept.as_ref()
                    .map(|kept| kept.identity_code.as_str())
                    .map_err(|unfit| *unfit),
                expected,
                "{written}"
            );
        }
        let born = kept(|it| it.identity_code = "131052-308T".into()).unwrap();
        assert_eq!(born.birth_date, "1952-10-13".parse().ok());
    }

    #[test]
    fn what_was_there_before_is_not_judged_again() {
        let before = ContactDetails {
            last_name: "Mäkelä".into(),
            email: "matti(at)posti".into(),
            phone: "tuntematon".into(),
            business_id: "123".into(),
            birth_date: Some("2062-01-01".parse().unwrap()),
            address: PostalAddress {
                postal_code: "111 22".into(),
                ..PostalAddress::default()
            },
            ..ContactDetails::default()
        };
        let got = contact_details(&before, Some(&before), TODAY.parse().unwrap());
        assert_eq!(got.as_ref(), Ok(&before));
    }

    #[test]
    fn a_field_of_the_organisations_own_takes_its_kind() {
        use CustomFieldKind::{Choice, Date, Number, Text, YesNo};
        for (kind, written, expected) in [
            (Number, "3,5", Ok("3.5")),
            (Number, "1 234,5", Ok("1234.5")),
            (Number, "-2", Ok("-2")),
            (Number, "kaksi", Err(Unfit::Custom)),
            (Date, "1980-02-01", Ok("1980-02-01")),
            (Date, "1980-02-31", Err(Unfit::Custom)),
            (Choice, "B", Ok("B")),
            (Choice, "C", Err(Unfit::Custom)),
            (YesNo, "true", Ok("true")),
            (YesNo, "joo", Err(Unfit::Custom)),
            (Text, " a ", Ok("a")),
            (Number, " ", Ok("")),
        ] {
            let field = CustomField {
                id: CustomFieldId(uuid::Uuid::nil()),
                name: "Kenttä".into(),
                kind,
                choices: vec!["A".into(), "B".into()],
            };
            assert_eq!(
                custom_value(&field, written),
                expected.map(str::to_owned),
                "{kind:?} {written:?}"
            );
        }
    }
}
