//! The language of a text and of its parts.
//!
//! The detector of whatlang, limited to the languages listed here, proposes; letters that only one
//! language uses and small words decide. A Ukrainian or Bulgarian text is not called Russian because
//! it is Cyrillic, nor a Persian one Arabic; where the signs are weak, the language is unknown.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use whatlang::{Detector, Lang};

/// A language, written as its ISO 639-1 code.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// Not known, or too uncertain to say.
    #[default]
    #[serde(rename = "unknown")]
    Unknown,
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
    /// Belarusian.
    #[serde(rename = "be")]
    Belarusian,
    /// Bulgarian.
    #[serde(rename = "bg")]
    Bulgarian,
    /// Chinese.
    #[serde(rename = "zh")]
    Chinese,
    /// Croatian, Bosnian, Serbian in Latin letters.
    #[serde(rename = "hr")]
    Croatian,
    /// Czech.
    #[serde(rename = "cs")]
    Czech,
    /// Dutch.
    #[serde(rename = "nl")]
    Dutch,
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Georgian.
    #[serde(rename = "ka")]
    Georgian,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Greek.
    #[serde(rename = "el")]
    Greek,
    /// Hebrew.
    #[serde(rename = "he")]
    Hebrew,
    /// Hindi.
    #[serde(rename = "hi")]
    Hindi,
    /// Hungarian.
    #[serde(rename = "hu")]
    Hungarian,
    /// Italian.
    #[serde(rename = "it")]
    Italian,
    /// Macedonian.
    #[serde(rename = "mk")]
    Macedonian,
    /// Persian.
    #[serde(rename = "fa")]
    Persian,
    /// Polish.
    #[serde(rename = "pl")]
    Polish,
    /// Portuguese.
    #[serde(rename = "pt")]
    Portuguese,
    /// Romanian.
    #[serde(rename = "ro")]
    Romanian,
    /// Russian.
    #[serde(rename = "ru")]
    Russian,
    /// Serbian in Cyrillic letters.
    #[serde(rename = "sr")]
    Serbian,
    /// Slovak.
    #[serde(rename = "sk")]
    Slovak,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Swedish.
    #[serde(rename = "sv")]
    Swedish,
    /// Turkish.
    #[serde(rename = "tr")]
    Turkish,
    /// Ukrainian.
    #[serde(rename = "uk")]
    Ukrainian,
    /// Urdu.
    #[serde(rename = "ur")]
    Urdu,
}

use Language as L;

/// Every language with its code and the detector's name for it.
const LANGUAGES: [(Language, &str, Lang); 29] = [
    (L::Arabic, "ar", Lang::Ara),
    (L::Belarusian, "be", Lang::Bel),
    (L::Bulgarian, "bg", Lang::Bul),
    (L::Chinese, "zh", Lang::Cmn),
    (L::Croatian, "hr", Lang::Hrv),
    (L::Czech, "cs", Lang::Ces),
    (L::Dutch, "nl", Lang::Nld),
    (L::English, "en", Lang::Eng),
    (L::French, "fr", Lang::Fra),
    (L::Georgian, "ka", Lang::Kat),
    (L::German, "de", Lang::Deu),
    (L::Greek, "el", Lang::Ell),
    (L::Hebrew, "he", Lang::Heb),
    (L::Hindi, "hi", Lang::Hin),
    (L::Hungarian, "hu", Lang::Hun),
    (L::Italian, "it", Lang::Ita),
    (L::Macedonian, "mk", Lang::Mkd),
    (L::Persian, "fa", Lang::Pes),
    (L::Polish, "pl", Lang::Pol),
    (L::Portuguese, "pt", Lang::Por),
    (L::Romanian, "ro", Lang::Ron),
    (L::Russian, "ru", Lang::Rus),
    (L::Serbian, "sr", Lang::Srp),
    (L::Slovak, "sk", Lang::Slk),
    (L::Spanish, "es", Lang::Spa),
    (L::Swedish, "sv", Lang::Swe),
    (L::Turkish, "tr", Lang::Tur),
    (L::Ukrainian, "uk", Lang::Ukr),
    (L::Urdu, "ur", Lang::Urd),
];

