//! Cleaned articles for people.

use std::fmt::Write;

use clap::builder::styling::Style;
use slantwise::Part;

use super::Cleaned;
use crate::cli::output::one_line;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Characters shown of a masked piece.
const SHOWN: usize = 90;

/// The article, then what was masked.
pub(super) fn page(cleaned: &Cleaned<'_>, colour: bool) -> String {
    let paint = |style: Style| if colour { style } else { Style::new() };
    let (bold, dim) = (paint(BOLD), paint(DIM));
    let mut out = String::new();
    // Writing to a string can't fail.
    _ = writeln!(out, "{dim}== {} ({}){dim:#}", cleaned.article.id(), cleaned.lang);
    let title = cleaned.kept(Part::Title);
    if !title.is_empty() {
        _ = writeln!(out, "\n{bold}{title}{bold:#}");
    }
    match cleaned.reason() {
        Some(reason) => _ = writeln!(out, "\n({reason})"),
        None => _ = writeln!(out, "\n{}", cleaned.kept(Part::Text)),
    }
    if !cleaned.masks.is_empty() {
        let width = cleaned.masks.iter().map(|mask| mask.rule.as_str().len()).max().unwrap_or(0);
        _ = writeln!(out, "\n{dim}-- masked{dim:#}");
        for mask in &cleaned.masks {
            let words = one_line(&cleaned.article.part(mask.part)[mask.start..mask.end]);
            _ = writeln!(out, "{dim}{:width$}  {}{dim:#}", mask.rule.as_str(), shortened(&words));
        }
    }
    out.push('\n');
    out
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}
