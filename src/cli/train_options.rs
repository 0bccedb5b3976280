//! The options that say what is learned and how: the same for `train` and `crossval`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use slantwise::{
    CharParams, ClassWeight, Classifier, Corpus, Error, MultiClass, Pipeline, PipelineParams, Quotes, ReadOptions,
    ReadingParams, SplitError, Unit,
};

use super::console::Console;
use super::reading::{Reading, check_stdin};
use super::values;

/// What was typed about the model. What is not given stands in `--params`, or is the default.
#[derive(Debug, Args)]
pub(super) struct TrainOptions {
    /// The key that holds the label; dots reach into objects [default: label, else labels]
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    label: Option<String>,
    /// A key such as domain: articles that share its value stay together when the model is tested inside training
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    pub(super) group_by: Option<String>,
    #[command(flatten, next_help_heading = "Data")]
    reading: Reading,

    /// Keys such as lang,topic that the label shall not depend on: articles are weighed so that label and key are independent
    #[arg(long, value_name = "KEY,...", value_delimiter = ',', help_heading = "Data")]
    balance_by: Vec<String>,
    /// A key with a number above 0 in every row: how much an article counts in training [default: 1 each]
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    weight_by: Option<String>,

    /// Parameters from a file, as `slantwise inspect` prints them; options given here go before it
    #[arg(long, value_name = "FILE.toml", help_heading = "Model")]
    params: Option<PathBuf>,
    /// What learns [default: logistic]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Classifier::NAMES))]
    #[arg(help_heading = "Model")]
    classifier: Option<String>,
    /// Inverse regularisation: larger fits the training articles closer; above 0 [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, help_heading = "Model")]
    c: Option<f64>,
    /// How much an error in each class costs: balanced, none, or NAME=W,NAME=W,... [default: none]
    #[arg(long, value_name = "WEIGHTS", value_parser = values::class_weight, help_heading = "Model")]
    class_weight: Option<ClassWeight>,
    /// How logistic regression tells more than two classes apart [default: multinomial]
    #[arg(long, value_name = "HOW", value_parser = ["multinomial", "one-vs-rest"], help_heading = "Model")]
    multi_class: Option<String>,
    /// Features that linfa-logistic and linfa-svm keep, at least 1 [default: 2000]
    #[arg(long, value_name = "K", help_heading = "Model")]
    top_k: Option<usize>,
    /// Memory that linfa-logistic and linfa-svm may take [default: 2GiB]
    #[arg(long, value_name = "SIZE", value_parser = values::bytes, help_heading = "Model")]
    memory_budget: Option<u64>,
    /// How often ftrl goes through the articles, 1 to 1000 [default: 1]
    #[arg(long, value_name = "N", help_heading = "Model")]
    passes: Option<u32>,
    /// No answer below this confidence, from 0 to 1 [default: 0]
    #[arg(long, value_name = "P", help_heading = "Model")]
    abstain_below: Option<f64>,
    /// The seed of everything random [default: 0]
    #[arg(long, value_name = "N", help_heading = "Model")]
    seed: Option<u64>,

    /// Read articles with all that surrounds them on their page [default: menus, bylines, calls to subscribe and the like are
    /// passed over, and the outlet's own name]
    #[arg(long, conflicts_with_all = ["known_outlets", "repeated_lines"], help_heading = "Reading")]
    no_clean: bool,
    /// Pass over the names of all known outlets and agencies [default: the outlet's own name only]
    #[arg(long, help_heading = "Reading")]
    known_outlets: bool,
    /// Learn which lines an outlet repeats, and pass over them; articles need a domain or a source [default: off]
    #[arg(long, help_heading = "Reading")]
    repeated_lines: bool,
    /// Whether the words of sources, quoted or reported, count like all others, as terms of their own, or not at all
    /// [default: same]
    #[arg(long, value_name = "HOW", value_parser = ["same", "apart", "drop"], help_heading = "Reading")]
    quotes: Option<String>,
    /// What the model judges at a time: the article, or each of its sentences, for models that are trained on single sentences
    /// [default: article]
    #[arg(long, value_name = "WHAT", value_parser = ["article", "sentence"], help_heading = "Reading")]
    unit: Option<String>,
    /// Label long articles by passages of about this many words, each label by its best one; for models that are trained on
    /// short texts [default: articles are scored whole]
    #[arg(long, value_name = "WORDS", help_heading = "Reading")]
    passages: Option<u32>,

