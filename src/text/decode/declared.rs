//! The encoding that a page declares for itself.

use super::Encoding;

/// How far into a page a declaration is looked for. Browsers look at 1024 bytes; pages have long heads.
const LOOK_AT: usize = 4096;

/// The encoding of an XML declaration, `<meta charset=…>` or `<meta … content="…; charset=…">`.
pub(super) fn in_page(bytes: &[u8]) -> Option<Encoding> {
    let head = bytes.get(..LOOK_AT).unwrap_or(bytes).to_ascii_lowercase();
    let found = xml(&head).or_else(|| metas(&head).find_map(charset))?;
    // Whoever could read that declaration has not read UTF-16.
    Some(if found.name().starts_with("UTF-16") { Encoding::UTF_8 } else { found })
}

fn xml(head: &[u8]) -> Option<Encoding> {
    let declaration = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr::memchr(b'>', declaration)?];
    value_after(declaration, b"encoding")
}

/// The insides of `<meta …>` tags outside comments.
fn metas(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memchr::memchr(b'<', rest)?..];
            if let Some(comment) = rest.strip_prefix(b"<!--") {
                rest = &comment[memchr::memmem::find(comment, b"-->")?..];
            } else if let Some(meta) =
                rest.strip_prefix(b"<meta").filter(|m| !m.first().is_some_and(u8::is_ascii_alphanumeric))
            {
                let end = memchr::memchr(b'>', meta).unwrap_or(meta.len());
                rest = &meta[end..];
                return Some(&meta[..end]);
            } else {
                rest = &rest[1..];
            }
        }
    })
}

/// The encoding after the first `charset` that has one: as an attribute, or inside the value of `content`.
fn charset(meta: &[u8]) -> Option<Encoding> {
    value_after(meta, b"charset")
}

fn value_after(text: &[u8], key: &[u8]) -> Option<Encoding> {
    memchr::memmem::find_iter(text, key).find_map(|at| {
        let value = text[at + key.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
        let end =
            value.iter().position(|b| matches!(b, b'"' | b'\'' | b';' | b'>' | b'?' | b'/') || b.is_ascii_whitespace());
        std::str::from_utf8(&value[..end.unwrap_or(value.len())]).ok()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(page: &str) -> Option<&'static str> {
        in_page(page.as_bytes()).map(Encoding::name)
    }

    #[test]
    fn declarations_are_found_as_pages_write_them() {
        for page in [
            "<meta charset=windows-1251>",
            "<!DOCTYPE html><head>\n<META CHARSET = 'Windows-1251' />",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
            "<meta content='text/html;charset=cp1251' http-equiv=content-type>",
            "<meta name=viewport content=\"charset-less\"><!-- <meta charset=utf-8> --><meta charset=\"windows-1251\">",
            "<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<html>",
        ] {
            assert_eq!(name(page), Some("windows-1251"), "{page}");
        }
        assert_eq!(name("<meta charset=utf-16>"), Some("UTF-8"));
    }

    #[test]
    fn what_is_no_declaration_is_passed_over() {
        for page in [
            "",
            "<",
            "<!--",
            "<metadata charset=koi8-r>",
            "<meta charset>",
            "<meta charset=nonsense>",
            "<p>charset=koi8-r",
        ] {
            assert_eq!(name(page), None, "{page}");
        }
        let far = format!("{}<meta charset=koi8-r>", " ".repeat(LOOK_AT));
        assert_eq!(name(&far), None);
    }
}