impl Language {
    /// The ISO 639-1 code; `unknown` where there is none.
    pub fn code(self) -> &'static str {
        LANGUAGES.iter().find(|(language, ..)| *language == self).map_or("unknown", |(_, code, _)| code)
    }

    /// The language of a code; region and script are passed over (`en-GB`, `sr_Latn`).
    pub fn from_code(code: &str) -> Language {
        let code = code.trim().split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        LANGUAGES.iter().find(|(_, c, _)| *c == code).map_or(Language::Unknown, |(language, ..)| *language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A detected language.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Detected {
    /// The language; unknown where no language is likely enough.
    pub language: Language,
    /// How far the language is ahead of the second, 0 to 1.
    pub confidence: f64,
    /// Whether the signs are strong: enough text, and letters or words that tell this language from
    /// its neighbours.
    pub reliable: bool,
}

/// How much of a text is looked at, in characters.
const SAMPLE: usize = 600;

/// The language of a text, judged by its first 600 characters or so; addresses are passed over.
///
/// ```
/// use slantwise::{Language, detect_language};
///
/// assert_eq!(detect_language("Парламент ухвалив закон про мости через річку.").language, Language::Ukrainian);
/// assert_eq!(detect_language("12:45").language, Language::Unknown);
/// ```
pub fn detect_language(text: &str) -> Detected {
    let sample = sample(text);
    let signs = Signs::of(&sample);
    if signs.letters < 3 {
        return Detected::default();
    }
    if signs.cyrillic * 2 > signs.letters {
        return cyrillic(&sample, &signs);
    }
    if signs.arabic * 2 > signs.letters {
        return arabic(&signs);
    }
    others(&sample, &signs)
}

/// The first words of a text, without addresses, handles and tags.
fn sample(text: &str) -> String {
    let mut sample = String::new();
    let mut chars = 0;
    let mut rest = text;
    while chars < SAMPLE {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.char_indices().take(80).find(|(_, c)| c.is_whitespace()).map_or(rest.len(), |(i, _)| i);
        let end = if end == rest.len() { rest.char_indices().nth(80).map_or(rest.len(), |(i, _)| i) } else { end };
        let (word, after) = rest.split_at(end);
        if !(word.contains("://") || word.contains('@') || word.starts_with("www.") || word.starts_with('#')) {
            sample.push_str(word);
            sample.push(' ');
        }
        chars += end.min(SAMPLE) / 2 + 1;
        rest = after;
    }
    sample
}

/// Counts of letters that tell languages apart.
#[derive(Debug, Default)]
struct Signs {
    letters: usize,
    cyrillic: usize,
    arabic: usize,
    /// ы э ё: Russian and Belarusian, not Ukrainian or Bulgarian.
    russian: usize,
    /// і ї є ґ: Ukrainian; і also Belarusian.
    ukrainian: usize,
    /// ў
    belarusian: usize,
    /// ъ
    hard_sign: usize,
    /// ј љ њ џ: Serbian and Macedonian.
    south: usize,
    /// ђ ћ
    serbian: usize,
    /// ѓ ќ ѕ
    macedonian: usize,
    /// پ چ ژ گ, ی, ک
    persian: usize,
    /// ٹ ڈ ڑ ں ے ھ ہ
    urdu: usize,
    /// Letters of Kurdish, Uyghur, Pashto.
    other_arabic: usize,
    /// ة ي ك أ إ ى
    plain_arabic: usize,
}

impl Signs {
    fn of(text: &str) -> Signs {
        let mut s = Signs::default();
        for c in text.chars().flat_map(char::to_lowercase) {
            if !c.is_alphabetic() {
                continue;
            }
            s.letters += 1;
            match c {
                '\u{400}'..='\u{52F}' => s.cyrillic += 1,
                '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                    s.arabic += 1;
                }
                _ => continue,
            }
            match c {
                'ы' | 'э' | 'ё' => s.russian += 1,
                'і' | 'ї' | 'є' | 'ґ' => s.ukrainian += 1,
                'ў' => s.belarusian += 1,
                'ъ' => s.hard_sign += 1,
                'ј' | 'љ' | 'њ' | 'џ' => s.south += 1,
                'ђ' | 'ћ' => s.serbian += 1,
                'ѓ' | 'ќ' | 'ѕ' => s.macedonian += 1,
                'پ' | 'چ' | 'ژ' | 'گ' | 'ی' | 'ک' => s.persian += 1,
                'ٹ' | 'ڈ' | 'ڑ' | 'ں' | 'ے' | 'ھ' | 'ہ' => s.urdu += 1,
                'ڕ' | 'ێ' | 'ۆ' | 'ە' | 'ڵ' | 'ۇ' | 'ې' | 'ډ' | 'ړ' | 'ښ' | 'ځ' => s.other_arabic += 1,
                'ة' | 'ي' | 'ك' | 'أ' | 'إ' | 'ى' => s.plain_arabic += 1,
                _ => {}
            }
        }
        s
    }

    fn share(&self, count: usize) -> f64 {
        count as f64 / self.letters.max(1) as f64
    }
}

fn certain(language: Language, confidence: f64, reliable: bool) -> Detected {
    Detected { language, confidence: confidence.clamp(0.0, 1.0), reliable }
}

fn cyrillic(sample: &str, signs: &Signs) -> Detected {
    let long = signs.letters >= 20;
    let words = Words::count(sample);
    let (russian, ukrainian) = (signs.russian, signs.ukrainian);
    if signs.serbian > 0 && signs.serbian >= signs.macedonian && russian == 0 {
        return certain(L::Serbian, 1.0, long);
    }
    if signs.macedonian > 0 && russian == 0 {
        return certain(L::Macedonian, 1.0, long);
    }
    if signs.south > 0 && russian == 0 && ukrainian == 0 {
        let (sr, mk) = (words.hits(L::Serbian), words.hits(L::Macedonian));
        let language = if mk > sr { L::Macedonian } else { L::Serbian };
        return certain(language, 0.5, sr != mk && long);
    }
    if signs.belarusian > 0 && ukrainian > 0 {
        return certain(L::Belarusian, 1.0, long);
    }
    // і among ы: Belarusian without ў is rare; a Ukrainian name in a Russian text, or two languages.
    if ukrainian > 0 && ukrainian >= 4 * russian {
        return certain(L::Ukrainian, 1.0, ukrainian >= 2 || long);
    }
    if russian > 0 && russian >= 4 * ukrainian && signs.share(signs.hard_sign) < 0.01 {
        return certain(L::Russian, 1.0, russian >= 2 || (long && words.hits(L::Russian) > words.hits(L::Bulgarian)));
    }
    if russian > 0 && ukrainian > 0 {
        let language = if ukrainian > russian { L::Ukrainian } else { L::Russian };
        return certain(language, 0.3, false);
    }
    if signs.hard_sign > 0 && russian == 0 && (signs.share(signs.hard_sign) >= 0.008 || !words.leads(L::Russian)) {
        return certain(L::Bulgarian, 0.9, long && words.leads(L::Bulgarian));
    }
    // No telling letter: small words, then the detector.
    let candidates = [L::Russian, L::Ukrainian, L::Bulgarian, L::Belarusian, L::Serbian, L::Macedonian];
    let (best, second) = words.best(&candidates);
    let hits = words.hits(best);
    let proposed = propose(sample);
    // In so many letters Russian has ы or э with near certainty.
    let no_russian = signs.letters >= 250;
    let allowed = |language: Language| !(language == L::Russian && no_russian);
    if hits >= 2 && hits >= 2 * words.hits(second) && allowed(best) {
        return certain(best, 0.7, hits >= 3 && long && proposed.language == best);
    }
    if allowed(proposed.language)
        && proposed.confidence >= 0.25
        && words.hits(proposed.language) * 2 >= hits
        && signs.letters >= 12
    {
        return certain(proposed.language, proposed.confidence, false);
    }
    if no_russian && words.leads(L::Bulgarian) {
        return certain(L::Bulgarian, 0.6, false);
    }
    Detected::default()
}

fn arabic(signs: &Signs) -> Detected {
    let long = signs.letters >= 20;
    if signs.other_arabic > 0 && signs.share(signs.other_arabic) > 0.01 {
        return Detected::default();
    }
    if signs.share(signs.urdu) > 0.03 {
        return certain(L::Urdu, 1.0, long);
    }
    if signs.share(signs.persian) > 0.02 && signs.persian > signs.plain_arabic {
        return certain(L::Persian, 1.0, long);
    }
    if signs.plain_arabic > 0 && signs.plain_arabic >= 3 * signs.persian {
        return certain(L::Arabic, 1.0, long);
    }
    if signs.persian == 0 && signs.letters >= 8 {
        return certain(L::Arabic, 0.5, false);
    }
    Detected::default()
}

fn others(sample: &str, signs: &Signs) -> Detected {
    let words = Words::count(sample);
    let proposed = propose(sample);
    let latin: Vec<Language> = LATIN.to_vec();
    let (best, second) = words.best(&latin);
    let (hits, next) = (words.hits(best), words.hits(second));
    if proposed.language != L::Unknown && !LATIN.contains(&proposed.language) {
        // A script of its own: Greek, Georgian, Hebrew, Devanagari, Han.
        return certain(proposed.language, proposed.confidence, signs.letters >= 8 && proposed.confidence >= 0.5);
    }
    let agree = proposed.language == best;
    if agree && hits >= 2 && hits > next {
        let confidence = proposed.confidence.max(1.0 - next as f64 / hits as f64);
        return certain(best, confidence, signs.letters >= 30 && (hits >= 4 || proposed.reliable));
    }
    if hits >= 3 && hits >= 2 * next {
        return certain(best, 1.0 - next as f64 / hits as f64, hits >= 6);
    }
    if proposed.reliable && words.hits(proposed.language) * 2 >= hits && signs.letters >= 30 {
        return certain(proposed.language, proposed.confidence, hits > 0);
    }
    if hits >= 1 && hits > next && (agree || hits >= 2) {
        return certain(best, 0.3, false);
    }
    if proposed.confidence >= 0.5 && signs.letters >= 20 {
        return certain(proposed.language, proposed.confidence, false);
    }
    Detected::default()
}

/// The languages here that are written in Latin letters.
const LATIN: [Language; 15] = [
    L::English,
    L::German,
    L::French,
    L::Italian,
    L::Spanish,
    L::Portuguese,
    L::Polish,
    L::Romanian,
    L::Dutch,
    L::Turkish,
    L::Czech,
    L::Slovak,
    L::Hungarian,
    L::Croatian,
    L::Swedish,
];

/// What whatlang says.
fn propose(sample: &str) -> Detected {
    static DETECTOR: LazyLock<Detector> =
        LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|(_, _, lang)| *lang).collect()));
    let Some(info) = DETECTOR.detect(sample) else { return Detected::default() };
    let language =
        LANGUAGES.iter().find(|(_, _, lang)| *lang == info.lang()).map_or(L::Unknown, |(language, ..)| *language);
    Detected { language, confidence: info.confidence(), reliable: info.is_reliable() }
}

