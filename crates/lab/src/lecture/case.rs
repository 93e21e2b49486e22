//! What `testdata/lectures` says of an id: inputs, expected values, the deck's print, misprints.

use feedforward_base::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files, one per deck; an id that several decks have stands in one of them.
const FILES: [&str; 5] = [
    include_str!("../../../../testdata/lectures/olteanu.toml"),
    include_str!("../../../../testdata/lectures/acharya.toml"),
    include_str!("../../../../testdata/lectures/sarkar.toml"),
    include_str!("../../../../testdata/lectures/fischer_zahn.toml"),
    include_str!("../../../../testdata/lectures/wang.toml"),
];
/// Misprints of the decks by number.
const MISPRINTS: &str = include_str!("../../../../testdata/lectures/misprints.toml");

/// One id.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the lecture teaches, in a few words.
    pub what: String,
    /// Author and topic of the slides.
    pub deck: String,
    /// Where the software has it: commands, files, tests.
    pub at: String,
    /// Numbers of misprints in this part of the lecture.
    #[serde(default)]
    pub errata: Vec<String>,
    /// What goes in.
    #[serde(default)]
    pub input: toml::Table,
    /// What must come out.
    #[serde(default)]
    pub values: BTreeMap<String, Want>,
}

/// What one value must be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Want {
    /// Equal to this, number by number ...
    pub want: Option<Said>,
    /// ... within this, relative where it is above 1; 1e-9 where nothing is said.
    pub within: Option<f64>,
    /// At least this, every number.
    pub at_least: Option<f64>,
    /// At most this, every number.
    pub at_most: Option<f64>,
    /// What the deck prints.
    pub deck: Option<Said>,
    /// To which accuracy the deck prints it.
    pub deck_within: Option<f64>,
    /// The misprint that explains why the deck is off.
    pub erratum: Option<String>,
}

/// Numbers, or a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    /// One number.
    Number(f64),
    /// Several.
    Numbers(Vec<f64>),
    /// Something that is no number.
    Text(String),
}

/// A misprint of a deck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misprint {
    /// Whose slides.
    pub deck: String,
    /// What they print.
    pub printed: String,
    /// What it should be.
    pub correct: String,
}

impl Case {
    /// All ids with their cases.
    ///
    /// # Errors
    /// A file that is no sound TOML, or two cases of one id: an error of the program.
    pub fn all() -> Result<BTreeMap<String, Case>> {
        let mut all = BTreeMap::new();
        for file in FILES {
            let cases: BTreeMap<String, Case> = toml::from_str(file).map_err(|e| unsound(&e))?;
            for (id, case) in cases {
                if all.insert(id.clone(), case).is_some() {
                    return Err(Error::bad_value("a lecture's id", id, "given once"));
                }
            }
        }
        Ok(all)
    }
    /// The case of one id.
    ///
    /// # Errors
    /// There is none.
    pub fn find(id: &str) -> Result<Case> {
        let mut all = Case::all()?;
        let known: Vec<String> = all.keys().cloned().collect();
        all.remove(id).ok_or_else(|| Error::unknown("id of the lectures", id, known))
    }
    fn input(&self, name: &str) -> Result<&toml::Value> {
        self.input.get(name).ok_or_else(|| Error::bad_value(format!("input `{name}`"), "missing", "given"))
    }
    /// An input that is a number.
    ///
    /// # Errors
    /// It is not there or no number: an error of the program, as in the following.
    pub fn number(&self, name: &str) -> Result<f64> {
        one(name, self.input(name)?)
    }
    /// An input that is a whole number.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn count(&self, name: &str) -> Result<usize> {
        Ok(self.number(name)? as usize)
    }
    /// An input that is a list of numbers; nested lists are taken row by row.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        flatten(name, self.input(name)?)
    }
    /// An input that is a list of whole numbers.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn counts(&self, name: &str) -> Result<Vec<usize>> {
        Ok(self.numbers(name)?.into_iter().map(|x| x as usize).collect())
    }
    /// An input that is a list of lists of numbers.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn rows(&self, name: &str) -> Result<Vec<Vec<f64>>> {
        match self.input(name)? {
            toml::Value::Array(rows) => rows.iter().map(|r| flatten(name, r)).collect(),
            other => Err(Error::bad_value(format!("input `{name}`"), other, "a list of lists")),
        }
    }
    /// An input that is a word.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn text(&self, name: &str) -> Result<&str> {
        let value = self.input(name)?;
        value.as_str().ok_or_else(|| Error::bad_value(format!("input `{name}`"), value, "a text"))
    }
    /// An input that is a list of words.
    ///
    /// # Errors
    /// As [`Case::number`].
    pub fn texts(&self, name: &str) -> Result<Vec<String>> {
        let value = self.input(name)?;
        let wrong = || Error::bad_value(format!("input `{name}`"), value, "a list of texts");
        let all = value.as_array().ok_or_else(wrong)?;
        all.iter().map(|v| v.as_str().map(String::from).ok_or_else(wrong)).collect()
    }
}

