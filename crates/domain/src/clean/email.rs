//! E-mail addresses: what can be sent to, out of what people paste into sheets.

use super::{Cleaned, Note, Problem, line, shown};
use crate::collation::fold;
use crate::sheet::Cell;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// An address that SMTP can carry (RFC 5321 § 4.1.2, RFC 6531 for letters beyond ASCII), its domain in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address and nothing around it; [`clean_email`] is for what people write.
    ///
    /// # Errors
    /// [`Problem::EmailNoAt`] and [`Problem::EmailMalformed`].
    ///
    /// ```
    /// use kiulu_domain::clean::Email;
    /// assert_eq!(Email::parse("Matti@Example.FI").unwrap().as_str(), "Matti@example.fi");
    /// assert!(Email::parse("matti@example.fi.").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Problem> {
        // The local part may hold an @ only within quotes, a domain never does.
        let (local, domain) = text.rsplit_once('@').ok_or(Problem::EmailNoAt)?;
        let whole_fits = text.len() <= 254;
        if whole_fits && is_local(local) && (is_domain(domain) || is_literal(domain)) {
            Ok(Self(format!("{local}@{}", domain.to_lowercase())))
        } else {
            Err(Problem::EmailMalformed)
        }
    }

    /// The address as it is sent to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, in small letters.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address in small letters: two addresses with the same key are the same mailbox in practice, though RFC 5321 lets the
    /// local part tell capitals apart.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// What was probably meant where the address looks like a slip of the pen: a well-known provider misspelt, or ä and ö before the @.
    pub fn suggestion(&self) -> Option<String> {
        let (local, domain) = self.0.rsplit_once('@')?;
        let better_domain = meant_domain(domain);
        let better_local = if local.is_ascii() {
            None
        } else {
            Some(fold(local)).filter(|folded| folded.is_ascii())
        };
        if better_domain.is_none() && better_local.is_none() {
            return None;
        }
        let local = better_local.as_deref().unwrap_or(local);
        Some(format!("{local}@{}", better_domain.as_deref().unwrap_or(domain)))
    }
}

impl TryFrom<String> for Email {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Dot-atom or quoted string, at most 64 octets.
fn is_local(local: &str) -> bool {
    if local.is_empty() || local.len() > 64 {
        return false;
    }
    if let Some(quoted) = local.strip_prefix('"') {
        let Some(quoted) = quoted.strip_suffix('"') else {
            return false;
        };
        let mut characters = quoted.chars();
        while let Some(c) = characters.next() {
            let printable = |c: char| (' '..='~').contains(&c);
            let fits = match c {
                '"' => false,
                '\\' => characters.next().is_some_and(printable),
                c => printable(c) || (!c.is_ascii() && !c.is_control()),
            };
            if !fits {
                return false;
            }
        }
        return true;
    }
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && c.is_alphanumeric())
}

/// Labels of letters, digits and inner hyphens, at most 63 each and 253 together.
fn is_domain(domain: &str) -> bool {
    domain.len() <= 253
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.chars().count())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| {
                    if c.is_ascii() {
                        c.is_ascii_alphanumeric() || c == '-'
                    } else {
                        c.is_alphanumeric()
                    }
                })
        })
}

/// `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
fn is_literal(domain: &str) -> bool {
    let Some(inner) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    match inner.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => inner[5..].parse::<Ipv6Addr>().is_ok(),
        _ => inner.parse::<Ipv4Addr>().is_ok(),
    }
}

