//! The check itself.

use super::objective::{At, Objective};
use super::report::{Finding, Group, Kind, Report, Verdict};
use super::{BOUND, Options, Problem, SINGLE_BOUND, SINGLE_FLOOR};
use crate::penalty;
use feedforward_base::{Dice, Error, ErrorKind, Purpose, Result};
use feedforward_kernels::Element;
use feedforward_network::reference::Dense;
use std::collections::BTreeSet;

/// Something that says what ∂J/∂θ is, penalties included.
pub type Gradient<'a> = &'a dyn Fn(&Problem) -> Result<Vec<Dense>>;

/// The steps that are tried, for a parameter that moves its z as much as itself.
const STEPS: [f64; 5] = [1e-3, 1.25e-4, 1.5625e-5, 1.953125e-6, 2.44140625e-7];

/// The engine's own ∂J/∂θ in the precision T, penalties included.
///
/// # Errors
/// All problems of the spec.
pub fn engine_gradient<T: Element>(problem: &Problem) -> Result<Vec<Dense>> {
    let mut objective = Objective::<T>::new(problem)?;
    let gradient = objective.gradient();
    let mut gradient = objective.layout().to_reference(&gradient);
    for (g, at) in gradient.iter_mut().zip(&problem.theta) {
        for (g, w) in g.w.iter_mut().flatten().zip(at.w.iter().flatten()) {
            *g += penalty::slope(&problem.spec, *w);
        }
    }
    Ok(gradient)
}

/// Hold `double`, and `single` in the looser way of f32, against differences of the engine's objective in f64.
///
/// # Errors
/// All problems of the spec; an objective that is not finite; what the gradients themselves refuse.
pub fn check(
    problem: &Problem,
    double: Gradient<'_>,
    single: Option<Gradient<'_>>,
    options: Options,
) -> Result<Report> {
    problem.spec.check_learning()?;
    let mut objective = Objective::<f64>::new(problem)?;
    let value = objective.value();
    if !value.is_finite() {
        return Err(Error::new(ErrorKind::Diverged { what: "loss".into(), size: String::new() })
            .hint("the network's numbers are too large to be checked"));
    }
    let mut base = Vec::new();
    objective.sides(&mut base);
    let single_kinks = match single {
        Some(_) => {
            let (mut narrow, mut sides) = (Objective::<f32>::new(problem)?, Vec::new());
            narrow.value();
            narrow.sides(&mut sides);
            sides != base
        }
        None => false,
    };
    let mut run = Run {
        // 16 roundings of J and of the outputs that it is made of, the quotient's own factor included.
        noise: 16.0 * f64::EPSILON * (value.abs() + objective.largest_output()),
        problem,
        objective,
        double: double(problem)?,
        single: single.map(|g| g(problem)).transpose()?,
        base,
        single_kinks,
    };
    let (mut groups, mut findings) = (Vec::new(), Vec::new());
    for (layer, kind) in kinds(problem) {
        let (group, own) = run.group(layer, kind, options);
        groups.push(group);
        findings.extend(own);
    }
    let holds = groups.iter().all(|g| g.wrong == 0 && g.kinks < g.checked);
    Ok(Report {
        title: problem.title.clone(),
        shape: problem.spec.shape(),
        rows: problem.samples.rows(),
        objective: value,
        bound: BOUND,
        floor: run.noise / STEPS[0] / BOUND,
        single_bound: SINGLE_BOUND,
        single_kinks,
        groups,
        worst: worst(findings),
        holds,
    })
}

fn kinds(problem: &Problem) -> Vec<(usize, Kind)> {
    let of = |(l, dense): (usize, &Dense)| {
        let own = (!dense.own.is_empty()).then_some((l, Kind::Own));
        [Some((l, Kind::Weight)), Some((l, Kind::Bias)), own]
    };
    (1..).zip(&problem.theta).flat_map(of).flatten().collect()
}

/// What is wrong, then the kinks, then the largest errors.
fn worst(mut findings: Vec<Finding>) -> Vec<Finding> {
    let size = |x: &Finding| (x.error / BOUND).max(x.single_error.unwrap_or(0.0) / SINGLE_BOUND);
    findings.sort_by(|x, y| size(y).total_cmp(&size(x)));
    let of = |verdict| findings.iter().filter(move |x| x.verdict == verdict).take(Report::SHOWN).cloned();
    of(Verdict::Wrong).chain(of(Verdict::Kink)).chain(of(Verdict::Agrees)).collect()
}

struct Run<'a> {
    problem: &'a Problem,
    objective: Objective<'a, f64>,
    double: Vec<Dense>,
    single: Option<Vec<Dense>>,
    /// The sides of all kinks at θ.
    base: Vec<i8>,
    single_kinks: bool,
    /// What J is uncertain by.
    noise: f64,
}

/// What the differences say of a parameter.
struct Quotient {
    value: f64,
    step: f64,
    error: f64,
    sides: Option<(f64, f64)>,
}