/// How many words of a text are frequent small words of each language.
struct Words {
    hits: [usize; LANGUAGES.len()],
}

impl Words {
    fn count(sample: &str) -> Words {
        static KNOWN: LazyLock<FxHashMap<&str, Vec<usize>>> = LazyLock::new(|| {
            let mut known: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
            let lines = include_str!("language/words.txt").lines().filter(|l| !l.starts_with('#'));
            for (code, words) in lines.filter_map(|l| l.split_once(' ')) {
                let Some(i) = LANGUAGES.iter().position(|(_, c, _)| *c == code) else { continue };
                for word in words.split_whitespace() {
                    let of = known.entry(word).or_default();
                    if !of.contains(&i) {
                        of.push(i);
                    }
                }
            }
            known
        });
        let mut hits = [0; LANGUAGES.len()];
        let lower = sample.to_lowercase().replace("'s ", " ").replace("’s ", " ").replace("u.s", " ");
        for word in lower.split(|c: char| !(c.is_alphabetic() || is_mark(c))).filter(|w| !w.is_empty()) {
            for &i in KNOWN.get(word).map_or(&[][..], Vec::as_slice) {
                hits[i] += 1;
            }
        }
        Words { hits }
    }

    fn hits(&self, language: Language) -> usize {
        LANGUAGES.iter().position(|(l, ..)| *l == language).map_or(0, |i| self.hits[i])
    }

