//! The trainer as a whole.

use std::path::Path;

use super::{StreamParams, StreamTrainer};
use crate::article::{Article, Example, Gold};
use crate::classifier::{Classifier, Ftrl};
use crate::corpus::Corpus;
use crate::error::{CheckpointError, Error};
use crate::pipeline::{Pipeline, PipelineParams};
use crate::random::Random;

fn corpus(name: &str) -> Vec<Example> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("training-data/{name}.jsonl"));
    let mut examples = Corpus::from_path(path).unwrap().into_examples();
    Random::new(1).shuffle(&mut examples);
    examples
}

fn params(pipeline: PipelineParams) -> StreamParams {
    let classifier = match pipeline.classifier {
        Classifier::Ftrl(_) => pipeline.classifier.clone(),
        _ => Classifier::ftrl(),
    };
    StreamParams { pipeline: pipeline.classifier(classifier), memory: 128 << 20 }
}

fn train(params: &StreamParams, examples: &[Example], batch: usize) -> Pipeline {
    let mut trainer = StreamTrainer::new(params.clone()).unwrap();
    let Classifier::Ftrl(ftrl) = &params.pipeline.classifier else { panic!() };
    for _ in 0..ftrl.n_passes() {
        examples.chunks(batch).for_each(|part| trainer.learn(part.to_vec()).unwrap());
        trainer.end_pass().unwrap();
    }
    trainer.finish().unwrap()
}

fn example(text: impl Into<String>, gold: Gold) -> Example {
    Example { article: Article::from_text(text), gold, spans: Vec::new() }
}

fn one(label: &str) -> Gold {
    Gold::One(label.to_string())
}

/// Sentences of which one word tells the label.
fn told(n: usize, labels: &[&str]) -> Vec<Example> {
    let sentence = |i: usize| {
        let k = (i * 7919 + i / 5) % labels.len();
        example(format!("On day {} the paper {i} said word{k} of the matter.", i % 31), one(labels[k]))
    };
    (0..n).map(sentence).collect()
}

fn accuracy(model: &Pipeline, examples: &[Example]) -> f64 {
    let right = |e: &&Example| model.predict(&e.article).label() == e.gold.labels().first().map(String::as_str);
    examples.iter().filter(right).count() as f64 / examples.len() as f64
}

#[test]
fn a_stream_learns_nearly_as_much_as_a_corpus() {
    let examples = corpus("ukraine-stance");
    let (train_on, test_on) = examples.split_at(900);
    let pipeline = Pipeline::params().words(1, 2);
    let batch = pipeline.clone().classifier(Classifier::logistic().c(10.0));
    let batch = batch.fit(&Corpus::from_examples(train_on.to_vec()).unwrap()).unwrap();
    let passes = |n| Classifier::Ftrl(Ftrl::params().passes(n));
    let stream = |n| train(&params(pipeline.clone().classifier(passes(n))), train_on, 100);
    let (batch, first, third) =
        (accuracy(&batch, test_on), accuracy(&stream(1), test_on), accuracy(&stream(4), test_on));
    assert!(batch > 0.5 && first > batch - 0.1 && third > batch - 0.05, "{batch} {first} {third}");
}

#[test]
fn several_labels_are_learned() {
    let corpus = Corpus::from_examples(corpus("frames")).unwrap();
    let passes = Classifier::Ftrl(Ftrl::params().passes(3));
    let model = train(&params(Pipeline::params().words(1, 1).classifier(passes)), corpus.examples(), 64);
    assert_eq!(model.labels(), corpus.labels());
    assert_eq!(model.support(), corpus.targets().support());
    let scores = model.evaluate(&corpus).unwrap();
    assert!(scores.micro_f1 > 0.7, "{scores:?}");
    assert!(model.n_calibration_samples() >= 50 && model.calibration().unfitted().is_empty());
}

