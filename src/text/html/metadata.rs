//! What a page says about its article: in its head, in JSON-LD, and in a few elements of its body.

use trafilatura::dom::{Document, NodeId};

use super::date::{date_in_url, iso_date};
use super::json_ld::JsonLd;

/// Title and fields of an article, where the page has them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) url: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) author: Option<String>,
    pub(super) source: Option<String>,
}

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "mediator_published_time",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dcterms.created",
    "citation_publication_date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "published_time",
    "date",
    "datecreated",
    "og:pubdate",
    "article.published",
];
const AUTHOR: &[&str] = &[
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "citation_author",
    "creator",
];
const TITLE: &[&str] =
    &["og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "headline"];
const SOURCE: &[&str] = &["og:site_name", "application-name", "dc.publisher", "publisher", "citation_journal_title"];

impl Metadata {
    /// Reads a page; `saved_from` is where a browser noted that it was saved from.
    pub(super) fn read(page: &Document, saved_from: Option<&str>) -> Metadata {
        let metas = Metas::read(page);
        let scripts = page.query_selector_all(page.root(), "script[type=\"application/ld+json\"]");
        let json_ld = JsonLd::read(&scripts.into_iter().map(|script| page.text_content(script)).collect::<Vec<_>>());
        let url = url(page, &metas, &json_ld, saved_from);
        let source = metas.first(SOURCE).or_else(|| clean(json_ld.publisher.as_deref()?));
        let domain = url.as_deref().and_then(domain);
        let title = title(page, &metas, &json_ld, source.as_deref(), domain.as_deref());
        Metadata {
            date: date(page, &metas, &json_ld, url.as_deref()),
            lang: lang(page, &metas, &json_ld),
            author: author(page, &metas, &json_ld),
            title,
            url,
            source,
        }
    }

    /// The host of the address, without `www.`.
    pub(super) fn domain(&self) -> Option<String> {
        self.url.as_deref().and_then(domain)
    }
}

/// The names, in small letters, and values of all `meta` elements.
struct Metas(Vec<(String, String)>);

impl Metas {
    fn read(page: &Document) -> Metas {
        let mut found = Vec::new();
        for meta in page.query_selector_all(page.root(), "meta[content]") {
            let Some(value) = page.get_attribute(meta, "content").and_then(|value| clean(&value)) else { continue };
            let names = ["property", "name", "itemprop", "http-equiv"].into_iter();
            found.extend(
                names.filter_map(|key| Some((page.get_attribute(meta, key)?.trim().to_lowercase(), value.clone()))),
            );
        }
        Metas(found)
    }

    /// All values of the first of these names that has one.
    fn all<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let values =
            |name: &'a str| self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str());
        names.iter().flat_map(move |name| values(name))
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).next().map(str::to_string)
    }
}

fn url(page: &Document, metas: &Metas, json_ld: &JsonLd, saved_from: Option<&str>) -> Option<String> {
    let link = first_attribute(page, "link[rel~=\"canonical\" i][href]", "href");
    let candidates = [
        link,
        metas.first(&["og:url"]),
        json_ld.url.clone(),
        metas.first(&["twitter:url", "parsely-link"]),
        first_attribute(page, "link[rel~=\"alternate\" i][hreflang=\"x-default\" i][href]", "href"),
        saved_from.map(str::to_string),
    ];
    candidates.into_iter().flatten().find_map(|url| absolute(url.trim()))
}

/// An address of the web with its scheme; others (relative ones, files) are none.
fn absolute(url: &str) -> Option<String> {
    let whole = if url.starts_with("//") { format!("https:{url}") } else { url.to_string() };
    let (scheme, _) = whole.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    (web && domain(&whole).is_some() && !whole.contains(char::is_whitespace)).then_some(whole)
}

