//! Bytes of unknown origin to text: WHATWG encodings, and the accidents that lists of names meet on their way.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::model::Notice;

/// The text, and what was noticed. `None` when the bytes are no text.
pub(super) fn decode(bytes: &[u8]) -> Option<(String, Option<Notice>)> {
    let named = |name: &str| {
        Some(Notice::Encoding {
            name: name.to_owned(),
        })
    };
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return Some(plain(rest)).filter(|(text, _)| is_text(text));
    }
    let (text, notice) = if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE, 0, 0]) {
        (utf_32(rest, u32::from_le_bytes), named("UTF-32LE"))
    } else if let Some(rest) = bytes.strip_prefix(&[0, 0, 0xFE, 0xFF]) {
        (utf_32(rest, u32::from_be_bytes), named("UTF-32BE"))
    } else if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        (utf_16(rest, UTF_16LE), named("UTF-16LE"))
    } else if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        (utf_16(rest, UTF_16BE), named("UTF-16BE"))
    } else {
        match unmarked_width(bytes) {
            Some(Width::Two(encoding)) => (utf_16(bytes, encoding), named(encoding.name())),
            Some(Width::Four(true)) => (utf_32(bytes, u32::from_le_bytes), named("UTF-32LE")),
            Some(Width::Four(false)) => (utf_32(bytes, u32::from_be_bytes), named("UTF-32BE")),
            None => plain(bytes),
        }
    };
    is_text(&text).then_some((text, notice))
}

/// Control characters beyond line ends and tabs are rare in text.
fn is_text(text: &str) -> bool {
    let mut odd = 0usize;
    let mut all = 0usize;
    for letter in text.chars().take(20_000) {
        all += 1;
        if letter.is_control()
            && !matches!(
                letter,
                '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}' | '\u{80}'..='\u{9f}'
            )
            || letter == char::REPLACEMENT_CHARACTER
        {
            odd += 1;
        }
    }
    odd * 50 <= all
}

enum Width {
    Two(&'static Encoding),
    /// Little-endian?
    Four(bool),
}

/// Wide characters without a mark show by where the zero bytes stand.
fn unmarked_width(bytes: &[u8]) -> Option<Width> {
    let sample = &bytes[..bytes.len().min(4096) & !3];
    if sample.is_empty() {
        let sample = &bytes[..bytes.len() & !1];
        return wide_16(sample);
    }
    let quads = sample.len() / 4;
    let zeros = |at: usize| {
        sample
            .iter()
            .skip(at)
            .step_by(4)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let [first, second, third, fourth] = [zeros(0), zeros(1), zeros(2), zeros(3)];
    if third == quads && fourth == quads && first == 0 {
        return Some(Width::Four(true));
    }
    if first == quads && second == quads && fourth == 0 {
        return Some(Width::Four(false));
    }
    wide_16(sample)
}

fn wide_16(sample: &[u8]) -> Option<Width> {
    let pairs = sample.len() / 2;
    let zeros = |at: usize| {
        sample
            .iter()
            .skip(at)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // Line ends and delimiters alone make every tenth character or so a Latin one, whatever the script. On the other side a zero
    // is half of a rare letter such as Ā.
    if odd * 10 >= pairs && even * 10 <= odd && odd > 0 {
        Some(Width::Two(UTF_16LE))
    } else if even * 10 >= pairs && odd * 10 <= even && even > 0 {
        Some(Width::Two(UTF_16BE))
    } else {
        None
    }
}

fn utf_16(bytes: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn utf_32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    bytes
        .chunks_exact(4)
        .map(|quad| {
            char::from_u32(read([quad[0], quad[1], quad[2], quad[3]])).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect()
}

/// One byte a character, or UTF-8, or both in one file.
fn plain(bytes: &[u8]) -> (String, Option<Notice>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    let lines = || bytes.split_inclusive(|&byte| byte == b'\n' || byte == b'\r');
    let mixed = lines().any(|line| !line.is_ascii() && std::str::from_utf8(line).is_ok());
    if mixed {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
        let mut foreign = 0u32;
        for line in lines() {
            text.push_str(&match std::str::from_utf8(line) {
                Ok(line) => Cow::Borrowed(line),
                Err(_) => {
                    foreign += 1;
                    WINDOWS_1252.decode_without_bom_handling(line).0
                }
            });
        }
        return (text, Some(Notice::MixedEncoding { lines: foreign }));
    }
    let (text, name) = match single_byte(bytes) {
        Some(encoding) => (
            encoding.decode_without_bom_handling(bytes).0.into_owned(),
            encoding.name(),
        ),
        None => (dos(bytes), "IBM850"),
    };
    let name = name.to_owned();
    (text, Some(Notice::Encoding { name }))
}

/// Code page 850, in which programs of DOS wrote; its letters of the Nordic languages are also those of code page 437.
fn dos(bytes: &[u8]) -> String {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
                         ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
    let upper: Vec<char> = UPPER.chars().collect();
    bytes
        .iter()
        .map(|&byte| match byte.checked_sub(0x80) {
            Some(at) => upper[usize::from(at)],
            None => char::from(byte),
        })
        .collect()
}

/// Of the single-byte encodings those that lists in Finland come in; none for that of DOS.
fn single_byte(bytes: &[u8]) -> Option<&'static Encoding> {
    let letters_beside = |at: usize| {
        let letter = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphabetic)
        };
        letter(at.checked_sub(1)) || letter(Some(at + 1))
    };
    // ä ö å Ä Ö Å é in Windows-1252, Mac Roman and code page 850.
    const WINDOWS: [u8; 7] = [0xE4, 0xF6, 0xE5, 0xC4, 0xD6, 0xC5, 0xE9];
    const MAC: [u8; 7] = [0x8A, 0x9A, 0x8C, 0x80, 0x85, 0x81, 0x8E];
    const DOS: [u8; 7] = [0x84, 0x94, 0x86, 0x8E, 0x99, 0x8F, 0x82];
    let (mut windows, mut mac, mut dos) = (0usize, 0usize, 0usize);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x80 && letters_beside(at) {
            windows += usize::from(WINDOWS.contains(byte));
            mac += usize::from(MAC.contains(byte));
            dos += usize::from(DOS.contains(byte));
        }
    }
    if dos > windows.max(mac) {
        return None;
    }
    if mac > windows {
        return Some(MACINTOSH);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(1 << 20)], true);
    let guess = detector.guess(Some(b"fi"), Utf8Detection::Deny);
    Some(match guess.name() {
        "windows-1251" | "windows-1253" | "ISO-8859-7" | "KOI8-U" => guess,
        _ => WINDOWS_1252,
    })
}

