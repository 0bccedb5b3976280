//! The text of extracted markup, with its paragraphs.

use super::scan::{Piece, Scanner};

/// Paragraphs are set apart by a blank line, lines within them (items of lists, verses) by a line end; all other white
/// space is single spaces.
pub(super) fn plain(markup: &str) -> String {
    let mut out = Plain::default();
    for piece in Scanner::new(markup) {
        match piece {
            Piece::Text(text) => out.text(text),
            Piece::Start(tag) => out.tag(tag.name, true),
            Piece::End(name) => out.tag(name, false),
            Piece::Comment(_) => {}
        }
    }
    out.text
}

#[derive(Debug, Default)]
struct Plain {
    text: String,
    /// What stands between the text so far and what comes next.
    gap: Gap,
    /// Inside this many `pre`.
    verbatim: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

impl Plain {
    fn tag(&mut self, name: &str, start: bool) {
        let gap = match name.to_ascii_lowercase().as_str() {
            "br" | "li" | "tr" | "dd" | "dt" => Gap::Line,
            "td" | "th" => Gap::Space,
            "pre" => {
                self.verbatim = if start { self.verbatim + 1 } else { self.verbatim.saturating_sub(1) };
                Gap::Paragraph
            }
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "blockquote" | "table"
            | "hr" | "section" | "article" | "figure" | "figcaption" | "details" | "summary" | "body" | "head"
            | "q-block" => Gap::Paragraph,
            _ => Gap::None,
        };
        // Two line breaks in a row are how old pages begin a paragraph.
        let twice = gap == Gap::Line && self.gap == Gap::Line && start && name.eq_ignore_ascii_case("br");
        self.gap = self.gap.max(if twice { Gap::Paragraph } else { gap });
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (c, after) = match c {
                '&' => entity(rest),
                _ => (c, &rest[c.len_utf8()..]),
            };
            rest = after;
            if c == '\n' && self.verbatim > 0 {
                self.gap = self.gap.max(Gap::Line);
            } else if c.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
            } else {
                self.push(c);
            }
        }
    }

    fn push(&mut self, c: char) {
        let gap = std::mem::take(&mut self.gap);
        if !self.text.is_empty() {
            self.text.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        self.text.push(c);
    }
}

/// The first character of a text that begins with `&`, and what follows it; these are all that the serialiser writes.
fn entity(text: &str) -> (char, &str) {
    const ENTITIES: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", ' ')];
    let found = ENTITIES.iter().find_map(|(entity, c)| Some((*c, text.strip_prefix(entity)?)));
    found.unwrap_or(('&', text.get(1..).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_paragraphs_and_white_space_single() {
        for (markup, text) in [
            ("<p>One\n  two.</p>\n<p>Three <b>four</b>.</p>", "One two.\n\nThree four."),
            ("<h2>Head</h2>text<ul><li>a</li><li>b</li></ul>", "Head\n\ntext\n\na\nb"),
            ("a<br>b<br><br/>c", "a\nb\n\nc"),
            ("1 &lt; 2 &amp;amp; &quot;3&quot;&nbsp;&nbsp;4 & 5", "1 < 2 &amp; \"3\" 4 & 5"),
            ("<pre>one\n two</pre>three", "one\ntwo\n\nthree"),
            ("<p></p> <p> </p>", ""),
            ("", ""),
        ] {
            assert_eq!(plain(markup), text, "{markup}");
        }
    }
}
