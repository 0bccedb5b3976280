//! Bytes as text: encodings that are declared, marked or detected.

pub(crate) mod binary;
mod declared;
mod detect;

use std::fmt;
use std::str::FromStr;

use encoding_rs::{DecoderResult, UTF_8};

use crate::error::{CorpusErrorKind, Error};

/// A character encoding of the [Encoding Standard](https://encoding.spec.whatwg.org/): UTF-8, UTF-16,
/// windows-125x, ISO-8859-x, KOI8-R and KOI8-U, IBM866, and the East Asian ones.
///
/// It is made from a name, whatever its case: also names that other programs use, such as `cp1251`, `latin1`
/// or `koi8_u`. As in web browsers, `iso-8859-1` is windows-1252.
///
/// ```
/// use slantwise::Encoding;
///
/// let encoding: Encoding = "CP1251".parse()?;
/// assert_eq!(encoding.name(), "windows-1251");
/// assert!("cp9999".parse::<Encoding>().is_err());
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// UTF-8.
    pub const UTF_8: Encoding = Encoding(UTF_8);

    /// The encoding's own name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The encoding that a byte-order mark at the beginning tells: UTF-8 or UTF-16.
    pub fn of_byte_order_mark(bytes: &[u8]) -> Option<Encoding> {
        encoding_rs::Encoding::for_bom(bytes).map(|(encoding, _)| Encoding(encoding))
    }

    /// A decoder for a stream; byte-order marks come out as U+FEFF.
    pub(crate) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_without_bom_handling()
    }

    fn from_label(label: &str) -> Option<Encoding> {
        let encoding = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
        // Not an encoding of text, but a way to carry bytes.
        (encoding != encoding_rs::X_USER_DEFINED).then_some(Encoding(encoding))
    }
}

impl FromStr for Encoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Encoding, Error> {
        let plain = name.trim().to_ascii_lowercase().replace('_', "-");
        let windows = plain.strip_prefix("win").map(|rest| format!("windows-{}", rest.trim_start_matches('-')));
        Encoding::from_label(&plain).or_else(|| Encoding::from_label(&windows?)).ok_or_else(|| {
            Error::param("encoding", name, "a name such as utf-8, utf-16le, windows-1251, koi8-u, iso-8859-2 or gbk")
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoding({})", self.name())
    }
}

/// Text with the encoding it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte-order mark.
    pub text: String,
    /// What it was encoded in.
    pub encoding: Encoding,
}

/// Decodes a plain text, strictly: nothing is replaced.
///
/// The encoding is, the first that applies: a byte-order mark's; `declared`; UTF-8 where the bytes are UTF-8;
/// else detected by the frequencies of letters (with [chardetng](https://docs.rs/chardetng)). Detection wants a
/// sentence or more. KOI8-R is detected as KOI8-U, which has the same letters and more; bytes that are UTF-8 but for a
/// few are never taken for another encoding.
///
/// # Errors
/// [`Binary`](CorpusErrorKind::Binary) where the bytes are not text (a known kind of file, or a NUL),
/// [`InvalidUtf8`](CorpusErrorKind::InvalidUtf8) or [`Malformed`](CorpusErrorKind::Malformed) with the first bad byte, and
/// [`UnknownEncoding`](CorpusErrorKind::UnknownEncoding) where no encoding gives a plausible text.
///
/// ```
/// use slantwise::decode;
///
/// let bytes = b"\xd3\xed\xee\xf7\xb3 \xe2 \xec\xb3\xf1\xf2\xb3 \xe7\xed\xee\xe2\xf3 \xe1\xf3\xeb\xee \xf2\xe8\xf5\xee.";
/// let decoded = decode(bytes, None)?;
/// assert_eq!((decoded.text.as_str(), decoded.encoding.name()), ("Уночі в місті знову було тихо.", "windows-1251"));
/// # Ok::<(), slantwise::CorpusErrorKind>(())
/// ```
pub fn decode(bytes: &[u8], declared: Option<Encoding>) -> Result<Decoded, CorpusErrorKind> {
    decode_with(bytes, declared, || None)
}