fn one(name: &str, value: &toml::Value) -> Result<f64> {
    match value {
        toml::Value::Integer(i) => Ok(*i as f64),
        toml::Value::Float(x) => Ok(*x),
        other => Err(Error::bad_value(format!("input `{name}`"), other, "a number")),
    }
}

fn flatten(name: &str, value: &toml::Value) -> Result<Vec<f64>> {
    match value {
        toml::Value::Array(all) => {
            let parts: Result<Vec<Vec<f64>>> = all.iter().map(|v| flatten(name, v)).collect();
            Ok(parts?.concat())
        }
        other => Ok(vec![one(name, other)?]),
    }
}

/// All misprints by number.
///
/// # Errors
/// The file is no sound TOML: an error of the program.
pub fn misprints() -> Result<BTreeMap<String, Misprint>> {
    toml::from_str(MISPRINTS).map_err(|e| unsound(&e))
}

fn unsound(e: &toml::de::Error) -> Error {
    Error::bad_value("a file of lectures", e.message(), "sound TOML")
}

impl Want {
    /// Whether `ours` is what it must be.
    pub fn holds(&self, ours: &Said) -> bool {
        let within = self.within.unwrap_or(1e-9);
        let equal = self.want.as_ref().is_none_or(|want| near(ours, want, within));
        let numbers = numbers(ours);
        let low = self.at_least.is_none_or(|low| !numbers.is_empty() && numbers.iter().all(|x| *x >= low));
        let high = self.at_most.is_none_or(|high| !numbers.is_empty() && numbers.iter().all(|x| *x <= high));
        let asks = self.want.is_some() || self.at_least.is_some() || self.at_most.is_some();
        asks && equal && low && high
    }
    /// Whether the deck's print agrees with `ours`; `None` where it prints nothing.
    pub fn deck_holds(&self, ours: &Said) -> Option<bool> {
        let deck = self.deck.as_ref()?;
        Some(near(ours, deck, self.deck_within.unwrap_or(1e-9)))
    }
    /// What is asked, in words.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if let Some(want) = &self.want {
            parts.push(want.to_string());
        }
        if let Some(low) = self.at_least {
            parts.push(format!("at least {}", feedforward_plot::number(low, 6)));
        }
        if let Some(high) = self.at_most {
            parts.push(format!("at most {}", feedforward_plot::number(high, 6)));
        }
        parts.join(", ")
    }
}

fn numbers(said: &Said) -> &[f64] {
    match said {
        Said::Number(x) => std::slice::from_ref(x),
        Said::Numbers(all) => all,
        Said::Text(_) => &[],
    }
}

fn near(ours: &Said, want: &Said, within: f64) -> bool {
    if let (Said::Text(a), Said::Text(b)) = (ours, want) {
        return a == b;
    }
    let (a, b) = (numbers(ours), numbers(want));
    let close = |a: f64, b: f64| (a - b).abs() <= within * b.abs().max(1.0);
    !a.is_empty() && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(*a, *b))
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Said::Text(text) => f.write_str(text),
            said => {
                let all = numbers(said);
                let shown: Vec<String> =
                    all.iter().take(12).map(|x| feedforward_plot::number(*x, 10)).collect();
                f.write_str(&shown.join("  "))?;
                if all.len() > 12 {
                    write!(f, "  and {} more", all.len() - 12)?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_and_what_does_not() {
        let want = |text: &str| toml::from_str::<Want>(text).unwrap();
        let one = Said::Number(0.824_914);
        let w = want("want = 0.824914\nwithin = 1e-6\ndeck = 0.83\ndeck_within = 0.005");
        assert!(w.holds(&one) && w.deck_holds(&one) == Some(false));
        assert!(!w.holds(&Said::Number(0.8250)) && !w.holds(&Said::Number(f64::NAN)));
        assert!(!w.holds(&Said::Numbers(vec![0.824_914, 0.0])), "another number of numbers");
        assert!(want("at_least = 0.8").holds(&one) && !want("at_most = 0.8").holds(&one));
        assert!(!Want::default().holds(&one), "a want that asks nothing holds for nothing");
        assert!(want("want = 'softmax'").holds(&Said::Text("softmax".into())));
        assert!(want("want = [1, 2.5]").holds(&Said::Numbers(vec![1.0, 2.5])));
    }
}
