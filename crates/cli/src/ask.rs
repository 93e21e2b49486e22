//! From what was typed to what the libraries understand. All problems are reported together.

use crate::args::{Columns, Network, ScalingArg, Settings, TaskArg};
use feedforward::data::prepare::{Roles, Scaling, Task};
use feedforward::network::step::full_batch::PORTION;
use feedforward::network::{Activation, Loss, Optimizer, Penalty, Schedule, Spec};
use feedforward::training::ask::{Ask, ClassWeight, Precision};
use feedforward::training::choose::{check_search, per_layer};
use feedforward::{Error, ErrorKind, Result};
use std::str::FromStr;

const UNITS_OF_TRAIN: &str = "whole numbers of 1 or more such as `512,256`, or '' for no hidden layer";
const UNITS_OF_PLAN: &str = "two or more whole numbers of 1 or more such as `784-512-10`";

/// The request of a verb that trains; the target may still be open.
pub(crate) fn ask(settings: &Settings, validation: Option<f64>, seed: u64) -> Result<Ask> {
    let mut problems = Problems::default();
    let mut ask = Ask { seed, roles: roles(settings), ..Ask::default() };
    network(&settings.network, &mut ask, &mut problems);
    set(&mut ask.prepare.scaling, settings.columns.scaling.map(scaling));
    if let Some(few @ 0..2) = settings.columns.max_levels {
        problems.0.push(
            Error::bad_value("--max-levels", few, "at least 2").hint("leave columns out with --ignore"),
        );
    }
    set(&mut ask.prepare.max_levels, settings.columns.max_levels);
    set(&mut ask.class_weight, problems.keep(class_weight(&settings.columns)));
    if let Some(text) = &settings.layers {
        ask.layers = match text.trim() {
            "" => Some(Vec::new()),
            text => problems.keep(units(text, ',', UNITS_OF_TRAIN)),
        };
    }
    if let Some(share) = validation {
        if !(0.0..1.0).contains(&share) {
            problems.0.push(Error::bad_value("--validation", share, "at least 0 and below 1"));
        }
        ask.validation = Some(share);
    }
    if settings.epochs == Some(0) {
        problems.0.push(Error::bad_value("--epochs", 0, "at least 1"));
    }
    ask.epochs = settings.epochs;
    ask.patience = settings.patience;
    set(&mut ask.restore_best, settings.restore_best);
    problems.end(Some(ask))
}

/// The network of `ff plan`, its batch size (32 unless given) and its precision.
pub(crate) fn plan(layers: &str, flags: &Network) -> Result<(Spec, usize, Precision)> {
    let mut problems = Problems::default();
    let mut ask = Ask::default();
    network(flags, &mut ask, &mut problems);
    // A list in a `--config` file arrives with commas.
    let units = units(&layers.replace(',', "-"), '-', UNITS_OF_PLAN).and_then(|units| match units.len() {
        0 | 1 => Err(Error::bad_value("--layers", layers, UNITS_OF_PLAN)),
        _ => Ok(units),
    });
    let units = problems.keep(units);
    let hidden = units.as_ref().map_or(0, |u| u.len() - 2);
    let activation = problems.keep(per_layer("--activation", "function", &ask.activation, hidden));
    let dropout = problems.keep(per_layer("--dropout", "rate", &ask.dropout, hidden));
    let ((units, activation), dropout) = problems.end(units.zip(activation).zip(dropout))?;
    // Without data only the number of outputs can tell classes from a number.
    let usual = if units[units.len() - 1] > 1 { Loss::CrossEntropy } else { Loss::SquaredError };
    let mut spec = Spec {
        label_smoothing: ask.label_smoothing,
        init: ask.init,
        bias: ask.bias,
        penalty: ask.penalty,
        weight_decay: ask.weight_decay.unwrap_or(0.0),
        optimizer: ask.optimizer,
        learning_rate: ask.learning_rate.unwrap_or(ask.optimizer.usual_learning_rate()),
        schedule: ask.schedule.unwrap_or_default(),
        clip_norm: ask.clip_norm,
        max_norm: ask.max_norm,
        ..Spec::new(&units, Activation::Relu, ask.loss.unwrap_or(usual))
    };
    for ((layer, f), d) in spec.layers.iter_mut().zip(activation).zip(dropout) {
        (layer.activation, layer.dropout) = (f, d);
    }
    if let Some(layer) = spec.layers.last_mut() {
        set(&mut layer.activation, ask.output);
    }
    check_search(&ask)?;
    let usual = if ask.optimizer.is_search() { PORTION } else { 32 };
    Ok((spec, ask.batch_size.unwrap_or(usual), ask.precision))
}

