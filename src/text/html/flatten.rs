//! A page made harmless before it is parsed: no scripts and styles, no nesting without bound.
//!
//! Parsers build what they are given, and some of what they do at every tag grows with the depth of the
//! nesting: a page of a million open tags would take hours, and the walks over its tree would exhaust the stack. Tags beyond the
//! bounds are left out; the text in them stays.

use rustc_hash::FxHashMap;

use super::scan::{Piece, Scanner, Tag};

/// Elements inside elements. Few pages that people write are deeper, and the extractor's time grows with the cube of it.
const MAX_DEPTH: usize = 64;

/// Formatting elements (`b`, `font` …) that are open together. Parsers open them again in every block until they are
/// closed, so that those which never are would multiply.
const MAX_FORMATTING: usize = 4;

/// Start tags longer than this keep the attributes that matter only.
const LONG_TAG: usize = 1 << 10;

/// Values of such attributes are cut to this.
const LONG_VALUE: usize = 2 << 10;

/// Elements that are dropped with everything in them.
const DROPPED_RAW: [&str; 7] = ["script", "style", "iframe", "noembed", "noframes", "noscript", "xmp"];

/// Elements whose text may look like tags and is none.
const RAW: [&str; 2] = ["title", "textarea"];

const VOID: [&str; 16] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
];

const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// What an end tag inside them can't close.
const BARRIERS: [&str; 8] = ["table", "td", "th", "caption", "template", "object", "marquee", "applet"];

const TABLE_PARTS: [&str; 8] = ["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"];

/// Elements that end an open paragraph.
const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "ul",
    "menu",
];

const KEPT_ATTRIBUTES: [&str; 20] = [
    "class",
    "id",
    "role",
    "style",
    "hidden",
    "aria-hidden",
    "itemprop",
    "itemtype",
    "itemscope",
    "property",
    "name",
    "content",
    "rel",
    "href",
    "lang",
    "xml:lang",
    "datetime",
    "http-equiv",
    "type",
    "src",
];

/// A page without what is of no use, and what was seen on the way.
#[derive(Debug, Default)]
pub(super) struct Flat<'a> {
    pub(super) markup: String,
    /// Start tags left in it.
    pub(super) n_tags: usize,
    /// Where the page says it was saved from, as browsers note it.
    pub(super) saved_from: Option<&'a str>,
}

/// Flattens a page, in one pass.
pub(super) fn flatten(page: &str) -> Flat<'_> {
    let mut flattener = Flattener::default();
    let mut scanner = Scanner::new(page);
    while let Some(piece) = scanner.next() {
        match piece {
            Piece::Text(text) => flattener.text(text),
            Piece::Comment(text) => {
                flattener.flat.saved_from = flattener.flat.saved_from.or_else(|| saved_from(text));
            }
            Piece::Start(tag) => flattener.start(tag, &mut scanner),
            Piece::End(name) => flattener.end(&name.to_ascii_lowercase()),
        }
    }
    flattener.flat
}

/// The address in `saved from url=(0042)https://…`.
fn saved_from(comment: &str) -> Option<&str> {
    let (_, address) = comment.trim().strip_prefix("saved from url=(")?.split_once(')')?;
    Some(address.trim())
}

#[derive(Default)]
struct Flattener<'a> {
    flat: Flat<'a>,
    /// The names of the elements that are open.
    open: Vec<String>,
    /// How many start tags of a name were left out and wait for their end tags; never iterated.
    left_out: FxHashMap<String, usize>,
    /// Formatting elements that no end tag has closed, wherever they are open.
    formatting: Vec<String>,
    /// Inside this many `svg` or `math` elements.
    drawing: usize,
}

impl<'a> Flattener<'a> {
    fn text(&mut self, text: &str) {
        if self.drawing == 0 {
            self.flat.markup.push_str(text);
        }
    }

