//! Texts, corpora and parameters for the properties.

use proptest::prelude::*;
use proptest::sample::select;
use slantwise::{
    AnalyzerParams, Article, CharParams, Classifier, Corpus, Example, Gold, Language, NormalizeParams, Pipeline,
    PipelineParams, Quotes, WordParams,
};

/// Words of several scripts; among them all that normalisation changes, and words that it makes equal.
const WORDS: &[&str] = &[
    "war",
    "War",
    "WAR",
    "peace",
    "the",
    "The",
    "arms",
    "regime",
    "partners",
    "a",
    "U.S.",
    "2024",
    "don't",
    "so-called",
    "город",
    "Город",
    "ёлка",
    "елка",
    "п'ять",
    "п’ять",
    "міста",
    "сом",
    "Straße",
    "STRASSE",
    "ﬁn",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "étude",
    "e\u{301}tude",
    "gov\u{200B}ern",
    "govern",
    "wаr",
    "w a r s",
    "p4rtn3rs",
    "“arms for the regime”",
    "said that",
    "Моsсоw",
    "½",
    "x²",
    "№5",
    "الأسلحة",
    "السلام",
    "إلى",
    "أَلْعَرَبِيَّة",
    "می\u{200C}خواهم",
    "हिन्दी",
    "中文",
    "각",
    "각",
    "İzmir",
    "—",
    "“",
    "”",
    "!",
    "...",
    "…",
    "¨",
    "🙂",
    "\u{FE0F}",
    "\n",
    "\u{A0}",
    "\u{301}",
    "ʼ",
    "'",
    "ab'в",
    "в'ab",
    "e\u{AD}e",
    "\u{1160}",
    "ﷺ",
];

/// A text of such words, mostly with spaces between them.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let gap = prop_oneof![8 => Just(" "), 1 => Just(""), 1 => Just(", ")];
    prop::collection::vec((select(WORDS), gap), 0..14)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

/// Such a text, or anything at all.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => text(), 1 => any::<String>(), 1 => "\\PC{0,60}"]
}

pub(crate) fn article() -> impl Strategy<Value = Article> {
    prop_oneof![
        (text(), text()).prop_map(|(title, text)| Article::new(title, text)),
        any_text().prop_map(Article::from_text),
    ]
}

/// Words, characters or both, normalised more or less.
pub(crate) fn analyzer() -> impl Strategy<Value = AnalyzerParams> {
    let rarely = || prop::bool::weighted(0.2);
    let words = (1_u8..=2, 0_u8..=2, any::<bool>(), any::<bool>(), rarely(), rarely()).prop_map(
        |(min, more, punctuation, one_letter, stem, stop_words)| WordParams {
            ngram_range: (min, min + more),
            punctuation,
            one_letter,
            stem,
            stop_words,
        },
    );
    let chars = (1_u8..=3, 0_u8..=2).prop_map(|(min, more)| CharParams { ngram_range: (min, min + more) });
    let both = prop_oneof![
        2 => words.clone().prop_map(|w| (Some(w), None)),
        1 => chars.clone().prop_map(|c| (None, Some(c))),
        2 => (words, chars).prop_map(|(w, c)| (Some(w), Some(c))),
    ];
    let normalize = prop_oneof![
        3 => Just(NormalizeParams::default()),
        1 => any::<[bool; 4]>().prop_map(|[disguises, variants, spaced_out, leetspeak]| NormalizeParams {
            disguises,
            variants,
            spaced_out,
            leetspeak,
        }),
    ];
    let one_language = prop::option::weighted(0.2, normalize.clone());
    (both, normalize, one_language).prop_map(|((words, chars), normalize, other)| AnalyzerParams {
        words,
        chars,
        normalize,
        normalize_by_language: other.map(|other| (Language::English, other)).into_iter().collect(),
    })
}

/// All classifiers but linfa's own, which are tried one by one.
pub(crate) fn classifier() -> impl Strategy<Value = Classifier> {
    select(&["logistic", "svm", "nb-svm", "naive-bayes", "complement-naive-bayes"][..])
        .prop_map(|name| Classifier::named(name).unwrap())
}

/// Parameters for small corpora.
pub(crate) fn params() -> impl Strategy<Value = PipelineParams> {
    let quotes = select(&[Quotes::Same, Quotes::Same, Quotes::Apart, Quotes::Drop][..]);
    (analyzer(), classifier(), any::<u64>(), any::<[bool; 2]>(), quotes).prop_map(
        |(analyzer, classifier, seed, [sublinear, l2], quotes)| {
            let mut params = Pipeline::params().classifier(classifier).min_df(1).seed(seed);
            params.analyzer = analyzer;
            params.reading.quotes = quotes;
            params.features.tfidf.sublinear_tf = sublinear;
            params.features.tfidf.l2 = l2;
            params.calibration.folds = 3;
            params
        },
    )
}

/// A corpus of 4 to 16 articles that can be fitted: both tasks, two to four labels.
pub(crate) fn corpus() -> impl Strategy<Value = Corpus> {
    let row = (article(), 0_u8..4, any::<[bool; 3]>());
    (prop::collection::vec(row, 2..14), any::<bool>()).prop_map(|(rows, several)| {
        let gold = |class: u8, flags: [bool; 3]| match several {
            true => {
                Gold::several(["one", "two", "three"].iter().zip(flags).filter(|(_, has)| *has).map(|(name, _)| *name))
            }
            false => Gold::One(["left", "right", "left", "center"][usize::from(class)].to_string()),
        };
        let mut examples = vec![
            example(Article::from_text("arms for war"), gold(0, [true, false, true])),
            example(Article::from_text("talks for peace"), gold(1, [false, true, false])),
        ];
        examples.extend(rows.into_iter().map(|(article, class, flags)| example(article, gold(class, flags))));
        Corpus::from_examples(examples).unwrap()
    })
}

pub(crate) fn example(article: Article, gold: Gold) -> Example {
    Example { article, gold, spans: Vec::new() }
}

/// The same numbers for ever: a linear congruential generator, its high bits.
pub(crate) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    }
}
