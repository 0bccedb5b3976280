//! `slantwise clean`: what a model reads of an article, and what is masked and why.

mod html;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;
use slantwise::{Article, CleanParams, CleanRule, Mask, Part, Reader, ReadingParams};

use super::Outcome;
use super::console::Console;
use super::models;
use super::output::empty;
use super::predict;
use super::reading::Reading;
use super::rejects::Rejects;
use super::sink::{self, Sink};

/// Show what a model reads of articles, and what is masked and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise clean article.txt                            the article; below it what was masked, and by which rule
  slantwise clean page.html --format html -o clean.html  struck out in place
  slantwise clean news.jsonl.zst --format jsonl -o clean.jsonl
  slantwise clean article.txt --off byline --off dateline
  slantwise clean article.txt --model stance.slant       as this model reads, with the lines that it has learned

Menus, calls to subscribe or comment, lists of other articles, captions, bylines, copyright lines and the like are \
masked, as is the outlet's own name where the row gives its 'domain' or 'source'. Nothing is rewritten: offsets in \
--format jsonl are Unicode code points of the title or text as they came in.

A row of JSONL output is {\"id\", \"lang\", \"title\", \"text\", \"masks\": [{\"start\", \"end\", \"in\", \"rule\", \"text\"}]}, \
where title and text are what is kept; \"reason\" says why nothing is.

The rules: navigation, widget, subscribe, comment, login, share, cookie, advertisement, related, caption, byline, \
dateline, date, copyright, notice, agency, link, keywords, source, repeated-lead, outlet, known-outlets, repeated-line.

Exit status:
  0  done; with --rejects FILE also when rows were set aside there
  2  an error; without --rejects also when a row could not be read (all others are cleaned)")]
pub(super) struct Clean {
    /// Files or folders of articles, or '-' [default: '-' when something is piped in]
    #[arg(value_name = "INPUT")]
    input: Vec<PathBuf>,
    /// Read as this model does
    #[arg(long, short, value_name = "MODEL", conflicts_with_all = ["off", "known_outlets"])]
    model: Option<PathBuf>,
    /// How articles are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a file, which appears when it is complete
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A rule that masks nothing; can be given several times
    #[arg(long, value_name = "RULE", value_parser = rule)]
    off: Vec<CleanRule>,
    /// Mask the names of all known outlets and agencies, not the article's own outlet only
    #[arg(long)]
    known_outlets: bool,
    /// Write rows that can't be read to a file, as JSONL with file, line and reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the article, then what was masked
    Text,
    /// One JSON object an article
    #[value(alias = "json")]
    Jsonl,
    /// A page with what was masked struck out in place
    Html,
}

fn rule(name: &str) -> Result<CleanRule, String> {
    CleanRule::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = CleanRule::ALL.iter().map(|rule| rule.as_str()).collect();
        format!("no such rule; the rules are {}", names.join(", "))
    })
}

/// An article with what is masked of it.
struct Cleaned<'a> {
    article: &'a Article,
    lang: &'static str,
    masks: Vec<Mask>,
}

impl Cleaned<'_> {
    /// What is kept of a part, without the white space around it.
    fn kept(&self, part: Part) -> String {
        let text = self.article.part(part);
        let ranges = slantwise::kept_ranges(text.len(), part, &self.masks);
        tidy(&ranges.into_iter().map(|range| &text[range]).collect::<String>())
    }

    /// Why nothing is kept.
    fn reason(&self) -> Option<&str> {
        let text = self.article.text();
        if text.trim().is_empty() {
            return Some(empty(self.article).unwrap_or("the article has no text"));
        }
        let mut kept = slantwise::kept_ranges(text.len(), Part::Text, &self.masks).into_iter();
        kept.all(|range| text[range].trim().is_empty()).then_some("all of the text is masked")
    }
}

/// Text with its lines trimmed and at most one blank line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        out.push_str(line);
    }
    out
}