    /// Sequences of MIN to MAX words, 1 to 8 [default: 1..2]
    #[arg(long, value_name = "MIN..MAX", value_parser = values::range, help_heading = "Features")]
    words: Option<(u8, u8)>,
    /// No words, only the characters of --chars
    #[arg(long, conflicts_with_all = ["words", "punctuation", "one_letter", "stem", "stop_words"], help_heading = "Features")]
    no_words: bool,
    /// Punctuation marks count as words
    #[arg(long, help_heading = "Features")]
    punctuation: bool,
    /// Words of one letter count
    #[arg(long, help_heading = "Features")]
    one_letter: bool,
    /// Stems stand for words, by each article's language (declared as lang, else detected) [default: off]
    #[arg(long, help_heading = "Features")]
    stem: bool,
    /// Drop the stop words of each article's language [default: off]
    #[arg(long, help_heading = "Features")]
    stop_words: bool,
    /// Sequences of MIN to MAX characters inside words, 1 to 16, besides the words [default: none]
    #[arg(long, value_name = "MIN..MAX", value_parser = values::range, help_heading = "Features")]
    chars: Option<(u8, u8)>,
    /// Drop terms in fewer articles than this, at least 1 [default: 2]
    #[arg(long, value_name = "N", help_heading = "Features")]
    min_df: Option<u32>,
    /// Drop terms in a larger share of the articles, above 0 and up to 1 [default: 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, help_heading = "Features")]
    max_df: Option<f64>,
    /// Keep the N most frequent terms, at least 1 [default: all]
    #[arg(long, value_name = "N", help_heading = "Features")]
    max_features: Option<usize>,
    /// Keep the K terms that tell the labels apart best (chi-squared), at least 1 [default: all]
    #[arg(long, value_name = "K", help_heading = "Features")]
    select: Option<usize>,
}

impl TrainOptions {
    /// Defaults, the parameter file over them, and over both what was typed; checked.
    pub(super) fn params(&self) -> anyhow::Result<PipelineParams> {
        let params = self.base()?;
        self.over(params)
    }

    /// As [`params`](Self::params), with the one classifier that learns from streams where no other was asked for.
    pub(super) fn stream_params(&self) -> anyhow::Result<PipelineParams> {
        let mut params = self.base()?;
        if params.classifier == Classifier::default() {
            params.classifier = Classifier::ftrl();
        }
        let asked = self.classifier.as_deref().unwrap_or(params.classifier.name());
        if asked != params.classifier.name() || asked != Classifier::ftrl().name() {
            bail!(
                "--stream does not learn with {asked}, only with ftrl; leave --classifier out, or train without --stream"
            );
        }
        self.over(params)
    }

    fn base(&self) -> anyhow::Result<PipelineParams> {
        match &self.params {
            Some(path) => read_params(path),
            None => Ok(Pipeline::params()),
        }
    }

    /// What was typed over other parameters; checked.
    fn over(&self, mut params: PipelineParams) -> anyhow::Result<PipelineParams> {
        self.set_reading(&mut params.reading);
        self.set_features(&mut params)?;
        self.set_classifier(&mut params.classifier)?;
        if let Some(key) = &self.group_by {
            params.group_by = Some(key.clone());
        }
        if let Some(key) = &self.weight_by {
            params.weight_by = Some(key.clone());
        }
        if !self.balance_by.is_empty() {
            params.balance_by = self.balance_by.clone();
        }
        params.decision.abstain_below = self.abstain_below.unwrap_or(params.decision.abstain_below);
        match self.unit.as_deref() {
            Some("sentence") => params.unit = Unit::Sentence,
            Some(_) => params.unit = Unit::Article,
            None => {}
        }
        params.passage_words = self.passages.or(params.passage_words);
        params.seed = self.seed.unwrap_or(params.seed);
        params.check()?;
        Ok(params)
    }

