//! Names of people, as bylines and credits give them.

/// Small words inside names and between them.
const CONNECTORS: &str =
    "and und et y e i și şi и та і й de del della di da van von der den la le al el bin in for с з with aus";

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
        } else if !(CONNECTORS.split(' ').any(|w| w == word) || first.is_numeric()) {
            return false;
        }
    }
    let sentence = text.ends_with('.') && words > 5;
    !sentence && ((1..=10).contains(&names) && words <= 14 || (names == 0 && (1..=4).contains(&caseless)))
}

/// Whether nothing but names follows the first `n_words` words of a line.
pub(super) fn follow(line: &str, n_words: usize) -> bool {
    let mut rest = line;
    for _ in 0..n_words {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = rest.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(rest.len());
        rest = &rest[end..];
    }
    looks_like_names(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

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
