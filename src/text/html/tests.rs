//! Pages that nobody would write.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Reads a page in bounded time, on a thread with 2 MiB of stack, as tests and most threads have. Without the bounds
/// most of these pages would take hours; the time allowed is for machines that have a lot else to do.
fn quick(page: &str) -> Result<Article, CorpusErrorKind> {
    let start = Instant::now();
    let article = page_article(page);
    assert!(start.elapsed() < Duration::from_secs(120), "{:?} for {} bytes", start.elapsed(), page.len());
    article
}

const SENTENCE: &str = "The ferry to the island was cancelled again because the wind did not let up until noon. ";

fn nested(tag: &str, n: usize, closed: bool) -> String {
    let name = tag.split(' ').next().unwrap();
    let end = if closed { format!("</{name}>").repeat(n) } else { String::new() };
    let start = format!("<{tag}>").repeat(n);
    format!("<html><body>{start}<p>{}</p>{end}</body></html>", SENTENCE.repeat(8))
}

#[test]
fn a_million_nested_tags_are_read_and_their_text_stays() {
    for tag in ["div", "b", "x"] {
        let article = quick(&nested(tag, 1_000_000, true)).unwrap();
        assert!(article.text().contains("The ferry"), "{tag}: {article:?}");
    }
    // Paragraphs without end tags do not nest: there are just too many.
    let error = quick(&nested("p", 1_000_000, false)).unwrap_err();
    assert!(matches!(error, CorpusErrorKind::Page { .. }), "{error}");
}

#[test]
fn tags_of_every_kind_may_be_nested() {
    let flowing = ["div", "span", "a href=x", "font size=1", "blockquote", "p", "section", "ul", "table", "dl"];
    // What an extractor may take for no part of an article.
    let others = ["svg", "select", "template", "form", "button", "li"];
    for tag in flowing.into_iter().chain(others) {
        for closed in [false, true] {
            let article = quick(&nested(tag, 20_000, closed)).unwrap();
            let lost = !article.text().contains("The ferry");
            assert!(
                !lost || others.contains(&tag) || ["ul", "table", "a href=x", "dl"].contains(&tag),
                "{tag}: {article:?}"
            );
        }
    }
}

#[test]
fn tags_that_multiply_or_deceive_are_bounded() {
    let n = 5_000;
    for part in [
        "<div><font size=%>x</div>",
        "<p><b id=%>x",
        "<div><table><tr><td></div>x",
        "<svg><style><g>",
        "<svg><foreignObject><div>x",
        "<math><mi><p>x",
        "<table><b id=%>x",
        "<table><table>",
        "<a><div>x",
        "<b><p>x</b>",
        "<ruby><rt>x",
        "<select><option>x",
        "<!--<p>--!><p>x",
        "<p title='",
        "<button><p>x",
        "<object><p>x",
        "</p>",
        "<h1><h2>x",
        "<i><table><td></i>x",
    ] {
        let page: String = (0..n).map(|i| part.replace('%', &i.to_string())).collect();
        let _ = quick(&page);
    }
}

#[test]
fn limits_are_named() {
    let many = format!("<body>{}", "<p>x".repeat(MAX_TAGS + 1));
    assert!(quick(&many).unwrap_err().to_string().contains("more than 100000; leave it out"));
    let long = format!("<body><p>{}", "word ".repeat(MAX_BYTES / 5 + 1));
    assert!(quick(&long).unwrap_err().to_string().contains("bytes, more than 16777216"));
    let scripts = format!("<body><script>{}</script><p>{}", "x".repeat(2 * MAX_BYTES), SENTENCE.repeat(4));
    assert!(quick(&scripts).unwrap().text().contains("The ferry"));
}

#[test]
fn a_page_as_large_as_allowed_is_read() {
    let paragraphs = format!("<article>{}</article>", format!("<p>{SENTENCE}<b>x</b></p>").repeat(MAX_TAGS / 20));
    let article = quick(&paragraphs).unwrap();
    assert!(article.text().len() > paragraphs.len() / 2);
}

#[test]
fn pages_without_text_say_so() {
    for page in [
        "",
        " ",
        "<html></html>",
        "<title>Only a title</title><script>x()</script>",
        "<body><img src=a><br>",
        "<!doctype html><frameset><frame src=a>",
    ] {
        let article = page_article(page).unwrap();
        assert_eq!((article.text(), article.field("empty")), ("", Some(NO_TEXT)), "{page}");
    }
}

/// Soup of tags, attributes, entities and texts in any order.
fn soup() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        proptest::sample::select(
            &[
                "p", "div", "b", "i", "a", "table", "tr", "td", "ul", "li", "h1", "h2", "article", "main", "nav",
                "aside"
            ][..]
        ),
        proptest::sample::select(
            &["br", "img", "svg", "math", "form", "select", "option", "template", "pre", "q", "blockquote", "code"][..]
        ),
        proptest::sample::select(
            &["html", "head", "body", "title", "meta", "link", "time", "dl", "dt", "dd", "span", "font", "center"][..]
        ),
        proptest::sample::select(
            &[
                "details",
                "summary",
                "figure",
                "iframe",
                "noscript",
                "textarea",
                "frameset",
                "plaintext",
                "button",
                "hr"
            ][..]
        ),
    ];
    let attribute = proptest::sample::select(
        &[
            "",
            " class=article-body",
            " id=content",
            " itemprop=author",
            " class='comments'",
            " property=og:title content='T &amp; T'",
            " hidden",
            " style='display:none'",
            " lang=uk-UA",
            " datetime=2024-02-30",
            " href='https://a.example/2024/01/02'",
            " rel=canonical href=//x.example",
            " role=main",
            " name=author content=''",
            " data-a=\"<p>\"",
            " class='",
            " charset=utf-8",
            " http-equiv=content-language content=ru",
        ][..],
    );
    let text = prop_oneof![
        Just(SENTENCE.to_string()),
        Just("Дощ ішов над гаванню весь день, і поромів не було.".to_string()),
        Just("رست السفن في الميناء.".to_string()),
        Just("&nbsp;&lt;&#x110000;&#0;&notit;\u{0}\u{200f}".to_string()),
        Just("<script type=application/ld+json>{\"@type\":\"Article\",\"author\":[{}],\"datePublished\":\"20240101\"}</script>".to_string()),
        Just("<!--".to_string()),
        Just("]]>".to_string()),
        "[ -~]{0,12}",
    ];
    let part = prop_oneof![
        (name.clone(), attribute).prop_map(|(name, attribute)| format!("<{name}{attribute}>")),
        name.prop_map(|name| format!("</{name}>")),
        text,
    ];
    proptest::collection::vec(part, 0..80).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_soup_gives_an_article(page in soup()) {
        let article = page_article(&page).unwrap();
        prop_assert_eq!(article.text().is_empty(), article.field("empty").is_some());
        prop_assert_eq!(article.text().trim(), article.text());
        if let Some(date) = article.field("date") {
            prop_assert_eq!(date.len(), 10);
        }
    }
}
