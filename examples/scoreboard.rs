//! The scoreboard: every corpus tuned by honest folds on its training part, beside what the best peers reach on its test part.
//!
//! `cargo run --release --example scoreboard -- CORPORA [SECONDS] [NAME...]`
//!
//! CORPORA is the folder with the corpora as JSONL (where each comes from is told in README.md), SECONDS the time to search for each (default
//! 300), NAMEs limit it to some of the rows. Writes `scoreboard.md` and `scoreboard.json` to the current folder. Corpora that are not there are
//! passed over, and named.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use serde_json::json;
use slantwise::{Article, Budget, Corpus, Example, Gold, Metric, Pipeline, ReadOptions, TuneParams};

/// A row of the table: name, file, metric, groups, which rows, and the peers' best on the test part.
struct Entry {
    name: &'static str,
    file: &'static str,
    metric: Metric,
    group_by: Option<&'static str>,
    rows: Rows,
    peer: &'static str,
}

enum Rows {
    All,
    /// Those with this value of a field.
    Where(&'static str, &'static str),
    /// Each line is an article of its own: propaganda where a span touches it.
    Lines,
}

const ENTRIES: [Entry; 12] = [
    entry(
        "us-stance, outlets new",
        "us-stance",
        Metric::Accuracy,
        Some("domain"),
        Rows::Where("splits.media", "train"),
        ".609",
    ),
    entry("us-stance, random", "us-stance", Metric::Accuracy, None, Rows::Where("splits.random", "train"), ".832"),
    entry("hyperpartisan", "hyperpartisan", Metric::Accuracy, Some("domain"), Rows::All, ".820"),
    entry("20newsgroups", "literature/20newsgroups", Metric::Accuracy, None, Rows::All, ".874"),
    entry("reuters-r8", "literature/reuters-r8", Metric::Accuracy, None, Rows::All, ".977"),
    entry("reuters-r52", "literature/reuters-r52", Metric::Accuracy, None, Rows::All, ".951"),
    entry("ohsumed23", "literature/ohsumed23", Metric::Accuracy, None, Rows::All, ".712"),
    entry("mr", "literature/mr", Metric::Accuracy, None, Rows::All, ".781"),
    entry("imdb", "literature/imdb", Metric::Accuracy, None, Rows::All, ".922"),
    entry("propaganda-en sentences", "propaganda-en", Metric::MacroF1, Some("document"), Rows::Lines, ".675"),
    entry("propaganda-ar", "propaganda-ar", Metric::MicroF1, Some("document"), Rows::All, ".600"),
    entry("ukraine-stance", "ukraine-stance", Metric::MacroF1, Some("source"), Rows::All, ".53"),
];

const fn entry(
    name: &'static str,
    file: &'static str,
    metric: Metric,
    group_by: Option<&'static str>,
    rows: Rows,
    peer: &'static str,
) -> Entry {
    Entry { name, file, metric, group_by, rows, peer }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name the folder with the corpora")?;
    let seconds: f64 = args.next().map_or(Ok(300.0), |s| s.parse())?;
    let names: Vec<String> = args.collect();
    let mut markdown = String::from(
        "| corpus | metric | folds by | best by cross-validation | to expect | 95 % | peers' best on the test part | \
         setting | s |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut rows = Vec::new();
    for entry in ENTRIES.iter().filter(|e| names.is_empty() || names.iter().any(|n| n == e.name)) {
        let path = Path::new(&folder).join(format!("{}.train.jsonl.zst", entry.file));
        if !path.exists() {
            writeln!(markdown, "| {} | | | not there: {} | | | | | |", entry.name, path.display())?;
            continue;
        }
        let corpus = read(&path, &entry.rows)?;
        let mut params = Pipeline::params();
        params.group_by = entry.group_by.map(str::to_string);
        let how = TuneParams { metric: entry.metric, budget: Budget::seconds(seconds), ..TuneParams::default() };
        let start = Instant::now();
        let found = params.tune(&corpus, &how, |_| {})?;
        let took = start.elapsed().as_secs_f64();
        let fitted = found.model.fitted_params();
        let setting = format!(
            "{} {:?} words {:?} chars {:?}{}",
            fitted.classifier.name(),
            fitted.classifier.regularisation(),
            fitted.analyzer.words.as_ref().map(|w| (w.ngram_range, w.punctuation)),
            fitted.analyzer.chars.as_ref().map(|c| c.ngram_range),
            if fitted.reading.clean.is_some() { "" } else { " uncleaned" },
        );
        let (expect, interval) = found.estimate.map_or((String::new(), String::new()), |e| {
            (format!("{:.4}", e.score), format!("{:.3} to {:.3}", e.interval[0], e.interval[1]))
        });
        writeln!(
            markdown,
            "| {} | {} | {} | {:.4} | {expect} | {interval} | {} | {setting} | {took:.0} |",
            entry.name,
            entry.metric,
            entry.group_by.unwrap_or("rows"),
            found.best_score,
            entry.peer
        )?;
        rows.push(json!({
            "name": entry.name, "metric": entry.metric, "group_by": entry.group_by, "n": corpus.len(),
            "best": found.best_score, "expected": found.estimate, "peer_on_test": entry.peer,
            "params": fitted, "seconds": took, "cut_short": found.cut_short,
        }));
        std::fs::write("scoreboard.md", &markdown)?;
        std::fs::write("scoreboard.json", serde_json::to_string_pretty(&rows)?)?;
    }
    Ok(())
}

fn read(path: &Path, rows: &Rows) -> Result<Corpus, slantwise::Error> {
    let corpus = Corpus::from_paths(&[path], &ReadOptions::default())?;
    match rows {
        Rows::All => Ok(corpus),
        Rows::Where(key, value) => {
            let wanted = |e: &Example| e.article.field(key) == Some(value);
            Corpus::from_examples(corpus.into_examples().into_iter().filter(wanted).collect())
        }
        Rows::Lines => Corpus::from_examples(corpus.examples().iter().flat_map(lines).collect()),
    }
}

/// The lines of an article as examples of their own, which know their article as `document`.
fn lines(example: &Example) -> Vec<Example> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in example.article.text().split('\n') {
        let (start, end) = (at, at + line.chars().count());
        at = end + 1;
        if line.trim().is_empty() {
            continue;
        }
        let touched = example.spans.iter().any(|span| span.start < end && span.end > start);
        let article = Article::from_text(line).with_field("document", example.article.id());
        let gold = Gold::One(if touched { "propaganda" } else { "not" }.to_string());
        found.push(Example { article, gold, spans: Vec::new() });
    }
    found
}
