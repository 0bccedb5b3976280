//! Web pages: their main text, and what they say about it.

mod date;
mod flatten;
mod json_ld;
mod metadata;
mod plain;
mod scan;

use std::panic::{AssertUnwindSafe, catch_unwind};

use trafilatura::Options;
use trafilatura::dom::Document;

use crate::article::Article;
use crate::error::CorpusErrorKind;
use flatten::flatten;
use metadata::Metadata;

/// The field that says why a page gave no text.
pub(crate) const NO_TEXT_FIELD: &str = "empty";
/// Its value.
pub(crate) const NO_TEXT: &str = "no main text found in the page";

/// Start tags of a page without scripts; a newspaper's longest page has some ten thousand.
const MAX_TAGS: usize = 100_000;

/// Bytes of a page without scripts, styles and comments.
const MAX_BYTES: usize = 16 << 20;

/// Elements inside elements in the parsed page, and how many in all: parsers insert some that are not written. What is let through to the
/// parser stays far below this.
const MAX_TREE: (usize, usize) = (250, 1_000_000);

/// Below this many characters without tables, a page is read with them: old pages are laid out in tables.
const SHORT: usize = 250;

/// The main text of a web page as an article, found with [trafilatura](https://docs.rs/trafilatura), without menus, lists of other articles,
/// tables, comments and the like. Paragraphs are set apart by a blank line.
///
/// The title, and the fields that the page has metadata for, come from its head, JSON-LD and Open Graph:
///
/// | field | what | from, the first that is there |
/// |---|---|---|
/// | title | the headline, without the outlet's name | the `h1` that the head repeats; JSON-LD, `og:title`, `title` |
/// | `date` | `YYYY-MM-DD` of publication, as written | JSON-LD, `article:published_time` and its kin, marked and `time` elements, the address |
/// | `url` | the canonical address | `link rel=canonical`, `og:url`, JSON-LD, a browser's note where it was saved from |
/// | `domain` | its host without `www.` | |
/// | `lang` | the primary code of the language, such as `uk` | `html lang`, `content-language`, `og:locale`, JSON-LD |
/// | `author` | names, separated by `; ` | JSON-LD, `author` and its kin, marked elements |
/// | `source` | the outlet's name | `og:site_name`, JSON-LD's publisher |
///
/// A page without a main text gives an article with an empty text and the field `empty`, which says so.
///
/// # Errors
/// [`Page`](CorpusErrorKind::Page) for a page of more than 100,000 tags or (without scripts and styles) 16 MiB. Nesting has no such bound: tags
/// inside more than 64 others are left out, and their text stays.
///
/// ```
/// use slantwise::page_article;
///
/// let page = "<html lang=en-GB><head><title>Rain in the harbour | Post</title><link rel=canonical href=https://www.post.example/a>
///     <meta property=og:site_name content=Post></head><body><nav><a href=/>Home</a></nav>
///     <article><h1>Rain in the harbour</h1><p>It rained.</p><p>Nobody minded.</p></article></body></html>";
/// let article = page_article(page)?;
/// assert_eq!(article.title(), Some("Rain in the harbour"));
/// assert_eq!(article.text(), "It rained.\n\nNobody minded.");
/// assert_eq!((article.field("domain"), article.lang()), (Some("post.example"), Some("en")));
/// # Ok::<(), slantwise::CorpusErrorKind>(())
/// ```
pub fn page_article(page: &str) -> Result<Article, CorpusErrorKind> {
    let flat = flatten(page);
    if flat.n_tags > MAX_TAGS {
        return Err(refused(format!("it has {} tags, more than {MAX_TAGS}", flat.n_tags)));
    }
    if flat.markup.len() > MAX_BYTES {
        let size = flat.markup.len();
        return Err(refused(format!("without scripts and styles it has {size} bytes, more than {MAX_BYTES}")));
    }
    // The extractor handles whatever pages its authors knew; a page that they did not must not end a run over a million of them.
    catch_unwind(AssertUnwindSafe(|| extract(&flat)))
        .unwrap_or_else(|_| Err(refused("the extractor of main texts failed at it".to_string())))
}

fn refused(reason: String) -> CorpusErrorKind {
    CorpusErrorKind::Page { reason }
}

fn extract(flat: &flatten::Flat<'_>) -> Result<Article, CorpusErrorKind> {
    let page = Document::parse(&flat.markup);
    check_size(&page)?;
    let metadata = Metadata::read(&page, flat.saved_from);
    let mut text = main_text(page.clone_document(), false);
    let paragraphs = paragraphs(&page);
    if text.chars().count() < SHORT {
        let with_tables = main_text(page, true);
        if with_tables.len() > 2 * text.len() {
            text = with_tables;
        }
    }
    // Of a page with hardly any text the extractor falls back to what it finds without its paragraphs.
    let n_paragraphs = text.split('\n').filter(|line| !line.is_empty()).count();
    if text.chars().count() < 2 * SHORT && n_paragraphs < paragraphs.len() {
        let whole = paragraphs.join("\n\n");
        if 2 * whole.len() > text.len() {
            text = whole;
        }
    }
    let domain = metadata.domain();
    if let Some(title) = &metadata.title {
        text = without_title(text, title);
    }
    let empty = text.is_empty().then(|| NO_TEXT.to_string());
    let mut article = Article::new(metadata.title.unwrap_or_default(), text);
    let fields = [
        ("date", metadata.date),
        ("url", metadata.url),
        ("domain", domain),
        ("lang", metadata.lang),
        ("author", metadata.author),
        ("source", metadata.source),
        (NO_TEXT_FIELD, empty),
    ];
    for (key, value) in fields {
        if let Some(value) = value {
            article = article.with_field(key, value);
        }
    }
    Ok(article)
}

/// The main text; empty where there is none.
fn main_text(page: Document, tables: bool) -> String {
    let mut options = Options::default().with_fallback(true).with_exclude_comments(true).with_exclude_tables(!tables);
    // The page's dates are read here, and the extractor's guesses depend on the present day.
    options.html_date_mode = trafilatura::HtmlDateMode::Disabled;
    trafilatura::extract_document(page, &options).map(|found| plain::plain(&found.content_html)).unwrap_or_default()
}

/// The paragraphs of the page's one article or main part.
fn paragraphs(page: &Document) -> Vec<String> {
    let parts = page.query_selector_all(page.root(), "article");
    let parts = if parts.is_empty() { page.query_selector_all(page.root(), "main") } else { parts };
    let [part] = parts[..] else { return Vec::new() };
    page.query_selector_all(part, "p")
        .into_iter()
        .map(|p| page.text_content(p).split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
        .collect()
}

/// A text without the title where it begins with it.
fn without_title(text: String, title: &str) -> String {
    let first = text.split('\n').next().unwrap_or("");
    if first.split_whitespace().eq(title.split_whitespace()) {
        text[first.len()..].trim_start().to_string()
    } else {
        text
    }
}

/// Refuses a tree that would be too much for what walks over it.
fn check_size(page: &Document) -> Result<(), CorpusErrorKind> {
    let mut level = page.child_nodes(page.root());
    let (mut depth, mut n) = (0, 0);
    while !level.is_empty() {
        depth += 1;
        n += level.len();
        if depth > MAX_TREE.0 || n > MAX_TREE.1 {
            return Err(refused("its tags are nested too deep, or multiply when they are closed".to_string()));
        }
        level = level.into_iter().flat_map(|node| page.child_nodes(node)).collect();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
