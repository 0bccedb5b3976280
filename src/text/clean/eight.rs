//! Eight bytes of a text at a time: most words are shorter, and are measured without a loop.

/// The first eight bytes of a text; zeros after its end.
#[inline]
pub(super) fn load(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..text.len()].copy_from_slice(text);
            u64::from_le_bytes(bytes)
        }
    }
}

/// ASCII letters in lower case and digits as they are; other bytes become anything.
#[inline]
pub(super) fn lower(bytes: u64) -> u64 {
    bytes | every(0x20)
}

/// How many of the bytes, from the first on, are ASCII letters and digits.
#[inline]
pub(super) fn plain_run(bytes: u64) -> usize {
    // The high bit of each byte whose other bits are `least` or more.
    let reaches = |bytes: u64, least: u8| ((bytes | every(0x80)) - every(least)) & every(0x80);
    let within = |bytes: u64, first: u8, last: u8| reaches(bytes, first) & !reaches(bytes, last + 1);
    let plain = (within(lower(bytes), b'a', b'z') | within(bytes, b'0', b'9')) & !bytes;
    ((plain ^ every(0x80)).trailing_zeros() / 8) as usize
}

/// The same byte eight times.
#[inline]
const fn every(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_the_first_byte_that_is_no_letter_or_digit() {
        assert_eq!(plain_run(load(b"The bridge")), 3);
        assert_eq!((plain_run(load(b"")), plain_run(load(b"a")), plain_run(load(b"Zz09aA9zz"))), (0, 1, 8));
        for byte in 0..=255u8 {
            let expected = if byte.is_ascii_alphanumeric() { 3 } else { 1 };
            assert_eq!(plain_run(load(&[b'x', byte, b'7'])), expected, "{byte}");
        }
        assert_eq!(lower(load(b"ABcd0189")).to_le_bytes(), *b"abcd0189");
    }
}
