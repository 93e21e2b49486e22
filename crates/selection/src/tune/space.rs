//! What may vary: settings with the values that each may take, read from TOML.
//!
//! ```toml
//! learning-rate = { low = 1e-4, high = 1e-1, log = true }
//! batch-size = { low = 16, high = 128, log = true, integer = true }
//! activation = ["relu", "tanh"]
//! layers = ["", "32", "64,64"]
//! penalty.l2 = { low = 1e-6, high = 1e-2, log = true }
//! ```
//! The names are those of the flags of `ff train`. `width` and `depth` stand for `layers` of one width; `penalty.l2` is
//! a part of a flag that has parts. A list has the values that a setting may take, and `default` in it leaves the
//! setting to the program; a value alone is fixed.

use feedforward_base::{Error, ErrorKind, Place, Result};
use serde::Serialize;
use toml::de::{DeTable, DeValue};

/// Leaves a setting to the program.
pub const DEFAULT: &str = "default";
/// Units of every hidden layer; stands for `layers` together with [`DEPTH`].
pub const WIDTH: &str = "width";
/// Hidden layers; stands for `layers` together with [`WIDTH`].
pub const DEPTH: &str = "depth";
/// The flag that these two stand for.
pub(super) const LAYERS: &str = "layers";

/// Settings that vary, in the order of their file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Space {
    /// The settings, each of another name.
    pub settings: Vec<Setting>,
}

/// One setting that varies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// A flag's long name, a part of one (`penalty.l2`), [`WIDTH`] or [`DEPTH`].
    pub name: String,
    /// What it may be.
    pub domain: Domain,
}

/// The values of a setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// One of these texts, at least one.
    OneOf(Vec<String>),
    /// A number between two.
    Range(Range),
}

/// Numbers from `low` to `high`, both included; `low < high`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// Whether every factor counts alike, not every difference. Then `low` is above 0.
    pub log: bool,
    /// Whole numbers only.
    pub integer: bool,
    /// How many values a grid takes, 2 or more.
    pub steps: Option<usize>,
}

/// Larger bounds of whole numbers are no settings.
const LARGEST_WHOLE: f64 = 1e15;
/// The steps of a range stand in memory before a grid of too many points is refused.
const MOST_STEPS: f64 = 1e4;

impl Space {
    /// Read a space. `names` are the settings that may vary.
    ///
    /// # Errors
    /// Text that is no TOML; all settings that cannot be, each with its line.
    pub fn parse(text: &str, names: &[&str]) -> Result<Space> {
        let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() as u64 + 1;
        let table = DeTable::parse(text).map_err(|e| {
            let place = e.span().map_or(Place::default(), |s| Place::default().row(line(s.start)));
            Error::new(ErrorKind::Malformed { format: "TOML".into(), what: e.message().into() }).at(place)
        })?;
        let mut found = Vec::new();
        entries(table.get_ref(), "", names, &mut found);
        found.sort_by_key(|entry| entry.at);
        let mut problems = Vec::new();
        let mut space = Space { settings: Vec::new() };
        for Entry { at, name, value } in found {
            // Each line is counted from the beginning, and no more problems are shown.
            if problems.len() == Error::SHOWN {
                break;
            }
            let place = Place::default().row(line(at));
            let setting = known(&name, names).and_then(|()| domain(&name, value));
            match setting {
                Ok(domain) => space.settings.push(Setting { name, domain }),
                Err(e) => problems.push(e.at(place)),
            }
        }
        if problems.is_empty() {
            problems.extend(space.check_layers().err());
        }
        Error::many(problems)?;
        if space.settings.is_empty() {
            let kind =
                ErrorKind::NotGiven { name: "the space".into(), what: "the settings that vary".into() };
            return Err(Error::new(kind)
                .hint("write lines such as `learning-rate = { low = 1e-4, high = 1e-1, log = true }`"));
        }
        Ok(space)
    }

