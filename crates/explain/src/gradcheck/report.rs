//! What a check found, as data and as text.

use super::{BOUND, SINGLE_BOUND, SINGLE_FLOOR};
use crate::number::short;
use serde::Serialize;
use std::fmt;

/// The kinds of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// A weight.
    #[serde(rename = "W")]
    Weight,
    /// A bias.
    #[serde(rename = "b")]
    Bias,
    /// A number that an activation learns.
    #[serde(rename = "own")]
    Own,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Weight => "W",
            Kind::Bias => "b",
            Kind::Own => "own",
        })
    }
}

/// What was found of one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Gradient and difference agree.
    Agrees,
    /// Every step changes the side of a kink.
    Kink,
    /// They disagree where the objective is smooth.
    Wrong,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Agrees => "agrees",
            Verdict::Kink => "kink",
            Verdict::Wrong => "WRONG",
        })
    }
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// l, from 1.
    pub layer: usize,
    /// W, b or own.
    pub kind: Kind,
    /// The unit, from 1.
    pub unit: usize,
    /// The input of the unit that a weight belongs to, from 1.
    pub input: Option<usize>,
    /// The gradient in f64.
    pub gradient: f64,
    /// The difference quotient.
    pub difference: f64,
    /// The quotient to the left alone and to the right alone, at a kink.
    pub sides: Option<(f64, f64)>,
    /// The step h.
    pub step: f64,
    /// |gradient − difference| / max(|gradient|, |difference|, floor); of no meaning at a kink.
    pub error: f64,
    /// The gradient in f32.
    pub single: Option<f64>,
    /// Its error, with the floor of f32.
    pub single_error: Option<f64>,
    /// The verdict of both.
    pub verdict: Verdict,
}

/// The parameters of one kind in one layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// l, from 1.
    pub layer: usize,
    /// W, b or own.
    pub kind: Kind,
    /// How many there are.
    pub parameters: usize,
    /// How many were checked, kinks among them.
    pub checked: usize,
    /// How many of these stand at a kink.
    pub kinks: usize,
    /// How many are wrong.
    pub wrong: usize,
    /// The largest error in f64, kinks aside.
    pub worst: f64,
    /// The largest error in f32, kinks aside.
    pub single_worst: Option<f64>,
}

/// A whole check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What was checked.
    pub title: String,
    /// `4-8-3`.
    pub shape: String,
    /// Rows of the batch.
    pub rows: usize,
    /// J at the parameters.
    pub objective: f64,
    /// The bound of the error in f64.
    pub bound: f64,
    /// Smaller numbers count as this much at the largest step: there J itself is rounded.
    pub floor: f64,
    /// The bound of the error in f32.
    pub single_bound: f64,
    /// Whether f32 and f64 saw a unit on two sides of a kink; then what disagrees in f32 alone is no error.
    pub single_kinks: bool,
    /// Layer by layer.
    pub groups: Vec<Group>,
    /// What is wrong, then the kinks, then the largest errors; at most [`Report::SHOWN`] of each.
    pub worst: Vec<Finding>,
    /// Whether nothing is wrong and no group stands at kinks alone.
    pub holds: bool,
}

impl Report {
    /// Findings of each verdict that are kept.
    pub const SHOWN: usize = 5;

    /// Parameters that were checked, that stand at kinks, that are wrong.
    pub fn counts(&self) -> (usize, usize, usize) {
        let sum = |of: fn(&Group) -> usize| self.groups.iter().map(of).sum();
        (sum(|g| g.checked), sum(|g| g.kinks), sum(|g| g.wrong))
    }

    fn verdict(&self) -> String {
        let (checked, kinks, wrong) = self.counts();
        let all: usize = self.groups.iter().map(|g| g.parameters).sum();
        if wrong > 0 {
            return format!("{wrong} of {checked} checked parameters are wrong");
        }
        if !self.holds {
            return "in a layer every checked parameter stands at a kink: take other or more rows".into();
        }
        let left =
            if kinks > 0 { format!("; {kinks} stand at a kink and do not count") } else { String::new() };
        let of = if checked < all { format!(" of {all}") } else { String::new() };
        format!("the gradients of all {checked} checked parameters{of} agree{left}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.title)?;
        writeln!(f, "network    {}", self.shape)?;
        writeln!(f, "objective  {}, in f64", short(self.objective))?;
        writeln!(f, "error      |gradient - difference| / max(|gradient|, |difference|, floor)")?;
        writeln!(f, "f64        at most {BOUND:e}, floor {:.1e} at the largest step", self.floor)?;
        let floor = SINGLE_FLOOR;
        writeln!(
            f,
            "f32        at most {SINGLE_BOUND:e}, floor {floor} of the largest in its layer and kind"
        )?;
        if self.single_kinks {
            writeln!(f, "           some unit is on one side of a kink in f32, on the other in f64")?;
        }
        writeln!(f, "\nlayer  kind  parameters  checked  kinks  wrong  worst f64  worst f32")?;
        for g in &self.groups {
            let single = g.single_worst.map_or("-".into(), |e| format!("{e:.1e}"));
            let Group { layer, kind, parameters, checked, kinks, wrong, worst, .. } = g;
            writeln!(
                f,
                "{layer:>5}  {kind:<4}  {parameters:>10}  {checked:>7}  {kinks:>5}  {wrong:>5}  {worst:>9.1e}  {single:>9}"
            )?;
        }
        self.table(f)?;
        write!(f, "\nverdict    {}", self.verdict())
    }
}

impl Report {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![
            ["layer", "kind", "unit", "input", "gradient", "difference", "error", "f32", "error", "verdict"]
                .map(String::from),
        ];
        for x in &self.worst {
            let optional = |x: Option<f64>| x.map_or("-".into(), short);
            let error = |e: f64| format!("{e:.1e}");
            let at_kink = |e: String| if x.verdict == Verdict::Kink { "-".into() } else { e };
            let difference = match x.sides {
                Some((left, right)) => format!("{} | {}", short(left), short(right)),
                None => short(x.difference),
            };
            lines.push([
                x.layer.to_string(),
                x.kind.to_string(),
                x.unit.to_string(),
                x.input.map_or("-".into(), |i| i.to_string()),
                short(x.gradient),
                difference,
                at_kink(error(x.error)),
                optional(x.single),
                at_kink(x.single_error.map_or("-".into(), error)),
                x.verdict.to_string(),
            ]);
        }
        let width = |c: usize| lines.iter().map(|l| l[c].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        writeln!(f, "\nthe worst")?;
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}"));
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  "))?;
        }
        Ok(())
    }
}