#[test]
fn the_model_does_not_depend_on_batches_or_threads() {
    let examples = &corpus("us-stance")[..200];
    let params = params(Pipeline::params().words(1, 2).chars(3, 4));
    let expected = train(&params, examples, 200).to_bytes();
    for (batch, threads) in [(1, 1), (7, 2), (200, 5)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| train(&params, examples, batch)).to_bytes() == expected, "{batch} {threads}");
    }
    let mut other = params.clone();
    other.pipeline.seed = 1;
    assert!(train(&other, examples, 200).to_bytes() != expected);
}

#[test]
fn a_model_of_a_stream_is_saved_and_explains_like_any_other() {
    let model = train(&params(Pipeline::params()), &told(2000, &["b", "a"]), 100);
    let again = Pipeline::from_bytes(&model.to_bytes()).unwrap();
    assert!(again == model);
    let article = Article::from_text("On day 7 the paper said word0 of the matter.");
    let prediction = again.predict(&article);
    assert_eq!(prediction.label(), Some("b"));
    assert!(prediction.probability() > 0.95, "{}", prediction.probability());
    assert!(again.explain(&article, 1)[0].term.contains("word0"));
    let sum: f64 = again.explain(&article, 1000).iter().map(|e| e.contribution).sum();
    let score = again.decision_function(&article)[1] - f64::from(again.linear_model().intercept(1));
    assert!((sum - score).abs() < 1e-5, "{sum} {score}");
    assert_eq!((again.n_training_samples(), again.labels().names()), (2000, &["a".to_string(), "b".to_string()][..]));
    // What comes once is not in the model, what comes often is first.
    let vocabulary = again.vectorizer().vocabulary();
    assert_eq!(vocabulary.column(crate::text::TermKind::Word, "1234"), None);
    assert_eq!(vocabulary.term(0).map(|term| again.vectorizer().idf()[term.column]).map(|idf| idf < 1.01), Some(true));
}

#[test]
fn labels_that_come_late_are_learned() {
    let mut examples = told(600, &["b", "a"]);
    examples.extend(told(2000, &["b", "a", "d", "c", "e", "f"]));
    let model = train(&params(Pipeline::params()), &examples, 50);
    assert_eq!(model.labels().names(), ["a", "b", "c", "d", "e", "f"]);
    assert!(accuracy(&model, &told(300, &["b", "a", "d", "c", "e", "f"])) > 0.98);
}

#[test]
fn rows_weigh_what_their_field_says() {
    let row = |i: usize| {
        let weigh = |weight: &str, label| {
            let example = example(format!("A word and number {i} of {}.", i % 7), one(label));
            Example { article: example.article.with_field("w", weight), ..example }
        };
        if i.is_multiple_of(3) { weigh("9", "rare") } else { weigh("1", "often") }
    };
    let examples: Vec<Example> = (0..900).map(row).collect();
    let answer = |weight_by: Option<&str>| {
        let mut params = params(Pipeline::params());
        params.pipeline.weight_by = weight_by.map(str::to_string);
        let scores = train(&params, &examples, 100).decision_function(&Article::from_text("A word and number of."));
        scores[1] > scores[0]
    };
    assert_eq!((answer(None), answer(Some("w"))), (false, true));
    let mut trainer = StreamTrainer::new({
        let mut params = params(Pipeline::params());
        params.pipeline.weight_by = Some("v".to_string());
        params
    })
    .unwrap();
    trainer.learn(examples).unwrap();
    assert!(trainer.end_pass().unwrap_err().to_string().contains("weight_by"));
}