    /// The setting of a name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|s| s.name == name)
    }

    /// Leave out what `fixed` says of a setting: a flag's name takes its parts along, `layers` width and depth.
    pub fn without(mut self, fixed: &[&str]) -> Space {
        self.settings.retain(|s| !fixed.contains(&s.flag()));
        self
    }

    /// Width and depth make layers together, and in one way only.
    fn check_layers(&self) -> Result<()> {
        let conflict = |one: &str, other: &str, why: &str, hint: &str| {
            let (one, other, why) = (format!("`{one}`"), format!("`{other}`"), why.into());
            Err(Error::new(ErrorKind::Conflict { one, other, why }).hint(hint))
        };
        match (self.get(WIDTH), self.get(DEPTH), self.get(LAYERS)) {
            (None, None, _) | (Some(_), Some(_), None) => Ok(()),
            (Some(_), _, Some(_)) => {
                conflict(WIDTH, LAYERS, "both say how many units there are", "leave one out")
            }
            (_, Some(_), Some(_)) => {
                conflict(DEPTH, LAYERS, "both say how many layers there are", "leave one out")
            }
            (Some(_), None, None) => {
                conflict(WIDTH, "no `depth`", "layers need both", "add a line such as `depth = [1, 2]`")
            }
            (None, Some(_), None) => {
                conflict(DEPTH, "no `width`", "layers need both", "add a line such as `width = [32, 64]`")
            }
        }
    }
}

impl Setting {
    /// The flag that the setting belongs to.
    pub fn flag(&self) -> &str {
        match self.name.as_str() {
            WIDTH | DEPTH => LAYERS,
            name => name.split('.').next().unwrap_or(name),
        }
    }
}

/// A line of the file.
struct Entry<'t, 'i> {
    at: usize,
    name: String,
    value: &'t DeValue<'i>,
}

/// The entries of a table; a table below a flag that has parts is opened.
fn entries<'t, 'i>(table: &'t DeTable<'i>, above: &str, names: &[&str], found: &mut Vec<Entry<'t, 'i>>) {
    for (key, value) in table {
        let name = format!("{above}{}", key.get_ref());
        let inside = format!("{name}.");
        match value.get_ref() {
            DeValue::Table(inner) if names.iter().any(|n| n.starts_with(&inside)) => {
                entries(inner, &inside, names, found);
            }
            value => found.push(Entry { at: key.span().start, name, value }),
        }
    }
}

fn known(name: &str, names: &[&str]) -> Result<()> {
    if names.contains(&name) {
        return Ok(());
    }
    Err(Error::unknown("setting that can vary called", name, names.iter().copied()))
}

fn domain(name: &str, value: &DeValue<'_>) -> Result<Domain> {
    match value {
        DeValue::Array(list) if list.is_empty() => {
            Err(Error::bad_value(name, "[]", "a list of one value or more"))
        }
        DeValue::Array(list) => {
            let texts: Result<Vec<String>> = list.iter().map(|v| option(name, v.get_ref())).collect();
            let mut all = Vec::new();
            for text in texts? {
                if !all.contains(&text) {
                    all.push(text);
                }
            }
            Ok(Domain::OneOf(all))
        }
        DeValue::Table(table) => range(name, table).map(Domain::Range),
        one => Ok(Domain::OneOf(vec![option(name, one)?])),
    }
}

/// A value of a list; a list in it is one value, as `64,64`.
fn option(name: &str, value: &DeValue<'_>) -> Result<String> {
    match value {
        DeValue::Array(parts) => {
            let parts: Result<Vec<String>> = parts.iter().map(|p| scalar(name, p.get_ref())).collect();
            Ok(parts?.join(","))
        }
        one => scalar(name, one),
    }
}

fn scalar(name: &str, value: &DeValue<'_>) -> Result<String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(i) => whole(i)
            .map(|i| i.to_string())
            .ok_or_else(|| Error::bad_value(name, i.as_str(), "a whole number of 64 bits")),
        DeValue::Float(x) => Ok(x.as_str().to_string()),
        DeValue::Boolean(b) => Ok(b.to_string()),
        other => {
            let what = "a text, a number, true or false, a list of such, or a range `{ low = 1, high = 2 }`";
            Err(Error::bad_value(name, format!("a {}", other.type_str()), what))
        }
    }
}

