//! Throughput of the reading stage: cleaning before the terms are taken, language detection and sentences.
//!
//! `cargo bench --bench reading`. Cleaning is measured on the hand-written pages of `tests/data/pages/`, as they stand (half
//! of a page is furniture) and as articles of usual length: all paragraphs of a language's pages between the furniture of
//! one of them. English has the largest share. Terms are taken by one thread. Language detection and sentences are
//! measured on `training-data/`. Each bench asserts its result.

use std::path::Path;

use divan::{Bencher, black_box, counter::BytesCount};
use slantwise::{
    CleanContext, CleanParams, Cleaner, Language, Part, TfidfVectorizer, detect_language, kept_ranges, sentences,
};

const LANGUAGES: [&str; 3] = ["en", "ru", "ar"];

fn main() {
    divan::main();
}

fn of(code: &str) -> Language {
    Language::from_code(code)
}

/// The texts of the training data in a language.
fn texts(language: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data");
    let files = ["us-stance", "ukraine-stance", "frames"].map(|name| folder.join(name).with_extension("jsonl"));
    let rows = files.iter().flat_map(|file| {
        let content = std::fs::read_to_string(file).expect("the training data are in the repository");
        content.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<serde_json::Value>>()
    });
    rows.filter(|row| row["lang"] == language).map(|row| row["text"].as_str().unwrap_or("").to_string()).collect()
}

/// A text in a language, and how many of its bytes are to be kept.
struct Page {
    language: &'static str,
    text: String,
    to_keep: usize,
}

/// Languages of the pages, and how often theirs are read.
const SHARES: [(&str, usize); 11] = [
    ("en", 10),
    ("ru", 2),
    ("uk", 1),
    ("ar", 1),
    ("de", 1),
    ("fr", 1),
    ("it", 1),
    ("pl", 1),
    ("es", 1),
    ("ro", 1),
    ("bg", 1),
];

const KINDS: [&str; 2] = ["articles", "pages"];

/// The marked pages of a language: furniture stands between `⟦` and `⟧`.
fn marked(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages").join(language).with_extension("txt");
    let content = std::fs::read_to_string(path).expect("the test pages are in the repository");
    let pages = content.split("=== ").skip(1).filter_map(|page| page.split_once('\n'));
    pages.map(|(_, body)| body.to_string()).collect()
}

/// A marked page as pieces, each with whether it is to be kept.
fn pieces(page: &str) -> impl Iterator<Item = (&str, bool)> {
    page.split('⟦').enumerate().flat_map(|(i, piece)| match piece.split_once('⟧') {
        Some((furniture, kept)) if i > 0 => [(furniture, false), (kept, true)],
        _ => [(piece, true), ("", true)],
    })
}

fn pages(kind: &str) -> Vec<Page> {
    let mut all = Vec::new();
    for (language, share) in SHARES {
        let marked = marked(language);
        let of = |page: &String, keep: bool| -> Vec<String> {
            pieces(page).filter(|p| p.1 == keep).map(|p| p.0.trim().to_string()).filter(|p| !p.is_empty()).collect()
        };
        let body = marked.iter().flat_map(|page| of(page, true)).collect::<Vec<String>>().join("\n\n");
        for page in std::iter::repeat_n(&marked, share).flatten() {
            let (text, to_keep) = if kind == "pages" {
                let text: String = pieces(page).map(|p| p.0).collect();
                (text, of(page, true).iter().map(String::len).sum())
            } else {
                let furniture = of(page, false);
                let (above, below) = furniture.split_at(furniture.len() / 2);
                (format!("{}\n\n{body}\n\n{}", above.join("\n"), below.join("\n")), body.len())
            };
            all.push(Page { language, text, to_keep });
        }
    }
    all
}

fn cleaner() -> Cleaner {
    Cleaner::new(&CleanParams::default()).expect("the defaults are valid")
}

