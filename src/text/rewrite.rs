//! Tokens as the options of a language rewrite them: disguises undone, stop words dropped, stems in place of words.

use rustc_hash::FxHashSet;

use crate::text::language::Language;
use crate::text::leetspeak;
use crate::text::normalize::{NormChar, Normalizer, is_word};
use crate::text::params::AnalyzerParams;
use crate::text::spaced::spaced_words;
use crate::text::stem::Stems;
use crate::text::stopwords::stop_words;
use crate::text::tokenize::Tokenizer;

/// Something that takes a text apart into tokens.
pub(crate) trait Tokens {
    /// Calls `emit(term, start, end)` for each token of `text` in order: its written form, and the bytes that it covers.
    fn each(&mut self, text: &str, emit: impl FnMut(&[u8], usize, usize));
}

impl Tokens for Tokenizer {
    #[inline]
    fn each(&mut self, text: &str, emit: impl FnMut(&[u8], usize, usize)) {
        self.tokens(text, emit);
    }
}

/// What is done to tokens besides scanning them. There is none where all its options are off, so that scanning
/// pays for nothing.
#[derive(Debug)]
pub(crate) struct Rewriter {
    normalizer: &'static Normalizer,
    by_language: Vec<(Language, &'static Normalizer)>,
    stem: bool,
    stop_words: bool,
    stems: Stems,
    letters: Vec<char>,
    term: String,
}

impl Rewriter {
    /// `None` where no option asks for one.
    pub(crate) fn of(params: &AnalyzerParams) -> Option<Box<Rewriter>> {
        let words = params.words.as_ref();
        let (stem, stop_words) = (words.is_some_and(|w| w.stem), words.is_some_and(|w| w.stop_words));
        let normalize = params.normalize;
        let by_language: Vec<_> =
            params.normalize_by_language.iter().map(|(l, params)| (*l, Normalizer::of(*params))).collect();
        let wanted = stem || stop_words || !by_language.is_empty() || normalize.spaced_out || normalize.leetspeak;
        wanted.then(|| {
            Box::new(Rewriter {
                normalizer: Normalizer::of(normalize),
                by_language,
                stem,
                stop_words,
                stems: Stems::default(),
                letters: Vec::new(),
                term: String::new(),
            })
        })
    }

    /// The normaliser of a language.
    pub(crate) fn normalizer(&self, language: Language) -> &'static Normalizer {
        self.by_language.iter().find(|(l, _)| *l == language).map_or(self.normalizer, |(_, normalizer)| normalizer)
    }

    /// The tokens of texts in one language.
    pub(crate) fn tokens<'a>(&'a mut self, tokenizer: &'a mut Tokenizer, language: Language) -> Rewritten<'a> {
        let normalizer = self.normalizer(language);
        tokenizer.set_normalizer(normalizer);
        self.stems.turn_to(if self.stem { language } else { Language::Unknown });
        let stop_words = if self.stop_words { stop_words(language) } else { None };
        Rewritten { tokenizer, normalizer, stop_words, rewriter: self }
    }

    /// Writes letters for the digits of the words in a piece of text in its normal form.
    pub(crate) fn undo_leetspeak(&mut self, chars: &mut [NormChar]) {
        for run in chars.chunk_by_mut(|a, b| is_word(a.c) == is_word(b.c)) {
            self.letters.clear();
            self.letters.extend(run.iter().map(|n| n.c));
            let capitals = run.iter().filter(|n| n.c.is_alphabetic()).all(|n| n.upper);
            if leetspeak::undo(&mut self.letters, capitals) {
                run.iter_mut().zip(&self.letters).for_each(|(n, letter)| n.c = *letter);
            }
        }
    }
}

/// A tokenizer whose tokens are rewritten.
#[derive(Debug)]
pub(crate) struct Rewritten<'a> {
    tokenizer: &'a mut Tokenizer,
    normalizer: &'static Normalizer,
    stop_words: Option<&'static FxHashSet<String>>,
    rewriter: &'a mut Rewriter,
}

