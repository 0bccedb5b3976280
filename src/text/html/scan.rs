//! The tags of a page in one linear pass, cut as HTML parsers cut them.

/// A piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What stands between tags, entities and all.
    Text(&'a str),
    /// `<name …>`.
    Start(Tag<'a>),
    /// `</name>`.
    End(&'a str),
    /// The inside of `<!-- … -->` and of everything else that is passed over like it.
    Comment(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// All of it, from `<` to `>`.
    pub(super) raw: &'a str,
    /// What stands after the name, with the `>`.
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    pub(super) fn is_self_closing(&self) -> bool {
        self.raw.ends_with("/>")
    }

    /// Names and values of the attributes, entities and all.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let (attribute, after) = attribute(rest)?;
            rest = after;
            Some(attribute)
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The pieces of a page, in order.
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(page: &'a str) -> Scanner<'a> {
        Scanner { rest: page }
    }

    /// Passes over the text up to the end tag of an element without tags inside, such as `script`, and returns it.
    /// Without an end tag it is the rest of the page.
    pub(super) fn raw_text(&mut self, name: &str) -> &'a str {
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&self.rest.as_bytes()[from..], b"</") {
            let end = from + at;
            let after = &self.rest.as_bytes()[end + 2..];
            let named = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            if named && after.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>')) {
                let text = &self.rest[..end];
                self.rest = &self.rest[end..];
                return text;
            }
            from = end + 2;
        }
        std::mem::take(&mut self.rest)
    }

    fn comment(&mut self, inside: &'a str) -> Piece<'a> {
        let bytes = inside.as_bytes();
        if let Some(rest) = inside.strip_prefix('>').or_else(|| inside.strip_prefix("->")) {
            self.rest = rest;
            return Piece::Comment("");
        }
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&bytes[from..], b"--") {
            let end = from + at;
            let close = match (bytes.get(end + 2), bytes.get(end + 3)) {
                (Some(b'>'), _) => Some(end + 3),
                (Some(b'!'), Some(b'>')) => Some(end + 4),
                _ => None,
            };
            if let Some(close) = close {
                self.rest = &inside[close..];
                return Piece::Comment(&inside[..end]);
            }
            from = end + 1;
        }
        self.rest = "";
        Piece::Comment(inside)
    }

    /// Whatever begins like a tag and is none goes up to the next `>`.
    fn bogus(&mut self, inside: &'a str) -> Piece<'a> {
        let (comment, rest) = inside.split_once('>').unwrap_or((inside, ""));
        self.rest = rest;
        Piece::Comment(comment)
    }

    /// A start or end tag, whose name begins at `at`; without its end it is nothing, and the page is over.
    fn tag(&mut self, at: usize) -> Option<Piece<'a>> {
        let whole = self.rest;
        let named = &whole[at..];
        let name_end = named.bytes().position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
        let Some(end) = name_end.and_then(|name_end| Some(at + name_end + tag_end(&named[name_end..])?)) else {
            self.rest = "";
            return None;
        };
        let name = &named[..name_end.unwrap_or(0)];
        self.rest = &whole[end + 1..];
        Some(match at {
            1 => Piece::Start(Tag { name, raw: &whole[..=end], attributes: &whole[1 + name.len()..=end] }),
            _ => Piece::End(name),
        })
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        // A text ends where something else than a text begins.
        let text_end = loop {
            match memchr::memchr(b'<', &bytes[from..]) {
                None => break bytes.len(),
                Some(at) => {
                    let next = bytes.get(from + at + 1);
                    if next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?')) {
                        break from + at;
                    }
                    from += at + 1;
                }
            }
        };
        if text_end > 0 {
            let (text, rest) = self.rest.split_at(text_end);
            self.rest = rest;
            return Some(Piece::Text(text));
        }
        match (bytes.get(1)?, bytes.get(2)) {
            (b'!', _) => Some(match self.rest.strip_prefix("<!--") {
                Some(inside) => self.comment(inside),
                None => self.bogus(&self.rest[2..]),
            }),
            (b'/', Some(b)) if b.is_ascii_alphabetic() => self.tag(2),
            (b'/' | b'?', _) => Some(self.bogus(&self.rest[1..])),
            _ => self.tag(1),
        }
    }
}

/// Where the `>` of a tag stands, after its name.
fn tag_end(after_name: &str) -> Option<usize> {
    let mut rest = after_name;
    loop {
        let at = after_name.len() - rest.len();
        match attribute(rest) {
            Some((_, after)) => rest = after,
            None => {
                let gap = rest.bytes().position(|b| !b.is_ascii_whitespace() && b != b'/')?;
                return (rest.as_bytes()[gap] == b'>').then_some(at + gap);
            }
        }
    }
}

/// The first attribute and what follows it; `None` where the tag ends first or never.
fn attribute(text: &str) -> Option<((&str, &str), &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if text.is_empty() || text.starts_with('>') {
        return None;
    }
    let is_name_end = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'=');
    // An equals sign that comes first belongs to the name.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let name_end = first + text[first..].bytes().position(is_name_end)?;
    let (name, after) = text.split_at(name_end);
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else { return Some(((name, ""), after)) };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, after) = quoted.split_once(quote)?;
            return Some(((name, value), after));
        }
    }
    let end = value.bytes().position(|b| b.is_ascii_whitespace() || b == b'>')?;
    let (value, after) = value.split_at(end);
    Some(((name, value), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(page: &str) -> String {
        let show = |piece| match piece {
            Piece::Text(text) => format!("[{text}]"),
            Piece::Start(tag) => {
                let attributes: Vec<_> = tag.attributes().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("<{}{}>", tag.name, attributes.concat())
            }
            Piece::End(name) => format!("</{name}>"),
            Piece::Comment(text) => format!("({text})"),
        };
        Scanner::new(page).map(show).collect()
    }

    #[test]
    fn tags_are_cut_as_parsers_cut_them() {
        for (page, expected) in [
            ("a<b>c</b >d", "[a]<b>[c]</b>[d]"),
            ("1 < 2 <3 <", "[1 < 2 <3 <]"),
            ("<a href='x>y' TITLE=\"<\" data-a=b/c hidden>", "<a href=x>y TITLE=< data-a=b/c hidden=>"),
            ("<br/><img src=a/>", "<br><img src=a/>"),
            ("<a =b= c d = e>", "<a =b=c d=e>"),
            ("<!doctype html><?xml a?><!-- a > b --><!--x--!>c", "(doctype html)(?xml a?)( a > b )(x)[c]"),
            ("<!-->a<!--->b<!--never closed", "()[a]()[b](never closed)"),
            ("</ x>a</", "(/ x)[a](/)"),
            ("a<b title=\"never closed>text", "[a]"),
            ("a<b", "[a]"),
            ("<é>", "[<é>]"),
        ] {
            assert_eq!(pieces(page), expected, "{page}");
        }
    }

    #[test]
    fn raw_text_goes_to_its_own_end_tag() {
        let mut scanner = Scanner::new("if (a</b) '</scripty>' </SCRIPT >x");
        assert_eq!(scanner.raw_text("script"), "if (a</b) '</scripty>' ");
        assert_eq!(scanner.next(), Some(Piece::End("SCRIPT")));
        assert_eq!(Scanner::new("to the end </styl").raw_text("style"), "to the end </styl");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_without_loss_of_order(page in "[<>/!?\\-='\" abé]{0,60}") {
            for piece in Scanner::new(&page) {
                if let Piece::Start(tag) = piece {
                    proptest::prop_assert!(page.contains(tag.raw));
                    proptest::prop_assert!(tag.attributes().count() < page.len());
                }
            }
        }
    }
}