    fn set_reading(&self, reading: &mut ReadingParams) {
        if self.no_clean {
            reading.clean = None;
            reading.repeated_lines = None;
        }
        if self.known_outlets {
            let clean = reading.clean.take().unwrap_or_default();
            reading.clean = Some(clean.known_outlets(true));
        }
        if self.repeated_lines {
            reading.clean.get_or_insert_default();
            reading.repeated_lines.get_or_insert_default();
        }
        match self.quotes.as_deref() {
            Some("apart") => reading.quotes = Quotes::Apart,
            Some("drop") => reading.quotes = Quotes::Drop,
            Some(_) => reading.quotes = Quotes::Same,
            None => {}
        }
    }

    fn set_features(&self, params: &mut PipelineParams) -> anyhow::Result<()> {
        let analyzer = &mut params.analyzer;
        if let Some(ngram_range) = self.words {
            analyzer.words.get_or_insert_default().ngram_range = ngram_range;
        }
        if self.no_words {
            analyzer.words = None;
        }
        if self.punctuation || self.one_letter || self.stem || self.stop_words {
            let Some(words) = &mut analyzer.words else {
                bail!(
                    "--punctuation, --one-letter, --stem and --stop-words are about words, and there are none; give --words too"
                );
            };
            words.punctuation |= self.punctuation;
            words.one_letter |= self.one_letter;
            words.stem |= self.stem;
            words.stop_words |= self.stop_words;
        }
        if let Some(ngram_range) = self.chars {
            analyzer.chars = Some(CharParams { ngram_range });
        }
        let features = &mut params.features;
        features.min_df = self.min_df.unwrap_or(features.min_df);
        features.max_df = self.max_df.unwrap_or(features.max_df);
        features.max_features = self.max_features.or(features.max_features);
        features.select = self.select.or(features.select);
        Ok(())
    }

    fn set_classifier(&self, classifier: &mut Classifier) -> anyhow::Result<()> {
        if let Some(name) = &self.classifier
            && name != classifier.name()
        {
            // The parser accepts the names of classifiers only.
            *classifier = Classifier::named(name).unwrap_or_default();
        }
        if let Some(c) = self.c {
            let set = classifier.set_c(c);
            applies(set, "--c", classifier, "all but ftrl, blend and the naive-bayes ones")?;
        }
        if let Some(weight) = &self.class_weight {
            let set = classifier.set_class_weight(weight.clone());
            applies(set, "--class-weight", classifier, "all but ftrl, linfa-logistic and linfa-svm")?;
        }
        if let Some(passes) = self.passes {
            let set = match classifier {
                Classifier::Ftrl(params) => {
                    *params = params.clone().passes(passes);
                    true
                }
                _ => false,
            };
            applies(set, "--passes", classifier, "ftrl")?;
        }
        if let Some(how) = &self.multi_class {
            let how = if how == "multinomial" { MultiClass::Multinomial } else { MultiClass::OneVsRest };
            let set = match classifier {
                Classifier::Logistic(params) => {
                    *params = params.clone().multi_class(how);
                    true
                }
                _ => false,
            };
            applies(set, "--multi-class", classifier, "logistic")?;
        }
        if let Some(k) = self.top_k {
            let set = match classifier {
                Classifier::LinfaLogistic(params) => {
                    *params = params.clone().top_k(k);
                    true
                }
                Classifier::LinfaSvm(params) => {
                    *params = params.clone().top_k(k);
                    true
                }
                _ => false,
            };
            applies(set, "--top-k", classifier, "linfa-logistic and linfa-svm (others: --select)")?;
        }
        if let Some(bytes) = self.memory_budget {
            let set = match classifier {
                Classifier::LinfaLogistic(params) => {
                    *params = params.clone().memory_budget(bytes);
                    true
                }
                Classifier::LinfaSvm(params) => {
                    *params = params.clone().memory_budget(bytes);
                    true
                }
                _ => false,
            };
            applies(set, "--memory-budget", classifier, "linfa-logistic and linfa-svm")?;
        }
        Ok(())
    }