    fn start(&mut self, tag: Tag<'a>, scanner: &mut Scanner<'a>) {
        let name = tag.name.to_ascii_lowercase();
        let name = name.as_str();
        if self.drawing > 0 {
            // A parser leaves a drawing, too, where something begins that has no place in it.
            if BLOCKS.contains(&name)
                || TABLE_PARTS.contains(&name)
                || matches!(name, "body" | "head" | "li" | "dd" | "dt")
            {
                self.drawing = 0;
            } else {
                self.drawing += usize::from(matches!(name, "svg" | "math") && !tag.is_self_closing());
                return;
            }
        }
        if matches!(name, "svg" | "math") {
            self.drawing += usize::from(!tag.is_self_closing());
            return;
        }
        if DROPPED_RAW.contains(&name) {
            let inside = scanner.raw_text(name);
            let data = |kind: &str| kind.trim().eq_ignore_ascii_case("application/ld+json");
            if name == "script" && tag.attribute("type").is_some_and(data) {
                self.flat.markup.push_str("<script type=\"application/ld+json\">");
                self.flat.markup.push_str(inside);
                self.flat.markup.push_str("</script>");
                self.flat.n_tags += 1;
            }
            return;
        }
        if RAW.contains(&name) {
            let inside = scanner.raw_text(name);
            // A title in the head is all that is of use.
            if name == "title" {
                self.write(tag, name);
                self.flat.markup.push_str(inside);
                self.flat.markup.push_str("</title>");
            }
            return;
        }
        if name == "plaintext" {
            return;
        }
        if VOID.contains(&name) {
            self.write(tag, name);
            return;
        }
        self.close_implied(name);
        if FORMATTING.contains(&name) && !self.open_formatting(name) || self.open.len() >= MAX_DEPTH {
            *self.left_out.entry(name.to_string()).or_default() += 1;
            return;
        }
        self.write(tag, name);
        self.open.push(name.to_string());
    }

    /// Whether another formatting element may be open.
    fn open_formatting(&mut self, name: &str) -> bool {
        // A link ends the one before.
        if name == "a" {
            self.formatting.retain(|open| open != "a");
            if let Some(at) = self.in_scope("a") {
                self.open.remove(at);
            }
        }
        let room = self.formatting.len() < MAX_FORMATTING && self.open.len() < MAX_DEPTH;
        if room {
            self.formatting.push(name.to_string());
        }
        room
    }

    fn end(&mut self, name: &str) {
        if self.drawing > 0 {
            self.drawing -= usize::from(matches!(name, "svg" | "math"));
            return;
        }
        if let Some(n) = self.left_out.get_mut(name).filter(|n| **n > 0) {
            *n -= 1;
            return;
        }
        let Some(at) = self.in_scope(name) else { return };
        if FORMATTING.contains(&name) {
            self.open.remove(at);
            if let Some(at) = self.formatting.iter().rposition(|open| open == name) {
                self.formatting.remove(at);
            }
        } else {
            self.open.truncate(at);
        }
        self.flat.markup.push_str("</");
        self.flat.markup.push_str(name);
        self.flat.markup.push('>');
    }

    /// Where the innermost open element of a name stands, if an end tag reaches it from here.
    fn in_scope(&self, name: &str) -> Option<usize> {
        let through = TABLE_PARTS.contains(&name) || matches!(name, "body" | "html");
        for (at, open) in self.open.iter().enumerate().rev() {
            if open == name {
                return Some(at);
            }
            let barrier =
                if through { matches!(open.as_str(), "table" | "template") } else { BARRIERS.contains(&open.as_str()) };
            if barrier {
                return None;
            }
        }
        None
    }

    /// Closes the elements that the start of another one ends without an end tag.
    fn close_implied(&mut self, name: &str) {
        let (ends, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dd" | "dt" => (&["dd", "dt"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr"]),
            "tr" => (&["tr"], &["tbody", "thead", "tfoot"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &[]),
            "option" => (&["option"], &["select"]),
            _ if BLOCKS.contains(&name) => (&["p"], &["button"]),
            _ => return,
        };
        for (at, open) in self.open.iter().enumerate().rev() {
            if ends.contains(&open.as_str()) {
                self.open.truncate(at);
                return;
            }
            let table_part = matches!(name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot");
            let barrier = if table_part { open == "table" } else { BARRIERS.contains(&open.as_str()) };
            if barrier || within.contains(&open.as_str()) {
                return;
            }
        }
    }