/// Puts right text whose UTF-8 bytes were once taken for Windows-1252 ("Ã¤" for "ä"). `None` when it is not such.
pub(super) fn repair_double(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'â']) {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    if unmappable {
        return None;
    }
    let (repaired, malformed) = UTF_8.decode_without_bom_handling(&bytes);
    (!malformed).then(|| repaired.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes).map(|(text, _)| text).unwrap_or_default()
    }

    #[test]
    fn every_way_to_write_a_name_is_read() {
        let name = "Määttä;Åsa\r\nÖhman;Eero\r\n";
        let utf_16: Vec<u16> = name.encode_utf16().collect();
        let le: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let be: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let wide: Vec<u8> = name
            .chars()
            .flat_map(|letter| (letter as u32).to_le_bytes())
            .collect();
        let (windows, ..) = WINDOWS_1252.encode(name);
        let (mac, ..) = MACINTOSH.encode(name);
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            name.as_bytes().to_vec(),
            marked(&[0xEF, 0xBB, 0xBF], name.as_bytes()),
            marked(&[0xFF, 0xFE], &le),
            marked(&[0xFE, 0xFF], &be),
            marked(&[0xFF, 0xFE, 0, 0], &wide),
            le,
            be,
            wide,
            windows.into_owned(),
            mac.into_owned(),
            b"M\x84\x84tt\x84;\x8Fsa\r\n\x99hman;Eero\r\n".to_vec(),
        ] {
            assert_eq!(text(&bytes), name, "{bytes:02x?}");
        }
    }

    #[test]
    fn rare_letters_do_not_hide_wide_characters() {
        let name = "Jānis Āboliņš;Ādaži\r\nMäki;Espoo\r\n";
        let le: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&le), name);
    }

    #[test]
    fn two_encodings_in_one_file_are_told_apart_by_line() {
        let bytes = [b"M\xC3\xA4ki\n".as_slice(), b"M\xE4ki\n", b"Laine\n"].concat();
        let (text, notice) = decode(&bytes).unwrap_or_default();
        assert_eq!(text, "Mäki\nMäki\nLaine\n");
        assert_eq!(notice, Some(Notice::MixedEncoding { lines: 1 }));
    }

    #[test]
    fn double_encoding_is_undone_and_portuguese_left_alone() {
        assert_eq!(repair_double("MÃ¤ki"), Some("Mäki".to_owned()));
        assert_eq!(repair_double("Ã–hman Ã…sa"), Some("Öhman Åsa".to_owned()));
        assert_eq!(repair_double("JOÃO"), None);
        assert_eq!(repair_double("Mäki"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(decode(&[0, 1, 2, 3, 0xFF, 5, 6, 0, 8, 1]).is_none());
    }
}
