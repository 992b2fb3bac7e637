//! The Finnish order of names, and the folding that makes "Makela" find "Mäkelä".

use icu_collator::options::{AlternateHandling, CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use icu_locale_core::locale;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::sync::OnceLock;

/// The collator of Finnish (CLDR "fi"): å ä ö after z, v and w apart, ü among y, other accents only as a tie-break,
/// digits by their value, other scripts after Latin.
fn collator() -> &'static CollatorBorrowed<'static> {
    static COLLATOR: OnceLock<CollatorBorrowed<'static>> = OnceLock::new();
    COLLATOR.get_or_init(|| {
        let mut preferences = CollatorPreferences::from(locale!("fi"));
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        let mut options = CollatorOptions::default();
        // Capitals are no reason to part two names, and the key is a third shorter without them.
        options.strength = Some(Strength::Secondary);
        options.alternate_handling = Some(AlternateHandling::NonIgnorable);
        #[expect(
            clippy::expect_used,
            reason = "the data is compiled in; `sorts_as_finns_do` would fail without it"
        )]
        Collator::try_new(preferences, options).expect("Finnish is part of the compiled collation data")
    })
}

/// A key whose bytes compare as the texts should be listed. Not text, and not the same from one release of the
/// collation data to the next: keep it only in what can be rebuilt.
///
/// ```
/// use kiulu_domain::collation::sort_key;
/// assert!(sort_key("Zetterström") < sort_key("Åberg"));
/// assert!(sort_key("A 2") < sort_key("A 12"));
/// ```
pub fn sort_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() * 2 + 8);
    let Ok(()) = collator().write_sort_key_to(text, &mut key);
    key
}

/// Small letters without diacritics: what two spellings of a name have in common. "Åström-Müller" → "astrom-muller".
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        return out;
    }
    let lower = text.to_lowercase();
    for c in DecomposingNormalizerBorrowed::new_nfd().normalize_iter(lower.chars()) {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ħ' => out.push('h'),
            'ŋ' => out.push('n'),
            'ŧ' => out.push('t'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ß' => out.push_str("ss"),
            'þ' => out.push_str("th"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fold, sort_key};

    #[test]
    fn sorts_as_finns_do() {
        let want = [
            "A 2",
            "A 12",
            "Aalto",
            "aaltonen",
            "B 1",
            "de Gaulle",
            "Edén",
            "Elo",
            "Eló",
            "Müller",
            "Mård",
            "Mäkelä",
            "Möller",
            "Nieminen",
            "O'Brien",
            "Vaara",
            "Virtanen",
            "Virtanen Aino",
            "Virtanen Väinö",
            "Vuori",
            "Wahl",
            "Weckman",
            "Zetterström",
            "Åberg",
            "Äijälä",
            "Öhman",
            "Иванова",
        ];
        let mut got = want.to_vec();
        got.reverse();
        got.sort_by_key(|text| sort_key(text));
        assert_eq!(got, want);
    }

    #[test]
    fn case_does_not_part_names() {
        let mut got = ["virtanen b", "VIRTANEN C", "Virtanen A"];
        got.sort_by_key(|text| sort_key(text));
        assert_eq!(got, ["Virtanen A", "virtanen b", "VIRTANEN C"]);
    }

    #[test]
    fn folding_leaves_letters_without_marks() {
        for (text, want) in [
            ("Mäkelä", "makela"),
            ("MÄKELÄ", "makela"),
            ("Ma\u{308}kela\u{308}", "makela"),
            ("Åström-Müller", "astrom-muller"),
            ("Søren Łukasz", "soren lukasz"),
            ("Groß", "gross"),
            ("Ægir", "aegir"),
            ("Елена", "елена"),
            ("O'Brien", "o'brien"),
            ("", ""),
        ] {
            assert_eq!(fold(text), want);
        }
    }
}
