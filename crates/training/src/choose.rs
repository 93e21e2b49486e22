//! From what was asked and the data at hand to a checked plan.

use crate::ask::Ask;
use crate::regime::Regime;
use feedforward_base::{Dice, Error, ErrorKind, Result};
use feedforward_data::prepare::{Encoding, Fitted, Note, Preparation, Scale, Target};
use feedforward_network::loss::Truth;
use feedforward_network::schedule::Plateau;
use feedforward_network::step::full_batch::PORTION;
use feedforward_network::{Activation, Layer, Loss, Plan, Schedule, Spec};

/// Epochs of a run at most: the history of as many, twice where there is a last training, fits into the head of a model
/// file, which holds 100 MB.
const MOST_EPOCHS: u64 = 150_000;
/// Below this number of rows 5 folds choose the number of epochs, and weights decay most.
pub(crate) const FEW_ROWS: usize = 2_000;
/// From this number of rows on weights do not decay.
const MANY_ROWS: usize = 20_000;

/// A network and a regime for one table, everything decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The checked spec.
    pub plan: Plan,
    /// How long and in what portions.
    pub regime: Regime,
    /// From columns to inputs.
    pub preparation: Preparation,
    /// Rows of the training part; with folds, of the first.
    pub train_rows: usize,
    /// Rows of the validation part; with folds, of the first.
    pub valid_rows: usize,
    /// Folds that choose the number of epochs; 0 where one validation part does, or none.
    pub folds: usize,
    /// The request with every choice filled in.
    pub ask: Ask,
    /// What the preparation decided about columns.
    pub notes: Vec<Note>,
}

/// Decide what `ask` leaves open.
///
/// * Hidden layers: 512 units for grey images, otherwise 128 and 64.
/// * Two classes: one sigmoid unit with binary cross-entropy; more: softmax with cross-entropy; numbers:
///   linear with squared error.
/// * Batch size: a power of two near rows/200, from 16 to 64; a search takes all rows, in portions.
/// * Epochs: with a validation part up to 300 with a patience of 20 (of 5 for images); without one 100. Which rows
///   validate, and whether all rows are learned from in the end: [`Ask::validation`], [`Ask::refit`].
/// * Weight decay: 1 below 2,000 rows to train on, 0.1 below 20,000, then 0; always 0 where layers, activation, dropout,
///   optimizer, learning rate or penalty are given.
/// * Schedule, for Adam: from 2,000 rows on η is halved when the validation loss has not been better for a quarter of
///   the patience, otherwise constant.
///
/// These few numbers were chosen on the tables of `bench/quality`, whose protocol says how: each was kept because it
/// did better on most of them.
pub(crate) fn choose(
    ask: &Ask,
    fitted: Fitted,
    (train_rows, valid_rows, folds): (usize, usize, usize),
    threads: usize,
) -> Result<Chosen> {
    let Fitted { preparation, mut notes } = fitted;
    let mut ask = ask.clone();
    let images = is_images(&preparation);
    let decay = usual_weight_decay(&ask, train_rows);
    let weight_decay = *ask.weight_decay.get_or_insert(decay);
    let hidden = ask.layers.get_or_insert_with(|| if images { vec![512] } else { vec![128, 64] }).clone();
    let loss = *ask.loss.get_or_insert(usual_loss(&preparation, ask.output));
    let output = *ask.output.get_or_insert(loss.usual_output());
    check_task(&preparation, loss)?;
    ask.activation = per_layer("--activation", "function", &ask.activation, hidden.len())?;
    ask.dropout = per_layer("--dropout", "rate", &ask.dropout, hidden.len())?;
    check_search(&ask)?;
    let learning_rate = *ask.learning_rate.get_or_insert(ask.optimizer.usual_learning_rate());
    let batch = if ask.optimizer.is_search() {
        // Left open in the record: what was chosen could not be asked for.
        ask.learning_rate = None;
        PORTION
    } else {
        *ask.batch_size.get_or_insert((train_rows / 200).next_power_of_two().clamp(16, 64))
    };
    let epochs = *ask.epochs.get_or_insert(if valid_rows > 0 { 300 } else { 100 });
    let patience = *ask.patience.get_or_insert(match (valid_rows > 0, images) {
        (false, _) => 0,
        (true, true) => 5,
        (true, false) => 20,
    });
    let schedule = usual_schedule(&ask, (train_rows, valid_rows), patience);
    let schedule = *ask.schedule.get_or_insert(schedule);
    let layers = hidden.iter().zip(&ask.activation).zip(&ask.dropout);
    let layers = layers.map(|((&units, &activation), &dropout)| Layer { units, activation, dropout });
    let last = Layer { units: outputs(&preparation, loss), activation: output, dropout: 0.0 };
    let spec = Spec {
        inputs: preparation.inputs(),
        layers: layers.chain([last]).collect(),
        loss,
        label_smoothing: ask.label_smoothing,
        init: ask.init,
        bias: ask.bias,
        penalty: ask.penalty,
        weight_decay,
        optimizer: ask.optimizer,
        learning_rate,
        schedule,
        clip_norm: ask.clip_norm,
        max_norm: ask.max_norm,
    };
    if epochs == 0 {
        return Err(Error::bad_value("--epochs", 0, "at least 1"));
    }
    let plan = Plan::new(&spec, batch.min(train_rows.max(1)), threads)?;
    spec.check_learning()?;
    let patience = (patience > 0).then_some(patience);
    let dice = Dice::new(ask.seed);
    if epochs > MOST_EPOCHS {
        notes.push(Note::ManyEpochs { asked: epochs, most: MOST_EPOCHS });
    }
    let epochs = epochs.min(MOST_EPOCHS);
    let regime = Regime { batch_size: plan.batch(), epochs, patience, restore_best: ask.restore_best, dice };
    Ok(Chosen { plan, regime, preparation, train_rows, valid_rows, folds, ask, notes })
}

