//! Words that are reported without quotation marks: according to X, ...; ..., said X; X said that ...

use std::ops::Range;

use super::cues::{Cues, OTHER, WordId, tokenizer};
use super::speech::LONGEST;
use crate::text::language::Language;
use crate::text::sentence::sentences;
use crate::text::tokenize::Tokenizer;

/// Fewer reported words than this are none.
const LEAST: usize = 3;
/// Words between a verb of saying and `that`.
const TO_THAT: usize = 10;
/// Words between a verb of saying and a colon, or a comma where a comma is enough.
const TO_MARK: usize = 7;
/// Words of the phrase that names a source.
const SOURCE: usize = 25;
/// Words of a remark that tells who spoke.
const REMARK: usize = 15;
/// Words before the verb in such a remark: the minister of ... said.
const SUBJECT: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word {
        capital: bool,
    },
    Comma,
    Dash,
    Colon,
    Semicolon,
    /// Words in quotation marks, with their marks.
    Quote,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    kind: Kind,
    id: WordId,
    start: usize,
    end: usize,
}

impl Token {
    fn is_word(self) -> bool {
        matches!(self.kind, Kind::Word { .. })
    }

    fn cuts(self) -> bool {
        matches!(self.kind, Kind::Comma | Kind::Dash)
    }

    fn is_capital(self) -> bool {
        self.kind == Kind::Word { capital: true }
    }
}

/// The reported words of a text, in order: bytes that lie outside `quotes` (with their marks, in order).
pub(super) fn attributed(text: &str, language: Language, cues: &Cues, quotes: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if cues.is_empty() {
        return found;
    }
    let (mut tokenizer, mut tokens) = (tokenizer(), Vec::new());
    let mut next_quote = 0;
    for sentence in sentences(text, language) {
        while quotes.get(next_quote).is_some_and(|q| q.end <= sentence.start) {
            next_quote += 1;
        }
        read(text, sentence, cues, &quotes[next_quote..], &mut tokenizer, &mut tokens);
        let parts = (Sentence { tokens: &tokens, cues }).reported();
        if parts.iter().map(|part| n_words(&tokens[part.clone()])).sum::<usize>() >= LEAST {
            parts.into_iter().for_each(|part| pieces(&tokens[part], &mut found));
        }
    }
    found
}

/// The words and marks of a sentence; brackets, apostrophes and hyphens are passed over.
fn read(
    text: &str,
    sentence: Range<usize>,
    cues: &Cues,
    quotes: &[Range<usize>],
    tokenizer: &mut Tokenizer,
    tokens: &mut Vec<Token>,
) {
    tokens.clear();
    let mut quotes = quotes.iter().take_while(|q| q.start < sentence.end).peekable();
    tokenizer.tokens(&text[sentence.clone()], |term, start, end| {
        let (start, end) = (sentence.start + start, sentence.start + end);
        while let Some(quote) = quotes.peek() {
            if start < quote.start {
                break;
            }
            if tokens.last().is_none_or(|last: &Token| last.start != quote.start) {
                tokens.push(Token { kind: Kind::Quote, id: OTHER, start: quote.start, end: quote.end });
            }
            if start < quote.end {
                return;
            }
            quotes.next();
        }
        let Ok(term) = std::str::from_utf8(term) else { return };
        let spaced = || text[..start].ends_with(char::is_whitespace) || text[end..].starts_with(char::is_whitespace);
        let kind = match term {
            "," | "،" | "、" | "，" => Kind::Comma,
            ":" | "：" => Kind::Colon,
            ";" | "؛" => Kind::Semicolon,
            "-" if spaced() => Kind::Dash,
            _ if term.contains(char::is_alphanumeric) => {
                Kind::Word { capital: text[start..end].starts_with(char::is_uppercase) }
            }
            _ => return,
        };
        let id = if matches!(kind, Kind::Word { .. }) { cues.id(term) } else { OTHER };
        tokens.push(Token { kind, id, start, end });
    });
}

fn n_words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|t| t.is_word()).count()
}

