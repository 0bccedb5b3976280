//! What the JSON-LD of a page (schema.org) says about the article.

use serde_json::{Map, Value};

/// Values of the article's object; where it lacks one, of the page's.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JsonLd {
    pub(super) headline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) publisher: Option<String>,
    pub(super) language: Option<String>,
    pub(super) url: Option<String>,
}

type Object = Map<String, Value>;

/// How deep objects are looked for in lists, graphs and main entities.
const MAX_DEPTH: usize = 5;

impl JsonLd {
    /// Reads the scripts of a page; those that are no JSON are passed over.
    pub(super) fn read(scripts: &[String]) -> JsonLd {
        let values: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
        let mut objects = Vec::new();
        values.iter().for_each(|value| collect(value, MAX_DEPTH, &mut objects));
        let by_kind = |kind: fn(&str) -> bool| objects.iter().copied().find(|object| types(object).any(kind));
        let article = by_kind(is_article);
        let page = by_kind(|kind| kind == "WebPage" || kind == "ItemPage");
        let site = by_kind(|kind| kind == "WebSite");
        let both = |key: &str| [article, page].into_iter().flatten().find_map(|object| object.get(key));
        let names = |value: &Value| {
            let mut found = Vec::new();
            names(value, &objects, 3, &mut found);
            found
        };
        JsonLd {
            headline: article.and_then(|a| a.get("headline").or_else(|| a.get("name"))).and_then(string),
            published: both("datePublished").or_else(|| both("dateCreated")).and_then(string),
            authors: article.and_then(|a| a.get("author").or_else(|| a.get("creator"))).map(names).unwrap_or_default(),
            publisher: both("publisher")
                .and_then(|publisher| names(publisher).into_iter().next())
                .or_else(|| string(site?.get("name")?)),
            language: both("inLanguage").and_then(|language| {
                string(language).or_else(|| string(language.get("alternateName").or_else(|| language.get("name"))?))
            }),
            url: article
                .and_then(|a| a.get("url").or_else(|| a.get("mainEntityOfPage")))
                .and_then(|url| string(url).or_else(|| string(url.get("@id")?))),
        }
    }
}

/// JSON, also where it has the wrappings and bare line ends that pages put into it.
fn parse(script: &str) -> Option<Value> {
    let mut script = script.trim();
    for (start, end) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")]
    {
        if let Some(inside) = script.strip_prefix(start) {
            script = inside.trim_end().strip_suffix(end).unwrap_or(inside).trim();
        }
    }
    let script = script.trim_end_matches([';', ' ', '\n']);
    serde_json::from_str(script).ok().or_else(|| {
        let plain: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&plain).ok()
    })
}

fn collect<'a>(value: &'a Value, depth: usize, into: &mut Vec<&'a Object>) {
    match value {
        Value::Array(items) if depth > 0 => items.iter().for_each(|item| collect(item, depth - 1, into)),
        Value::Object(object) if depth > 0 => {
            into.push(object);
            for key in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if let Some(inner) = object.get(key) {
                    collect(inner, depth - 1, into);
                }
            }
        }
        _ => {}
    }
}

fn types(object: &Object) -> impl Iterator<Item = &str> {
    let kind = object.get("@type");
    let one = kind.and_then(Value::as_str);
    let several = kind.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(several)
}

fn is_article(kind: &str) -> bool {
    let kind = kind.rsplit(['/', ':']).next().unwrap_or(kind);
    kind.ends_with("Article") || kind.ends_with("BlogPosting") || matches!(kind, "Report" | "Review" | "ClaimReview")
}

fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => return items.iter().find_map(string),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The names in a string, an object, a reference to an object, or a list of these.
fn names(value: &Value, objects: &[&Object], depth: usize, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| names(item, objects, depth, into)),
        Value::Object(object) => match object.get("name").and_then(string) {
            Some(name) => into.push(name),
            None if depth > 0 => {
                let id = object.get("@id");
                let named = |other: &&&Object| id.is_some() && other.get("@id") == id && other.contains_key("name");
                if let Some(name) = objects.iter().find(named).and_then(|other| other.get("name")) {
                    names(name, objects, depth - 1, into);
                }
            }
            None => {}
        },
        Value::String(_) => into.extend(string(value)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(script: &str) -> JsonLd {
        JsonLd::read(&[script.to_string()])
    }

    #[test]
    fn an_article_is_found_alone_in_a_list_and_in_a_graph() {
        let article = r#"{"@type": ["NewsArticle", "Thing"], "headline": " Dry dock ", "datePublished": "2024-05-03",
            "author": [{"@type": "Person", "name": "A. Writer"}, "B. Other"], "publisher": {"name": "Harbour Post"},
            "inLanguage": "en-GB", "mainEntityOfPage": {"@type": "WebPage", "@id": "https://x.example/a"}}"#;
        let expected = JsonLd {
            headline: Some("Dry dock".into()),
            published: Some("2024-05-03".into()),
            authors: vec!["A. Writer".into(), "B. Other".into()],
            publisher: Some("Harbour Post".into()),
            language: Some("en-GB".into()),
            url: Some("https://x.example/a".into()),
        };
        assert_eq!(read(article), expected);
        assert_eq!(read(&format!("[{{\"@type\": \"WebSite\"}}, {article}]")), expected);
        assert_eq!(read(&format!("//<![CDATA[\n{{\"@graph\": [{article}]}}\n//]]>")), expected);
    }

    #[test]
    fn references_in_a_graph_are_followed() {
        let found = read(
            r##"{"@graph": [{"@type": "Article", "headline": "H", "author": {"@id": "#p"}, "publisher": {"@id": "#o"}},
                {"@type": "WebPage", "datePublished": "2020-01-02", "inLanguage": "uk"},
                {"@type": "Person", "@id": "#p", "name": "C. Third"}, {"@type": "Organization", "@id": "#o", "name": "Org"}]}"##,
        );
        assert_eq!(
            (found.authors.as_slice(), found.publisher.as_deref()),
            (&["C. Third".to_string()][..], Some("Org"))
        );
        assert_eq!((found.published.as_deref(), found.language.as_deref()), (Some("2020-01-02"), Some("uk")));
    }

    #[test]
    fn broken_and_hostile_json_is_passed_over() {
        assert_eq!(
            read("{\"@type\": \"Article\", \"headline\": \"two\nlines\"}").headline.as_deref(),
            Some("two lines")
        );
        let deep = format!("{}1{}", "{\"@graph\":[".repeat(50_000), "]}".repeat(50_000));
        let loops = r##"{"@type": "Article", "author": {"@id": "#a"}, "@id": "#a", "name": {"@id": "#a"}}"##;
        for script in ["", "{", "[1, null, \"x\"]", "{\"@type\": 5}", &deep, loops] {
            assert_eq!(read(script), JsonLd::default(), "{}", &script[..script.len().min(60)]);
        }
    }
}
