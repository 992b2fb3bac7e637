//! A content line taken apart: name, parameters, value (RFC 5545 section 3.1, RFC 6868).

use encoding_rs::{Encoding, WINDOWS_1252};

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// Number of its line.
    pub(crate) line: u32,
    /// Name in capitals.
    pub(crate) name: String,
    /// Parameters, their names in capitals; a bare one, as vCalendar 1.0 has them, has no value.
    params: Vec<(String, String)>,
    /// The value as it stands.
    pub(crate) value: String,
}

/// Properties whose values hold no colon, so that the last one parts them from their parameters, quoted or not.
const TIMES: [&str; 7] = [
    "DTSTART",
    "DTEND",
    "DUE",
    "RECURRENCE-ID",
    "EXDATE",
    "RDATE",
    "DTSTAMP",
];

impl Property {
    /// Takes a line apart; nothing for a line without a value.
    pub(crate) fn parse(line: u32, text: &str) -> Option<Self> {
        let name_end = text.find([';', ':'])?;
        let name = text[..name_end].trim().to_ascii_uppercase();
        let well_formed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || !name.bytes().all(well_formed) {
            return None;
        }
        let rest = &text[name_end..];
        let colon = if TIMES.contains(&name.as_str()) {
            rest.rfind(':')
        } else {
            outside_quotes(rest, ':').or_else(|| rest.find(':'))
        }?;
        let params = parts(&rest[..colon], ';')
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| match outside_quotes(part, '=') {
                Some(equals) => (
                    part[..equals].trim().to_ascii_uppercase(),
                    unquoted(&part[equals + 1..]),
                ),
                None => (part.trim().to_ascii_uppercase(), String::new()),
            })
            .collect();
        Some(Self {
            line,
            name,
            params,
            value: rest[colon + 1..].to_owned(),
        })
    }

    /// A parameter's value.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value as text: escapes undone, quoted-printable of vCalendar 1.0 decoded.
    pub(crate) fn text(&self) -> String {
        let quoted_printable = self.params.iter().any(|(name, value)| {
            [name, value]
                .iter()
                .any(|word| word.eq_ignore_ascii_case("QUOTED-PRINTABLE"))
        });
        if !quoted_printable {
            return unescaped(&self.value);
        }
        let bytes = quoted_printable_bytes(&self.value);
        let label = self.param("CHARSET").unwrap_or("utf-8");
        let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
        let text = match String::from_utf8(bytes) {
            Ok(text) if encoding == encoding_rs::UTF_8 => text,
            Ok(text) => encoding
                .decode_without_bom_handling(text.as_bytes())
                .0
                .into_owned(),
            Err(error) if encoding == encoding_rs::UTF_8 => WINDOWS_1252
                .decode_without_bom_handling(error.as_bytes())
                .0
                .into_owned(),
            Err(error) => encoding
                .decode_without_bom_handling(error.as_bytes())
                .0
                .into_owned(),
        };
        unescaped(&text)
    }
}

/// Where a sign stands first outside of quotes.
fn outside_quotes(text: &str, sign: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices()
        .find(|(_, found)| {
            quoted ^= *found == '"';
            !quoted && *found == sign
        })
        .map(|(place, _)| place)
}

fn parts(mut text: &str, sign: char) -> Vec<&str> {
    let mut found = Vec::new();
    while let Some(place) = outside_quotes(text, sign) {
        found.push(&text[..place]);
        text = &text[place + sign.len_utf8()..];
    }
    found.push(text);
    found
}

/// A parameter's value without quotes and with the caret's codes undone (RFC 6868).
fn unquoted(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut signs = value.trim().chars().filter(|sign| *sign != '"').peekable();
    while let Some(sign) = signs.next() {
        let coded = match (sign, signs.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('^')) => Some('^'),
            ('^', Some('\'')) => Some('"'),
            _ => None,
        };
        if coded.is_some() {
            signs.next();
        }
        plain.push(coded.unwrap_or(sign));
    }
    plain
}

/// A value of type TEXT (RFC 5545 section 3.3.11).
pub(crate) fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            sign => plain.push(sign),
        }
    }
    plain
}

fn quoted_printable_bytes(value: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [byte, tail @ ..] = rest {
        let code = (*byte == b'=')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(text: &str) -> Property {
        Property::parse(1, text).unwrap()
    }

    #[test]
    fn names_parameters_and_values_are_taken_apart() {
        for (text, name, param, value) in [
            ("SUMMARY:Sauna: naiset", "SUMMARY", None, "Sauna: naiset"),
            (
                "dtstart;tzid=Europe/Helsinki:20260101T180000",
                "DTSTART",
                Some(("TZID", "Europe/Helsinki")),
                "20260101T180000",
            ),
            (
                "DTSTART;TZID=\"(UTC+02:00) Helsinki\":20260101T180000",
                "DTSTART",
                Some(("TZID", "(UTC+02:00) Helsinki")),
                "20260101T180000",
            ),
            (
                "DTSTART;TZID=(GMT+02:00) Helsinki:20260101T180000",
                "DTSTART",
                Some(("TZID", "(GMT+02:00) Helsinki")),
                "20260101T180000",
            ),
            (
                "ATTENDEE;CN=\"A; B: C\";ROLE=CHAIR:mailto:a@example.fi",
                "ATTENDEE",
                Some(("CN", "A; B: C")),
                "mailto:a@example.fi",
            ),
            (
                "ATTENDEE;CN=^'Aino^' ^^ ^n:mailto:a@example.fi",
                "ATTENDEE",
                Some(("CN", "\"Aino\" ^ \n")),
                "mailto:a@example.fi",
            ),
            ("X-EMPTY:", "X-EMPTY", None, ""),
        ] {
            let found = property(text);
            assert_eq!(
                (found.name.as_str(), found.value.as_str()),
                (name, value),
                "{text}"
            );
            if let Some((param, value)) = param {
                assert_eq!(found.param(param), Some(value), "{text}");
            }
        }
    }

    #[test]
    fn what_has_no_value_is_no_property() {
        for text in [
            "",
            "Hyvä asukas",
            "X-APPLE-RADIUS=49.9",
            ":value",
            "hyvä asukas: tervetuloa",
        ] {
            assert_eq!(Property::parse(1, text), None, "{text}");
        }
    }

    #[test]
    fn texts_are_unescaped() {
        for (text, expected) in [
            (r"SUMMARY:a\, b\; c\\d\ne\Nf", "a, b; c\\d\ne\nf"),
            (r"SUMMARY:end\", "end\\"),
            ("SUMMARY;ENCODING=QUOTED-PRINTABLE:S=C3=A4=C3=A4 =3D", "Sää ="),
            ("SUMMARY;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:S=E4=E4", "Sää"),
            ("SUMMARY;ENCODING=QUOTED-PRINTABLE:S=E4=E4", "Sää"),
        ] {
            assert_eq!(property(text).text(), expected, "{text}");
        }
    }
}
