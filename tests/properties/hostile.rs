//! Input that means harm, or means nothing: no panic, and an error where there is one to give.

use std::sync::LazyLock;

use proptest::prelude::*;
use slantwise::{Article, CompressParams, Corpus, Gold, MAGIC, Pipeline};
use xxhash_rust::xxh3::xxh3_64;

use crate::generate::{any_text, example, params};

const HEADER: usize = 28;

/// The bytes of two small models, one of each task, as they are fitted and compressed.
static MODELS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    let texts = ["arms for war", "talks for peace", "War needs arms!", "Мир и переговоры", "«peace» talks", "війна"];
    let model = |gold: fn(usize) -> Gold| {
        let examples =
            texts.iter().enumerate().map(|(i, text)| example(Article::new("News", *text), gold(i))).collect();
        let params = Pipeline::params().words(1, 2).chars(2, 3).min_df(1);
        params.fit(&Corpus::from_examples(examples).unwrap()).unwrap()
    };
    let one = model(|i| Gold::One(["left", "right", "center"][i % 3].to_string()));
    let several = model(|i| Gold::several(["one", "two"].into_iter().take(i % 3)));
    let small = |model: &Pipeline| model.compress(&CompressParams::default()).unwrap().to_bytes();
    [one.to_bytes(), several.to_bytes(), small(&one), small(&several)]
});

/// The payload of a model, expanded, and its version.
fn opened(model: &[u8]) -> (u32, Vec<u8>) {
    match model[8] {
        2 => (2, zstd::decode_all(&model[HEADER..]).unwrap()),
        version => (version.into(), model[HEADER..].to_vec()),
    }
}

/// A file with this expanded payload whose header is right.
fn closed(version: u32, payload: &[u8]) -> Vec<u8> {
    if version == 2 { sealed(2, &zstd::encode_all(payload, 1).unwrap()) } else { sealed(version, payload) }
}

/// A file with this payload whose header is right.
fn sealed(version: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    [&MAGIC[..], &version.to_le_bytes(), &length, &xxh3_64(payload).to_le_bytes(), payload].concat()
}

/// Where the arrays of a payload begin, and their lengths; each follows its length.
fn sections(payload: &[u8]) -> Vec<(usize, usize)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < payload.len() {
        let length = u64::from_le_bytes(payload[at..at + 8].try_into().unwrap()) as usize;
        found.push((at + 8, length));
        at += 8 + length;
    }
    found
}

/// What is written over a part of a payload.
#[derive(Debug, Clone)]
enum Value {
    Byte(u8),
    /// A number of 32 bits in one of the arrays.
    Number(prop::sample::Index, u32),
}

fn edit() -> impl Strategy<Value = (prop::sample::Index, Value)> {
    let floats = [f32::MAX, f32::MIN, f32::INFINITY, f32::NAN, f32::MIN_POSITIVE, -1.0, 0.0, 1e30].map(f32::to_bits);
    let number = prop_oneof![
        2 => prop::sample::select(floats.to_vec()),
        1 => prop::sample::select(vec![0, 1, 2, 7, u32::MAX, u32::MAX - 1, 1 << 31]),
        1 => any::<u32>(),
    ];
    let value = prop_oneof![
        1 => any::<u8>().prop_map(Value::Byte),
        3 => (any::<prop::sample::Index>(), number).prop_map(|(section, number)| Value::Number(section, number)),
    ];
    (any::<prop::sample::Index>(), value)
}

/// Loads, and where that works uses the model in every way.
fn try_out(bytes: &[u8]) -> bool {
    let Ok(model) = Pipeline::from_bytes(bytes) else { return false };
    for text in ["", "arms for war and peace talks", "Мир переговоры війна", "news news news arms \u{301}"]
    {
        let article = Article::new("News: arms", text);
        let prediction = model.predict(&article);
        assert!(prediction.probabilities().all(|(_, p)| (0.0..=1.0).contains(&p)), "{prediction:?}");
        for evidence in model.explain(&article, 100) {
            let _ = evidence.record(&article);
        }
    }
    model.vectorizer().vocabulary().terms().for_each(|term| assert!(model.vectorizer().idf()[term.column].is_finite()));
    let again = Pipeline::from_bytes(&model.to_bytes()).unwrap();
    assert_eq!(again.to_bytes(), model.to_bytes());
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Pipeline::from_bytes(&bytes).is_err());
        prop_assert!(Pipeline::from_bytes(&sealed(1, &bytes)).is_err());
        prop_assert!(Pipeline::from_bytes(&sealed(2, &bytes)).is_err());
        prop_assert!(Pipeline::from_bytes(&closed(2, &bytes)).is_err());
        prop_assert!(Pipeline::from_bytes(&[&MAGIC[..], &bytes].concat()).is_err());
    }

    #[test]
    fn a_damaged_model_is_refused(model in 0_usize..4, at: prop::sample::Index, bit in 0_u8..8) {
        let mut bytes = MODELS[model].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(Pipeline::from_bytes(&bytes).is_err());
        prop_assert!(Pipeline::from_bytes(&MODELS[model][..at]).is_err());
    }

    /// Whoever writes a checksum can write a wrong model with a right one.
    #[test]
    fn a_forged_model_is_refused_or_harmless(
        model in 0_usize..4, edits in prop::collection::vec(edit(), 1..5),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let (version, mut payload) = opened(&MODELS[model]);
        let sections = sections(&payload);
        for (at, value) in edits {
            match value {
                Value::Byte(byte) => {
                    let at = at.index(payload.len());
                    payload[at] = byte;
                }
                Value::Number(section, number) => {
                    let (start, length) = sections[section.index(sections.len())];
                    if length < 4 {
                        continue;
                    }
                    let at = start + at.index(length / 4) * 4;
                    payload[at..at + 4].copy_from_slice(&number.to_le_bytes());
                }
            }
        }
        if let Some(cut) = cut {
            payload.truncate(cut.index(payload.len()));
        }
        try_out(&closed(version, &payload));
    }
}

#[test]
fn the_models_themselves_are_accepted() {
    for model in MODELS.iter() {
        assert!(try_out(model));
        let (version, payload) = opened(model);
        assert_eq!(sealed(version, &model[HEADER..]), *model);
        assert!(try_out(&closed(version, &payload)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_can_be_predicted_and_explained(
        params in params(), training in prop::collection::vec(any_text(), 2..6), title: String, text: String, more in any_text(),
    ) {
        let gold = |i: usize| Gold::One(["a", "b"][i % 2].to_string());
        let mut examples: Vec<_> = training.into_iter().enumerate()
            .map(|(i, text)| example(Article::from_text(text), gold(i)))
            .collect();
        examples.push(example(Article::from_text("arms for war"), gold(0)));
        let model = params.fit(&Corpus::from_examples(examples).unwrap()).unwrap();
        for article in [Article::new(title, text.clone()), Article::new(text, more)] {
            model.predict(&article);
            for evidence in model.explain(&article, usize::MAX) {
                let record = evidence.record(&article);
                prop_assert_eq!(record.end - record.start, record.text.chars().count());
                serde_json::to_string(&record).unwrap();
            }
        }
    }
}
