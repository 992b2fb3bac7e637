//! Excel's old binary records (BIFF): [MS-XLS] 2.1.4, and OpenOffice's documentation of Excel 2 to 5.

use encoding_rs::Encoding;

/// Generations of the format that differ in layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Biff {
    Two,
    Three,
    Four,
    Five,
    Eight,
}

/// One record: what kind, and its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

/// Walks over the records of a stream.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    stream: &'a [u8],
    position: usize,
}

pub(super) const CONTINUE: u16 = 0x003C;
pub(super) const EOF: u16 = 0x000A;

impl<'a> Records<'a> {
    pub(super) fn at(stream: &'a [u8], position: usize) -> Self {
        Records { stream, position }
    }

    /// The next record. `None` at the end of the stream, also when it ends inside a record.
    pub(super) fn next(&mut self) -> Option<Record<'a>> {
        let head = self.stream.get(self.position..self.position + 4)?;
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let start = self.position + 4;
        let data = self.stream.get(start..start + length)?;
        self.position = start + length;
        Some(Record { kind, data })
    }

    /// The pieces that continue the record just read.
    pub(super) fn continued(&mut self, first: &'a [u8]) -> Pieces<'a> {
        let mut pieces = vec![first];
        loop {
            let before = self.position;
            match self.next() {
                Some(record) if record.kind == CONTINUE => pieces.push(record.data),
                _ => {
                    self.position = before;
                    return Pieces {
                        pieces,
                        piece: 0,
                        position: 0,
                    };
                }
            }
        }
    }
}

pub(super) fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

pub(super) fn f64_at(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

/// A record with its continuations, read as one.
pub(super) struct Pieces<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    position: usize,
}

impl<'a> Pieces<'a> {
    fn rest(&mut self) -> Option<&'a [u8]> {
        loop {
            let piece = self.pieces.get(self.piece)?;
            if self.position < piece.len() {
                return Some(&piece[self.position..]);
            }
            self.piece += 1;
            self.position = 0;
        }
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.position += 1;
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    pub(super) fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let step = self.rest()?.len().min(count);
            self.position += step;
            count -= step;
        }
        Some(())
    }

    /// `count` characters whose first piece has these flags. Where the characters run on into the next piece, that piece
    /// begins with flags of its own.
    fn characters(&mut self, mut count: usize, mut wide: bool, text: &mut String) -> Option<()> {
        let mut units: Vec<u16> = Vec::new();
        let mut first = true;
        while count > 0 {
            let piece_before = self.piece;
            self.rest()?;
            if !first && (self.piece != piece_before || self.position == 0) {
                wide = self.u8()? & 1 != 0;
            }
            first = false;
            let rest = self.rest()?;
            if wide {
                let taken = (rest.len() / 2).min(count);
                if taken == 0 {
                    return None;
                }
                units.extend(
                    rest.chunks_exact(2)
                        .take(taken)
                        .map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
                );
                self.position += taken * 2;
                count -= taken;
            } else {
                let taken = rest.len().min(count);
                units.extend(rest[..taken].iter().map(|&byte| u16::from(byte)));
                self.position += taken;
                count -= taken;
            }
            if count > 0 && self.rest_of_piece() != 0 {
                return None;
            }
        }
        text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Some(())
    }

    fn rest_of_piece(&self) -> usize {
        self.pieces
            .get(self.piece)
            .map_or(0, |piece| piece.len() - self.position)
    }

    /// XLUnicodeRichExtendedString ([MS-XLS] 2.5.293): an entry of the shared string table.
    pub(super) fn rich_string(&mut self) -> Option<String> {
        let count = usize::from(self.u16()?);
        self.string_with_flags(count)
    }

    /// XLUnicodeString ([MS-XLS] 2.5.294) after its length.
    pub(super) fn string_with_flags(&mut self, count: usize) -> Option<String> {
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 {
            usize::from(self.u16()?)
        } else {
            0
        };
        let extra = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let mut text = String::with_capacity(count);
        self.characters(count, flags & 1 != 0, &mut text)?;
        self.skip(runs * 4 + extra)?;
        Some(text)
    }

    /// `count` bytes in a code page.
    pub(super) fn bytes(&mut self, mut count: usize, encoding: &'static Encoding) -> Option<String> {
        let mut bytes = Vec::with_capacity(count);
        while count > 0 {
            let rest = self.rest()?;
            let taken = rest.len().min(count);
            bytes.extend_from_slice(&rest[..taken]);
            self.position += taken;
            count -= taken;
        }
        Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }
}

/// The encoding of a CODEPAGE record's number ([MS-XLS] 2.4.52); Windows-1252 for those that no library decodes.
pub(super) fn code_page(number: u16) -> &'static Encoding {
    match number {
        // Mac Roman, and Excel's own name for it.
        10_000 | 32_768 => encoding_rs::MACINTOSH,
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10_007 => encoding_rs::X_MAC_CYRILLIC,
        _ => encoding_rs::WINDOWS_1252,
    }
}