impl Tokens for Rewritten<'_> {
    fn each(&mut self, text: &str, mut emit: impl FnMut(&[u8], usize, usize)) {
        let Rewritten { tokenizer, normalizer, stop_words, rewriter } = self;
        let Rewriter { stems, letters, term: written, .. } = &mut **rewriter;
        let options = normalizer.params();
        let mut pass = |term: &[u8], start: usize, end: usize| {
            let Ok(mut term) = std::str::from_utf8(term) else { return };
            if options.leetspeak && term.bytes().any(|b| b.is_ascii_digit()) {
                letters.clear();
                letters.extend(term.chars());
                let capitals = text[start..end].chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
                if leetspeak::undo(letters, capitals) {
                    written.clear();
                    written.extend(letters.iter());
                    term = written;
                }
            }
            if !stop_words.is_some_and(|stop_words| stop_words.contains(term)) {
                emit(stems.stem(term).as_bytes(), start, end);
            }
        };
        let mut at = 0;
        if options.spaced_out {
            for word in spaced_words(text, options.leetspeak) {
                let (from, to) = (word.range.start, word.range.end);
                tokenizer.tokens(&text[at..from], |term, start, end| pass(term, at + start, at + end));
                tokenizer.tokens(&word.joined, |term, _, _| pass(term, from, to));
                at = to;
            }
        }
        tokenizer.tokens(&text[at..], |term, start, end| pass(term, at + start, at + end));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Part;
    use crate::text::analyze::{Analyzer, TermKind, hash_term};
    use crate::text::normalize::NormalizeParams;
    use crate::text::params::{CharParams, WordParams};
    use crate::text::reading::Stretch;

    fn params(stem: bool, stop_words: bool, spaced_out: bool, leetspeak: bool) -> AnalyzerParams {
        AnalyzerParams {
            words: Some(WordParams { ngram_range: (1, 1), stem, stop_words, ..WordParams::default() }),
            normalize: NormalizeParams { spaced_out, leetspeak, ..NormalizeParams::default() },
            ..AnalyzerParams::default()
        }
    }

    /// The terms of a text with what they cover; each is the same scanned and spelled, and by its written form.
    fn terms(params: &AnalyzerParams, code: &str, text: &str) -> Vec<(String, String)> {
        let stretch = Stretch { language: Language::from_code(code), ..Stretch::whole(Part::Text, text) };
        let mut analyzer = Analyzer::new(params);
        let (mut scanned, mut spelled) = (Vec::new(), Vec::new());
        analyzer.words(&stretch, |hash, start, end| scanned.push((hash, text[start..end].to_string())));
        analyzer.spelled_words(&stretch, |hash, term| spelled.push((hash, String::from_utf8(term.to_vec()).unwrap())));
        assert_eq!(scanned.len(), spelled.len());
        for (s, w) in scanned.iter().zip(&spelled) {
            assert_eq!((s.0, w.0), (w.0, hash_term(TermKind::Word, &w.1)), "{w:?}");
        }
        spelled.into_iter().map(|w| w.1).zip(scanned.into_iter().map(|s| s.1)).collect()
    }

    fn written(params: &AnalyzerParams, code: &str, text: &str) -> Vec<String> {
        terms(params, code, text).into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn a_stem_is_written_and_covers_its_word() {
        let found = terms(&params(true, false, false, false), "en", "Sanctions were LIFTED");
        let pair = |term: &str, covered: &str| (term.to_string(), covered.to_string());
        assert_eq!(found, [pair("sanction", "Sanctions"), pair("were", "were"), pair("lift", "LIFTED")]);
        assert_eq!(written(&params(true, false, false, false), "unknown", "Sanctions"), ["sanctions"]);
        assert_eq!(written(&params(true, false, false, false), "bg", "войските"), ["войските"]);
    }

    #[test]
    fn stop_words_go_in_every_language_and_ngrams_reach_over_them() {
        let words = params(false, true, false, false);
        for (code, text, left) in [
            ("en", "The state of the war is not over", vec!["state", "war", "not"]),
            ("ru", "Это не война, а её конец", vec!["не", "воина", "конец"]),
            ("uk", "Це не війна, а її кінець", vec!["не", "війна", "кінець"]),
            ("ar", "هذا في البلاد", vec!["البلاد"]),
            ("de", "Der Krieg und das Ende", vec!["krieg", "ende"]),
            ("fr", "La guerre et l’art de la paix", vec!["guerre", "art", "paix"]),
            ("it", "La guerra e l’arte della pace", vec!["guerra", "arte", "pace"]),
            ("pl", "Wojna i jej koniec", vec!["wojna", "koniec"]),
            ("es", "La guerra y el fin", vec!["guerra", "fin"]),
            ("ro", "Războiul și sfârșitul", vec!["războiul", "sfârșitul"]),
            ("bg", "Войната и нейният край", vec!["войната", "нейният", "край"]),
            ("unknown", "The war and the end", vec!["the", "war", "and", "the", "end"]),
        ] {
            let left: Vec<String> = left.iter().map(|w| w.replace("воина", "война")).collect();
            assert_eq!(written(&words, code, text), left, "{code}");
        }
        let mut bigrams = words;
        bigrams.words.as_mut().unwrap().ngram_range = (2, 2);
        let found = terms(&bigrams, "en", "the state of the war");
        assert_eq!(found, [("state war".to_string(), "state of the war".to_string())]);
    }

    #[test]
    fn spaced_out_words_and_leetspeak_are_read_where_asked_for() {
        let text = "Their p r o p a g a n d a, W4RM0NGER1NG, mp3 and p r 0 p s";
        let found = terms(&params(false, false, true, true), "en", text);
        let shown: Vec<&str> = found.iter().map(|t| t.0.as_str()).collect();
        assert_eq!(shown, ["their", "propaganda", "warmongering", "mp3", "and", "props"]);
        assert_eq!(found[1].1, "p r o p a g a n d a");
        assert_eq!(written(&params(false, false, false, false), "en", text), ["their", "w4rm0nger1ng", "mp3", "and"]);
        // A disguise inside a disguise: a Cyrillic letter in the row; stop words and stems come after.
        let all = params(true, true, true, true);
        assert_eq!(written(&all, "en", "w е  w e r e  l 1 e s"), ["lie"]);
    }

    #[test]
    fn characters_are_those_of_the_word_that_is_meant() {
        let mut params = params(false, false, true, true);
        params.words = None;
        params.chars = Some(CharParams { ngram_range: (3, 3) });
        let grams = |text: &str| {
            let mut found = Vec::new();
            Analyzer::new(&params).chars(&Stretch::whole(Part::Text, text), |hash, start, end, gram| {
                let gram = String::from_utf8(gram.to_vec()).unwrap();
                assert_eq!(hash, hash_term(TermKind::Char, &gram));
                found.push((gram, text[start..end].to_string()));
            });
            found
        };
        let found = grams("no l 1 e s");
        let shown: Vec<&str> = found.iter().map(|g| g.0.as_str()).collect();
        assert_eq!(shown, [" no", "no ", " li", "lie", "ies", "es "]);
        assert_eq!((found[3].1.as_str(), found[5].1.as_str()), ("l 1 e", "e s"));
        assert_eq!(grams("w4rs")[1], ("war".to_string(), "w4r".to_string()));
    }

    #[test]
    fn a_language_has_its_own_normal_forms() {
        let mut params = params(false, false, false, false);
        let plain = NormalizeParams { variants: false, ..NormalizeParams::default() };
        params.normalize_by_language.insert(Language::Russian, plain);
        assert_eq!(written(&params, "ru", "ёлка"), ["ёлка"]);
        assert_eq!(written(&params, "uk", "ёлка"), ["елка"]);
        params.chars = Some(CharParams { ngram_range: (1, 1) });
        let mut analyzer = Analyzer::new(&params);
        let mut first = |language| {
            let mut grams = Vec::new();
            let stretch = Stretch { language, ..Stretch::whole(Part::Text, "ё") };
            analyzer.chars(&stretch, |_, _, _, gram| grams.push(String::from_utf8(gram.to_vec()).unwrap()));
            grams[1].clone()
        };
        assert_eq!(first(Language::Russian), "ё");
        assert_eq!(first(Language::Unknown), "е");
    }

    fn options() -> impl Strategy<Value = AnalyzerParams> {
        let flags = any::<[bool; 8]>();
        (flags, 1u8..3, 0u8..3).prop_map(|([punctuation, one_letter, stem, stop_words, a, b, c, d], min, more)| {
            let ngram_range = (min, min + more);
            let normalize = NormalizeParams { disguises: a, variants: b, spaced_out: c, leetspeak: d };
            let other = NormalizeParams { disguises: b, variants: c, spaced_out: d, leetspeak: a };
            AnalyzerParams {
                words: Some(WordParams { ngram_range, punctuation, one_letter, stem, stop_words }),
                chars: Some(CharParams { ngram_range }),
                normalize,
                normalize_by_language: [(Language::Russian, other), (Language::Unknown, other)].into(),
            }
        })
    }

    proptest! {
        /// Whatever the options: spans are in bounds and on boundaries, ascend by their ends, and hashes are those of written forms.
        #[test]
        fn terms_keep_their_places_and_names(
            params in options(),
            which in 0usize..6,
            text in "([a-zA-Z0-9]{1,5}|[a-z] [a-z] [a-z1] [a-zо]|[а-яіїё0-9]{1,8}|[ء-ي]{1,6}|the|и|pr0p4g4nda|'|’|\u{200B}|\u{301}|ﬁ|½|ß| |  |\n|, |\\PC){0,24}",
        ) {
            let language = ["en", "ru", "uk", "ar", "de", "unknown"][which];
            for (_, covered) in terms(&params, language, &text) {
                prop_assert!(!covered.is_empty());
            }
            let stretch = Stretch { language: Language::from_code(language), ..Stretch::whole(Part::Text, &text) };
            let mut analyzer = Analyzer::new(&params);
            let (mut last, mut fine) = (0, true);
            analyzer.words(&stretch, |_, start, end| {
                fine &= start < end && last <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
                last = end;
            });
            analyzer.chars(&stretch, |hash, start, end, gram| {
                let gram = std::str::from_utf8(gram).unwrap();
                fine &= start <= end && text.get(start..end).is_some() && hash == hash_term(TermKind::Char, gram);
            });
            prop_assert!(fine);
        }
    }
}
