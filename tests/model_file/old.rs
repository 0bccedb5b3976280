//! Files of every version that was ever written predict what they predicted then, bit for bit.
//!
//! `cargo test --test model_file -- --ignored regenerate` writes those of this version anew. That is right while a format is
//! being made, and wrong once it has been released: a new version then gets files of its own beside the old ones.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use slantwise::{Article, Classifier, CompressParams, Corpus, Example, FORMAT_VERSION, Gold, Pipeline};

/// What the old files were trained on; each outlet is of one side.
const TRAINING: [(&str, &str, &str); 16] = [
    ("against", "east.example", "Weapons for the regime only prolong the war, and the West knows it."),
    ("against", "east.example", "The regime begs for billions while prices rise at home."),
    ("against", "vostok.example", "Запад накачивает режим оружием, а платит за войну народ."),
    ("against", "vostok.example", "Марионеточный режим снова просит деньги и оружие."),
    ("against", "echo.example", "So-called partners fight to the last soldier of somebody else."),
    ("against", "echo.example", "Who profits from the war? The merchants of weapons in the West."),
    ("for", "west.example", "Partners send launchers that protect the city and save lives."),
    ("for", "west.example", "The invaders shelled a school; rescuers saved eleven children."),
    ("for", "zahid.example", "Партнери передали зброю, яка захищає міста й рятує людей."),
    ("for", "zahid.example", "Загарбники обстріляли лікарню, рятувальники працюють на місці."),
    ("for", "free.example", "Aid arrived in time: the people of the city thank their partners."),
    ("for", "free.example", "Freedom is worth defending, and so are the people who defend it."),
    ("neutral", "wire.example", "The parliament voted on the budget; the vote took three hours."),
    ("neutral", "wire.example", "Talks between the two sides resume on Monday, a spokesman said."),
    ("neutral", "agency.example", "Переговоры сторон продолжатся в понедельник, сообщили в министерстве."),
    ("neutral", "agency.example", "Ціни на газ зросли на 4 відсотки, повідомила статистика."),
];

/// What the old files are asked.
const ARTICLES: [(&str, &str); 8] = [
    ("", "The regime wants weapons for the war."),
    ("Partners send aid", "Launchers protect the people of the city."),
    ("Запад", "Режим просит оружие, режим просит деньги."),
    ("", "Партнери захищають міста, рятувальники рятують людей."),
    ("Budget", "The vote took four hours, a spokesman said on Monday."),
    ("", "weapons weapons weapons weapons weapons peace"),
    ("", "Nichts davon kommt im Modell vor 🙂"),
    ("", ""),
];

#[derive(Serialize, Deserialize)]
struct Expected {
    version: u32,
    labels: Vec<String>,
    predictions: Vec<ExpectedPrediction>,
}

#[derive(Serialize, Deserialize)]
struct ExpectedPrediction {
    title: String,
    text: String,
    labels: Vec<String>,
    scores: Vec<f64>,
    probabilities: Vec<f64>,
    /// The strongest term of each given label, and what it contributes.
    evidence: Vec<(String, f64)>,
}

