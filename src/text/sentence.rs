//! Sentences with their places in the text.
//!
//! A sentence ends at `.` `!` `?` `…` or their Arabic, Devanagari and East Asian counterparts, with
//! the closing quotation marks and brackets behind them, and at the end of a paragraph. A full stop
//! does not end one inside numbers and addresses, after initials and abbreviations, nor before a
//! word in lower case; nor does a question inside quotation marks that the speaker's tag follows
//! (`"Why?" he asked`). The rules follow the practice of Punkt (Kiss and Strunk 2006) and of Unicode
//! Standard Annex 29, with lists of abbreviations for each language in place of statistics.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::language::Language;

/// The sentences of a text, in order, as byte ranges without the white space around them.
///
/// The ranges don't overlap, and between them there is nothing but white space: sentences and gaps
/// together are the text. The language chooses the abbreviations; with [`Language::Unknown`] only
/// those common to most languages count. Time is linear in the length of the text.
///
/// ```
/// use slantwise::{Language, sentences};
///
/// let text = "Dr. Smith paid $3.50. “Why?” he asked.";
/// let found: Vec<&str> = sentences(text, Language::English).into_iter().map(|r| &text[r]).collect();
/// assert_eq!(found, ["Dr. Smith paid $3.50.", "“Why?” he asked."]);
/// ```
pub fn sentences(text: &str, language: Language) -> Vec<Range<usize>> {
    let abbreviations = Abbreviations::of(language);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(end) = next_end(text, from, abbreviations) {
        push(text, from..end, &mut found);
        from = end;
    }
    push(text, from..text.len(), &mut found);
    found
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = range.start + piece.trim_end().len();
    if start < end {
        found.push(start..end);
    }
}

/// Where the sentence that begins at `from` ends.
fn next_end(text: &str, from: usize, abbreviations: &Abbreviations) -> Option<usize> {
    let mut at = from;
    let mut chars = text[at..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let here = at + offset;
        if c == '\n' && paragraph_ends(text, from, here) {
            return Some(here);
        }
        if is_end(c) {
            at = behind_end(text, here + c.len_utf8());
            if ends_sentence(text, here, c, at, abbreviations) {
                return Some(at);
            }
            chars = text[at..].char_indices();
        }
    }
    None
}

fn is_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥' | '。' | '！' | '？' | '‼' | '⁈' | '⁉')
}

/// Further marks of end, closing quotation marks and brackets.
fn behind_end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let marks = rest.trim_start_matches(is_end);
    let closers = marks.trim_start_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '}', '«']);
    // "« Oui. »": a closing mark behind a space.
    let spaced = closers.trim_start_matches(['\u{a0}', '\u{202f}', ' ']);
    let end =
        if spaced.starts_with('»') && spaced.len() < closers.len() { &spaced['»'.len_utf8()..] } else { closers };
    text.len() - end.len() + footnote(end)
}

/// The length of `[1]` right behind the sentence.
fn footnote(rest: &str) -> usize {
    let digits = rest.bytes().skip(1).take(4).take_while(u8::is_ascii_digit).count();
    let found = rest.starts_with('[') && (1..=3).contains(&digits) && rest[1 + digits..].starts_with(']');
    if found { digits + 2 } else { 0 }
}

/// Whether a line break ends a paragraph: it does unless the line before it is long and open and the
/// next one goes on in lower case (text broken at a fixed width).
fn paragraph_ends(text: &str, from: usize, at: usize) -> bool {
    let before = text[from..at].trim_end();
    if before.is_empty() {
        return false;
    }
    let next = text[at..].chars().skip_while(|c| *c == '\n' || *c == '\r').find(|c| *c != ' ');
    let blank_line = text[at + 1..].trim_start_matches([' ', '\t', '\r']).starts_with('\n');
    let line = before.rsplit('\n').next().unwrap_or(before);
    blank_line || !next.is_some_and(char::is_lowercase) || line.len() < 40 || before.ends_with(is_end)
}