impl Run<'_> {
    fn group(&mut self, layer: usize, kind: Kind, options: Options) -> (Group, Vec<Finding>) {
        let dense = &self.problem.theta[layer - 1];
        let inputs = if kind == Kind::Weight { dense.w[0].len() } else { 1 };
        let parameters = dense.b.len() * inputs;
        let all = drawn(parameters, options, layer, kind);
        let floor = SINGLE_FLOOR * largest(&self.double[layer - 1], kind);
        let at = |i: usize| At { layer, kind, unit: i / inputs, input: i % inputs };
        let findings: Vec<Finding> = all.into_iter().map(|i| self.finding(at(i), floor)).collect();
        let count = |v: Verdict| findings.iter().filter(|x| x.verdict == v).count();
        let smooth = || findings.iter().filter(|x| x.verdict != Verdict::Kink);
        let group = Group {
            layer,
            kind,
            parameters,
            checked: findings.len(),
            kinks: count(Verdict::Kink),
            wrong: count(Verdict::Wrong),
            worst: smooth().fold(0.0, |m, x| x.error.max(m)),
            single_worst: smooth().filter_map(|x| x.single_error).reduce(f64::max),
        };
        (group, findings)
    }

    fn finding(&mut self, at: At, single_floor: f64) -> Finding {
        let gradient = pick(&self.double[at.layer - 1], at);
        let quotient = self.quotient(at, gradient);
        let single = self.single.as_ref().map(|g| pick(&g[at.layer - 1], at));
        let against = quotient.value;
        let single_error = single.map(|g| relative(g, against, single_floor));
        // A NaN is within no bound.
        let double_agrees = quotient.error <= BOUND;
        let single_agrees = single_error.is_none_or(|e| e <= SINGLE_BOUND);
        let verdict = match quotient.sides {
            Some(_) => Verdict::Kink,
            None if !double_agrees => Verdict::Wrong,
            None if !single_agrees && self.single_kinks => Verdict::Kink,
            None if !single_agrees => Verdict::Wrong,
            None => Verdict::Agrees,
        };
        Finding {
            layer: at.layer,
            kind: at.kind,
            unit: at.unit + 1,
            input: (at.kind == Kind::Weight).then_some(at.input + 1),
            gradient,
            difference: quotient.value,
            sides: quotient.sides,
            step: quotient.step,
            error: quotient.error,
            single,
            single_error,
            verdict,
        }
    }

    /// The difference quotient with the largest step that meets no kink and agrees, or else the one that comes nearest.
    fn quotient(&mut self, at: At, gradient: f64) -> Quotient {
        // The last pass was with another parameter moved by a little: the reach is a scale, no result.
        let reach = self.objective.reach(at).max(1.0);
        let mut nearest: Option<Quotient> = None;
        for step in STEPS.map(|step| step / reach) {
            let Some(value) = self.smooth_quotient(at, step) else { continue };
            let error = relative(gradient, value, self.noise / step / BOUND);
            if nearest.as_ref().is_none_or(|n| error < n.error || n.error.is_nan()) {
                nearest = Some(Quotient { value, step, error, sides: None });
            }
            if error <= BOUND {
                break;
            }
        }
        nearest.unwrap_or_else(|| self.kink(at, gradient, STEPS[STEPS.len() - 1] / reach))
    }

    /// The quotient of four points; `None` if they lie on different sides of a kink.
    fn smooth_quotient(&mut self, at: At, h: f64) -> Option<f64> {
        let mut sides = Vec::new();
        let mut values = [0.0; 4];
        for (value, factor) in values.iter_mut().zip([-2.0, -1.0, 1.0, 2.0]) {
            *value = self.objective.moved(at, factor * h, &mut sides);
            // The side of the weight itself, for the L1 penalty, comes after those of the units.
            let (units, weight) = sides.split_at(self.base.len());
            let old = || pick(&self.problem.theta[at.layer - 1], at);
            if units != self.base || weight.iter().any(|s| f64::from(*s) != sign(old())) {
                return None;
            }
        }
        let [far_left, left, right, far_right] = values;
        Some((8.0 * (right - left) - (far_right - far_left)) / (12.0 * h))
    }

    fn kink(&mut self, at: At, gradient: f64, h: f64) -> Quotient {
        let mut sides = Vec::new();
        let [left, middle, right] = [-h, 0.0, h].map(|h| self.objective.moved(at, h, &mut sides));
        let value = (right - left) / (2.0 * h);
        let error = relative(gradient, value, self.noise / h / BOUND);
        Quotient { value, step: h, error, sides: Some(((middle - left) / h, (right - middle) / h)) }
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// |x − y| / max(|x|, |y|, floor).
fn relative(x: f64, y: f64, floor: f64) -> f64 {
    let scale = x.abs().max(y.abs()).max(floor);
    if scale == 0.0 { 0.0 } else { (x - y).abs() / scale }
}

fn pick(dense: &Dense, at: At) -> f64 {
    match at.kind {
        Kind::Weight => dense.w[at.unit][at.input],
        Kind::Bias => dense.b[at.unit],
        Kind::Own => dense.own[at.unit],
    }
}

fn largest(dense: &Dense, kind: Kind) -> f64 {
    let of = |numbers: &mut dyn Iterator<Item = &f64>| numbers.fold(0.0f64, |m, g| m.max(g.abs()));
    match kind {
        Kind::Weight => of(&mut dense.w.iter().flatten()),
        Kind::Bias => of(&mut dense.b.iter()),
        Kind::Own => of(&mut dense.own.iter()),
    }
}

/// The numbers of the parameters that are checked, ascending.
fn drawn(parameters: usize, options: Options, layer: usize, kind: Kind) -> Vec<usize> {
    let Some(each) = options.each.filter(|each| *each < parameters) else { return (0..parameters).collect() };
    let stream = Dice::new(options.seed).stream(Purpose::Experiment, &[3, layer as u64, kind as u64]);
    let mut all = BTreeSet::new();
    let mut i = 0;
    while all.len() < each {
        all.insert(stream.below(i, parameters as u64) as usize);
        i += 1;
    }
    all.into_iter().collect()
}
