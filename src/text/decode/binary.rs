//! Files that are no text, known by their first bytes.

/// How files of well-known kinds begin. Marks that could also begin a text stand here only with a byte no text has.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an Office document or e-book, which are such)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip data (a name that ends in .gz is read)"),
    (b"\x28\xb5\x2f\xfd", "zstd data (a name that ends in .zst is read)"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"BZh91AY&SY", "bzip2 data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\0asm", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
    (b"ARROW1\0", "an Arrow table"),
    (b"OggS\0", "sound or video"),
    (b"ID3\x03", "sound"),
    (b"ID3\x04", "sound"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"SLANTWIS", "a slantwise model"),
];

/// The longest of these beginnings.
pub(crate) const LONGEST: usize = 16;

/// What a file that begins like this is, if it is known not to be text.
pub(crate) fn magic(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, what)) = MAGIC.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(what);
    }
    match (bytes.get(..4), bytes.get(4..8), bytes.get(8..12)) {
        (Some(b"RIFF"), _, Some(b"WEBP")) => Some("a WebP image"),
        (Some(b"RIFF"), _, Some(b"WAVE" | b"AVI ")) => Some("sound or video"),
        (Some(b"\0\0\0" | [0, 0, 0, _]), Some(b"ftyp"), _) => Some("video"),
        _ => None,
    }
}

pub(super) const NULS: &str = "binary data (it has NULs)";

/// What bytes with a NUL are: no text in any encoding but UTF-16, and that comes with a byte-order mark.
pub(super) fn nul(bytes: &[u8]) -> Option<&'static str> {
    memchr::memchr(0, bytes)?;
    let sample = bytes.get(..4096).unwrap_or(bytes);
    let pairs = sample.len() / 2;
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Spaces and punctuation are enough to see it in any script.
    match pairs >= 8 && (even.max(odd) * 10 >= pairs && even.min(odd) * 10 <= even.max(odd)) {
        true if even > odd => Some("UTF-16 without a byte-order mark, it seems (utf-16be)"),
        true => Some("UTF-16 without a byte-order mark, it seems (utf-16le)"),
        false => Some(NULS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_fits_the_bytes_that_are_looked_at() {
        assert_eq!(MAGIC.iter().map(|(start, _)| start.len()).max(), Some(LONGEST));
        for (start, what) in MAGIC {
            assert_eq!(magic(start), Some(*what));
            assert_eq!(magic(&start[..start.len() - 1]), None, "{what}");
        }
        assert_eq!(magic(b"RIFF\x24\0\0\0WEBPVP8 "), Some("a WebP image"));
        assert_eq!(magic(b"\0\0\0\x18ftypmp42"), Some("video"));
        assert_eq!(magic("PK, wrote the minister".as_bytes()), None);
    }

    #[test]
    fn utf_16_is_told_from_other_bytes_with_nuls() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        assert!(nul(&le("Rain fell on the harbour.")).unwrap().contains("utf-16le"));
        assert!(nul(&be("Дощ ішов над гаванню, і ніхто не виходив.")).unwrap().contains("utf-16be"));
        assert!(nul(b"text\0text and text and text").unwrap().starts_with("binary"));
        assert!(nul(&[0; 100]).unwrap().starts_with("binary"));
        assert_eq!(nul(b"text"), None);
    }
}