/// Whether the mark `c` at `here`, with what belongs to it up to `after`, ends a sentence.
fn ends_sentence(text: &str, here: usize, c: char, after: usize, abbreviations: &Abbreviations) -> bool {
    let rest = &text[after..];
    let Some(next) = rest.chars().next() else { return true };
    if matches!(c, '؟' | '۔' | '।' | '॥' | '。' | '！' | '？') {
        return true;
    }
    let single = after == here + 1;
    if !next.is_whitespace() {
        return c == '.' && single && is_glued(text, here);
    }
    if rest.chars().take_while(|c| c.is_whitespace()).take(256).any(|c| c == '\n') {
        // The paragraph may end anyhow; an abbreviation at the end of a line is rare.
        return !(c == '.' && single && abbreviations.never_ends(word_before(text, here)));
    }
    let follows = rest.trim_start_matches(|c: char| c.is_whitespace() || is_opener(c));
    let dashed = follows.trim_start_matches(['—', '–', '-', '―']);
    let dash = dashed.len() < follows.len();
    let follows = dashed.trim_start_matches(|c: char| c.is_whitespace() || is_opener(c));
    let Some(first) = follows.chars().next() else { return true };
    if first.is_lowercase() {
        return false;
    }
    // "«Да!» — Иванов ушёл": a dash and a capital begin a new sentence, unless after a mere full stop.
    if c != '.' || !single {
        return !matches!(first, ',' | ';' | ':');
    }
    let word = word_before(text, here);
    if dash && abbreviations.never_ends(word) {
        return false;
    }
    !abbreviations.continues(word, follows, first)
}

/// A full stop without a space between two sentences: "the end.The next one".
fn is_glued(text: &str, here: usize) -> bool {
    let before = text[..here].chars().rev().take_while(|c| c.is_lowercase()).take(3).count();
    let mut next = text[here + 1..].chars();
    let capital = next.next().is_some_and(char::is_uppercase);
    let word: String = next.by_ref().take(24).take_while(|c| c.is_alphabetic()).collect();
    let lower = word.chars().all(char::is_lowercase);
    // "Lenta.Ru", "Example.Com": the last label of an address.
    before == 3 && capital && lower && word.len() >= 2 && !matches!(word.as_str(), "et" | "om" | "rg" | "ru" | "нет")
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '‘' | '‚' | '\'' | '(' | '[' | '”' | '»' | '¿' | '¡')
}

/// The word before a full stop, inner full stops included, at most 24 characters.
fn word_before(text: &str, here: usize) -> &str {
    let start = text[..here]
        .char_indices()
        .rev()
        .take(24)
        .take_while(|(_, c)| {
            !c.is_whitespace() && !is_opener(*c) && !matches!(c, ')' | ',' | ';' | ':' | '/' | '—' | '–' | '’')
        })
        .last()
        .map_or(here, |(i, _)| i);
    &text[start..here]
}

/// The abbreviations of a language.
#[derive(Debug, Default)]
struct Abbreviations {
    always: FxHashSet<String>,
    number: FxHashSet<String>,
    starters: FxHashSet<String>,
    after_number: FxHashSet<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    always: Vec<String>,
    number: Vec<String>,
    starters: Vec<String>,
    after_number: Vec<String>,
}

const FILE: &str = include_str!("sentence/abbreviations.toml");

