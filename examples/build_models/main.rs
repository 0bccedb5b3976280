//! Trains the models that come with the library and writes them to `models/`.
//!
//! `cargo run --release --example build_models -- CORPORA [NAME...]`: the same bytes every time, on any number of threads.
//! CORPORA is the folder with the corpora that the cards name; NAMEs limit it to some of the models. With `--score` nothing
//! is written: the honest scores of the cards are measured and printed instead, which takes some minutes.

#![allow(clippy::print_stdout)]

mod data;
mod mapped;
mod recipes;
mod score;
mod stance;
mod subjects;

use std::path::{Path, PathBuf};

use recipes::Recipe;
use slantwise::CompressParams;

/// The most that a shipped model may take.
const MOST_BYTES: u64 = 3_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, args): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    if let Some(unknown) = flags.iter().find(|flag| *flag != "--score") {
        return Err(format!("unknown option {unknown}; there is only --score").into());
    }
    let (folder, names) = args.split_first().ok_or("name the folder with the corpora")?;
    let corpora = PathBuf::from(folder);
    if let Some(unknown) = names.iter().find(|name| !recipes::NAMES.contains(&name.as_str())) {
        return Err(format!("no model is named {unknown}; there are {}", recipes::NAMES.join(", ")).into());
    }
    for name in recipes::NAMES.into_iter().filter(|name| names.is_empty() || names.iter().any(|n| n == name)) {
        let recipe = recipes::recipe(name, &corpora)?;
        if flags.is_empty() {
            build(&recipe)?;
            continue;
        }
        score::score(&recipe)?;
        if name == "frames" {
            mapped::score(&recipe, &corpora)?;
        }
    }
    Ok(())
}

fn build(recipe: &Recipe) -> Result<(), Box<dyn std::error::Error>> {
    let mut model = recipe.params.fit(&recipe.corpus)?.compress(&CompressParams::default())?;
    if let Some((label, threshold)) = recipe.overall {
        model = model.with_threshold(label, threshold)?.with_overall(label)?;
    }
    if let Some(label) = recipe.outside {
        model = model.with_outside(label)?;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/{}.slant", recipe.name));
    model.save(&path)?;
    let bytes = std::fs::metadata(&path)?.len();
    let terms = model.vectorizer().vocabulary().len();
    println!("{}: {} articles, {terms} terms, {bytes} bytes", recipe.name, recipe.corpus.len());
    if bytes > MOST_BYTES {
        return Err(format!("{}: {bytes} bytes, {MOST_BYTES} at most; select fewer terms", path.display()).into());
    }
    Ok(())
}
