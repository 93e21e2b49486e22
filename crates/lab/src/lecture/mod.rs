//! The lectures: 69 things that five decks teach, each computed here and held against what it must be and against
//! what the deck prints.
//!
//! Expected values, inputs and the decks' prints stand in `testdata/lectures`, never here: a function computes, the
//! file judges.

mod backprop;
mod case;
mod functions;
mod judging;
mod pictures;
mod training;
mod units;

pub use case::{Case, Misprint, Said, Want, misprints};

use feedforward_base::{Error, Result};
use feedforward_plot::Figure;
use serde::Serialize;
use std::path::Path;

/// What a run may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The folder of MNIST's four files; without it digits are drawn.
    pub data: Option<&'a Path>,
}

/// What a function of an id found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    values: Vec<(String, Said)>,
    notes: Vec<String>,
    figure: Option<Figure>,
}

type Run = fn(&Case, &Context<'_>) -> Result<Found>;

impl Found {
    /// Nothing yet.
    fn new() -> Self {
        Found::default()
    }
    fn number(mut self, name: &str, x: f64) -> Self {
        self.values.push((name.into(), Said::Number(x)));
        self
    }
    fn numbers(mut self, name: &str, x: Vec<f64>) -> Self {
        self.values.push((name.into(), Said::Numbers(x)));
        self
    }
    fn text(mut self, name: &str, x: impl Into<String>) -> Self {
        self.values.push((name.into(), Said::Text(x.into())));
        self
    }
    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
    fn figure(mut self, figure: Figure) -> Self {
        self.figure = Some(figure);
        self
    }
}

/// A value that was computed, and what was asked of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What it is.
    pub name: String,
    /// Ours.
    pub ours: Said,
    /// What it must be.
    pub want: String,
    /// Whether it is.
    pub holds: bool,
    /// What the deck prints.
    pub deck: Option<Said>,
    /// Whether the deck agrees.
    pub deck_holds: Option<bool>,
    /// The misprint that explains why it does not.
    pub erratum: Option<String>,
}

/// What a run of an id says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `S05`.
    pub id: String,
    /// What the lecture teaches.
    pub what: String,
    /// Author and topic.
    pub deck: String,
    /// Where the software has it.
    pub at: String,
    /// Every value.
    pub checks: Vec<Check>,
    /// Misprints of this part of the lecture.
    pub errata: Vec<(String, Misprint)>,
    /// Words.
    pub notes: Vec<String>,
    /// A picture.
    #[serde(skip)]
    pub figure: Option<Figure>,
}

impl Report {
    /// Whether every value is what it must be, and every deck that is off has its misprint.
    pub fn holds(&self) -> bool {
        !self.checks.is_empty()
            && self.checks.iter().all(|c| c.holds && (c.deck_holds != Some(false) || c.erratum.is_some()))
    }
}

/// The ids with their functions, and a test for each.
macro_rules! lectures {
    ($($id:ident $test:ident $file:ident;)*) => {
        const RUNS: &[(&str, Run)] = &[$((stringify!($id), $file::$test),)*];

        #[cfg(test)]
        mod each_id {
            $(#[test] fn $test() { super::tests::holds(stringify!($id)); })*
        }
    };
}

lectures! {
    S01 s01 units; S02 s02 units; S03 s03 units; S04 s04 units; S05 s05 units; S06 s06 units; S07 s07 units;
    S08 s08 units; S09 s09 units; S10 s10 units; S11 s11 units; S12 s12 units; S13 s13 units; S14 s14 units;
    S15 s15 functions; S16 s16 functions; S17 s17 functions; S18 s18 functions; S19 s19 functions;
    S20 s20 functions; S21 s21 functions; S22 s22 functions; S23 s23 functions; S24 s24 functions;
    S25 s25 functions; S26 s26 functions; S27 s27 functions; S28 s28 functions;
    S29 s29 backprop; S30 s30 backprop; S31 s31 backprop; S32 s32 backprop; S33 s33 backprop; S34 s34 backprop;
    S35 s35 backprop; S36 s36 backprop; S37 s37 backprop; S38 s38 backprop;
    S39 s39 training; S40 s40 training; S41 s41 training; S42 s42 training; S43 s43 training; S44 s44 training;
    S45 s45 training;
    S46 s46 pictures; S47 s47 pictures; S48 s48 pictures; S49 s49 pictures; S50 s50 pictures; S51 s51 pictures;
    S52 s52 pictures;
    S53 s53 judging; S54 s54 judging; S55 s55 judging; S56 s56 judging; S57 s57 judging; S58 s58 judging;
    S59 s59 judging; S60 s60 judging; S61 s61 judging; S62 s62 judging;
    S63 s63 pictures; S64 s64 pictures;
    S65 s65 training; S66 s66 training; S67 s67 training; S68 s68 training; S69 s69 training;
}

/// The ids in order.
pub fn ids() -> impl Iterator<Item = &'static str> {
    RUNS.iter().map(|(id, _)| *id)
}