    /// How the labelled articles are read.
    pub(super) fn read_options(&self) -> ReadOptions {
        read_options(self.label.as_deref(), &self.reading)
    }

    /// Reads the labelled articles.
    pub(super) fn read(&self, data: &[PathBuf], console: &Console) -> anyhow::Result<Corpus> {
        read_corpus(data, self.label.as_deref(), &self.reading, console)
    }
}

/// An option that says nothing to the classifier is an error, so that nobody believes it did something.
fn applies(set: bool, option: &str, classifier: &Classifier, to: &str) -> anyhow::Result<()> {
    if !set {
        bail!(
            "{option} does not apply to {}, only to {to}; leave it out, or choose with --classifier",
            classifier.name()
        );
    }
    Ok(())
}

/// Reads labelled articles.
pub(super) fn read_corpus(
    data: &[PathBuf],
    label: Option<&str>,
    reading: &Reading,
    console: &Console,
) -> anyhow::Result<Corpus> {
    check_stdin(data)?;
    console.progress("reading articles");
    Ok(Corpus::from_paths(data, &read_options(label, reading))?)
}

fn read_options(label: Option<&str>, reading: &Reading) -> ReadOptions {
    let options = reading.options();
    match label {
        Some(key) => options.label(key),
        None => options,
    }
}

fn read_params(path: &Path) -> anyhow::Result<PipelineParams> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: can't read the parameters; check the spelling and the rights", path.display()))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        anyhow::anyhow!(
            "{}:{line}: {}; slantwise inspect prints the parameters of a model in the right form",
            path.display(),
            error.message().trim_end()
        )
    })
}

/// Warns of the values of `--balance-by` whose articles all have the same label.
pub(super) fn warn_about_balance(params: &PipelineParams, corpus: &Corpus, console: &Console) -> anyhow::Result<()> {
    let determined = params.determined(corpus).map_err(|error| locate(error, corpus))?;
    for key in &params.balance_by {
        let of_key: Vec<_> = determined.iter().filter(|d| d.key == *key).collect();
        let n: usize = of_key.iter().map(|d| d.n).sum();
        if n == 0 {
            continue;
        }
        let mut shown: Vec<String> =
            of_key.iter().take(5).map(|d| format!("{} is always \"{}\"", d.value, d.label)).collect();
        if of_key.len() > shown.len() {
            shown.push(format!("{} more", of_key.len() - shown.len()));
        }
        console.warn(format_args!(
            "--balance-by {key}: {n} of {} articles have a {key} with one label only, which no weights can balance ({}); \
             give articles of other labels with it, or measure with --group-by {key}",
            corpus.len(),
            shown.join(", ")
        ));
    }
    Ok(())
}

/// Names the article where an error of splitting only knows its position.
pub(super) fn locate(error: Error, corpus: &Corpus) -> anyhow::Error {
    let row = match &error {
        Error::Split(
            SplitError::MissingGroup { row, .. } | SplitError::MixedDates { row, .. } | SplitError::Date { row, .. },
        ) => *row,
        _ => return error.into(),
    };
    let Some(example) = corpus.examples().get(row) else { return error.into() };
    let message = error.to_string();
    let what = message.split_once(": ").map_or(message.as_str(), |(_, what)| what);
    anyhow::anyhow!("article {} ({}): {what}", row + 1, example.article.id())
}
