//! The names of the cleaning rules.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cleaning rule. Every mask names the rule that made it, and every rule can be switched off by
/// its name, which is the variant in kebab case (`repeated-lead`).
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Menus, section names, breadcrumbs, "back to top".
    Navigation,
    /// Weather, markets, video players, counters, loaders.
    Widget,
    /// Newsletters, apps, channels to follow, donations, tip lines.
    Subscribe,
    /// Calls to comment and comment forms.
    Comment,
    /// Log in, register, paywalls.
    Login,
    /// Share and print buttons.
    Share,
    /// Cookie and consent notices, blockers of blockers.
    Cookie,
    /// Advertisement marks.
    Advertisement,
    /// "Read also" with the headlines, and the article, that follow it.
    Related,
    /// Image and video credits and captions.
    Caption,
    /// Who wrote, edited, translated.
    Byline,
    /// Place, date and agency before the first sentence.
    Dateline,
    /// Dates, times, date codes, reading times.
    Date,
    /// Copyright, link notices, disclaimers.
    Copyright,
    /// Notes of the editors to the reader: misprints, corrections, opinion marks.
    Notice,
    /// Agency credits.
    Agency,
    /// E-mail addresses and URLs.
    Link,
    /// Lines of keywords, tags, topics.
    Keywords,
    /// Lines that name a source.
    Source,
    /// The headline or a paragraph printed a second time.
    RepeatedLead,
    /// The name and domain of the outlet itself.
    Outlet,
    /// Names and domains of all known outlets and agencies (on request).
    KnownOutlets,
    /// Lines that an outlet repeats from article to article, learned from a corpus.
    RepeatedLine,
}

impl Rule {
    /// All rules.
    pub const ALL: [Rule; 23] = [
        Rule::Navigation,
        Rule::Widget,
        Rule::Subscribe,
        Rule::Comment,
        Rule::Login,
        Rule::Share,
        Rule::Cookie,
        Rule::Advertisement,
        Rule::Related,
        Rule::Caption,
        Rule::Byline,
        Rule::Dateline,
        Rule::Date,
        Rule::Copyright,
        Rule::Notice,
        Rule::Agency,
        Rule::Link,
        Rule::Keywords,
        Rule::Source,
        Rule::RepeatedLead,
        Rule::Outlet,
        Rule::KnownOutlets,
        Rule::RepeatedLine,
    ];

    /// The name in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Navigation => "navigation",
            Rule::Widget => "widget",
            Rule::Subscribe => "subscribe",
            Rule::Comment => "comment",
            Rule::Login => "login",
            Rule::Share => "share",
            Rule::Cookie => "cookie",
            Rule::Advertisement => "advertisement",
            Rule::Related => "related",
            Rule::Caption => "caption",
            Rule::Byline => "byline",
            Rule::Dateline => "dateline",
            Rule::Date => "date",
            Rule::Copyright => "copyright",
            Rule::Notice => "notice",
            Rule::Agency => "agency",
            Rule::Link => "link",
            Rule::Keywords => "keywords",
            Rule::Source => "source",
            Rule::RepeatedLead => "repeated-lead",
            Rule::Outlet => "outlet",
            Rule::KnownOutlets => "known-outlets",
            Rule::RepeatedLine => "repeated-line",
        }
    }

    /// The rule of this name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.as_str() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde_and_read_back() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{rule}\""));
            assert_eq!(Rule::from_name(rule.as_str()), Some(rule));
        }
        assert_eq!(Rule::from_name("menu"), None);
    }

    #[test]
    fn all_lists_every_rule_once_in_order() {
        assert!(Rule::ALL.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(Rule::ALL.last(), Some(&Rule::RepeatedLine));
    }
}
