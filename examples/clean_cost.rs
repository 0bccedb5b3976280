//! What cleaning costs beside analysing, corpus by corpus: the time of both over the time of analysing alone.
//!
//! `cargo run --release --example clean_cost -- CORPUS.jsonl...`
//!
//! One thread; words 1 to 2; up to 3,000 articles of each corpus, evenly spaced; medians of nine runs. What cleaning masks is
//! analysed all the same, so that the ratio is that of cleaning whatever share of a page is furniture.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use slantwise::{CleanContext, CleanParams, Cleaner, Corpus, Example, TfidfVectorizer};

const ARTICLES: usize = 3000;
const RUNS: usize = 9;

/// The median of several runs, in seconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// How many spans cleaning masks.
fn clean(cleaner: &Cleaner, rows: &[&Example]) -> usize {
    let masks = |row: &&Example| {
        let article = &row.article;
        let context = CleanContext {
            domain: article.field("domain"),
            source: article.field("source"),
            language: article.field("lang"),
        };
        cleaner.mask(article.title(), article.text(), &context).len()
    };
    rows.iter().map(masks).sum()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| corpus | articles | bytes an article | analyze, MB/s | clean, MB/s | clean + analyze / analyze |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let cleaner = Cleaner::new(&CleanParams::default())?;
    for path in std::env::args().skip(1) {
        let corpus = Corpus::from_path(&path)?;
        let rows: Vec<&Example> = corpus.examples().iter().step_by(corpus.len().div_ceil(ARTICLES)).collect();
        let texts: Vec<&str> = rows.iter().map(|row| row.article.text()).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let vectorizer = pool.install(|| TfidfVectorizer::params().fit(&texts))?;
        let analyzing = median(|| _ = black_box(pool.install(|| vectorizer.transform(&texts))));
        let cleaning = median(|| _ = black_box(clean(&cleaner, &rows)));
        let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
        writeln!(
            out,
            "| {} | {} | {} | {:.1} | {:.1} | {:.2} |",
            Path::new(&path).file_name().unwrap_or_default().to_string_lossy(),
            rows.len(),
            bytes / rows.len().max(1),
            speed(analyzing),
            speed(cleaning),
            (analyzing + cleaning) / analyzing,
        )?;
    }
    Ok(())
}