fn whole(i: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(i.as_str(), i.radix()).ok()
}

/// `{ low = 1e-4, high = 1e-1, log = true }`; all its problems together.
fn range(name: &str, table: &DeTable<'_>) -> Result<Range> {
    const KEYS: [&str; 5] = ["low", "high", "log", "integer", "steps"];
    let mut problems = Vec::new();
    for key in table.keys().map(|k| k.get_ref().as_ref()).filter(|k| !KEYS.contains(k)).take(Error::SHOWN) {
        problems.push(Error::unknown(format!("key of the range `{name}` called"), key, KEYS));
    }
    let low = keep(bound(name, table, "low"), &mut problems);
    let high = keep(bound(name, table, "high"), &mut problems);
    let log = keep(truth(name, table, "log"), &mut problems);
    let integer = keep(truth(name, table, "integer"), &mut problems);
    let steps = keep(number(name, table, "steps"), &mut problems);
    let of = |key: &str| format!("`{key}` of {name}");
    if let Some(Some(n)) =
        steps.filter(|n| n.is_some_and(|n| !(2.0..=MOST_STEPS).contains(&n) || n.fract() != 0.0))
    {
        problems.push(Error::bad_value(of("steps"), n, "a whole number from 2 to 10,000"));
    }
    if let (Some(low), Some(high)) = (low, high) {
        if low >= high {
            problems.push(Error::bad_value(of("low"), low, format!("below `high`, {high}")));
        }
        if log == Some(true) && low <= 0.0 {
            let e = Error::bad_value(of("low"), low, "above 0 where `log = true`");
            problems.push(e.hint("raise it, or take a list that has 0 in it"));
        }
        for (key, bound) in [("low", low), ("high", high)] {
            if integer == Some(true) && (bound.fract() != 0.0 || bound.abs() > LARGEST_WHOLE) {
                problems.push(Error::bad_value(of(key), bound, "a whole number where `integer = true`"));
            }
        }
    }
    Error::many(problems)?;
    match (low, high, log, integer, steps) {
        (Some(low), Some(high), Some(log), Some(integer), Some(steps)) => {
            Ok(Range { low, high, log, integer, steps: steps.map(|n| n as usize) })
        }
        _ => unreachable!("`keep` gives nothing only after it has pushed a problem"),
    }
}

fn keep<T>(result: Result<T>, problems: &mut Vec<Error>) -> Option<T> {
    result.map_err(|e| problems.push(e)).ok()
}

fn value<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t DeValue<'i>> {
    table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v.get_ref())
}

fn bound(name: &str, table: &DeTable<'_>, key: &str) -> Result<f64> {
    number(name, table, key)?.ok_or_else(|| {
        let what =
            if key == "low" { "the least value of the range" } else { "the greatest value of the range" };
        Error::new(ErrorKind::NotGiven { name: format!("`{key}` of {name}"), what: what.into() })
    })
}

fn number(name: &str, table: &DeTable<'_>, key: &str) -> Result<Option<f64>> {
    let Some(value) = value(table, key) else { return Ok(None) };
    let number = match value {
        DeValue::Integer(i) => whole(i).map(|i| i as f64),
        DeValue::Float(x) => x.as_str().parse().ok(),
        _ => None,
    };
    match number.filter(|x: &f64| x.is_finite()) {
        Some(x) => Ok(Some(x)),
        None => Err(Error::bad_value(format!("`{key}` of {name}"), shown(value), "a finite number")),
    }
}

fn truth(name: &str, table: &DeTable<'_>, key: &str) -> Result<bool> {
    match value(table, key) {
        None => Ok(false),
        Some(DeValue::Boolean(b)) => Ok(*b),
        Some(other) => Err(Error::bad_value(format!("`{key}` of {name}"), shown(other), "true or false")),
    }
}