/// Decodes a web page: like [`decode`], but an encoding that the page itself declares goes before detection
/// (`<meta charset>`, `<meta http-equiv=content-type>` or an XML declaration in its first 4096 bytes).
///
/// ```
/// use slantwise::decode_page;
///
/// let page = b"<meta charset=koi8-r><p>\xf3\xce\xc5\xc7</p>";
/// assert!(decode_page(page, None)?.text.ends_with("<p>Снег</p>"));
/// # Ok::<(), slantwise::CorpusErrorKind>(())
/// ```
pub fn decode_page(bytes: &[u8], declared: Option<Encoding>) -> Result<Decoded, CorpusErrorKind> {
    decode_with(bytes, declared, || declared::in_page(bytes))
}

fn decode_with(
    bytes: &[u8],
    declared: Option<Encoding>,
    in_text: impl FnOnce() -> Option<Encoding>,
) -> Result<Decoded, CorpusErrorKind> {
    if let Some(what) = binary::magic(bytes) {
        return Err(CorpusErrorKind::Binary { what });
    }
    let marked = Encoding::of_byte_order_mark(bytes);
    if let Some(encoding) = marked.or(declared) {
        return strict(bytes, encoding);
    }
    if let Some(what) = binary::nul(bytes) {
        return Err(CorpusErrorKind::Binary { what });
    }
    let invalid = match std::str::from_utf8(bytes) {
        // An escape may switch to Japanese letters, which only a declaration tells.
        Ok(text) if !bytes.contains(&0x1b) => {
            return Ok(Decoded { text: text.to_string(), encoding: Encoding::UTF_8 });
        }
        Ok(_) => None,
        Err(e) => Some(CorpusErrorKind::InvalidUtf8 { at: e.valid_up_to(), unit: "file" }),
    };
    let declared = in_text();
    match (declared, invalid) {
        (None, None) => strict(bytes, Encoding::UTF_8),
        (Some(encoding), None) => strict(bytes, encoding),
        (_, Some(invalid)) if detect::is_mostly_utf8(bytes) => Err(invalid),
        // A page that says UTF-8 and has next to nothing of it says so wrongly.
        (Some(encoding), Some(_)) if encoding != Encoding::UTF_8 => strict(bytes, encoding),
        (_, Some(_)) => {
            let detected = detect::detect(bytes).map(Encoding).ok_or(CorpusErrorKind::UnknownEncoding)?;
            strict(bytes, detected)
        }
    }
}

/// Decodes in one encoding; the first malformed sequence is an error.
fn strict(bytes: &[u8], encoding: Encoding) -> Result<Decoded, CorpusErrorKind> {
    if encoding == Encoding::UTF_8 {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|e| CorpusErrorKind::InvalidUtf8 { at: e.valid_up_to(), unit: "file" })?;
        return checked(text.to_string(), encoding);
    }
    let mut decoder = encoding.decoder();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(capacity.min(bytes.len().saturating_mul(2) + 16));
    let mut read = 0;
    loop {
        let (result, n) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, true);
        read += n;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(text.len().max(64)),
            DecoderResult::Malformed(length, after) => {
                let at = read.saturating_sub(usize::from(length) + usize::from(after));
                return Err(CorpusErrorKind::Malformed { encoding: encoding.name(), unit: "byte", at });
            }
        }
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text.shrink_to_fit();
    checked(text, encoding)
}

/// Text never has a NUL, whatever it was encoded in.
fn checked(text: String, encoding: Encoding) -> Result<Decoded, CorpusErrorKind> {
    match memchr::memchr(0, text.as_bytes()) {
        Some(_) => Err(CorpusErrorKind::Binary { what: binary::NULS }),
        None => Ok(Decoded { text, encoding }),
    }
}

#[cfg(test)]
mod tests;