/// The ids with what `testdata` says of them, in order.
///
/// # Errors
/// An id without a case: an error of the program.
pub fn list() -> Result<Vec<(&'static str, Case)>> {
    let mut all = Case::all()?;
    let known: Vec<String> = all.keys().cloned().collect();
    let case = |id: &'static str| match all.remove(id) {
        Some(case) => Ok((id, case)),
        None => Err(Error::unknown("case of the lectures", id, known.clone())),
    };
    ids().map(case).collect()
}

/// Compute an id and hold it against its case.
///
/// # Errors
/// No such id; data that cannot be read; what the engine refuses.
pub fn run(id: &str, context: &Context<'_>) -> Result<Report> {
    let wanted = id.to_uppercase();
    let function = RUNS.iter().find(|(id, _)| *id == wanted).map(|(_, run)| run);
    let function = function.ok_or_else(|| Error::unknown("id of the lectures", id, ids()))?;
    let case = Case::find(&wanted)?;
    let found = function(&case, context)?;
    judge(wanted, &case, found)
}

/// Hold what was found against what it must be. A value that the case does not know, and one that was not
/// computed, fail.
fn judge(id: String, case: &Case, found: Found) -> Result<Report> {
    let none = Want::default();
    let mut checks: Vec<Check> = Vec::new();
    for (name, ours) in found.values {
        let want = case.values.get(&name).unwrap_or(&none);
        checks.push(Check {
            holds: want.holds(&ours),
            want: want.words(),
            deck: want.deck.clone(),
            deck_holds: want.deck_holds(&ours),
            erratum: want.erratum.clone(),
            name,
            ours,
        });
    }
    for (name, want) in &case.values {
        if !checks.iter().any(|c| c.name == *name) {
            let ours = Said::Text("not computed".into());
            let (name, words) = (name.clone(), want.words());
            let deck = want.deck.clone();
            checks.push(Check {
                name,
                ours,
                want: words,
                holds: false,
                deck,
                deck_holds: None,
                erratum: None,
            });
        }
    }
    let mut misprints = misprints()?;
    let known: Vec<String> = misprints.keys().cloned().collect();
    let misprint = |n: &String| match misprints.remove(n) {
        Some(m) => Ok((n.clone(), m)),
        None => Err(Error::unknown("misprint", n, known.clone())),
    };
    let errata = case.errata.iter().map(misprint).collect::<Result<Vec<_>>>()?;
    Ok(Report {
        id,
        what: case.what.clone(),
        deck: case.deck.clone(),
        at: case.at.clone(),
        checks,
        errata,
        notes: found.notes,
        figure: found.figure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value of an id is what it must be.
    pub(super) fn holds(id: &str) {
        let report = run(id, &Context::default()).unwrap();
        for c in &report.checks {
            println!("{id}  {}: {}   {}", c.name, c.ours, c.want);
        }
        let wrong: Vec<&Check> = report.checks.iter().filter(|c| !c.holds).collect();
        assert!(wrong.is_empty(), "{id}: {wrong:#?}");
        assert!(report.holds(), "{id}: a deck is off and no misprint says why: {:#?}", report.checks);
        if let Some(figure) = report.figure {
            assert!(figure.to_svg().ends_with("</svg>\n"));
        }
    }

    #[test]
    fn every_id_has_a_case_and_every_case_an_id() {
        let list = list().unwrap();
        let want: Vec<String> = (1..=69).map(|i| format!("S{i:02}")).collect();
        assert_eq!(list.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(), want);
        assert_eq!(Case::all().unwrap().len(), 69);
        for (id, case) in list {
            assert!(!case.values.is_empty(), "{id} asks nothing");
            for text in [&case.what, &case.deck, &case.at] {
                assert!(!text.is_empty() && !text.contains("not implemented"), "{id}");
            }
        }
    }

    #[test]
    fn every_misprint_belongs_to_an_id() {
        let cases = Case::all().unwrap();
        let misprints = misprints().unwrap();
        assert_eq!(misprints.len(), 35);
        for n in misprints.keys() {
            assert!(cases.values().any(|c| c.errata.contains(n)), "{n} is nowhere");
        }
        let named = cases.values().flat_map(|c| c.values.values().filter_map(|w| w.erratum.as_ref()));
        for n in named {
            assert!(misprints.contains_key(n), "{n}");
        }
    }

    #[test]
    fn a_value_that_is_off_missing_or_unknown_fails() {
        let case: Case =
            toml::from_str("what = 'w'\ndeck = 'd'\nat = 'a'\n[values.x]\nwant = 1\n[values.y]\nwant = 2")
                .unwrap();
        let judge = |found: Found| judge("S00".into(), &case, found).unwrap().holds();
        assert!(judge(Found::new().number("x", 1.0).number("y", 2.0)));
        assert!(!judge(Found::new().number("x", 1.0).number("y", 2.1)));
        assert!(!judge(Found::new().number("x", 1.0)));
        assert!(!judge(Found::new().number("x", 1.0).number("y", 2.0).number("z", 0.0)));
        assert!(run("S70", &Context::default()).is_err());
    }
}

/// Misprints that concern a number: the deck's number is off, ours is not.
#[cfg(test)]
mod each_misprint {
    use super::*;

    /// The value `name` of `id` is right, and the print of the deck is not.
    fn caught(number: &str, id: &str, name: &str) {
        let report = run(id, &Context::default()).unwrap();
        let check =
            report.checks.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("{id} has no {name}"));
        assert!(check.holds, "{check:?}");
        assert_eq!(check.deck_holds, Some(false), "{check:?}");
        assert_eq!(check.erratum.as_deref(), Some(number));
    }

    macro_rules! misprints {
        ($($test:ident $number:ident $id:ident $name:literal;)*) => {
            $(#[test] fn $test() { caught(stringify!($number), stringify!($id), $name); })*
        };
    }

    misprints! {
        e1 E1 S31 "dw by the right indices";
        e5 E5 S29 "dl/da";
        e6 E6 S29 "dl/dz2";
        e7 E7 S30 "dz_j/da_i";
        e8 E8 S31 "dz of the hidden layer";
        e9 E9 S38 "products backward";
        e11 E11 S23 "J";
        e12 E12 S16 "labels of the step";
        e13 E13 S18 "abs";
        e14 E14 S17 "slope of swish";
        e15 E15 S15 "slope of relu at 0";
        e16 E16 S52 "lower bounds";
        e17 E17 S21 "log softmax";
        e18 E18 S24 "loss";
        e20 E20 S36 "dz";
        e23 E23 S06 "a";
        e24 E24 S61 "precision of 5";
        e25 E25 S57 "decomposition without noise";
        e31 E31 S10 "parameters with all biases";
        e35 E35 S65 "test accuracy";
    }
}