/// Reads the e-mail addresses of a cell.
///
/// Understood are "Matti <m@x.fi>", "mailto:m@x.fi", several addresses with anything between them, trailing dots and commas,
/// "(at)" and "[at]", spaces around the @. A misspelt provider is kept as it is, with a suggestion among the notes.
pub fn clean_email(cell: &Cell) -> Cleaned<Email> {
    if let Cell::Error(error) = cell {
        return Cleaned::rejected(Problem::ErrorCell { error: error.clone() });
    }
    let shown = shown(cell);
    let raw = shown.trim();
    if !raw.starts_with('\'')
        && let Ok(email) = Email::parse(&super::composed(raw))
    {
        return suggesting(if has_dot(&email) {
            Cleaned::of(email)
        } else {
            Cleaned::of(email).noting(Note::DomainWithoutDot)
        });
    }
    let text = line(&shown.replace(['\n', '\r'], " ; "));
    if text.chars().all(|c| matches!(c, ';' | ' ')) {
        return Cleaned::default();
    }
    let mut notes = Vec::new();
    let text = with_at_signs(&text, &mut notes);
    if !text.contains('@') {
        return Cleaned::rejected(Problem::EmailNoAt);
    }
    let (candidates, names) = match bracketed(&text) {
        Some(found) => found,
        None => (split(&text), Vec::new()),
    };
    let mut found: Vec<Email> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut left_out: Vec<String> = Vec::new();
    for candidate in candidates {
        if !candidate.contains('@') {
            words.push(candidate);
            continue;
        }
        let parts: Vec<&str> = if candidate.matches('@').count() > 1 {
            candidate.split('/').collect()
        } else {
            vec![candidate.as_str()]
        };
        for part in parts {
            let bare = trimmed(part);
            match Email::parse(bare).and_then(with_dot) {
                Ok(email) => {
                    if bare != part {
                        notes.push(Note::PunctuationRemoved);
                    }
                    if !found.iter().any(|known| known.key() == email.key()) {
                        found.push(email);
                    }
                }
                Err(_) if bare.is_empty() => {}
                Err(_) => left_out.push(part.to_owned()),
            }
        }
    }
    let mut found = found.into_iter();
    let Some(value) = found.next() else {
        return Cleaned::rejected(Problem::EmailMalformed);
    };
    let more: Vec<Email> = found.collect();
    if !more.is_empty() {
        notes.push(Note::SeveralValues {
            count: 1 + u32::try_from(more.len()).unwrap_or(u32::MAX),
        });
    }
    notes.extend(names.into_iter().map(|name| Note::DisplayNameRemoved { name }));
    words.retain(|word| {
        word.chars().any(char::is_alphanumeric)
            && !matches!(word.as_str(), "ja" | "tai" | "och" | "eller" | "and" | "or")
    });
    if !words.is_empty() {
        notes.push(Note::WordsRemoved {
            words: words.join(" "),
        });
    }
    notes.extend(left_out.into_iter().map(|part| Note::PartLeftOut { part }));
    notes.dedup();
    suggesting(Cleaned {
        value: Some(value),
        more,
        notes,
        problem: None,
    })
}

fn suggesting(mut cleaned: Cleaned<Email>) -> Cleaned<Email> {
    let suggestions: Vec<String> = cleaned
        .value
        .iter()
        .chain(&cleaned.more)
        .filter_map(Email::suggestion)
        .collect();
    cleaned.notes.extend(
        suggestions
            .into_iter()
            .map(|suggestion| Note::PossibleTypo { suggestion }),
    );
    cleaned
}

/// Puts @ where people hide it from robots or a keyboard gave a wide one, and closes the gaps around it.
fn with_at_signs(text: &str, notes: &mut Vec<Note>) -> String {
    let mut out = text.replace(['\u{ff20}', '\u{fe6b}'], "@");
    for hidden in [
        "(at)",
        "[at]",
        "{at}",
        "(ät)",
        "[ät]",
        "(a)",
        "[a]",
        "(@)",
        "[@]",
        " at ",
        " miukumauku ",
        "(miuku)",
    ] {
        if hidden.starts_with(' ') && out.contains('@') {
            continue;
        }
        let mut from = 0;
        while let Some(at) = find_ignoring_case(&out, hidden, from) {
            out.replace_range(at..at + hidden.len(), "@");
            from = at + 1;
        }
    }
    for hidden in [
        "(dot)", "[dot]", "(piste)", "[piste]", "(punkt)", "[punkt]", " dot ", " piste ", " punkt ",
    ] {
        if hidden.starts_with(' ') && out == text {
            continue;
        }
        while let Some(at) = find_ignoring_case(&out, hidden, 0) {
            let start = out[..at].trim_end().len();
            let end = at + hidden.len();
            let end = end + out[end..].len() - out[end..].trim_start().len();
            out.replace_range(start..end, ".");
        }
    }
    if out != text {
        notes.push(Note::AtSignRestored);
    }
    // "m @ x.fi": a gap beside the sign belongs to neither side. "<" begins an address of its own.
    while let Some(at) = out.find(" @") {
        out.remove(at);
    }
    while let Some(at) = out.find("@ ") {
        out.remove(at + 1);
    }
    out
}

