//! From a network and samples to their trace.

use super::{Back, FORMAT, Lesson, Setting, Trace, TracedLayer};
use crate::engine::{Engine, flat};
use crate::penalty;
use crate::samples::Samples;
use feedforward_base::{Dice, Error, ErrorKind, Result};
use feedforward_network::activation::{Elementwise, LeakyRelu};
use feedforward_network::reference::{self, Dense, Outcome, Truth};
use feedforward_network::{Activation, Loss, Spec};

impl Trace {
    /// Trace one step: forward, and with targets backward and the update by the spec's rule from fresh slots.
    ///
    /// # Errors
    /// All problems of the spec; a batch of no samples; parameters or inputs of another shape than the spec's.
    pub fn of(setting: Setting) -> Result<Trace> {
        check(&setting)?;
        let mut notes = setting.notes.clone();
        let spec = still(&setting, &mut notes);
        let Setting { theta, samples, .. } = &setting;
        let taught = !samples.y.is_empty();
        // The way forward needs no target; any will do for the twin, which knows only whole steps.
        let samples = if taught { samples.clone() } else { with_any_target(&spec, samples) };
        let shares = samples.shares();
        let twin = reference::step(&spec, theta, &samples.x, &samples.y, &shares, &|_, _, _| 1.0);
        if !twin.objective.is_finite() {
            return Err(Error::new(ErrorKind::Diverged { what: "loss".into(), size: String::new() })
                .hint("the network's numbers are too large to be traced"));
        }
        let mut engine = Engine::<f64>::new(&spec, &samples, true)?;
        let start: Vec<f64> = flat(engine.layout(), theta);
        engine.gradient(&start);
        let engine_difference = difference(&engine, &twin, &shares, taught);
        let after = match taught && !spec.optimizer.is_search() {
            true => step(&setting, &spec, start)?,
            false => Vec::new(),
        };
        let layer = |l: usize| TracedLayer {
            layer: l,
            activation: spec.layers[l - 1].activation.to_string(),
            w: theta[l - 1].w.clone(),
            b: theta[l - 1].b.clone(),
            own: theta[l - 1].own.clone(),
            z: twin.passages.iter().map(|p| p.z[l].clone()).collect(),
            a: twin.passages.iter().map(|p| p.a[l].clone()).collect(),
            back: taught.then(|| back(&twin, &shares, after.get(l - 1), l)),
        };
        Ok(Trace {
            format: FORMAT,
            title: setting.title.clone(),
            layers: (1..=theta.len()).map(layer).collect(),
            lesson: taught.then(|| lesson(&spec, &twin, &samples, penalty::value(&spec, theta))),
            notes,
            input_names: setting.input_names.clone(),
            output_names: setting.output_names.clone(),
            biases: setting.biases,
            rows: setting.rows.clone(),
            x: samples.x,
            spec,
            engine_difference,
        })
    }
}

/// The parameters after one step of the engine, from fresh slots.
fn step(setting: &Setting, spec: &Spec, start: Vec<f64>) -> Result<Vec<Dense>> {
    let mut engine = Engine::<f64>::new(spec, &setting.samples, false)?;
    let after = engine.train(start, spec.learning_rate);
    let mut after = engine.layout().to_reference(&after);
    if !setting.biases {
        after.iter_mut().for_each(|layer| layer.b.fill(0.0));
    }
    Ok(after)
}

fn check(setting: &Setting) -> Result<()> {
    setting.spec.check()?;
    if !setting.samples.y.is_empty() {
        setting.spec.check_learning()?;
    }
    if setting.samples.x.is_empty() {
        return Err(Error::bad_value("the number of rows", 0, "at least 1"));
    }
    if let Some(rate) = setting.learning_rate
        && !(rate > 0.0 && rate.is_finite())
    {
        return Err(Error::bad_value("the learning rate", rate, "a number above 0"));
    }
    let shapes = setting.theta.iter().map(|d| (d.w.len(), d.w.first().map_or(0, Vec::len)));
    let spec = &setting.spec;
    let inputs = std::iter::once(spec.inputs).chain(spec.layers.iter().map(|l| l.units));
    let wanted = spec.layers.iter().map(|l| l.units).zip(inputs);
    assert!(shapes.eq(wanted), "the parameters are those of the spec");
    Ok(())
}