/// Adds the pieces of reported words that lie between quotations.
fn pieces(tokens: &[Token], found: &mut Vec<Range<usize>>) {
    for piece in tokens.split(|t| t.kind == Kind::Quote) {
        let first = piece.iter().position(|t| t.is_word());
        let last = piece.iter().rposition(|t| t.is_word());
        let (Some(first), Some(last)) = (first, last) else { continue };
        let range = piece[first].start..piece[last].end;
        if n_words(piece) >= 2 && range.len() <= LONGEST {
            found.push(range);
        }
    }
}

fn one(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

/// One sentence in the light of the cues.
struct Sentence<'a> {
    tokens: &'a [Token],
    cues: &'a Cues,
}

impl Sentence<'_> {
    /// The reported words, as ranges of tokens: those of the first cue that fits.
    fn reported(&self) -> Vec<Range<usize>> {
        (0..self.tokens.len())
            .filter(|&i| self.tokens[i].id != OTHER)
            .find_map(|i| self.source(i).or_else(|| self.verb(i)))
            .unwrap_or_default()
    }

    fn ids(&self, from: usize) -> impl Iterator<Item = WordId> + Clone {
        self.tokens[from.min(self.tokens.len())..].iter().map_while(|t| t.is_word().then_some(t.id))
    }

    fn id(&self, at: usize) -> WordId {
        self.tokens.get(at).map_or(OTHER, |t| t.id)
    }

    /// The first place from `from` on, within `most` tokens, that is as wanted.
    fn find(&self, from: usize, most: usize, wanted: impl Fn(usize) -> bool) -> Option<usize> {
        (from..self.tokens.len().min(from + most)).find(|&at| wanted(at))
    }

    fn n_words(&self, range: Range<usize>) -> usize {
        n_words(&self.tokens[range])
    }

    /// "According to X, ...", "..., according to X", "..., as X said, ...".
    fn source(&self, i: usize) -> Option<Vec<Range<usize>>> {
        let n = self.tokens.len();
        let behind = if let Some(len) = self.cues.sources.at(self.ids(i)) {
            if self.cues.not_sources.at(self.ids(i + len)).is_some() {
                return None;
            }
            i + len
        } else {
            let len = self.cues.as_said.at(self.ids(i))?;
            let most = if self.cues.nouns { REMARK } else { LEAST };
            let from = i + len;
            let verb = self.find(from, most, |at| {
                self.tokens[from..=at].iter().all(|t| t.is_word()) && self.cues.verbs.at(self.ids(at)).is_some()
            })?;
            verb + self.cues.verbs.at(self.ids(verb))?
        };
        let ends = |at: usize| self.tokens[at].cuts() || self.cues.then.contains(&self.id(at));
        let end = self.find(behind, SOURCE, ends);
        if self.n_words(0..i) <= 1 && !self.tokens[..i].iter().any(|t| t.kind == Kind::Quote) {
            let from = end.map_or_else(|| self.behind_source(behind), |end| end + 1);
            return Some(one(from.min(n)..n));
        }
        let mut parts = one(0..i);
        if let Some(end) = end
            && self.tokens[i - 1].cuts()
        {
            parts.push(end + 1..n);
        }
        Some(parts)
    }

    /// Where the name of a source ends that no comma follows. Where nouns have capitals, before the first word behind one that is
    /// neither a noun nor joins nouns; else behind the first word and the names that follow.
    fn behind_source(&self, from: usize) -> usize {
        let n = self.tokens.len();
        if self.cues.nouns {
            let mut noun = false;
            for at in from..n.min(from + SOURCE) {
                let joins =
                    self.cues.not_first.contains(&self.id(at)) || self.tokens[at].end - self.tokens[at].start <= 3;
                if !self.tokens[at].is_capital() && noun && !joins {
                    return at;
                }
                noun |= self.tokens[at].is_capital();
            }
            return n;
        }
        let first = (from + 1).min(n);
        self.find(first, SOURCE, |at| !self.tokens[at].is_capital()).unwrap_or(n)
    }

    /// A verb of saying with the words before or behind it.
    fn verb(&self, i: usize) -> Option<Vec<Range<usize>>> {
        let len = self.cues.verbs.at(self.ids(i))?;
        self.that(i + len).or_else(|| self.remark(i, len)).or_else(|| self.direct(i, len))
    }

    /// "X said (on Monday) that ...", "X said: ...". `from` is behind the verb.
    fn that(&self, from: usize) -> Option<Vec<Range<usize>>> {
        let n = self.tokens.len();
        let mut words = 0;
        for at in from..n.min(from + TO_THAT + 2) {
            let token = self.tokens[at];
            match token.kind {
                Kind::Word { .. } | Kind::Quote => {
                    if let Some(len) = self.cues.that.at(self.ids(at)) {
                        return Some(one(at + len..n));
                    }
                    words += 1;
                }
                Kind::Comma => {
                    self.cues.that.at(self.ids(at + 1))?;
                }
                Kind::Colon if words <= TO_MARK => return Some(one(at + 1..n)),
                _ => return None,
            }
        }
        None
    }

    /// "..., said X(, ...)", "..., X said(, ...)".
    fn remark(&self, i: usize, len: usize) -> Option<Vec<Range<usize>>> {
        let n = self.tokens.len();
        let next = i + len;
        let before = i.checked_sub(1)?;
        let ends = |at: usize| self.tokens[at].cuts() || self.tokens[at].kind == Kind::Semicolon;
        let begin = if self.is_edge(before) {
            // Verb first: what follows is who said it.
            if self.cues.not_after.contains(&self.id(next)) {
                return None;
            }
            before
        } else {
            // Subject first: nothing follows, or when and where it was said.
            let begin = (0..i).rev().take(SUBJECT + 1).find(|&at| self.is_edge(at))?;
            let closed = next >= n || ends(next) || self.cues.tails.contains(&self.id(next));
            if !closed || self.cues.not_first.contains(&self.id(begin + 1)) {
                return None;
            }
            begin
        };
        let end = self.find(next, n, ends).unwrap_or(n);
        if self.n_words(next..end) > REMARK {
            return None;
        }
        let lead = 0..begin + usize::from(self.tokens[begin].kind == Kind::Quote);
        let mut parts = vec![lead.clone()];
        if end < n && self.tokens[end].cuts() {
            parts.push(self.behind_verb(end + 1)..n);
        }
        // A short beginning is a time or a place: "On Monday, said X".
        let quoted = self.tokens[lead].iter().any(|t| t.kind == Kind::Quote);
        let words: usize = parts.iter().map(|part| self.n_words(part.clone())).sum();
        (quoted || words >= LEAST).then_some(parts)
    }

    /// Whether a remark may begin behind this token.
    fn is_edge(&self, at: usize) -> bool {
        self.tokens[at].cuts() || self.tokens[at].kind == Kind::Quote
    }

    /// Behind a remark, "adding that ..." is a cue and not reported.
    fn behind_verb(&self, from: usize) -> usize {
        let verb = self.cues.verbs.at(self.ids(from));
        let that = verb.and_then(|len| self.that(from + len)).and_then(|parts| parts.first().map(|part| part.start));
        that.unwrap_or(from)
    }

    /// "X said the bridge was closed", "X sagte, die Brücke sei gesperrt".
    fn direct(&self, i: usize, len: usize) -> Option<Vec<Range<usize>>> {
        self.cues.direct.at(self.ids(i))?;
        let n = self.tokens.len();
        let next = i + len;
        if i == 0 || self.is_edge(i - 1) {
            return None;
        }
        let from = if self.cues.comma {
            let comma = self.find(next, TO_MARK, |at| !self.tokens[at].is_word())?;
            let article = self.cues.not_first.contains(&self.id(comma + 1));
            // An article or a relative pronoun: only a clause that is not about the speaker is reported.
            if self.tokens[comma].kind != Kind::Comma || (article && comma > next) {
                return None;
            }
            comma + 1
        } else {
            if next >= n || self.cues.not_direct.contains(&self.id(next)) || !self.tokens[next].is_word() {
                return None;
            }
            next
        };
        (self.n_words(from..n) >= LEAST).then(|| one(from..n))
    }
}