/// The host of an address, in small letters, without `www.` and port.
fn domain(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (host.contains('.') && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
        .then(|| host.to_string())
}

fn date(page: &Document, metas: &Metas, json_ld: &JsonLd, url: Option<&str>) -> Option<String> {
    let from_meta = || metas.all(PUBLISHED).find_map(iso_date);
    let marked = || {
        let marked = page.query_selector_all(page.root(), "[itemprop~=\"datePublished\"], time[pubdate]");
        marked.into_iter().find_map(|element| {
            let value = page.get_attribute(element, "datetime").or_else(|| page.get_attribute(element, "content"));
            iso_date(&value.unwrap_or_else(|| page.text_content(element)))
        })
    };
    // Without a mark it is the article's where it stands in the article, or where there is no other.
    let times = || {
        let dates = |selector: &str| -> Vec<String> {
            let times = page.query_selector_all(page.root(), selector);
            times.into_iter().filter_map(|time| iso_date(&page.get_attribute(time, "datetime")?)).collect()
        };
        let all = dates("time[datetime]");
        let only = all.first().filter(|first| all.iter().all(|date| date == *first)).cloned();
        only.or_else(|| dates("article header time[datetime], main header time[datetime]").into_iter().next())
            .or_else(|| dates("article time[datetime], main time[datetime]").into_iter().next())
    };
    let from_json = json_ld.published.as_deref().and_then(iso_date);
    from_json.or_else(from_meta).or_else(marked).or_else(times).or_else(|| date_in_url(url?))
}

fn lang(page: &Document, metas: &Metas, json_ld: &JsonLd) -> Option<String> {
    let declared = ["lang", "xml:lang"].into_iter().find_map(|name| first_attribute(page, "html", name));
    let others = [
        metas.first(&["content-language", "language", "dc.language"]),
        metas.first(&["og:locale"]),
        json_ld.language.clone(),
    ];
    [declared].into_iter().chain(others).flatten().find_map(|tag| primary_language(&tag))
}

/// `uk` out of `uk-UA` or `uk_UA`.
fn primary_language(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_', ',', ';', ' ']).next()?.to_ascii_lowercase();
    let code = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    match primary.as_str() {
        // The code of the country is often written for that of the language, and codes of old.
        "ua" => Some("uk".to_string()),
        "iw" => Some("he".to_string()),
        "und" | "mul" | "zxx" => None,
        _ => code.then_some(primary),
    }
}

fn author(page: &Document, metas: &Metas, json_ld: &JsonLd) -> Option<String> {
    let in_body = || -> Vec<String> {
        let selectors = [
            "[itemprop~=\"author\"] [itemprop~=\"name\"]",
            "[itemprop~=\"author\"]",
            "a[rel~=\"author\"], address.author",
        ];
        selectors.iter().map(|selector| texts(page, selector)).find(|found| !found.is_empty()).unwrap_or_default()
    };
    let in_json: Vec<String> = json_ld.authors.iter().filter_map(|name| clean(name)).collect();
    let in_meta: Vec<String> = AUTHOR
        .iter()
        .map(|name| metas.all(&[name]).map(str::to_string).collect())
        .find(|found: &Vec<_>| is_named(found))
        .unwrap_or_default();
    let mut found = [in_json, in_meta, in_body()].into_iter().find(|found| is_named(found))?;
    found.retain(|name| is_name(name));
    let mut names: Vec<String> = Vec::new();
    for name in found {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names.join("; "))
}

fn is_named(names: &[String]) -> bool {
    names.iter().any(|name| is_name(name))
}

/// Pages of authors stand where their names should.
fn is_name(name: &str) -> bool {
    !name.contains("://")
        && !name.starts_with(['@', '/'])
        && name.chars().any(char::is_alphabetic)
        && name.chars().count() <= 120
}

fn title(
    page: &Document,
    metas: &Metas,
    json_ld: &JsonLd,
    source: Option<&str>,
    domain: Option<&str>,
) -> Option<String> {
    let own = page.query_selector(page.root(), "head title").and_then(|title| clean(&page.text_content(title)));
    let headline = json_ld.headline.as_deref().and_then(clean);
    let candidates: Vec<String> = headline.into_iter().chain(metas.first(TITLE)).chain(own).collect();
    let headings = texts(page, "h1");
    // The heading is the title as readers see it; of several, or of none that the page's titles repeat, none can be trusted.
    let repeated =
        |heading: &&String| candidates.iter().any(|title| title.to_lowercase().contains(&heading.to_lowercase()));
    let is_outlet = |heading: &&String| Some(heading.as_str()) == source || Some(heading.as_str()) == domain;
    let mut trusted =
        headings.iter().filter(|heading| heading.chars().count() > 3 && !is_outlet(heading)).filter(repeated);
    if let (Some(heading), None) = (trusted.next(), trusted.next()) {
        return Some(heading.clone());
    }
    let title = candidates.into_iter().next();
    title
        .map(|title| without_outlet(&title, source, domain))
        .or_else(|| (headings.len() == 1).then(|| headings[0].clone()))
}

/// A title without the outlet's name after or before it: `Title | Outlet`.
fn without_outlet(title: &str, source: Option<&str>, domain: Option<&str>) -> String {
    let names: Vec<String> = [source, domain].into_iter().flatten().map(str::to_lowercase).collect();
    let is_outlet = |part: &str| names.contains(&part.trim().to_lowercase());
    for separator in [" | ", " — ", " – ", " - ", " :: ", " » ", " · ", " / "] {
        if let Some((rest, last)) = title.rsplit_once(separator).filter(|(_, last)| is_outlet(last)) {
            debug_assert!(!last.is_empty());
            return rest.trim().to_string();
        }
        if let Some((_, rest)) = title.split_once(separator).filter(|(first, _)| is_outlet(first)) {
            return rest.trim().to_string();
        }
    }
    title.to_string()
}

fn first_attribute(page: &Document, selector: &str, name: &str) -> Option<String> {
    let elements = page.query_selector_all(page.root(), selector);
    elements.into_iter().find_map(|element: NodeId| clean(&page.get_attribute(element, name)?))
}

/// The texts of elements that have one.
fn texts(page: &Document, selector: &str) -> Vec<String> {
    let elements = page.query_selector_all(page.root(), selector);
    elements.into_iter().filter_map(|element| clean(&page.text_content(element))).collect()
}

/// A value with white space as single spaces; none where nothing is left. Some values have entities or tags inside the
/// entities that the parser has resolved.
fn clean(value: &str) -> Option<String> {
    let resolved;
    let value = if value.contains('&') && value.contains(';') || value.contains("</") {
        let inner = Document::parse(&value.replace("<plaintext", "").chars().take(10_000).collect::<String>());
        resolved = inner.text_content(inner.root());
        resolved.as_str()
    } else {
        value
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> Metadata {
        Metadata::read(&Document::parse(page), None)
    }

    fn url_of(head: &str) -> Option<String> {
        read(&format!("<html><head>{head}</head><body><p>x")).url
    }

    #[test]
    fn the_canonical_address_goes_before_others() {
        let canonical = "<link rel='CANONICAL' href=' https://www.Post.example/a '>";
        let og = "<meta property=og:url content='https://post.example/b'>";
        assert_eq!(url_of(&format!("{og}{canonical}")).as_deref(), Some("https://www.Post.example/a"));
        assert_eq!(url_of(&format!("{og}<link rel=canonical href='/a'>")).as_deref(), Some("https://post.example/b"));
        assert_eq!(
            url_of("<link rel=canonical href='//m.post.example/a?b'>").as_deref(),
            Some("https://m.post.example/a?b")
        );
        for bad in ["/a", "file:///home/a.html", "https://localhost/x", "javascript:alert(1)", "https://"] {
            assert_eq!(url_of(&format!("<link rel=canonical href='{bad}'>")), None, "{bad}");
        }
        assert_eq!(
            Metadata::read(&Document::parse("<p>x"), Some("https://a.example/")).url.as_deref(),
            Some("https://a.example/")
        );
    }

    #[test]
    fn domains_are_hosts_without_www() {
        for (url, host) in [
            ("https://www.Post.Example:8080/a", Some("post.example")),
            ("http://user:pw@новини.укр/a", Some("новини.укр")),
            ("https://m.post.example?x=@y.example", Some("m.post.example")),
            ("https://[::1]/", None),
            ("post.example", None),
        ] {
            assert_eq!(domain(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn languages_are_primary_codes() {
        for (tag, code) in [
            ("uk-UA", Some("uk")),
            ("ua", Some("uk")),
            ("en_GB", Some("en")),
            ("x-default", None),
            ("", None),
            ("und", None),
        ] {
            assert_eq!(primary_language(tag).as_deref(), code, "{tag}");
        }
        assert_eq!(read("<html lang='x'><head><meta property=og:locale content=ru_RU>").lang.as_deref(), Some("ru"));
    }

    #[test]
    fn the_title_is_the_heading_that_the_head_repeats_or_loses_the_outlet() {
        let page = |title: &str, body: &str| {
            read(&format!(
                "<head><meta property=og:site_name content='Harbour Post'><title>{title}</title></head>{body}"
            ))
            .title
        };
        assert_eq!(page("Rain again | Harbour Post", "<p>x").as_deref(), Some("Rain again"));
        assert_eq!(page("HARBOUR POST - Rain - again", "<p>x").as_deref(), Some("Rain - again"));
        assert_eq!(
            page("Rain again… — News", "<h1>Harbour Post</h1><h1> Rain <i>again</i></h1>").as_deref(),
            Some("Rain again")
        );
        assert_eq!(page("Rain again", "<h1>Most read</h1>").as_deref(), Some("Rain again"));
        assert_eq!(page("", "<h1>Rain &amp; snow</h1>").as_deref(), Some("Rain & snow"));
        assert_eq!(page("Caf&amp;eacute; &amp;quot;Rain&amp;quot;", "").as_deref(), Some("Café \"Rain\""));
    }

    #[test]
    fn authors_are_names() {
        let author = |page: &str| read(page).author;
        let meta =
            "<meta property='article:author' content='https://social.example/a'><meta name=author content='A. Writer'>";
        assert_eq!(author(meta).as_deref(), Some("A. Writer"));
        let body = "<span itemprop=author><a itemprop=name>Б. Автор</a></span><a rel=author>C. Third</a>";
        assert_eq!(author(body).as_deref(), Some("Б. Автор"));
        let json = "<script type='application/ld+json'>{\"@type\": \"Article\", \"author\": [\"A\", {\"name\": \"B &amp; C\"}, \"A\"]}</script>";
        assert_eq!(author(json).as_deref(), Some("A; B & C"));
        assert_eq!(author("<p>By nobody"), None);
    }

    #[test]
    fn dates_come_from_the_best_source() {
        let date = |page: &str| read(page).date;
        let meta = "<meta property='article:published_time' content='2024-05-03T01:00:00Z'>";
        let json = "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"datePublished\": \"2024-05-02\"}</script>";
        assert_eq!(date(&format!("{meta}{json}")).as_deref(), Some("2024-05-02"));
        assert_eq!(date(meta).as_deref(), Some("2024-05-03"));
        let times = "<time datetime='2020-01-01'>old</time><article><time datetime='2024-05-04'>x</time></article>";
        assert_eq!(date(times).as_deref(), Some("2024-05-04"));
        assert_eq!(date("<time datetime='2020-01-01'>a</time><time datetime='2020-01-02'>b</time>"), None);
        assert_eq!(date("<link rel=canonical href='https://a.example/2024/05/05/x'>").as_deref(), Some("2024-05-05"));
    }
}