impl Clean {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let reader = self.reader()?;
        let options = self.reading.options();
        let inputs = predict::inputs(self.input, &options)?;
        sink::check_outputs(self.output.as_deref(), self.rejects.as_deref(), &inputs)?;
        let mut sink = Sink::open(self.output.as_deref())?;
        let (colour, show_progress) = (sink.is_coloured(), !sink.is_terminal());
        let mut rejects = Rejects::open(self.rejects.as_deref())?;
        let write = |cleaned: &Cleaned<'_>| match self.format {
            Format::Text => Ok(text::page(cleaned, colour)),
            Format::Html => Ok(html::article(cleaned)),
            Format::Jsonl => record(cleaned),
        };

        let queue = predict::read_ahead(inputs, options)?;
        if self.format == Format::Html {
            sink.write(html::HEAD.as_bytes())?;
        }
        let (mut n, mut by_rule) = (0u64, BTreeMap::<CleanRule, u64>::new());
        while let Some(batch) = queue.take() {
            let rows = rejects.sort_out(batch, console)?;
            let pages: Vec<(String, Vec<Mask>)> = rows
                .par_iter()
                .map(|row| {
                    let cleaned = clean(&reader, &row.article);
                    Ok((write(&cleaned)?, cleaned.masks))
                })
                .collect::<anyhow::Result<_>>()?;
            for (page, masks) in &pages {
                sink.write(page.as_bytes())?;
                masks.iter().for_each(|mask| *by_rule.entry(mask.rule).or_default() += 1);
            }
            sink.flush()?;
            n += rows.len() as u64;
            if show_progress {
                console.progress(format!("{n} articles cleaned"));
            }
        }
        if self.format == Format::Html {
            sink.write(html::FOOT.as_bytes())?;
        }
        console.stop();
        sink.finish()?;
        if n == 0 && rejects.is_empty() {
            console.warn("there are no articles in the input");
        }
        let rules: Vec<String> = by_rule.iter().map(|(rule, n)| format!("{rule} {n}")).collect();
        if n > 0 {
            let rules = if rules.is_empty() { "nothing".to_string() } else { rules.join(", ") };
            console.note(format_args!("{n} articles; masked: {rules}"));
        }
        rejects.conclude(format_args!("{n} articles are cleaned"), console)?;
        Ok(Outcome::Done)
    }

    fn reader(&self) -> anyhow::Result<Reader> {
        if let Some(path) = &self.model {
            return Ok(models::open(path)?.reader().clone());
        }
        let mut params = CleanParams::default().known_outlets(self.known_outlets);
        for &rule in &self.off {
            params = params.off(rule);
        }
        Ok(Reader::new(&ReadingParams { clean: Some(params), ..ReadingParams::default() })?)
    }
}

fn clean<'a>(reader: &Reader, article: &'a Article) -> Cleaned<'a> {
    Cleaned { article, lang: article.language().code(), masks: reader.masks(article) }
}

#[derive(Serialize)]
struct Record<'a> {
    id: &'a str,
    lang: &'a str,
    title: Option<String>,
    text: String,
    masks: Vec<MaskRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Offsets in Unicode code points.
#[derive(Serialize)]
struct MaskRecord<'a> {
    start: usize,
    end: usize,
    #[serde(rename = "in")]
    part: &'static str,
    rule: CleanRule,
    text: &'a str,
}

fn record(cleaned: &Cleaned<'_>) -> anyhow::Result<String> {
    let mut masks = Vec::with_capacity(cleaned.masks.len());
    for part in [Part::Title, Part::Text] {
        let text = cleaned.article.part(part);
        // One walk over the text for all masks.
        let (mut byte, mut code_point) = (0, 0);
        let mut to = |at: usize| {
            code_point += text[byte..at].chars().count();
            byte = at;
            code_point
        };
        for mask in cleaned.masks.iter().filter(|mask| mask.part == part) {
            let (start, end) = (to(mask.start), to(mask.end));
            let words = &text[mask.start..mask.end];
            masks.push(MaskRecord { start, end, part: part.as_str(), rule: mask.rule, text: words });
        }
    }
    let record = Record {
        id: cleaned.article.id(),
        lang: cleaned.lang,
        title: cleaned.article.title().map(|_| cleaned.kept(Part::Title)),
        text: cleaned.kept(Part::Text),
        masks,
        reason: cleaned.reason(),
    };
    Ok(serde_json::to_string(&record).context("can't write the article as JSON")? + "\n")
}