/// What keeps weights from learning single rows by heart: 1 where there are few rows, 0.1 where there are more, 0 where
/// there are many. It is right for the network and the steps that are chosen here: a narrow network, say, needs larger
/// weights. Who chooses one of them gets none.
fn usual_weight_decay(ask: &Ask, train_rows: usize) -> f64 {
    let usual = Ask::default();
    let ours = ask.layers.is_none()
        && ask.learning_rate.is_none()
        && (&ask.activation, &ask.dropout) == (&usual.activation, &usual.dropout)
        && (ask.optimizer, ask.penalty) == (usual.optimizer, usual.penalty);
    match train_rows {
        _ if !ours => 0.0,
        0..FEW_ROWS => 1.0,
        FEW_ROWS..MANY_ROWS => 0.1,
        _ => 0.0,
    }
}

/// Half the learning rate when a quarter of the patience has brought nothing: the parameters come to rest, so that what a
/// last training ends with does not depend on the last rows that it saw. Small tables take so few steps that they are
/// better off without.
fn usual_schedule(ask: &Ask, (train_rows, valid_rows): (usize, usize), patience: u64) -> Schedule {
    if valid_rows == 0 || train_rows < FEW_ROWS || ask.optimizer != Ask::default().optimizer {
        return Schedule::Constant;
    }
    Schedule::Plateau(Plateau { factor: 0.5, patience: (patience / 4).max(1) as f64 })
}

/// Grey images are the one thing that min-max scaling to 0..255 is chosen for by itself.
fn is_images(preparation: &Preparation) -> bool {
    preparation.features.len() >= 16
        && preparation.features.iter().all(|f| match &f.encoding {
            Encoding::Number { scale: Scale::MinMax(s), .. } => s.low == 0.0 && s.high == 255.0,
            _ => false,
        })
}

fn usual_loss(preparation: &Preparation, output: Option<Activation>) -> Loss {
    match &preparation.target {
        Target::Numbers { .. } => Loss::SquaredError,
        Target::Classes { classes, .. } if classes.len() > 2 || output == Some(Activation::Softmax) => {
            Loss::CrossEntropy
        }
        Target::Classes { .. } => Loss::BinaryCrossEntropy,
    }
}

/// Units of the output layer: one for two classes unless softmax was asked for.
pub(crate) fn outputs(preparation: &Preparation, loss: Loss) -> usize {
    match &preparation.target {
        Target::Classes { classes, .. } if classes.len() == 2 && !loss.wants_classes() => 1,
        _ => preparation.outputs(),
    }
}

pub(crate) fn check_task(preparation: &Preparation, loss: Loss) -> Result<()> {
    let conflict = |other: &str, why: &str, hint: &str| {
        let (one, other, why) = (format!("loss `{loss}`"), other.into(), why.into());
        Err(Error::new(ErrorKind::Conflict { one, other, why }).hint(hint))
    };
    match &preparation.target {
        Target::Classes { classes, .. } if classes.len() > 2 && !loss.wants_classes() => conflict(
            &format!("a target of {} classes", classes.len()),
            "it judges one value, not a choice among several",
            "use --loss cross_entropy",
        ),
        Target::Classes { .. } if matches!(loss.truth(), Truth::Count) => conflict(
            "a target of classes",
            "it judges counts",
            "use --task regression if the classes are numbers, or another loss",
        ),
        Target::Numbers { .. } if matches!(loss.truth(), Truth::Class | Truth::MinusOrPlusOne) => conflict(
            "a target of numbers",
            "it judges classes",
            "use --loss squared_error, or --task classification if the numbers are classes",
        ),
        Target::Numbers { columns } if loss == Loss::Perceptron && columns.len() == 1 => conflict(
            "a target of numbers",
            "it judges classes",
            "use --task classification if the numbers are classes",
        ),
        _ => Ok(()),
    }
}

/// A search looks at all rows at once and finds its own step length.
///
/// # Errors
/// A batch size or a learning rate beside a search.
pub fn check_search(ask: &Ask) -> Result<()> {
    if !ask.optimizer.is_search() {
        return Ok(());
    }
    let settings = [
        (ask.batch_size.is_some(), "--batch-size", "a search looks at all training rows in every iteration"),
        (ask.learning_rate.is_some(), "--learning-rate", "a search finds the length of its steps itself"),
    ];
    let conflict = |(_, flag, why): (bool, &str, &str)| {
        let other = format!("--optimizer {}", ask.optimizer.name());
        Error::new(ErrorKind::Conflict { one: flag.into(), other, why: why.into() })
            .hint(format!("leave {flag} out, or take a rule such as `adam`"))
    };
    Error::many(settings.into_iter().filter(|s| s.0).map(conflict).collect())
}

/// One value for all hidden layers, or one for each.
///
/// # Errors
/// Another number of values; `flag` and `what`, the word for one value, say which.
pub fn per_layer<T: Copy>(flag: &str, what: &str, given: &[T], layers: usize) -> Result<Vec<T>> {
    match given {
        [one] => Ok(vec![*one; layers]),
        all if all.len() == layers => Ok(all.to_vec()),
        all => {
            let want = match layers {
                0 | 1 => "one".into(),
                _ => format!("one for all hidden layers or {layers}, one for each"),
            };
            let (name, what) = (flag.into(), what.into());
            Err(Error::new(ErrorKind::WrongCount { name, given: all.len(), what, want }))
        }
    }
}