fn find_ignoring_case(text: &str, word: &str, from: usize) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let last = text.len().checked_sub(word.len())?;
    (from..=last).find(|at| text[*at..*at + word.len()].eq_ignore_ascii_case(word))
}

/// The addresses in angle brackets, and the names before them.
fn bracketed(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (mut addresses, mut names) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let (inside, behind) = after.split_once('>')?;
        let name =
            before.trim_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '"' | '\'' | '/'));
        if name.contains('@') {
            addresses.extend(split(name));
        } else if !name.is_empty() {
            names.push(name.to_owned());
        }
        addresses.push(inside.to_owned());
        rest = behind;
    }
    if addresses.is_empty() {
        return None;
    }
    addresses.extend(split(rest).into_iter().filter(|part| part.contains('@')));
    Some((addresses, names))
}

fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut comma_before = false;
    for part in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|')) {
        let bare = part.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|'));
        // "matti@yritys,fi": a comma slipped in for the dot.
        if comma_before
            && !bare.is_empty()
            && let Some(former) = parts.last_mut()
            && former
                .rsplit_once('@')
                .is_some_and(|(_, domain)| !domain.is_empty() && !domain.contains('.'))
            && is_ending(bare)
        {
            former.push('.');
            former.push_str(bare);
        } else if !bare.is_empty() {
            parts.push(bare.to_owned());
        }
        comma_before = part.ends_with(',');
    }
    parts
}

/// What a domain may end in where it lost its dot.
fn is_ending(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "fi" | "com" | "net" | "org" | "eu" | "info" | "se" | "ee" | "ax"
    )
}

fn has_dot(email: &Email) -> bool {
    email.domain().contains('.') || email.domain().starts_with('[')
}

/// What is only a part of its cell and has a domain without a dot has lost the rest of it.
fn with_dot(email: Email) -> Result<Email, Problem> {
    if has_dot(&email) {
        Ok(email)
    } else {
        Err(Problem::EmailMalformed)
    }
}

/// Without "mailto:", what follows a question mark there, and punctuation at the ends.
fn trimmed(part: &str) -> &str {
    let mut bare = part;
    loop {
        let before = bare;
        bare = bare.trim_start_matches(['<', '(', '"', '\'', ':', '“', '”', '’']);
        bare = bare.trim_end_matches(['>', ')', '"', '\'', '.', ',', ';', ':', '!', '“', '”', '’']);
        for label in [
            "mailto:",
            "email:",
            "e-mail:",
            "s-posti:",
            "sposti:",
            "sähköposti:",
            "e-post:",
            "epost:",
        ] {
            if bare
                .get(..label.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(label))
            {
                bare = &bare[label.len()..];
                bare = bare.split_once('?').map_or(bare, |(address, _)| address);
            }
        }
        if bare == before {
            return bare;
        }
    }
}

/// Providers that Finns use, each misspelt a thousand times.
const PROVIDERS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fi",
    "outlook.com",
    "outlook.fi",
    "live.fi",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.fi",
    "icloud.com",
    "me.com",
    "luukku.com",
    "suomi24.fi",
    "kolumbus.fi",
    "elisanet.fi",
    "saunalahti.fi",
    "pp.inet.fi",
    "inet.fi",
    "welho.com",
    "netti.fi",
    "dnainternet.net",
    "iki.fi",
    "jippii.fi",
    "phnet.fi",
    "sci.fi",
    "proton.me",
    "protonmail.com",
    "telia.com",
    "windowslive.com",
    "mbnet.fi",
    "nic.fi",
    "surffi.net",
    "kotikone.fi",
    "aland.net",
    "multi.fi",
    "netikka.fi",
    "anvianet.fi",
    "co.inet.fi",
];

/// Real domains that differ from a provider's by one letter.
const ALSO_REAL: &[&str] = &[
    "mail.com",
    "email.com",
    "ymail.com",
    "fmail.com",
    "hotmail.de",
    "hotmail.se",
    "hotmail.no",
    "outlook.de",
    "outlook.dk",
    "yahoo.co",
    "telia.fi",
];