    /// The languages with most hits and second most; the first listed among equals.
    fn best(&self, languages: &[Language]) -> (Language, Language) {
        let mut sorted: Vec<Language> = languages.to_vec();
        sorted.sort_by_key(|l| std::cmp::Reverse(self.hits(*l)));
        (sorted[0], sorted[1])
    }

    /// Whether no other Cyrillic language has as many hits.
    fn leads(&self, language: Language) -> bool {
        [L::Russian, L::Ukrainian, L::Bulgarian, L::Serbian, L::Macedonian]
            .iter()
            .all(|l| *l == language || self.hits(*l) < self.hits(language))
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{200C}')
}

/// A run of paragraphs in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguagePart {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Their language.
    pub language: Language,
}

/// The languages of a text by paragraph. The parts cover the text without gaps; a paragraph whose
/// language is not sure goes with the part before it (the first with the one after it).
pub fn detect_language_parts(text: &str) -> Vec<LanguagePart> {
    let mut parts: Vec<LanguagePart> = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let range = from..from + line.len();
        from = range.end;
        let found = if line.chars().filter(|c| c.is_alphabetic()).take(20).count() == 20 {
            detect_language(line)
        } else {
            Detected::default()
        };
        match parts.last_mut() {
            Some(last) if last.language == found.language || !found.reliable => last.range.end = range.end,
            Some(last) if last.language == Language::Unknown => {
                last.range.end = range.end;
                last.language = found.language;
            }
            _ => {
                let language = if found.reliable { found.language } else { Language::Unknown };
                parts.push(LanguagePart { range, language });
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_in_a_sentence() {
        for (code, text) in [
            ("en", "The minister said that the bridge over the river would be opened in spring."),
            ("de", "Der Minister sagte, die Brücke über den Fluss werde im Frühjahr eröffnet."),
            ("fr", "Le ministre a déclaré que le pont sur la rivière serait ouvert au printemps."),
            ("it", "Il ministro ha detto che il ponte sul fiume sarà aperto in primavera."),
            ("es", "El ministro dijo que el puente sobre el río se abrirá en primavera."),
            ("pt", "O ministro disse que a ponte sobre o rio será aberta na primavera, mas não já."),
            ("pl", "Minister powiedział, że most na rzece zostanie otwarty wiosną."),
            ("ro", "Ministrul a spus că podul peste râu va fi deschis în primăvară."),
            ("ru", "Министр заявил, что мост через реку откроют весной, а дорогу позже."),
            ("uk", "Міністр заявив, що міст через річку відкриють навесні, а дорогу пізніше."),
            ("bg", "Министърът заяви, че мостът над реката ще бъде открит през пролетта."),
            ("be", "Міністр заявіў, што мост праз раку адкрыюць вясной, а дарогу пазней."),
            ("sr", "Министар је рекао да ће мост преко реке бити отворен на пролеће."),
            ("mk", "Министерот рече дека мостот преку реката ќе биде отворен напролет."),
            ("ar", "قال الوزير إن الجسر فوق النهر سيفتح في الربيع المقبل."),
            ("fa", "وزیر گفت که پل روی رودخانه در بهار آینده گشوده خواهد شد."),
            ("ur", "وزیر نے کہا کہ دریا پر پل بہار میں کھول دیا جائے گا۔"),
            ("hi", "मंत्री ने कहा कि नदी पर पुल वसंत में खोला जाएगा।"),
            ("el", "Ο υπουργός είπε ότι η γέφυρα θα ανοίξει την άνοιξη."),
        ] {
            let found = detect_language(text);
            assert_eq!(found.language.code(), code, "{text}: {found:?}");
            assert_eq!(Language::from_code(code), found.language);
        }
    }

    #[test]
    fn what_is_not_sure_is_unknown_or_unreliable() {
        for text in ["", "12:45", "—", "OK", "NATO", "Кремль"] {
            assert!(!detect_language(text).reliable, "{text}");
        }
        assert_eq!(detect_language("").language, Language::Unknown);
        // No letter tells Russian from its neighbours here.
        assert!(!detect_language("Президент подписал закон").reliable);
        // Kurdish is none of the languages known.
        assert_eq!(detect_language("وەزیر گوتی کە پردەکە لە بەهاردا دەکرێتەوە").language, Language::Unknown);
    }

    #[test]
    fn parts_cover_the_text_and_change_with_the_language() {
        let text = "The minister said that the bridge would be opened in spring.\n\n\
                    Міністр заявив, що міст через річку відкриють навесні.\nОк.\n";
        let parts = detect_language_parts(text);
        let found: Vec<&str> = parts.iter().map(|p| p.language.code()).collect();
        assert_eq!(found, ["en", "uk"]);
        assert_eq!(parts.iter().map(|p| &text[p.range.clone()]).collect::<String>(), text);
        assert!(detect_language_parts("").is_empty());
    }
}
