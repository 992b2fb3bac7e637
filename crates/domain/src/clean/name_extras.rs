//! What stands around names and is none: "c/o Korhonen", "os. Laine", "(pj)", "jr", "ja perhe", shares of a flat.

use std::borrow::Cow;

/// Offices and degrees behind a comma, in small letters without dots.
const TITLES: &[&str] = &[
    "pj",
    "vpj",
    "puheenjohtaja",
    "varapuheenjohtaja",
    "varapj",
    "sihteeri",
    "siht",
    "rahastonhoitaja",
    "jäsen",
    "varajäsen",
    "hallituksen jäsen",
    "hallituksen pj",
    "hallituksen puheenjohtaja",
    "isännöitsijä",
    "talonmies",
    "huoltomies",
    "omistaja",
    "osakas",
    "asukas",
    "vuokralainen",
    "ordf",
    "ordförande",
    "vice ordförande",
    "sekreterare",
    "kassör",
    "disponent",
    "ägare",
    "chair",
    "chairman",
    "secretary",
    "treasurer",
    "owner",
    "tenant",
    "di",
    "fm",
    "vtm",
    "ktm",
    "otm",
    "otk",
    "ft",
    "lt",
    "ll",
    "kk",
    "ins",
    "dipl ins",
    "tkt",
    "jr",
    "sr",
    "jun",
    "sen",
    "nuorempi",
    "vanhempi",
    "dy",
    "dä",
];

/// Words at the end that are no family name even without a comma.
const TRAILING: &[&str] = &[
    "jr",
    "sr",
    "j:r",
    "s:r",
    "pj",
    "vpj",
    "siht",
    "jun",
    "sen",
    "perheineen",
    "dy",
    "dä",
];

/// Words before a name.
const LEADING: &[&str] = &[
    "rva", "hra", "herra", "rouva", "neiti", "nti", "tri", "dr", "prof", "mr", "mrs", "ms", "herr", "fru",
];

/// Those whom a name only mentions behind its joining word.
const OTHERS: &[&str] = &[
    "perhe",
    "lapset",
    "lapsi",
    "puoliso",
    "aviopuoliso",
    "avopuoliso",
    "vaimo",
    "mies",
    "muut",
    "kumppani",
    "tytär",
    "poika",
    "familj",
    "barn",
    "maka",
    "fru",
    "sambo",
    "family",
    "children",
    "child",
    "wife",
    "husband",
    "spouse",
    "partner",
    "others",
];

/// A name, and what stood around it in the order in which it stood.
pub(super) fn apart(text: &str) -> (Cow<'_, str>, Vec<String>) {
    let mut extras = Vec::new();
    let mut name = Cow::Borrowed(text);
    // Most names are letters, spaces and hyphens, and end in a family name.
    let plain = !text.contains(|c: char| {
        matches!(c, '(' | ')' | '[' | ']' | ',' | '/' | '.' | '&' | '+' | '%' | ':') || c.is_ascii_digit()
    });
    if !plain {
        name = Cow::Owned(without_brackets(&name, &mut extras));
        if let Some(at) = care_of(&name) {
            extras.push(name[at..].trim().to_owned());
            name = Cow::Owned(name[..at].trim_end_matches([' ', ',', '/', ';']).to_owned());
        }
        name = Cow::Owned(without_shares(&name, &mut extras));
        while let Some((before, title)) = name.rsplit_once(',') {
            let bare = plain_word(title);
            if !TITLES.contains(&bare.as_str()) && !bare.is_empty() {
                break;
            }
            if !bare.is_empty() {
                extras.push(title.trim().to_owned());
            }
            name = Cow::Owned(before.trim().to_owned());
        }
    }
    if let Some(at) = former_name(&name) {
        extras.push(name[at..].trim().to_owned());
        name = Cow::Owned(name[..at].trim_end_matches([' ', ',']).to_owned());
    }
    if let Some((at, _)) = joined_others(&name) {
        extras.push(name[at..].trim().to_owned());
        name = Cow::Owned(name[..at].trim_end().to_owned());
    }
    while let Some((before, last)) = name.rsplit_once(' ')
        && before.contains(' ')
        && is_one_of(last, TRAILING)
    {
        extras.push(last.to_owned());
        name = Cow::Owned(before.trim_end_matches([' ', ',']).to_owned());
    }
    while let Some((first, behind)) = name.split_once(' ')
        && behind.contains(' ')
        && is_one_of(first, LEADING)
    {
        extras.push(first.to_owned());
        name = Cow::Owned(behind.to_owned());
    }
    (name, extras)
}

fn plain_word(text: &str) -> String {
    text.trim().to_lowercase().replace('.', "")
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    // The lists are of short words, which spares most names the small letters.
    word.len() <= 12 && list.contains(&plain_word(word).as_str())
}

