//! Cleaned articles as one page, with what was masked struck out in place.

use std::fmt::Write;

use slantwise::Part;

use super::Cleaned;

pub(super) const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>What is read, and what is masked</title>
<style>
body { font: 17px/1.55 Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1b1b1b; background: #fff; }
article { border-top: 1px solid #bbb; padding: 1em 0 2em; }
header { font: 13px/1.4 system-ui, sans-serif; color: #595959; }
h2 { font-size: 1.3em; line-height: 1.25; margin: .5em 0; white-space: pre-wrap; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
del { color: #8a1c1c; background: #fdf1f0; text-decoration-thickness: 1px; }
del::after { content: attr(data-rule); font: 11px system-ui, sans-serif; color: #8a1c1c; border: 1px solid #d9a5a0; border-radius: 3px; padding: 0 3px; margin: 0 3px; display: inline-block; text-decoration: none; }
.reason { font: 15px system-ui, sans-serif; color: #8a1c1c; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } header { color: #a8a8a8; } article { border-color: #444; }
  del, del::after, .reason { color: #ffb4a9; border-color: #7a3a33; } del { background: #2b1715; }
}
</style>
</head>
<body>
";

pub(super) const FOOT: &str = "</body>\n</html>\n";

/// One article.
pub(super) fn article(cleaned: &Cleaned<'_>) -> String {
    let direction = if matches!(cleaned.lang, "ar" | "fa" | "he" | "ur") { "rtl" } else { "auto" };
    let mut out = String::from("<article>\n");
    // Writing to a string can't fail.
    _ = writeln!(out, "<header>{} · {}</header>", escaped(cleaned.article.id()), cleaned.lang);
    if cleaned.article.title().is_some() {
        _ = writeln!(out, "<h2 dir=\"{direction}\">{}</h2>", struck(cleaned, Part::Title));
    }
    if let Some(reason) = cleaned.reason() {
        _ = writeln!(out, "<p class=\"reason\">{reason}</p>");
    }
    _ = writeln!(out, "<div class=\"text\" dir=\"{direction}\">{}</div>\n</article>", struck(cleaned, Part::Text));
    out
}

fn struck(cleaned: &Cleaned<'_>, part: Part) -> String {
    let text = cleaned.article.part(part);
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for mask in cleaned.masks.iter().filter(|mask| mask.part == part) {
        out.push_str(&escaped(&text[at..mask.start]));
        let words = escaped(&text[mask.start..mask.end]);
        _ = write!(out, "<del data-rule=\"{}\">{words}</del>", mask.rule);
        at = mask.end;
    }
    out.push_str(&escaped(&text[at..]));
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => {}
            // Not allowed in a page, even escaped.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
