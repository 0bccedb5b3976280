//! Which encoding bytes are in that nobody declared.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding};

/// The bytes that are looked at: enough for any language, and fast.
const LOOK_AT: usize = 256 << 10;

/// The encoding that makes the most plausible text of the bytes; `None` where none does.
pub(super) fn detect(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let part = bytes.get(..LOOK_AT).unwrap_or(bytes);
    detector.feed(part, part.len() == bytes.len());
    let guess = detector.guess(None, Utf8Detection::Deny);
    fits(bytes, guess).then_some(guess)
}

/// Whether the bytes have no sequence that the encoding doesn't know, and give no control characters.
fn fits(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = [0u8; 4096];
    let mut read = 0;
    loop {
        let (result, n, written) = decoder.decode_to_utf8_without_replacement(&bytes[read..], &mut buffer, true);
        read += n;
        // The decoder writes whole characters.
        let text = std::str::from_utf8(&buffer[..written]).unwrap_or("\0");
        if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}')) {
            return false;
        }
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return false,
        }
    }
}

/// Whether bytes that are not UTF-8 are so but for a few: more of its characters beyond ASCII than bad places.
/// Letters of other encodings hardly ever pair up as UTF-8 does.
pub(super) fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut bad) = (0u64, 0u64);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
        bad += u64::from(!chunk.invalid().is_empty());
    }
    valid > bad
}
