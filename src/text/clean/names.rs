//! Names of people, as bylines and credits give them.

/// Small words inside names and between them.
fn is_connector(word: &str) -> bool {
    word.len() <= 5
        && matches!(
            word,
            "and"
                | "und"
                | "et"
                | "y"
                | "e"
                | "i"
                | "și"
                | "şi"
                | "и"
                | "та"
                | "й"
                | "de"
                | "del"
                | "della"
                | "di"
                | "da"
                | "van"
                | "von"
                | "der"
                | "den"
                | "la"
                | "le"
                | "al"
                | "el"
                | "bin"
                | "in"
                | "for"
                | "с"
                | "з"
                | "with"
                | "aus"
        )
}

/// Whether a text reads as a list of names: few words, all but connectors capitalised, no sentence.
/// In scripts without capitals: up to four words.
pub(super) fn looks_like_names(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    if text.is_empty() || text.len() > 160 {
        return false;
    }
    let (mut names, mut caseless, mut words) = (0, 0, 0);
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '|' | '•' | '—' | '–')) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let Some(first) = word.chars().next() else { continue };
        words += 1;
        if first.is_uppercase() {
            names += 1;
        } else if first.is_alphabetic() && !first.is_lowercase() {
            caseless += 1;
        } else if !(is_connector(word) || first.is_numeric()) {
            return false;
        }
    }
    let sentence = text.ends_with('.') && words > 5;
    !sentence && ((1..=10).contains(&names) && words <= 14 || (names == 0 && (1..=4).contains(&caseless)))
}

/// Whether a line ends with `© Name`, or with `/ NAME` in capitals after a full stop.
pub(super) fn ends_in_credit(line: &str) -> bool {
    if let Some(at) = memchr::memrchr(0xA9, line.as_bytes()).and_then(|at| at.checked_sub(1))
        && line.get(at..at + 2) == Some("©")
        && at > 0
    {
        let name = line[at + 2..].trim();
        return !name.contains(|c: char| c.is_numeric()) && name.len() <= 80 && looks_like_names(name);
    }
    let mut slashes = memchr::memrchr_iter(b'/', line.as_bytes());
    let spaced = slashes.find_map(|at| Some((line[..at].strip_suffix(' ')?, line[at + 1..].strip_prefix(' ')?)));
    spaced.is_some_and(|(before, name)| {
        let capitals = name.chars().all(|c| !c.is_lowercase() && !c.is_numeric()) && name.contains(' ');
        capitals && before.ends_with(['.', ')', '"', '”', '»']) && looks_like_names(name)
    })
}

/// Whether a line is nothing but the initials of an agency's editors or its name: `jk/ an/`, `dpa/tmn`,
/// `/XY, Agency/`, `(XYZ)`.
pub(super) fn is_initials(line: &str) -> bool {
    let slashes = line.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let brackets = line.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    if slashes.is_some_and(|inner| inner.len() <= 60 && !inner.contains('/') && looks_like_names(inner))
        || brackets.is_some_and(|i| (2..=6).contains(&i.chars().count()) && i.chars().all(char::is_uppercase))
    {
        return true;
    }
    let line = line.trim_matches(['(', ')', '[', ']', '.', ' ']);
    let initials = |part: &str| {
        let letters = part.chars().count();
        (2..=4).contains(&letters) && part.chars().all(char::is_lowercase)
    };
    line.len() <= 24
        && line.contains('/')
        && line.contains(char::is_alphabetic)
        && line.split([' ', '/']).filter(|part| !part.is_empty()).all(initials)
}

/// Words before the place that follows a name: "Jane Roe in Geneva".
const PLACE_WORDS: &str = "à en w we у в във din da na";

/// Whether nothing but names follows the first `n_words` words of a line.
pub(super) fn follow(line: &str, n_words: usize) -> bool {
    let mut rest = line;
    for _ in 0..n_words {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = rest.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(rest.len());
        rest = &rest[end..];
    }
    // "Jane Roe, in Geneva"
    let place = rest.rsplit_once(", ").and_then(|(name, place)| Some((name, place.split_once(' ')?)));
    match place {
        Some((name, (word, place))) if PLACE_WORDS.split(' ').any(|w| w == word) => {
            looks_like_names(name) && looks_like_names(place) && !rest.ends_with('.')
        }
        _ => looks_like_names(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_at_the_end_are_told_from_other_endings() {
        assert!(
            ends_in_credit("The old mill at dawn. © Jane Doe / Agency")
                && ends_in_credit("The mill. / JANE DOE/AGENCY")
        );
        for line in ["© Jane Doe", "The mill © 2020", "The mill / the river", "Either. / OR", "The mill"] {
            assert!(!ends_in_credit(line), "{line}");
        }
    }

    #[test]
    fn initials_are_told_from_words() {
        for line in ["jk/ an/", "dpa/tmn", "(mmi/ pad/)", "kor/", "/ВК, Хоризонт/", "(ANP)"] {
            assert!(is_initials(line), "{line}");
        }
        for line in ["jk an", "Either/or", "12/05", "before/after", "(Laughter)", "/", ""] {
            assert!(!is_initials(line), "{line}");
        }
        assert!(follow("Par Jean Dupont, à Genève", 1) && !follow("Par Jean Dupont, à qui tout est dû", 1));
    }

    #[test]
    fn lists_of_names_are_told_from_sentences() {
        for names in [
            "Jane Doe",
            "J. R. Smith and Ivan Petrenko, Kyiv",
            "Ганна Коваль",
            "M.B.",
            "سعاد الحسن",
            "Hans von der Heide",
        ] {
            assert!(looks_like_names(names), "{names}");
        }
        assert!(follow("• Written by: Jane Doe", 2) && !follow("By the way, no", 1));
        for text in ["the way, nobody came", "Friday they had left", "", "سافر الوزير إلى بلد بعيد أمس"]
        {
            assert!(!looks_like_names(text), "{text}");
        }
    }
}
