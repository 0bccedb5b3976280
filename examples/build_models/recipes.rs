//! What each model is trained on, and how.

use std::path::Path;

use slantwise::{
    ClassWeight, Classifier, Corpus, Example, Gold, Metric, Pipeline, PipelineParams, Quotes, Result, Unit,
};

use crate::data::{self, GROUP, WEIGHT};
use crate::subjects;

pub(crate) const NAMES: [&str; 5] = ["ukraine-stance", "us-stance", "frames", "techniques", "hyperpartisan"];

/// A model before it is trained.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) corpus: Corpus,
    pub(crate) params: PipelineParams,
    /// The label without which no other is given, and its threshold.
    pub(crate) overall: Option<(&'static str, f64)>,
    /// The class of texts about something else.
    pub(crate) outside: Option<&'static str>,
}

/// The recipe of a model.
pub(crate) fn recipe(name: &'static str, corpora: &Path) -> Result<Recipe> {
    let (examples, params) = match name {
        "ukraine-stance" => ukraine_stance(corpora)?,
        "us-stance" => us_stance(corpora)?,
        "frames" => frames()?,
        "techniques" => techniques(corpora)?,
        _ => hyperpartisan(corpora)?,
    };
    let overall = (name == "techniques").then_some((PROPAGANDA, 0.4));
    let outside = matches!(name, "ukraine-stance" | "us-stance").then_some(subjects::OTHER);
    Ok(Recipe { name, corpus: Corpus::from_examples(examples)?, params, overall, outside })
}

/// Versions of one event, and articles of one outlet, stay together in the folds that calibrate.
fn common(classifier: Classifier, n_terms: usize) -> PipelineParams {
    let mut params = Pipeline::params().words(1, 2).classifier(classifier).group_by(GROUP);
    params.features.select = Some(n_terms);
    params
}

/// Each label of the outlets counts as much as thirty of our own texts, and each of the narratives as much as one: stance is to be learned from
/// contrast and not from what else tells the two apart, where one is all pro-Ukraine and the other pro-Kremlin but for four articles. With
/// more for the second, exposés of Russian arms deals are taken for pro-Kremlin. Long articles are labelled passage by passage, as our texts
/// are short. Of the corpora only English is used: in the other languages one stance has no articles, or one outlet.
fn ukraine_stance(corpora: &Path) -> Result<(Vec<Example>, PipelineParams)> {
    let mut examples = data::own("ukraine-stance")?;
    let outlets = data::corpus(corpora, "ukraine-stance", &["source", "batch"])?;
    let english = |e: &Example| e.article.lang() == Some("en");
    examples.extend(outlets.into_iter().filter(english));
    let narratives = data::corpus(corpora, "ukraine-narratives", &[])?;
    examples.extend(narratives.into_iter().filter(english).filter_map(stance_of_narratives));
    let mut params = common(Classifier::logistic().c(500.0), 100_000).chars(3, 5);
    params.passage_words = Some(150);
    params.weight_by = Some(WEIGHT.to_string());
    // Of three sides none is much more likely than the others together: as good as no answer.
    params.decision.abstain_below = 0.45;
    let of_origin = |origin: &str| if origin == "ukraine-narratives" { 1.0 } else { 30.0 };
    let mut examples = data::balance(examples, of_origin);
    // They weigh little, as they are easy to tell and say nothing of stance.
    examples.extend(subjects::other(0.2)?.chain(subjects::other_politics(0.1)?));
    Ok((examples, params))
}

/// What only pro-Kremlin narratives say is pro-kremlin; praise of the West alone is pro-ukraine; all else says nothing sure.
fn stance_of_narratives(example: Example) -> Option<Example> {
    const PRO_KREMLIN: [&str; 5] = [
        "URW: Discrediting Ukraine",
        "URW: Discrediting the West, Diplomacy",
        "URW: Praise of Russia",
        "URW: Russia is the Victim",
        "URW: Blaming the war on others rather than the invader",
    ];
    const PRO_UKRAINE: &str = "URW: Overpraising the West";
    let labels = example.gold.labels();
    let pro_kremlin = labels.iter().any(|l| PRO_KREMLIN.contains(&l.as_str()));
    let pro_ukraine = labels.iter().any(|l| l == PRO_UKRAINE);
    let stance = match (pro_kremlin, pro_ukraine) {
        (true, false) => "pro-kremlin",
        (false, true) if labels.len() == 1 => "pro-ukraine",
        _ => return None,
    };
    Some(data::with_label(example, stance))
}

/// The outlets of the media split's training part, and our own texts tenfold.
fn us_stance(corpora: &Path) -> Result<(Vec<Example>, PipelineParams)> {
    let outlets = data::corpus(corpora, "us-stance", &["domain"])?;
    let in_train = |e: &Example| e.article.field("splits.media") == Some("train");
    let mut examples: Vec<Example> =
        outlets.into_iter().filter(in_train).map(|example| data::weigh(example, 1.0)).collect();
    examples.extend(data::own("us-stance")?.into_iter().map(|example| data::weigh(example, 10.0)));
    // So much, since otherwise an article of an outlet is always more likely.
    examples.extend(subjects::other(1000.0)?.filter(|e| e.article.lang() == Some("en")));
    let mut params = common(Classifier::logistic().c(3.0), 200_000);
    // Of three sides none is more likely than the other two together: as good as no answer.
    params.decision.abstain_below = 0.5;
    params.weight_by = Some(WEIGHT.to_string());
    Ok((examples, params))
}