impl Abbreviations {
    fn of(language: Language) -> &'static Abbreviations {
        static ALL: LazyLock<FxHashMap<String, Abbreviations>> = LazyLock::new(|| {
            let lists: BTreeMap<String, Lists> = toml::from_str(FILE).unwrap_or_default();
            let set = |list: Vec<String>| list.into_iter().collect();
            lists
                .into_iter()
                .map(|(code, l)| {
                    let (always, number) = (set(l.always), set(l.number));
                    (
                        code,
                        Abbreviations { always, number, starters: set(l.starters), after_number: set(l.after_number) },
                    )
                })
                .collect()
        });
        static NONE: LazyLock<Abbreviations> = LazyLock::new(Abbreviations::default);
        let near = match language {
            Language::Belarusian => "ru",
            Language::Serbian | Language::Macedonian => "bg",
            _ => language.code(),
        };
        ALL.get(near).or_else(|| ALL.get("common")).unwrap_or(&NONE)
    }

    /// Whether a full stop after the word never ends a sentence.
    fn never_ends(&self, word: &str) -> bool {
        is_initial(word) || self.always.contains(&word.to_lowercase())
    }

    /// Whether the sentence goes on after `word` and a full stop: `follows` begins with `first`.
    fn continues(&self, word: &str, follows: &str, first: char) -> bool {
        let lower = word.to_lowercase();
        if first.is_numeric() {
            return self.always.contains(&lower) || self.number.contains(&lower);
        }
        let next: String =
            follows.chars().take(24).take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        if !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) {
            return word.len() <= 2 && self.after_number.contains(&next);
        }
        if self.always.contains(&lower) {
            return true;
        }
        // "J. Smith", "А. С. Пушкин"
        if is_initial(word) {
            return first.is_uppercase() && !(self.starters.contains(&next) && next.chars().count() > 1);
        }
        // "U.S. President", but "in the U.S. The"
        let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2);
        dotted && first.is_uppercase() && !self.starters.contains(&next)
    }
}

