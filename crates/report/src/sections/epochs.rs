//! How the model learned, epoch by epoch.

use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::{counted, number, percent};
use feedforward_data::prepare::Target;
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_training::model::Record;
use feedforward_training::{Ending, EpochRecord, Model};
use serde_json::json;

/// Points of a line.
const POINTS: usize = 300;
/// The series of the epoch that is kept.
const KEPT: usize = 4;

/// The section of epochs.
pub(crate) fn add(page: &mut Page, record: &Record, model: &Model) {
    if record.epochs.is_empty() {
        return;
    }
    let classes = matches!(model.preparation.target, Target::Classes { .. });
    let score = if classes { "accuracy" } else { "R²" };
    let mut pictures = vec![loss(record)];
    pictures.extend(of_score(record, score));
    pictures.extend(rate(record));
    let ending = match record.ending {
        Ending::Finished => "It ended when all epochs were done.".to_string(),
        Ending::EarlyStopping => format!(
            "It stopped early, because {} in a row brought no better validation loss.",
            counted(record.ask.patience.unwrap_or(0) as usize, "epoch")
        ),
        Ending::Converged => "It ended because the search has converged.".into(),
        Ending::Interrupted => "It was interrupted.".into(),
        Ending::Diverged => "It diverged: numbers left the finite range.".into(),
    };
    let kept = format!("{ending} {}", kept_words(record));
    page.keep("epochs", json!(record.epochs));
    let mut blocks = vec![Block::Text(kept)];
    // One epoch is no line.
    if record.epochs.len() > 1 {
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::Table(table(record, score, classes)));
    page.section("learning", "How it learned", blocks);
}

/// Which epoch the model comes from.
fn kept_words(record: &Record) -> String {
    let (kept, all) = (record.kept_epoch, record.epochs.len());
    if let Some(step) = record.diverged.as_ref().and_then(|d| d.kept_step) {
        return format!("The model is that after step {step} of the first epoch.");
    }
    if record.refit.is_none() {
        return format!("The model is that of epoch {kept} of {all}.");
    }
    let whose = match record.folds {
        0 => "a network that had not seen the rows held back".into(),
        k => format!("the networks of {} together", counted(k, "fold")),
    };
    format!(
        "These are the epochs of {whose}; epoch {kept} of {all} was chosen, and the saved model learned from all {} for {}.",
        counted(record.train_rows + record.valid_rows, "row"),
        counted(kept as usize, "epoch")
    )
}

/// What became of the best epoch.
fn fate(record: &Record) -> &'static str {
    if record.refit.is_some() { "chosen" } else { "kept" }
}

/// Some epochs, evenly, with the kept one and the last.
fn thinned(record: &Record) -> impl Iterator<Item = &EpochRecord> {
    let every = record.epochs.len().div_ceil(POINTS) as u64;
    let last = record.epochs.len() as u64;
    record.epochs.iter().filter(move |e| {
        (e.epoch - 1).is_multiple_of(every) || e.epoch == record.kept_epoch || e.epoch == last
    })
}

fn line(record: &Record, value: impl Fn(&EpochRecord) -> Option<f64>) -> Vec<(f64, f64)> {
    thinned(record).filter_map(|e| Some((e.epoch as f64, value(e)?))).collect()
}

fn epochs() -> Axis {
    Axis::new("epoch")
}

fn kept(record: &Record) -> Option<Item> {
    // Where the last epoch is kept there is nothing to mark.
    let name = format!("epoch {}, {}", record.kept_epoch, fate(record));
    (record.kept_epoch < record.epochs.len() as u64)
        .then(|| Item::upright(record.kept_epoch as f64, KEPT, &name))
}

fn loss(record: &Record) -> Picture {
    let marks = record.epochs.len() <= 12;
    let draw = |points, series, name: &str| match marks {
        true => Item::marked(points, series, name),
        false => Item::line(points, series, name),
    };
    let mut items: Vec<Item> = kept(record).into_iter().collect();
    items.push(draw(line(record, |e| Some(e.train_loss)), 0, "training"));
    let valid = line(record, |e| e.valid_loss);
    let (first, last) = (&record.epochs[0], &record.epochs[record.epochs.len() - 1]);
    let mut seen =
        format!("The training loss goes from {} to {}", number(first.train_loss), number(last.train_loss));
    if let Some((epoch, low)) = valid.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a }) {
        seen.push_str(&format!("; the validation loss is lowest, {}, after epoch {epoch}", number(low)));
        items.push(draw(valid, 1, "validation"));
    }
    seen.push('.');
    let figure = Figure::new("Loss", 1, vec![Panel::new("", epochs(), Axis::new("loss"), items)]);
    Picture::new("loss", figure.caption(seen))
}

fn of_score(record: &Record, score: &str) -> Option<Picture> {
    let points = line(record, |e| e.valid_score);
    let end = points.last()?.1;
    let best = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let seen = format!("On the validation rows: at best {}, at the end {}.", number(best), number(end));
    let mut items: Vec<Item> = kept(record).into_iter().collect();
    items.push(Item::line(points, 1, "validation"));
    let figure =
        Figure::new(&format!("Score: {score}"), 1, vec![Panel::new("", epochs(), Axis::new(score), items)]);
    Some(Picture::new("score-by-epoch", figure.caption(seen)))
}

/// Not drawn where it never changes.
fn rate(record: &Record) -> Option<Picture> {
    let (first, last) = (record.epochs.first()?.learning_rate, record.epochs.last()?.learning_rate);
    if record.epochs.iter().all(|e| e.learning_rate == first) {
        return None;
    }
    let items = vec![Item::line(line(record, |e| Some(e.learning_rate)), 0, "")];
    let figure = Figure::new("Learning rate", 1, vec![Panel::new("", epochs(), Axis::new("η"), items)]);
    let seen = format!("It goes from {} to {}.", number(first), number(last));
    Some(Picture::new("rate", figure.caption(seen)))
}

fn table(record: &Record, score: &str, classes: bool) -> Table {
    let last = record.epochs.len() as u64;
    let mut shown = vec![1, record.kept_epoch, last];
    shown.retain(|epoch| *epoch > 0);
    shown.dedup();
    let show = if classes { percent } else { number };
    let row = |e: &EpochRecord| {
        vec![
            Cell::Number(e.epoch as f64, e.epoch.to_string()),
            Cell::Number(e.train_loss, number(e.train_loss)),
            Cell::of(e.valid_loss, number),
            Cell::of(e.valid_score, show),
        ]
    };
    let caption = match shown.len() {
        3 => format!("The first epoch, the one that was {}, and the last", fate(record)),
        _ => "The first epoch and the last".into(),
    };
    let head = ["epoch", "training loss", "validation loss", &format!("validation {score}")];
    Table {
        caption,
        head: head.map(String::from).to_vec(),
        rows: record.epochs.iter().filter(|e| shown.contains(&e.epoch)).map(row).collect(),
    }
}