/// Our own texts alone, those on everyday subjects with no frame; long articles are labelled passage by passage, as the texts are short.
fn frames() -> Result<(Vec<Example>, PipelineParams)> {
    let mut params = common(Classifier::svm().c(0.3), 100_000).words(1, 1).chars(3, 5);
    params.classifier.set_class_weight(ClassWeight::Balanced);
    params.passage_words = Some(150);
    let mut examples = data::own("frames")?;
    examples.extend(subjects::everyday()?);
    Ok((examples, params))
}

fn hyperpartisan(corpora: &Path) -> Result<(Vec<Example>, PipelineParams)> {
    let mut params = common(Classifier::svm().c(1.5), 80_000).chars(2, 5).quotes(Quotes::Apart);
    params.classifier.set_class_weight(ClassWeight::Balanced);
    params.features.min_df = 1;
    let words = params.analyzer.words.get_or_insert_default();
    (words.punctuation, words.one_letter) = (true, true);
    Ok((data::corpus(corpora, "hyperpartisan", &["domain"])?, params))
}

/// Sentence by sentence: propaganda or not, and which of the 23 techniques. Where a corpus merges techniques, the sentence is
/// propaganda without a technique.
fn techniques(corpora: &Path) -> Result<(Vec<Example>, PipelineParams)> {
    let mut examples = Vec::new();
    for example in data::own("techniques")? {
        examples.extend(data::marked_sentences(&example, false, technique));
    }
    for example in data::corpus(corpora, "propaganda-en", &[])? {
        examples.extend(data::marked_sentences(&example, true, technique));
    }
    for example in data::corpus(corpora, "propaganda-slavic", &["document"])? {
        let labels: Vec<&str> = example.gold.labels().iter().flat_map(|label| technique(label)).collect();
        let gold = Gold::several(labels);
        examples.push(Example { gold, ..example });
    }
    let mut examples: Vec<Example> = examples.into_iter().map(|example| data::weigh(example, 1.0)).collect();
    // Lively prose without propaganda, in the style of our sentences with it: at full weight those are missed.
    for example in subjects::everyday()? {
        let found = data::marked_sentences(&example, false, technique);
        examples.extend(found.into_iter().map(|example| data::weigh(example, 0.3)));
    }
    let mut params = common(Classifier::svm().c(0.3), 140_000).words(1, 3).chars(2, 5).unit(Unit::Sentence);
    let words = params.analyzer.words.get_or_insert_default();
    (words.punctuation, words.one_letter) = (true, true);
    params.classifier.set_class_weight(ClassWeight::Balanced);
    params.decision.metric = Metric::MacroF1;
    params.weight_by = Some(WEIGHT.to_string());
    Ok((examples, params))
}

/// The label of every sentence with a technique. It is given from .4: there the mean of its F1 and that of its absence is largest, on
/// each of the corpora by cross-validation (.35 to .45 differ by a point), where its own F1 alone would ask for .3.
const PROPAGANDA: &str = "propaganda";

/// What a technique is called here, with the label of all of them.
fn technique(name: &str) -> Vec<&'static str> {
    const TECHNIQUES: [&str; 23] = [
        "Appeal_to_Authority",
        "Appeal_to_Fear-Prejudice",
        "Appeal_to_Hypocrisy",
        "Appeal_to_Popularity",
        "Appeal_to_Time",
        "Appeal_to_Values",
        "Causal_Oversimplification",
        "Consequential_Oversimplification",
        "Conversation_Killer",
        "Doubt",
        "Exaggeration-Minimisation",
        "False_Dilemma-No_Choice",
        "Flag_Waving",
        "Guilt_by_Association",
        "Loaded_Language",
        "Name_Calling-Labeling",
        "Obfuscation-Vagueness-Confusion",
        "Questioning_the_Reputation",
        "Red_Herring",
        "Repetition",
        "Slogans",
        "Straw_Man",
        "Whataboutism",
    ];
    // The names of the PTC corpus.
    let here = match name {
        "Name_Calling,Labeling" => "Name_Calling-Labeling",
        "Exaggeration,Minimisation" => "Exaggeration-Minimisation",
        "Appeal_to_fear-prejudice" => "Appeal_to_Fear-Prejudice",
        "Flag-Waving" => "Flag_Waving",
        "Black-and-White_Fallacy" => "False_Dilemma-No_Choice",
        "Thought-terminating_Cliches" => "Conversation_Killer",
        other => other,
    };
    let known = TECHNIQUES.into_iter().find(|technique| *technique == here);
    known.into_iter().chain([PROPAGANDA]).collect()
}