/// One capital letter.
fn is_initial(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language as L;

    /// Texts with `|` where one sentence ends and the next begins.
    const TEXTS: [(Language, &str); 42] = [
        (L::English, "Mr. Smith went to Washington on Jan. 5.| He stayed at No. 10 for 3.5 days.| Why?| Nobody knows!"),
        (L::English, "“Why now?” he asked.| “Because,” she said, “it is time.”| They left."),
        (L::English, "The U.S. President met Sen. J. R. Miller.| He left the U.S.| The talks failed."),
        (L::English, "Prices rose by 2.4 per cent (3.1 in May).| “It hurts.”| That was all..."),
        (L::English, "Visit www.example.org today.| Write to a.b@example.org.| Done"),
        (L::English, "He said no... and then agreed.| It was over."),
        (L::English, "The first line ends here\n|And a second paragraph begins.\n\n|A third."),
        (L::English, "This line was broken at a fixed width by some old\nmail program.| The next sentence follows."),
        (L::English, "They met in the end.|The next day they met again."),
        (L::English, "It was denied.[1]| Later it was admitted."),
        (L::English, "Wait!!!| What?!| No way."),
        (
            L::German,
            "Am 3. Mai traf Dr. Müller den Minister.| Er sprach z. B. über Geld, d. h. über Schulden.| Das war's.",
        ),
        (L::German, "Im 19. Jahrhundert war das anders.| „Nein!“, sagte sie.| „Wirklich?“| Ja."),
        (L::German, "Das sagte Prof. A. Huber bzw. sein Büro.| Mehr als 1.500 Menschen kamen."),
        (L::French, "M. Dupont a rencontré Mme Durand.| « C’est faux. »| Elle est partie à 10 h 30."),
        (L::French, "Le n° 5 de l’art. 3 est clair.| Pourquoi ?| On ne sait pas."),
        (L::Italian, "Il dott. Rossi e l’on. Bianchi sono arrivati alle 10.30.| «È vero?»| Sì."),
        (L::Italian, "Secondo il sig. Verdi, l’art. 5 vale ancora.| Il resto no."),
        (L::Spanish, "El Sr. Gómez viajó a EE.UU. con la Dra. Ruiz.| ¿Por qué?| ¡Nadie lo sabe!"),
        (L::Spanish, "Costó 1.500 euros, es decir, el 2,5 %.| El resto es historia."),
        (
            L::Polish,
            "Prof. Kowalski i gen. Nowak, m.in. z Krakowa, przybyli 3 maja o godz. 10.| „Dlaczego?” – zapytał.| Nikt nie wie.",
        ),
        (L::Polish, "Mieszka przy ul. Długiej, tzn. w centrum.| To niedaleko."),
        (L::Romanian, "Dl. Popescu și dr. Ionescu au venit la ora 10.30.| „De ce?”, a întrebat el.| Nimeni nu știe."),
        (L::Romanian, "Potrivit art. 5 alin. 2, legea se aplică.| Restul nu."),
        (
            L::Russian,
            "В 2024 г. Россия и г. Москва, т. е. столица, ждали.| А. С. Пушкин родился в 1799 г. в Москве.| Так было.",
        ),
        (L::Russian, "«Зачем?» — спросил он.| «Так надо!» — ответила она.| Все ушли."),
        (L::Russian, "Цена выросла на 3,5 млн руб. за год.| Об этом сообщил проф. Иванов.| Это всё…"),
        (L::Russian, "Он сказал: «Мы идём».| Потом ушёл."),
        (
            L::Ukrainian,
            "У 2024 р. ціна зросла на 5 млн грн.| Про це сказав проф. Іваненко з м. Києва.| «Навіщо?» — запитав він.| Ніхто не знає!",
        ),
        (L::Ukrainian, "Т. Г. Шевченко народився в с. Моринці.| Це всі знають."),
        (L::Bulgarian, "През 2024 г. проф. Иванов от гр. София пристигна.| „Защо?“, попита той.| Никой не знае."),
        (L::Bulgarian, "Цената е 5 млн. лева.| Т. нар. експерти мълчат."),
        (L::Serbian, "Министар је дошао.| „Зашто?“ упитао је.| Нико не зна."),
        (L::Arabic, "قال د. أحمد إن الأمر انتهى.| لماذا؟| لا أحد يعلم!| انتهى"),
        (L::Arabic, "بلغت النسبة 3.5 في المئة.| «هذا خطأ».| وأضاف الوزير."),
        (L::Persian, "وزیر آمد.| چرا؟| کسی نمی‌داند."),
        (L::Urdu, "وزیر آیا۔| کیوں؟| کوئی نہیں جانتا۔"),
        (L::Hindi, "मंत्री आए।| क्यों?| कोई नहीं जानता।"),
        (L::Chinese, "部长来了。|为什么？|没有人知道。"),
        (L::Portuguese, "O Sr. Silva pagou R$ 3.500,00.| Por quê?| Ninguém sabe."),
        (L::Unknown, "Dr. Who left.| Nobody"),
        (L::Unknown, "   \n\t "),
    ];

    #[test]
    fn sentences_end_where_readers_end_them() {
        let mut wrong = Vec::new();
        for (language, marked) in TEXTS {
            let text = marked.replace('|', "");
            let expected: Vec<String> =
                marked.split('|').map(|s| s.trim().to_string()).filter(|s| !s.is_empty()).collect();
            let found: Vec<String> = sentences(&text, language).into_iter().map(|r| text[r].to_string()).collect();
            if found != expected {
                wrong.push(format!("{language}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn sentences_and_gaps_are_the_text() {
        for (language, text) in TEXTS {
            let mut from = 0;
            for range in sentences(text, language) {
                assert!(from <= range.start && text[from..range.start].trim().is_empty());
                assert!(!text[range.clone()].trim().is_empty());
                from = range.end;
            }
            assert!(text[from..].trim().is_empty());
        }
    }

    #[test]
    fn lists_are_read_and_in_lower_case() {
        let lists: BTreeMap<String, Lists> = toml::from_str(FILE).unwrap();
        assert!(lists.len() >= 12);
        for word in lists.values().flat_map(|l| l.always.iter().chain(&l.number).chain(&l.starters)) {
            assert_eq!(*word, word.to_lowercase());
            assert!(!word.ends_with('.'), "{word}");
        }
    }
}