/// The provider that a domain was probably meant to be.
fn meant_domain(domain: &str) -> Option<String> {
    if PROVIDERS.contains(&domain) || ALSO_REAL.contains(&domain) {
        return None;
    }
    // Short names have too many real neighbours.
    let near = |known: &&&str| known.len() >= 8 && domain.len() >= 7 && one_slip_apart(domain, known);
    if let Some(known) = PROVIDERS.iter().find(near) {
        return Some((*known).to_owned());
    }
    if matches!(
        domain,
        "gmail.fi" | "gmail" | "gmail.co" | "gmial.co" | "gmail.con" | "gmail.net" | "gmail.om"
    ) {
        return Some("gmail.com".to_owned());
    }
    let (name, top) = domain.rsplit_once('.')?;
    let top = match top {
        "con" | "cmo" | "ocm" | "vom" | "comm" | "coom" | "xom" | "cpm" => "com",
        "fii" | "ffi" | "fu" | "fo" | "if" | "f" | "dfi" => "fi",
        _ => return None,
    };
    let mended = format!("{name}.{top}");
    Some(meant_domain(&mended).unwrap_or(mended))
}

/// True for texts that differ by one letter changed, added, dropped or swapped with its neighbour.
fn one_slip_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([x, y], [z, w]) => x == w && y == z,
        (a, b) => a.len() <= 1 && b.len() <= 1 && a.len() + b.len() > 0,
    }
}