/// A value as an error quotes it.
fn shown(value: &DeValue<'_>) -> String {
    scalar("", value).unwrap_or_else(|_| format!("a {}", value.type_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 8] =
        ["learning-rate", "layers", "dropout", "activation", "batch-size", "penalty.l1", "penalty.l2", WIDTH];

    fn parse(text: &str) -> Result<Space> {
        Space::parse(text, &[&NAMES[..], &[DEPTH]].concat())
    }

    #[test]
    fn a_space_keeps_the_order_of_its_file() {
        let text = "learning-rate = { low = 1e-4, high = 1e-1, log = true }\n\
            dropout = [0, 0.1, 0.1, 3e-1]\nlayers = ['', 32, [64, 64]]\nactivation = 'tanh'\n\
            [penalty]\nl2 = { low = 0, high = 1, steps = 3 }\n[batch-size]\nlow = 16\nhigh = 64\ninteger = true";
        let space = parse(text).unwrap();
        let one_of = |name: &str, all: &[&str]| Setting {
            name: name.into(),
            domain: Domain::OneOf(all.iter().map(|a| a.to_string()).collect()),
        };
        let range = |name: &str, range| Setting { name: name.into(), domain: Domain::Range(range) };
        let plain = Range { low: 0.0, high: 1.0, log: false, integer: false, steps: None };
        let want = [
            range("learning-rate", Range { low: 1e-4, high: 0.1, log: true, ..plain }),
            one_of("dropout", &["0", "0.1", "3e-1"]),
            one_of("layers", &["", "32", "64,64"]),
            one_of("activation", &["tanh"]),
            range("penalty.l2", Range { steps: Some(3), ..plain }),
            range("batch-size", Range { low: 16.0, high: 64.0, integer: true, ..plain }),
        ];
        assert_eq!(space.settings, want);
        let names: Vec<_> =
            space.without(&["penalty", "layers"]).settings.into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["learning-rate", "dropout", "activation", "batch-size"]);
    }

    #[test]
    fn all_problems_of_a_space_with_their_lines() {
        let text = "learning-rat = [1]\nlearning-rate = { low = 1, high = 0.1, log = true }\ndropout = []\n\
            batch-size = { low = 0, hihg = 8, log = true, integer = 1 }\nactivation = 1979-05-27\n\
            penalty.l3 = 1\nlayers = { low = 1.5, high = inf, integer = true, steps = 1 }";
        let said = parse(text).unwrap_err().to_string();
        for part in [
            "there is no setting that can vary called `learning-rat`\n      at: row 1",
            "did you mean `learning-rate`?",
            "`low` of learning-rate is `1`; it must be below `high`, 0.1\n      at: row 2",
            "dropout is `[]`; it must be a list of one value or more\n      at: row 3",
            "there is no key of the range `batch-size` called `hihg`",
            "`high` of batch-size is not given: the greatest value of the range",
            "`integer` of batch-size is `1`; it must be true or false",
            "activation is `a datetime`; it must be a text, a number",
            "there is no setting that can vary called `penalty.l3`",
            "`high` of layers is `inf`; it must be a finite number",
            "`steps` of layers is `1`; it must be a whole number from 2 to 10,000",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let said = parse("dropout = { low = 0, high = 0.5, log = true }").unwrap_err().to_string();
        assert!(said.contains("above 0 where `log = true`"), "{said}");
        let said = parse("batch-size = { low = 1.5, high = 8, integer = true }").unwrap_err().to_string();
        assert!(said.contains("`low` of batch-size is `1.5`; it must be a whole number"), "{said}");
        assert!(parse("\ndropout = ").unwrap_err().to_string().contains("at: row 2"));
        assert!(parse("# nothing").unwrap_err().to_string().contains("the space is not given"));
    }

    #[test]
    fn width_and_depth_make_layers() {
        parse("width = [8]\ndepth = [1, 2]").unwrap();
        for bad in [
            "width = [8]",
            "depth = [1]",
            "width = [8]\ndepth = [1]\nlayers = ['8']",
            "width = 8\nlayers = '8'",
        ] {
            assert!(matches!(parse(bad).unwrap_err().kind(), ErrorKind::Conflict { .. }), "{bad}");
        }
    }
}
