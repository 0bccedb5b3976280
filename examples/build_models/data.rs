//! The labelled texts that the models are made of: our own, and the corpora.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use slantwise::{Article, Corpus, Example, Gold, Language, Result, sentences};

/// Under which key an article says where it comes from, which others it must stay together with, and how much it counts.
pub(crate) const ORIGIN: &str = "origin";
pub(crate) const GROUP: &str = "group";
pub(crate) const WEIGHT: &str = "weight";

/// What we wrote ourselves.
pub(crate) fn own(name: &str) -> Result<Vec<Example>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("training-data/{name}.jsonl"));
    let mut found = Corpus::from_path(path)?.into_examples();
    for example in &mut found {
        let event = example.article.field("event").or(example.article.field("subject")).unwrap_or("").to_string();
        place(example, "own", &format!("own: {event}"));
    }
    Ok(found)
}

/// A corpus; articles with the same value under a key stay together.
pub(crate) fn corpus(corpora: &Path, name: &str, group: &[&str]) -> Result<Vec<Example>> {
    let mut found = Corpus::from_path(corpora.join(format!("{name}.train.jsonl.zst")))?.into_examples();
    for example in &mut found {
        let values: Vec<&str> = group.iter().filter_map(|key| example.article.field(key)).collect();
        let group = if values.is_empty() { example.article.id().to_string() } else { values.join(" ") };
        place(example, name, &format!("{name}: {group}"));
    }
    Ok(found)
}

/// Says where an example comes from, and which others it must stay together with.
fn place(example: &mut Example, origin: &str, group: &str) {
    let article = std::mem::replace(&mut example.article, Article::from_text("."));
    example.article = article.with_field(ORIGIN, origin).with_field(GROUP, group);
}

/// An example of one class.
pub(crate) fn with_label(example: Example, label: &str) -> Example {
    Example { gold: Gold::One(label.to_string()), ..example }
}

pub(crate) fn weigh(example: Example, weight: f64) -> Example {
    Example { article: example.article.with_field(WEIGHT, weight.to_string()), ..example }
}

/// Weighs our own examples 1 each, and the others so that every label of an origin counts as much as `of_origin` of our own, whatever
/// the number of its articles.
pub(crate) fn balance(examples: Vec<Example>, of_origin: impl Fn(&str) -> f64) -> Vec<Example> {
    let origin = |e: &Example| e.article.field(ORIGIN).unwrap_or("").to_string();
    let cell = |e: &Example| (e.gold.labels().to_vec(), origin(e));
    let mut sizes: BTreeMap<_, usize> = BTreeMap::new();
    examples.iter().for_each(|e| *sizes.entry(cell(e)).or_insert(0) += 1);
    let weight = |e: &Example| {
        let origin = origin(e);
        if origin == "own" { 1.0 } else { (of_origin(&origin) / sizes[&cell(e)] as f64).min(1.0) }
    };
    let weights: Vec<f64> = examples.iter().map(weight).collect();
    examples.into_iter().zip(weights).map(|(example, w)| weigh(example, w)).collect()
}

/// The sentences of an article as examples of their own, labelled with what is marked in them; `by_line` where each line is one.
pub(crate) fn marked_sentences(
    example: &Example,
    by_line: bool,
    label: impl Fn(&str) -> Vec<&'static str>,
) -> Vec<Example> {
    let text = example.article.text();
    let ranges = if by_line {
        let start = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
        text.split('\n').map(|line| start(line)..start(line) + line.len()).collect()
    } else {
        sentences(text, example.article.lang().map_or(Language::Unknown, Language::from_code))
    };
    let mut found = Vec::new();
    for range in ranges.into_iter().filter(|r| !text[r.clone()].trim().is_empty()) {
        let start = text[..range.start].chars().count();
        let end = start + text[range.clone()].chars().count();
        let marked = example.spans.iter().filter(|span| span.start < end && span.end > start);
        let labels: BTreeSet<&str> = marked.flat_map(|span| label(&span.label)).collect();
        let mut article = Article::from_text(&text[range]);
        for (key, _) in example.article.fields() {
            if let (true, Some(value)) = ([GROUP, ORIGIN, "lang"].contains(&key), example.article.field(key)) {
                article = article.with_field(key, value);
            }
        }
        found.push(Example { article, gold: Gold::several(labels), spans: Vec::new() });
    }
    found
}