/// Two models: one class by words and characters, several labels by words.
fn models() -> [(&'static str, Pipeline); 2] {
    let corpus = |gold: fn(&str, &str) -> Gold| {
        let example = |(label, domain, text): &(&str, &str, &str)| Example {
            article: Article::from_text(*text).with_field("domain", *domain),
            gold: gold(label, text),
            spans: Vec::new(),
        };
        Corpus::from_examples(TRAINING.iter().map(example).collect()).unwrap()
    };
    let one = corpus(|label, _| Gold::One(label.to_string()));
    let several = corpus(|label, text| {
        let topics = [("arms", "weapon|launcher|оружи|зброю"), ("money", "billion|budget|prices|деньги|Ціни")];
        let found = topics.iter().filter(|(_, words)| words.split('|').any(|word| text.contains(word)));
        Gold::several(found.map(|(topic, _)| *topic).chain((label == "against").then_some("blame")))
    });
    let words = Pipeline::params().words(1, 2).min_df(1);
    [
        ("one-class", words.clone().chars(2, 4).min_df(2).fit(&one).unwrap()),
        ("several-labels", words.group_by("domain").classifier(Classifier::svm()).fit(&several).unwrap()),
    ]
}

fn file(version: u32, name: &str, extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/v{version}-{name}.{extension}"))
}

fn predictions(model: &Pipeline) -> Vec<ExpectedPrediction> {
    let predict = |&(title, text): &(&str, &str)| {
        let article = Article::new(title, text);
        let prediction = model.predict(&article);
        ExpectedPrediction {
            title: title.to_string(),
            text: text.to_string(),
            labels: prediction.labels().into_iter().map(String::from).collect(),
            scores: prediction.scores().map(|s| s.1).collect(),
            probabilities: prediction.probabilities().map(|p| p.1).collect(),
            evidence: model.explain(&article, 1).into_iter().map(|e| (e.term, e.contribution)).collect(),
        }
    };
    ARTICLES.iter().map(predict).collect()
}

#[test]
#[ignore = "writes the files that the other tests read"]
fn regenerate() {
    for (name, model) in models() {
        let model = model.compress(&CompressParams::default()).unwrap();
        model.save(file(FORMAT_VERSION, name, "slant")).unwrap();
        let expected = Expected {
            version: FORMAT_VERSION,
            labels: model.labels().names().to_vec(),
            predictions: predictions(&model),
        };
        let json = serde_json::to_string_pretty(&expected).unwrap() + "\n";
        std::fs::write(file(FORMAT_VERSION, name, "json"), json).unwrap();
    }
}

fn check(version: u32, name: &str) {
    let expected: Expected = serde_json::from_slice(&std::fs::read(file(version, name, "json")).unwrap()).unwrap();
    let model = Pipeline::load(file(version, name, "slant")).unwrap();
    assert_eq!((expected.version, expected.labels.as_slice()), (version, model.labels().names()));
    assert_eq!(expected.predictions.len(), ARTICLES.len());
    let bits = |numbers: &[f64]| numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
    for (expected, found) in expected.predictions.iter().zip(predictions(&model)) {
        let text = &expected.text;
        assert_eq!((&expected.title, text), (&found.title, &found.text));
        assert_eq!(expected.labels, found.labels, "{text}");
        assert_eq!(bits(&expected.scores), bits(&found.scores), "{text}: {:?} {:?}", expected.scores, found.scores);
        assert_eq!(expected.evidence, found.evidence, "{text}");
        // Probabilities come from the exponential function, whose last bit is the operating system's.
        if cfg!(all(target_os = "linux", target_env = "gnu")) {
            assert_eq!(bits(&expected.probabilities), bits(&found.probabilities), "{text}");
        }
        for (e, f) in expected.probabilities.iter().zip(&found.probabilities) {
            assert!((e - f).abs() < 1e-14, "{text}: {e} {f}");
        }
    }
}

#[test]
fn version_1_predicts_what_it_did() {
    check(1, "one-class");
    check(1, "several-labels");
}

/// The files hold something worth keeping: a model that tells the two sides apart.
#[test]
fn version_1_tells_the_classes_apart() {
    let model = Pipeline::load(file(1, "one-class", "slant")).unwrap();
    let labels: Vec<String> = ARTICLES[..4]
        .iter()
        .map(|(title, text)| model.predict(&Article::new(*title, *text)).label().unwrap().to_string())
        .collect();
    assert_eq!(labels, ["against", "for", "against", "for"]);
}

#[test]
fn version_2_predicts_what_it_did() {
    check(2, "one-class");
    check(2, "several-labels");
}

/// What is read can be written again: nothing in an old file is lost.
#[test]
fn models_are_the_same_when_they_are_written_again() {
    for (version, name) in [(1, "one-class"), (1, "several-labels"), (2, "one-class"), (2, "several-labels")] {
        let bytes = std::fs::read(file(version, name, "slant")).unwrap();
        let model = Pipeline::from_bytes(&bytes).unwrap();
        assert_eq!(Pipeline::from_bytes(&model.to_bytes()).unwrap(), model, "{version} {name}");
        assert!(version == 1 || model.to_bytes() == bytes, "{name}");
    }
}