    fn write(&mut self, tag: Tag<'_>, name: &str) {
        self.flat.n_tags += 1;
        let markup = &mut self.flat.markup;
        if tag.raw.len() <= LONG_TAG {
            markup.push_str(tag.raw);
            return;
        }
        markup.push('<');
        markup.push_str(name);
        for (key, value) in tag.attributes().take(LONG_TAG) {
            let key = key.to_ascii_lowercase();
            let data = value.len() > 64 && value.starts_with("data:");
            if KEPT_ATTRIBUTES.contains(&key.as_str()) && !data {
                let quote = if value.contains('"') { '\'' } else { '"' };
                markup.push(' ');
                markup.push_str(&key);
                markup.push('=');
                markup.push(quote);
                markup.push_str(cut(value, LONG_VALUE));
                markup.push(quote);
            }
        }
        markup.push('>');
    }
}

/// At most this many bytes of a text.
fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markup(page: &str) -> String {
        flatten(page).markup
    }

    #[test]
    fn ordinary_pages_keep_their_tags() {
        let page = "<!DOCTYPE html><html lang=uk><body><div class=a><p>Одне<p>друге <b>слово</b><br/></div><ul><li>1<li>2</ul></body></html>";
        assert_eq!(markup(page), &page[15..]);
    }

    #[test]
    fn scripts_styles_and_drawings_are_dropped_with_what_is_in_them() {
        let page = "<title>A &lt; B</title><script>if (a<b) x</script><style>p{}</style>a<svg><g><title>x</title></g></svg>b<noscript><p>no</p></noscript><script type='application/LD+json'>{\"a\": \"<b>\"}</script><textarea><p>x</textarea>c<!-- <p> --><svg><path><p>d";
        let kept = "<title>A &lt; B</title>ab<script type=\"application/ld+json\">{\"a\": \"<b>\"}</script>c<p>d";
        assert_eq!(markup(page), kept);
    }

    #[test]
    fn tags_beyond_the_depth_are_left_out_and_their_text_stays() {
        let n = 1_000_000;
        for tag in ["div", "b", "blockquote", "x-y", "table"] {
            let page = format!("{}deep{}<p>after</p>", format!("<{tag}>").repeat(n), format!("</{tag}>").repeat(n));
            let flat = flatten(&page);
            assert!(flat.n_tags <= MAX_DEPTH + 1, "{tag}: {}", flat.n_tags);
            assert!(flat.markup.contains(">deep<") && flat.markup.ends_with("<p>after</p>"), "{tag}");
            assert_eq!(flat.markup.matches('<').count(), 2 * flat.n_tags, "{tag}");
        }
    }

    #[test]
    fn formatting_that_is_never_closed_does_not_multiply() {
        let page: String = (0..10_000).map(|i| format!("<div><font size={i}>x</div>")).collect();
        let flat = flatten(&page);
        assert_eq!(flat.markup.matches("<font").count(), MAX_FORMATTING);
        assert_eq!(flat.markup.matches("<div>").count(), 10_000);
        let links: String = (0..1_000).map(|i| format!("<p><a name={i}>x")).collect();
        assert_eq!(flatten(&links).markup.matches("<a name").count(), 1_000);
    }

    #[test]
    fn paragraphs_and_items_without_end_tags_are_not_deep() {
        for item in ["<p>x", "<li>x", "<dt>x<dd>y", "<tr><td>x<td>y", "<option>x"] {
            let page = format!("<table>{}", item.repeat(1_000));
            assert_eq!(markup(&page), page);
        }
    }

    #[test]
    fn long_tags_keep_what_matters() {
        let page =
            format!("<div data-json='{}' CLASS=\"a 'b'\" id=c src=\"data:{}\">x", "y".repeat(9_000), "z".repeat(200));
        assert_eq!(markup(&page), "<div class=\"a 'b'\" id=\"c\">x");
        assert!(markup(&format!("<p id={}>", "я".repeat(9_000))).len() < 3_000);
    }

    #[test]
    fn a_saved_page_tells_where_it_came_from() {
        let page = "<!-- saved from url=(0024)https://news.example/a-1 -->\n<html>";
        assert_eq!(flatten(page).saved_from, Some("https://news.example/a-1"));
    }
}