/// What is kept of each page.
fn kept(cleaner: &Cleaner, pages: &[Page]) -> Vec<String> {
    let kept = |page: &Page| {
        let context = CleanContext { language: Some(page.language), ..CleanContext::default() };
        let masks = cleaner.mask(None, &page.text, &context);
        kept_ranges(page.text.len(), Part::Text, &masks).into_iter().map(|r| &page.text[r]).collect::<String>()
    };
    pages.iter().map(kept).collect()
}

/// A vectorizer that knows the terms of the pages, and a pool of one thread.
fn vectorizer(texts: &[&str]) -> (TfidfVectorizer, rayon::ThreadPool) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let vectorizer = pool.install(|| TfidfVectorizer::params().min_df(1).fit(texts)).expect("there are terms");
    (vectorizer, pool)
}

fn size(pages: &[Page]) -> BytesCount {
    BytesCount::new(pages.iter().map(|p| p.text.len()).sum::<usize>())
}

fn texts_of(pages: &[Page]) -> Vec<&str> {
    pages.iter().map(|p| p.text.as_str()).collect()
}

fn assert_kept(kept: &[String], pages: &[Page]) {
    let (kept, to_keep) = (kept.iter().map(String::len).sum::<usize>(), pages.iter().map(|p| p.to_keep).sum::<usize>());
    assert!(kept * 100 > to_keep * 95 && kept * 100 < to_keep * 110, "{kept} of {to_keep}");
}

/// Tokens, hashes and weights of the whole text.
#[divan::bench(args = KINDS)]
fn analyze(bencher: Bencher, kind: &str) {
    let pages = pages(kind);
    let texts = texts_of(&pages);
    let (vectorizer, pool) = vectorizer(&texts);
    let n_terms = pool.install(|| vectorizer.transform(&texts)).n_nonzero();
    bencher.counter(size(&pages)).bench_local(|| {
        let matrix = pool.install(|| vectorizer.transform(black_box(&texts)));
        assert_eq!((matrix.n_samples(), matrix.n_nonzero()), (texts.len(), n_terms));
    });
}

/// The same of what cleaning leaves.
#[divan::bench(args = KINDS)]
fn clean_and_analyze(bencher: Bencher, kind: &str) {
    let (pages, cleaner) = (pages(kind), cleaner());
    let texts = texts_of(&pages);
    let (vectorizer, pool) = vectorizer(&texts);
    let n_terms = pool.install(|| vectorizer.transform(&texts)).n_nonzero();
    bencher.counter(size(&pages)).bench_local(|| {
        let kept = kept(&cleaner, black_box(&pages));
        let matrix = pool.install(|| vectorizer.transform(&kept));
        assert!(matrix.n_nonzero() < n_terms && matrix.n_nonzero() * 3 > n_terms);
        assert_kept(&kept, &pages);
    });
}

/// Cleaning alone.
#[divan::bench(args = KINDS)]
fn clean(bencher: Bencher, kind: &str) {
    let (pages, cleaner) = (pages(kind), cleaner());
    bencher.counter(size(&pages)).bench_local(|| assert_kept(&kept(&cleaner, black_box(&pages)), &pages));
}

fn size_of(texts: &[String]) -> BytesCount {
    BytesCount::new(texts.iter().map(String::len).sum::<usize>())
}

#[divan::bench(args = LANGUAGES)]
fn language(bencher: Bencher, language: &str) {
    let texts = texts(language);
    bencher.counter(size_of(&texts)).bench(|| {
        let right = |text: &&String| detect_language(text).language == of(language);
        let n_right = black_box(&texts).iter().filter(right).count();
        assert!(n_right * 100 > texts.len() * 98);
    });
}

#[divan::bench(args = LANGUAGES)]
fn sentence_spans(bencher: Bencher, language: &str) {
    let texts = texts(language);
    bencher.counter(size_of(&texts)).bench(|| {
        let n_sentences: usize = black_box(&texts).iter().map(|text| sentences(text, of(language)).len()).sum();
        assert!(n_sentences > 5 * texts.len());
    });
}