fn without_brackets(text: &str, extras: &mut Vec<String>) -> String {
    let mut name = text.to_owned();
    while let Some(open) = name.find(['(', '[']) {
        let Some(length) = name[open..].find([')', ']']) else {
            break;
        };
        let inside = name[open + 1..open + length].trim();
        if !inside.is_empty() {
            extras.push(inside.to_owned());
        }
        name.replace_range(open..=open + length, " ");
    }
    super::line(&name).trim_end_matches([' ', ',']).to_owned()
}

/// Where "c/o" begins.
fn care_of(text: &str) -> Option<usize> {
    text.match_indices('/').find_map(|(slash, _)| {
        let start = slash.checked_sub(1)?;
        let around = text.get(start..slash + 2)?;
        let apart = start == 0 || text[..start].ends_with([' ', ',', '/']);
        (around.eq_ignore_ascii_case("c/o") && apart).then_some(start)
    })
}

/// Where "os. Korhonen" begins: the name at birth or before.
fn former_name(text: &str) -> Option<usize> {
    let mut at = 0;
    for word in text.split(' ') {
        let follows = at > 0 && at + word.len() < text.len();
        if follows
            && word.len() <= 6
            && matches!(
                word.to_lowercase().as_str(),
                "os." | "o.s." | "os" | "ent." | "ent" | "e." | "född" | "f.d." | "née" | "nee"
            )
            && text[..at].trim().contains(' ')
            // An initial, not the Finnish for "formerly".
            && word != "E."
        {
            return Some(at);
        }
        at += word.len() + 1;
    }
    None
}

/// Where "ja perhe" begins.
fn joined_others(text: &str) -> Option<(usize, &str)> {
    let (before, last) = text.rsplit_once(' ')?;
    if !is_one_of(last, OTHERS) {
        return None;
    }
    let (start, joining) = match before.rsplit_once(' ') {
        Some((name, joining)) => (name.len(), joining),
        None => return None,
    };
    super::name::is_joining(joining).then_some((start, last))
}

/// "1/2" and "50 %" say how much of the flat is whose.
fn without_shares(text: &str, extras: &mut Vec<String>) -> String {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let is_share = |word: &str| {
        let word = word.trim_matches(|c: char| matches!(c, ',' | ';'));
        word.contains(['/', '%'])
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '/' | '%' | ','))
    };
    let text = text.replace(" %", "%");
    let (mut kept, mut shares) = (Vec::new(), Vec::new());
    for word in text.split(' ') {
        if is_share(word) {
            shares.push(word)
        } else {
            kept.push(word)
        }
    }
    if !shares.is_empty() {
        extras.push(shares.join(" "));
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn names_and_what_stands_around_them() {
        for (text, name, extras) in [
            ("Matti Virtanen", "Matti Virtanen", &[][..]),
            ("Matti Virtanen c/o Korhonen", "Matti Virtanen", &["c/o Korhonen"]),
            (
                "Matti Virtanen, C/O Liisa Korhonen",
                "Matti Virtanen",
                &["C/O Liisa Korhonen"],
            ),
            ("Virtanen Matti, pj", "Virtanen Matti", &["pj"]),
            ("Virtanen, Matti, pj.", "Virtanen, Matti", &["pj."]),
            ("Matti Virtanen (pj)", "Matti Virtanen", &["pj"]),
            ("Matti (Masa) Virtanen", "Matti Virtanen", &["Masa"]),
            ("Matti Virtanen jr", "Matti Virtanen", &["jr"]),
            ("Matti Virtanen Jr.", "Matti Virtanen", &["Jr."]),
            ("Liisa Virtanen os. Korhonen", "Liisa Virtanen", &["os. Korhonen"]),
            (
                "Liisa Virtanen, o.s. Korhonen",
                "Liisa Virtanen",
                &["o.s. Korhonen"],
            ),
            ("Matti Virtanen ja perhe", "Matti Virtanen", &["ja perhe"]),
            ("Matti Virtanen & lapset", "Matti Virtanen", &["& lapset"]),
            ("Virtanen Matti ja puoliso", "Virtanen Matti", &["ja puoliso"]),
            ("Virtanen Matti perheineen", "Virtanen Matti", &["perheineen"]),
            ("Rva Liisa Virtanen", "Liisa Virtanen", &["Rva"]),
            ("Matti Virtanen 1/2", "Matti Virtanen", &["1/2"]),
            ("Matti Virtanen 50 %", "Matti Virtanen", &["50%"]),
            ("Virtanen, Matti", "Virtanen, Matti", &[]),
            ("Seppo O. von Essen", "Seppo O. von Essen", &[]),
            ("Anna E. Virtanen", "Anna E. Virtanen", &[]),
            ("Matti ja Maija Virtanen", "Matti ja Maija Virtanen", &[]),
            ("Osmo Vanhempi", "Osmo Vanhempi", &[]),
            ("Pekka Mies", "Pekka Mies", &[]),
            ("Matti Virtanen, ", "Matti Virtanen", &[]),
        ] {
            let (got, around) = apart(text);
            assert_eq!(
                (got.as_ref(), around),
                (name, extras.iter().map(|&s| s.to_owned()).collect()),
                "{text}"
            );
        }
    }
}