/// Problems found so far.
#[derive(Default)]
struct Problems(Vec<Error>);

impl Problems {
    fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|e| self.0.push(e)).ok()
    }
    /// `value`, which is there if [`Problems::keep`] met no error.
    fn end<T>(self, value: Option<T>) -> Result<T> {
        Error::many(self.0)?;
        // `keep` returns `None` only after it has pushed an error.
        Ok(value.unwrap_or_else(|| unreachable!("a missing value without a problem")))
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// The columns' roles.
pub(crate) fn roles(settings: &Settings) -> Roles {
    let columns = &settings.columns;
    Roles {
        target: settings.target.clone(),
        weight: columns.weight_column.clone(),
        group: columns.group.clone(),
        time: columns.time.clone(),
        ignore: columns.ignore.clone(),
        only: columns.features.clone(),
        task: columns.task.map(|task| match task {
            TaskArg::Classification => Task::Classification,
            TaskArg::Regression => Task::Regression,
        }),
    }
}

fn scaling(arg: ScalingArg) -> Scaling {
    match arg {
        ScalingArg::Auto => Scaling::Auto,
        ScalingArg::None => Scaling::None,
        ScalingArg::Standardise => Scaling::Standardise,
        ScalingArg::MinMax => Scaling::MinMax,
        ScalingArg::Robust => Scaling::Robust,
    }
}

fn class_weight(columns: &Columns) -> Result<ClassWeight> {
    match columns.class_weight.as_deref() {
        None | Some("equal") => Ok(ClassWeight::Equal),
        Some("balanced") => Ok(ClassWeight::Balanced),
        Some(other) => Err(Error::unknown("class weight", other, ["equal", "balanced"])),
    }
}

/// What `train` and `plan` share.
fn network(flags: &Network, ask: &mut Ask, problems: &mut Problems) {
    if let Some(text) = &flags.activation {
        set(&mut ask.activation, problems.keep(list(text, Activation::from_str)));
    }
    if let Some(text) = &flags.dropout {
        set(&mut ask.dropout, problems.keep(list(text, |d| number("--dropout", d))));
    }
    ask.output = problems.keep(unless_auto(flags.output.as_deref())).flatten();
    ask.loss = problems.keep(unless_auto(flags.loss.as_deref())).flatten();
    set(&mut ask.optimizer, problems.keep(optimizer(flags)));
    ask.learning_rate = flags.learning_rate;
    if let Some(text) = &flags.schedule {
        ask.schedule = problems.keep(Schedule::parse(text));
    }
    if flags.batch_size == Some(0) {
        problems.0.push(Error::bad_value("--batch-size", 0, "at least 1"));
    }
    ask.batch_size = flags.batch_size;
    if let Some(text) = &flags.penalty {
        set(&mut ask.penalty, problems.keep(penalty(text)));
    }
    ask.weight_decay = flags.weight_decay.filter(|_| !has(&ask.optimizer, "weight_decay"));
    ask.clip_norm = flags.clip_norm;
    ask.max_norm = flags.max_norm;
    set(&mut ask.label_smoothing, flags.label_smoothing);
    if let Some(text) = &flags.init {
        set(&mut ask.init, problems.keep(text.parse()));
    }
    set(&mut ask.bias, flags.bias);
    set(&mut ask.precision, problems.keep(precision(flags.precision.as_deref())));
}

fn unless_auto<T: FromStr<Err = Error>>(text: Option<&str>) -> Result<Option<T>> {
    text.filter(|t| *t != "auto").map(str::parse).transpose()
}

fn precision(text: Option<&str>) -> Result<Precision> {
    match text {
        None | Some("f32") => Ok(Precision::F32),
        Some("f64") => Ok(Precision::F64),
        Some(other) => Err(Error::unknown("precision", other, ["f32", "f64"])),
    }
}

/// The optimizer with its hyper-parameters; those of another optimizer are refused. A weight decay that the
/// optimizer has no number for is left to the caller.
fn optimizer(flags: &Network) -> Result<Optimizer> {
    let mut optimizer = match &flags.optimizer {
        Some(name) => Optimizer::parse(name)?,
        None => Ask::default().optimizer,
    };
    let given = [
        ("momentum", flags.momentum),
        ("decay", flags.decay),
        ("beta1", flags.beta1),
        ("beta2", flags.beta2),
        ("epsilon", flags.epsilon),
        ("tolerance", flags.tolerance),
        ("weight_decay", flags.weight_decay),
    ];
    let mut problems = Vec::new();
    for (number, value) in given.into_iter().filter_map(|(number, value)| Some((number, value?))) {
        match optimizer.numbers_mut().into_iter().find(|(name, _)| *name == number) {
            Some((_, place)) => *place = value,
            None if number == "weight_decay" => {}
            None => problems.push(no_such_number(&optimizer, number)),
        }
    }
    Error::many(problems)?;
    Ok(optimizer)
}

fn has(optimizer: &Optimizer, number: &str) -> bool {
    optimizer.numbers().iter().any(|(name, _)| *name == number)
}

fn no_such_number(optimizer: &Optimizer, number: &str) -> Error {
    let name = optimizer.name();
    let owners =
        Optimizer::ALL.iter().filter(|o| has(o, number)).map(|o| format!("`--optimizer {}`", o.name()));
    Error::new(ErrorKind::Conflict {
        one: format!("--{number}"),
        other: format!("--optimizer {name}"),
        why: format!("{name} has no such number"),
    })
    .hint(format!("use {}, or leave --{number} out", owners.collect::<Vec<_>>().join(" or ")))
}

/// `l2=1e-4,l1=0`.
fn penalty(text: &str) -> Result<Penalty> {
    let mut penalty = Penalty::default();
    let mut problems = Problems::default();
    for part in text.split(',') {
        let Some((name, value)) = part.split_once('=') else {
            problems.0.push(Error::bad_value(
                "--penalty",
                part,
                "of the form `l2=1e-4` or `l2=1e-4,l1=1e-5`",
            ));
            continue;
        };
        let value = problems.keep(number(&format!("--penalty {name}"), value));
        match name.trim() {
            "l1" => set(&mut penalty.l1, value),
            "l2" => set(&mut penalty.l2, value),
            other => problems.0.push(Error::unknown("penalty", other, ["l1", "l2"])),
        }
    }
    problems.end(Some(penalty))
}

/// Whole numbers of 1 or more.
fn units(text: &str, between: char, want: &str) -> Result<Vec<usize>> {
    let each = text.split(between).map(|u| u.trim().parse().ok().filter(|n| *n > 0));
    each.collect::<Option<_>>().ok_or_else(|| Error::bad_value("--layers", text, want))
}

/// A comma-separated list, all its problems together.
fn list<T>(text: &str, parse: impl Fn(&str) -> Result<T>) -> Result<Vec<T>> {
    let mut problems = Problems::default();
    let all = text.split(',').filter_map(|part| problems.keep(parse(part.trim()))).collect();
    problems.end(Some(all))
}

fn number(flag: &str, text: &str) -> Result<f64> {
    text.trim().parse().map_err(|_| Error::bad_value(flag, text, "a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Verb};
    use clap::Parser;
    use feedforward::network::optimizer::Momentum;

    fn of_train(flags: &[&str]) -> Result<Ask> {
        let line = ["ff", "train", "x.csv"].iter().chain(flags);
        match Cli::try_parse_from(line).unwrap().verb {
            Verb::Train(train) => ask(&train.settings, train.validation, train.reading.seed),
            other => panic!("{other:?}"),
        }
    }

    fn of_plan(flags: &[&str]) -> Result<(Spec, usize, Precision)> {
        match Cli::try_parse_from(["ff", "plan"].iter().chain(flags)).unwrap().verb {
            Verb::Plan(p) => plan(&p.layers, &p.network),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_asked_is_the_default() {
        assert_eq!(of_train(&[]).unwrap(), Ask::default());
    }

    #[test]
    fn what_is_asked_arrives() {
        let got = of_train(&[
            "--target=-1",
            "--layers",
            "512,256",
            "--activation",
            "relu,tanh",
            "--dropout=0.2",
            "--optimizer",
            "momentum",
            "--momentum",
            "0.8",
            "--penalty",
            "l2=1e-4,l1=0",
            "--restore-best=false",
            "--epochs",
            "7",
            "--precision",
            "f64",
            "--class-weight",
            "balanced",
            "--scaling",
            "min-max",
            "--only",
            "a,b",
            "--init",
            "he",
        ]);
        let mut want = Ask {
            layers: Some(vec![512, 256]),
            activation: vec![Activation::Relu, Activation::Tanh],
            dropout: vec![0.2],
            optimizer: Optimizer::Momentum(Momentum { momentum: 0.8 }),
            penalty: Penalty { l1: 0.0, l2: 1e-4 },
            restore_best: false,
            epochs: Some(7),
            precision: Precision::F64,
            class_weight: ClassWeight::Balanced,
            init: feedforward::network::Init::He,
            ..Ask::default()
        };
        want.roles.target = vec!["-1".into()];
        want.roles.only = vec!["a".into(), "b".into()];
        want.prepare.scaling = Scaling::MinMax;
        assert_eq!(got.unwrap(), want);
        assert_eq!(of_train(&["--layers", ""]).unwrap().layers, Some(vec![]));
    }

    #[test]
    fn numbers_go_to_the_optimizer_that_has_them() {
        let got = |flags: &str| {
            of_train(&flags.split(' ').collect::<Vec<_>>()).map(|ask| (ask.optimizer, ask.weight_decay))
        };
        let (rmsprop, _) = got("--optimizer rmsprop --decay 0.8 --epsilon 1e-6").unwrap();
        assert_eq!(rmsprop.numbers(), [("decay", 0.8), ("epsilon", 1e-6)]);
        let (adamw, outside) = got("--optimizer adamw --weight-decay 0.3").unwrap();
        assert_eq!((adamw.unusual_numbers(), outside), (vec![("weight_decay", 0.3)], None));
        assert_eq!(got("--optimizer adam --weight-decay 0.3").unwrap(), (Optimizer::ADAM, Some(0.3)));
        let e = got("--optimizer adagrad --momentum 0.5").unwrap_err();
        assert_eq!(
            e.hint_text(),
            Some("use `--optimizer momentum` or `--optimizer nesterov`, or leave --momentum out")
        );
    }

    #[test]
    fn all_problems_at_once() {
        let e = of_train(&[
            "--layers",
            "512,,256",
            "--activation",
            "rellu,tanh",
            "--beta1",
            "0.5",
            "--optimizer",
            "sgd",
            "--penalty",
            "l3=1,l2",
            "--dropout",
            "x",
            "--precision",
            "f16",
            "--validation=1.5",
        ]);
        let text = e.unwrap_err().to_string();
        for part in [
            "8 problems",
            "--layers is `512,,256`",
            "did you mean `relu`?",
            "--beta1 does not go with --optimizer sgd: sgd has no such number",
            "there is no penalty `l3`",
            "--penalty is `l2`",
            "--dropout is `x`; it must be a number",
            "there is no precision `f16`",
            "--validation is `1.5`; it must be at least 0 and below 1",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        for zero in ["--layers=0", "--epochs=0", "--batch-size=0"] {
            assert!(of_train(&[zero]).is_err(), "{zero}");
        }
    }

    #[test]
    fn a_plan_reads_units_from_the_input_on() {
        let (spec, batch, precision) =
            of_plan(&["--layers", "785-256-256-10", "--batch-size", "64"]).unwrap();
        assert_eq!((spec.shape().as_str(), batch, precision), ("785-256-256-10", 64, Precision::F32));
        assert_eq!(spec.loss, Loss::CrossEntropy);
        assert_eq!(of_plan(&["--layers", "4,3"]).unwrap().0, of_plan(&["--layers", "4-3"]).unwrap().0);
        assert_eq!(of_plan(&["--layers", "4-1"]).unwrap().0.loss, Loss::SquaredError);
        for bad in ["4", "", "4--1", "4-x", "-1"] {
            assert!(of_plan(&[&format!("--layers={bad}")]).is_err(), "{bad}");
        }
        assert!(of_plan(&["--layers=4-3-3-1", "--activation=relu,relu,relu"]).is_err());
    }
}