#[test]
fn what_cannot_be_learned_is_said() {
    let learn = |examples: Vec<Example>| {
        let mut trainer = StreamTrainer::new(params(Pipeline::params())).unwrap();
        trainer.learn(examples)?;
        trainer.finish().map(|_| ())
    };
    assert!(learn(Vec::new()).unwrap_err().to_string().contains("no articles"));
    assert!(matches!(learn(vec![example("a b", one("x"))]), Err(Error::TooFewClasses { .. })));
    let unlike = vec![example("aa bb", one("x")), example("cc dd", one("y"))];
    assert!(matches!(learn(unlike), Err(Error::EmptyVocabulary { .. })));
    let mixed = vec![example("aa bb", one("x")), example("cc dd", Gold::several(["y"]))];
    assert!(learn(mixed).unwrap_err().to_string().contains("gold = several labels"));
    let many = (0..20_000).map(|i| example("text", one(&i.to_string()))).collect();
    let error = learn(many).unwrap_err();
    assert!(matches!(error, Error::TooManyLabels { .. }), "{error}");
    assert!(error.to_string().contains("labels are more than 134217728 bytes of memory have room for"), "{error}");
    let mut l1 = params(Pipeline::params().classifier(Classifier::Ftrl(Ftrl::params().l1(1e6))));
    l1.pipeline.seed = 3;
    let mut trainer = StreamTrainer::new(l1).unwrap();
    trainer.learn(told(100, &["a", "b"])).unwrap();
    assert!(trainer.finish().unwrap_err().to_string().contains("l1 = 1000000"));
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let params = params(Pipeline::params());
    let examples = told(300, &["a", "b", "c"]);
    let mut trainer = StreamTrainer::new(params.clone()).unwrap();
    trainer.learn(examples.clone()).unwrap();
    trainer.save(&path).unwrap();
    let expected = trainer.finish().unwrap().to_bytes();
    let (mut resumed, n) = StreamTrainer::resume(&path, params.clone()).unwrap();
    assert_eq!(n, 300);
    // Its articles must come again.
    assert!(matches!(
        StreamTrainer::resume(&path, params.clone()).unwrap().0.finish(),
        Err(Error::Checkpoint { source: CheckpointError::OtherArticles, .. })
    ));
    resumed.learn(examples).unwrap();
    assert!(resumed.finish().unwrap().to_bytes() == expected);

    let whole = std::fs::read(&path).unwrap();
    let refused = |bytes: &[u8], what: &str| {
        std::fs::write(&path, bytes).unwrap();
        match StreamTrainer::resume(&path, params.clone()) {
            Err(Error::Checkpoint { source, .. }) => source,
            other => panic!("{what}: {other:?}"),
        }
    };
    for cut in [0, 7, 11, 20, whole.len() / 2, whole.len() - 1] {
        let source = refused(&whole[..cut], &format!("cut at {cut}"));
        assert_eq!(source == CheckpointError::Magic, cut < 8, "{source}");
    }
    assert!(matches!(refused(&[&whole[..], b"x"].concat(), "longer"), CheckpointError::Damaged(_)));
    for at in (12..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        refused(&bytes, &format!("byte {at}"));
    }
}

#[test]
fn parameters_that_a_stream_cannot_serve_are_refused() {
    let refused = |change: fn(&mut StreamParams)| {
        let mut params = StreamParams::default();
        change(&mut params);
        StreamTrainer::new(params).err().map_or(String::new(), |error| error.to_string())
    };
    assert_eq!(refused(|_| ()), "");
    for (change, name) in [
        ((|p| p.memory = 1 << 20) as fn(&mut StreamParams), "memory = 1048576"),
        (|p| p.pipeline.classifier = Classifier::svm(), "classifier = svm"),
        (|p| p.pipeline.features.max_df = 0.9, "max_df = 0.9"),
        (|p| p.pipeline.features.select = Some(9), "select = 9"),
        (|p| p.pipeline.features.max_features = Some(9), "max_features = 9"),
        (|p| p.pipeline.group_by = Some("domain".into()), "group_by = domain"),
        (|p| p.pipeline.balance_by = vec!["lang".into()], "balance_by = lang"),
        (|p| p.pipeline.reading.repeated_lines = Some(Default::default()), "repeated_lines = on"),
        (|p| p.pipeline.features.min_df = 0, "min_df = 0"),
    ] {
        assert!(refused(change).starts_with(name), "{name}: {}", refused(change));
    }
}
