//! How frames are ranked on corpora that name frames of their own, by a table that says which of ours each of them is.

use std::path::Path;

use slantwise::{Corpus, Example, Gold, Result};

use crate::data;
use crate::recipes::Recipe;

/// A corpus, and for each of its frames ours.
const MAPPED: [(&str, &[(&str, &str)]); 2] = [
    (
        "gun-frames",
        &[
            ("economic_consequences", "Economic"),
            ("gun_control", "Policy_prescription_and_evaluation"),
            ("gun_rights", "Legality_Constitutionality_and_jurisprudence"),
            ("mental_health", "Health_and_safety"),
            ("politics", "Political"),
            ("public_opinion", "Public_opinion"),
            ("public_safety", "Security_and_defense"),
            ("race_ethnicity", "Fairness_and_equality"),
            ("society_culture", "Cultural_identity"),
        ],
    ),
    (
        "narrative-frames",
        &[
            ("conflict", "Political"),
            ("economic", "Economic"),
            ("human_interest", "Quality_of_life"),
            ("moral", "Morality"),
            ("resolution", "Policy_prescription_and_evaluation"),
        ],
    ),
];

/// Prints for each mapped frame how well a model of our own texts alone ranks the articles that have it above those that don't.
pub(crate) fn score(recipe: &Recipe, corpora: &Path) -> Result<()> {
    let model = recipe.params.fit(&recipe.corpus)?;
    println!("Mapped frames, none of whose articles is trained on: area under the ROC curve, .5 for chance\n");
    println!("| corpus | its frame | ours | articles | with it | AUC |\n|---|---|---|---:|---:|---:|");
    for (name, frames) in MAPPED {
        let ours = |theirs: &String| frames.iter().find(|(from, _)| from == theirs).map(|(_, to)| *to);
        let relabel = |example: Example| {
            let gold = Gold::several(example.gold.labels().iter().filter_map(ours));
            Example { gold, ..example }
        };
        let examples: Vec<Example> = data::corpus(corpora, name, &[])?.into_iter().map(relabel).collect();
        let corpus = Corpus::from_examples(examples)?;
        let scores = model.evaluate(&corpus)?;
        for (theirs, to) in frames {
            let Some(of_frame) = scores.label(to) else { continue };
            let auc = of_frame.roc_auc.map_or_else(|| "-".to_string(), |auc| format!("{auc:.3}"));
            println!("| {name} | {theirs} | {to} | {} | {} | {auc} |", corpus.len(), of_frame.support);
        }
    }
    println!();
    Ok(())
}