/// How many letters must be changed, added, dropped or swapped with their neighbour; `limit + 1` stands for more than the limit.
pub(crate) fn distance(a: &str, b: &str, limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_in_the_domain() {
        for (text, want) in [
            ("matti@yritys,fi", Some("matti@yritys.fi")),
            ("matti (at) yritys (dot) fi", Some("matti@yritys.fi")),
            ("matti at yritys piste fi", Some("matti@yritys.fi")),
            ("matti[at]yritys[dot]fi", Some("matti@yritys.fi")),
            ("matti@yritys x", None),
        ] {
            let got = clean_email(&Cell::Text(text.into()));
            assert_eq!(got.value.as_ref().map(Email::as_str), want, "{text}");
        }
        let two = clean_email(&Cell::Text("a@x.fi,b@y.fi".into()));
        assert_eq!(two.more.len(), 1);
        let lone = clean_email(&Cell::Text("test@io".into()));
        assert_eq!(lone.value.as_ref().map(Email::as_str), Some("test@io"));
        assert_eq!(lone.notes, [Note::DomainWithoutDot]);
    }

    fn clean(text: &str) -> Cleaned<Email> {
        clean_email(&Cell::Text(text.into()))
    }

    fn all(cleaned: &Cleaned<Email>) -> Vec<&str> {
        cleaned
            .value
            .iter()
            .chain(&cleaned.more)
            .map(Email::as_str)
            .collect()
    }

    #[test]
    fn reads_what_people_paste() {
        for (text, want) in [
            ("matti@example.fi", &["matti@example.fi"][..]),
            (
                " Matti.Meikalainen@Example.FI ",
                &["Matti.Meikalainen@example.fi"],
            ),
            ("Matti <matti@example.fi>", &["matti@example.fi"]),
            ("\"Meikäläinen, Matti\" <matti@example.fi>", &["matti@example.fi"]),
            ("<matti@example.fi>", &["matti@example.fi"]),
            ("mailto:matti@example.fi", &["matti@example.fi"]),
            ("MAILTO:matti@example.fi?subject=Hei", &["matti@example.fi"]),
            ("matti@example.fi.", &["matti@example.fi"]),
            ("matti@example.fi,", &["matti@example.fi"]),
            ("matti@example.fi;", &["matti@example.fi"]),
            ("'matti@example.fi", &["matti@example.fi"]),
            ("(matti@example.fi)", &["matti@example.fi"]),
            ("matti(at)example.fi", &["matti@example.fi"]),
            ("matti [AT] example.fi", &["matti@example.fi"]),
            ("matti at example.fi", &["matti@example.fi"]),
            ("matti＠example.fi", &["matti@example.fi"]),
            ("matti @ example.fi", &["matti@example.fi"]),
            ("s-posti: matti@example.fi", &["matti@example.fi"]),
            (
                "matti@example.fi; liisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "matti@example.fi,liisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "matti@example.fi / liisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "matti@example.fi/liisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "matti@example.fi liisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "matti@example.fi\nliisa@example.fi",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            (
                "Matti <matti@example.fi>, Liisa <liisa@example.fi>",
                &["matti@example.fi", "liisa@example.fi"],
            ),
            ("matti@example.fi, MATTI@example.fi", &["matti@example.fi"]),
            ("o'brien@example.fi", &["o'brien@example.fi"]),
            ("matti@mökki.fi", &["matti@mökki.fi"]),
            ("MATTI@MÖKKI.FI", &["MATTI@mökki.fi"]),
            ("matti+taloyhtiö@example.fi", &["matti+taloyhtiö@example.fi"]),
        ] {
            let got = clean(text);
            assert_eq!(all(&got), want, "{text:?} {got:?}");
        }
    }

    #[test]
    fn says_what_it_did() {
        for (text, want) in [
            ("matti@example.fi", vec![]),
            ("matti@example.fi.", vec![Note::PunctuationRemoved]),
            ("matti(at)example.fi", vec![Note::AtSignRestored]),
            (
                "Matti <matti@example.fi>",
                vec![Note::DisplayNameRemoved { name: "Matti".into() }],
            ),
            (
                "a@example.fi, b@example.fi",
                vec![Note::SeveralValues { count: 2 }],
            ),
            ("a@example.fi, b@", vec![Note::PartLeftOut { part: "b@".into() }]),
            (
                "koti a@example.fi",
                vec![Note::WordsRemoved { words: "koti".into() }],
            ),
        ] {
            assert_eq!(clean(text).notes, want, "{text:?}");
        }
    }

    #[test]
    fn suggests_and_never_changes_misspelt_providers() {
        for (text, want) in [
            ("m@gmial.com", Some("m@gmail.com")),
            ("m@gmai.com", Some("m@gmail.com")),
            ("m@gmail.con", Some("m@gmail.com")),
            ("m@gmail.fi", Some("m@gmail.com")),
            ("m@hotmial.com", Some("m@hotmail.com")),
            ("m@hotmal.fi", Some("m@hotmail.fi")),
            ("m@luukku.con", Some("m@luukku.com")),
            ("m@lukku.com", Some("m@luukku.com")),
            ("m@elisanet.fii", Some("m@elisanet.fi")),
            ("m@taloyhtio.con", Some("m@taloyhtio.com")),
            ("m@suomi24.if", Some("m@suomi24.fi")),
            ("mäkelä@example.fi", Some("makela@example.fi")),
            ("m@gmail.com", None),
            ("m@mail.com", None),
            ("m@hotmail.se", None),
            ("m@example.fi", None),
            ("m@mökki.fi", None),
        ] {
            let got = clean(text);
            assert_eq!(got.value.as_ref().map(Email::as_str), Some(text));
            let suggested = got.notes.iter().find_map(|note| match note {
                Note::PossibleTypo { suggestion } => Some(suggestion.as_str()),
                _ => None,
            });
            assert_eq!(suggested, want, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for (text, want) in [
            ("ei ole", Problem::EmailNoAt),
            ("matti.example.fi", Problem::EmailNoAt),
            ("@", Problem::EmailMalformed),
            ("matti@", Problem::EmailMalformed),
            ("@example.fi", Problem::EmailMalformed),
            ("matti@@example.fi", Problem::EmailMalformed),
            ("matti@example..fi", Problem::EmailMalformed),
            ("matti..m@example.fi", Problem::EmailMalformed),
            ("matti@exa_mple.fi", Problem::EmailMalformed),
        ] {
            assert_eq!(clean(text).problem, Some(want), "{text:?}");
        }
        assert!(clean("  ").is_blank() && clean("\n").is_blank() && clean_email(&Cell::Empty).is_blank());
        assert_eq!(clean_email(&Cell::Number(12.0)).problem, Some(Problem::EmailNoAt));
    }
}
