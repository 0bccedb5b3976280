//! Articles, articles with gold, and places in them.

use crate::error::{CorpusErrorKind, Error, Place, Result};
use crate::label::Task;
use crate::text::language::{Language, detect_language};

/// One news article: what the model reads, and what is known about it besides.
///
/// ```
/// use slantwise::Article;
///
/// let article = Article::new("A headline", "The body.").with_id("a-1").with_field("domain", "example.org");
/// assert_eq!(article.title(), Some("A headline"));
/// assert_eq!(article.field("domain"), Some("example.org"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Article {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) fields: Vec<(String, FieldValue)>,
}

impl Article {
    /// An article with a title and a body. An empty title counts as none.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Article {
        let title = title.into();
        Article { title: (!title.is_empty()).then_some(title), text: text.into(), ..Article::default() }
    }

    /// An article without a title.
    pub fn from_text(text: impl Into<String>) -> Article {
        Article { text: text.into(), ..Article::default() }
    }

    /// Sets the identifier, which is carried to the output.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Article {
        self.id = id.into();
        self
    }

    /// Sets a field such as `lang`, `domain` or `date`, replacing an earlier value.
    #[must_use]
    pub fn with_field(mut self, key: impl Into<String>, value: impl Into<String>) -> Article {
        let key = key.into();
        self.fields.retain(|(k, _)| *k != key);
        self.fields.push((key, FieldValue::Text(value.into())));
        self
    }

    /// The identifier; empty where none was given.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The headline, where there is one.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The body.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of a field: a string as it is, a number or a boolean as JSON writes it.
    ///
    /// Objects are reached through dots: `splits.media` is the key `media` of the object `splits`.
    /// `None` where the field is missing, `null`, or an array or object itself.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(k, _)| k == key).and_then(|(_, v)| match v {
            FieldValue::Text(text) | FieldValue::Scalar(text) => Some(text.as_str()),
            FieldValue::Nested(_) => None,
        })
    }

    /// All fields with their values, in the order of the row.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(k, v)| (k.as_str(), v))
    }

    /// The declared language (`lang`), where there is one.
    pub fn lang(&self) -> Option<&str> {
        self.field("lang")
    }

    /// The declared language where it is a known one, else the one [detected](crate::detect_language) in the body, or in
    /// the title where the body says nothing.
    pub fn language(&self) -> Language {
        let declared = self.lang().map_or(Language::Unknown, Language::from_code);
        if declared != Language::Unknown {
            return declared;
        }
        let body = detect_language(&self.text).language;
        if body != Language::Unknown { body } else { detect_language(self.part(Part::Title)).language }
    }

    /// The part of the article that a span lies in.
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Title => self.title.as_deref().unwrap_or(""),
            Part::Text => &self.text,
        }
    }
}

/// The value of a field that is carried along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A string.
    Text(String),
    /// A number or boolean, as JSON writes it.
    Scalar(String),
    /// An array or object, as JSON writes it.
    Nested(String),
}

/// The two parts of an article in which a span can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The headline.
    Title,
    /// The body.
    Text,
}

impl Part {
    /// `title` or `text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Title => "title",
            Part::Text => "text",
        }
    }
}

/// A piece of an article: byte offsets into the original title or body, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The title or the body.
    pub part: Part,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The words that the span covers.
    pub fn of<'a>(&self, article: &'a Article) -> &'a str {
        article.part(self.part).get(self.start..self.end).unwrap_or("")
    }

    /// First code point and one past the last, as JSON and annotators count them.
    pub fn code_points(&self, article: &Article) -> (usize, usize) {
        let start = article.part(self.part).get(..self.start).map_or(0, |before| before.chars().count());
        (start, start + self.of(article).chars().count())
    }
}

/// A span with a label, as annotators mark techniques. Offsets are Unicode code points of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledSpan {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The label of the passage.
    pub label: String,
}

/// The right answer for an article: one class, or any number of labels (possibly none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gold {
    /// Exactly one class.
    One(String),
    /// Several labels, sorted, without repetition.
    Several(Vec<String>),
}

impl Gold {
    /// Several labels; sorts them and drops repetitions.
    pub fn several(labels: impl IntoIterator<Item = impl Into<String>>) -> Gold {
        let mut labels: Vec<String> = labels.into_iter().map(Into::into).collect();
        labels.sort();
        labels.dedup();
        Gold::Several(labels)
    }

    /// Whether this is one class or several labels.
    pub fn task(&self) -> Task {
        match self {
            Gold::One(_) => Task::One,
            Gold::Several(_) => Task::Several,
        }
    }

    /// The labels: one or several.
    pub fn labels(&self) -> &[String] {
        match self {
            Gold::One(label) => std::slice::from_ref(label),
            Gold::Several(labels) => labels,
        }
    }
}

/// An article with its gold.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The article.
    pub article: Article,
    /// The right answer.
    pub gold: Gold,
    /// Labelled passages of the body; empty where the corpus marks none.
    pub spans: Vec<LabelledSpan>,
}

/// A row of a corpus as it was read: an article, its gold where the row has one, and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The article.
    pub article: Article,
    /// The right answer; `None` where the row has none.
    pub gold: Option<Gold>,
    /// Labelled passages.
    pub spans: Vec<LabelledSpan>,
    /// File and line.
    pub place: Place,
}

impl Row {
    /// The row as an example for training or evaluation; an error naming the row where it has no
    /// gold under `label_key`.
    pub fn into_example(self, label_key: &str) -> Result<Example> {
        match self.gold {
            Some(gold) => Ok(Example { article: self.article, gold, spans: self.spans }),
            None => Err(Error::Corpus {
                place: self.place,
                kind: CorpusErrorKind::MissingLabel {
                    key: label_key.to_string(),
                    found: self.article.fields.into_iter().map(|(k, _)| k).collect(),
                },
            }),
        }
    }
}