/// The network as it stands still: nothing is dropped, and what would be drawn has its mean.
fn still(setting: &Setting, notes: &mut Vec<String>) -> Spec {
    let mut spec = setting.spec.clone();
    if spec.layers.iter().any(|l| l.dropout > 0.0) {
        notes.push("dropout is left out: every unit stays".into());
        spec.layers.iter_mut().for_each(|l| l.dropout = 0.0);
    }
    for layer in &mut spec.layers {
        if let Activation::Rrelu(drawn) = layer.activation {
            let slope = drawn.usual_own();
            notes.push(format!("{} has the mean of its slopes, {slope}, as in prediction", layer.activation));
            layer.activation = Activation::LeakyRelu(LeakyRelu { slope });
        }
    }
    if spec.optimizer.is_search() {
        let name = spec.optimizer.name();
        notes.push(format!("{name} searches along lines and has no rule for one step: there is no update"));
    }
    if let Some(rate) = setting.learning_rate {
        spec.learning_rate = rate;
    }
    spec
}

fn with_any_target(spec: &Spec, samples: &Samples) -> Samples {
    let any = Samples::random(spec, samples.rows(), Dice::new(0));
    Samples { x: samples.x.clone(), y: any.y, weights: None }
}

fn back(twin: &Outcome, shares: &[f64], after: Option<&Dense>, l: usize) -> Back {
    let after = after.cloned().unwrap_or_else(|| Dense { w: Vec::new(), b: Vec::new(), own: Vec::new() });
    let gradient = &twin.gradient[l - 1];
    let shared = |(p, share): (&reference::Passage, &f64)| p.delta[l].iter().map(|d| d * share).collect();
    Back {
        delta: twin.passages.iter().zip(shares).map(shared).collect(),
        sample_delta: twin.passages.iter().map(|p| p.delta[l].clone()).collect(),
        gradient_w: gradient.w.clone(),
        gradient_b: gradient.b.clone(),
        gradient_own: gradient.own.clone(),
        w_after: after.w,
        b_after: after.b,
        own_after: after.own,
    }
}

fn lesson(spec: &Spec, twin: &Outcome, samples: &Samples, penalty: f64) -> Lesson {
    let shares = samples.shares();
    let losses: Vec<f64> = twin.passages.iter().map(|p| p.loss).collect();
    let mean_loss: f64 = losses.iter().zip(&shares).map(|(l, s)| l * s).sum();
    Lesson {
        y: samples.y.iter().map(|y| expected(spec, y)).collect(),
        shares,
        losses,
        mean_loss,
        penalty,
        objective: mean_loss + penalty,
        optimizer: spec.optimizer,
        learning_rate: spec.learning_rate,
    }
}

/// A target as one number per output, smoothed as the spec says.
fn expected(spec: &Spec, y: &Truth) -> Vec<f64> {
    let (n, s) = (spec.outputs(), spec.label_smoothing);
    match y {
        Truth::Class(c) => (0..n).map(|i| s / n as f64 + if i == *c { 1.0 - s } else { 0.0 }).collect(),
        Truth::Values(v) if spec.loss == Loss::BinaryCrossEntropy => {
            v.iter().map(|y| (1.0 - s) * y + s / 2.0).collect()
        }
        Truth::Values(v) => v.clone(),
    }
}

/// The largest difference between the twin's matrices and the engine's, relative to the largest number of a matrix.
fn difference(engine: &Engine<f64>, twin: &Outcome, shares: &[f64], taught: bool) -> f64 {
    let worst = |ours: &[f64], theirs: Vec<f64>| {
        let largest = theirs.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
        ours.iter().zip(&theirs).fold(0.0f64, |m, (x, y)| m.max((x - y).abs() / largest))
    };
    let gathered = |of: &dyn Fn(&reference::Passage) -> Vec<f64>| twin.passages.iter().flat_map(of).collect();
    let mut all = 0.0f64;
    for l in 1..=twin.gradient.len() {
        all = all.max(worst(engine.z(l), gathered(&|p| p.z[l].clone())));
        all = all.max(worst(engine.a(l), gathered(&|p| p.a[l].clone())));
        if taught {
            let delta = twin.passages.iter().zip(shares);
            let delta = delta.flat_map(|(p, s)| p.delta[l].iter().map(move |d| d * s)).collect();
            all = all.max(worst(engine.delta(l), delta));
        }
    }
    all
}
