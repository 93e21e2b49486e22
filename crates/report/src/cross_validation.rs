//! The report of a cross-validation.

use crate::origin::{self, Origin};
use crate::page::{Block, Cell, Page, Picture, Table};
use crate::sections::{self, classes, curves, data, residuals};
use crate::words::{counted, grouped, number, percent};
use feedforward_data::describe::Description;
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_selection::{CrossValidation, Fold};
use feedforward_training::metric::{Better, Kind};
use feedforward_training::{Evidence, Judgement, Metric};
use serde_json::json;

/// Folds that are drawn and listed one by one.
const FOLDS: usize = 50;
/// Epochs of a curve: of longer ones every second, third, … is drawn.
const POINTS: usize = 150;
/// The series of the mean.
const MEAN: usize = 1;

/// The report: `document` is what the verb prints with `--json`, `name` what the user called the data.
pub fn page(
    found: &CrossValidation,
    document: serde_json::Value,
    name: &str,
    description: &Description,
    origin: &Origin,
) -> Page {
    // As the table calls it: the user may have said its number.
    let named = description.target.as_ref().map(|t| description.columns[t.column].name.clone());
    let target = match (&found.ask.roles.target[..], named) {
        ([_], Some(name)) => name,
        (all, _) => all.join(", "),
    };
    let mut page = Page::new(format!("Predicting {target} from {name}, cross-validated"), document);
    page.lead = lead(found, name, &target);
    sections::warnings(&mut page, &found.notes);
    if let Some(first) = found.folds.first() {
        let main = main_metric(&first.judgement);
        score(&mut page, found, main);
        folds(&mut page, found, main);
        out_of_fold(&mut page, found);
    }
    data::add(&mut page, description, name);
    origin::add(&mut page, origin);
    page
}

fn main_metric(judgement: &Judgement) -> Metric {
    match judgement.kind() {
        Kind::Classes => Metric::Accuracy,
        Kind::Numbers => Metric::R2,
    }
}

/// As a metric is shown.
fn show(m: Metric) -> fn(f64) -> String {
    match m {
        Metric::R2 => |r2| if r2 < 0.0 { number(r2) } else { percent(r2) },
        _ if m.about().percent => percent,
        _ => number,
    }
}

fn lead(found: &CrossValidation, name: &str, target: &str) -> Vec<(String, String)> {
    let how = &found.how;
    let repeats = match how.repeats {
        1 => String::new(),
        n => format!(", {} over, divided anew each time", counted(n, "time")),
    };
    let mut done = format!(
        "The {} of `{name}` were divided into {}{repeats}. For each fold a network learned from the other rows and was \
         judged on those that were held back, so that every row is judged by a network that has not learned from it.",
        counted(found.rows, "row"),
        counted(how.folds, "fold")
    );
    if found.interrupted {
        done.push_str(" It was interrupted: only the folds that were done are here.");
    }
    let asked = format!(
        "How well a network like this says `{target}` of new rows, and how much that depends on chance."
    );
    let mut lead = vec![("Asked".into(), asked), ("Done".into(), done)];
    let main = found.folds.first().map(|f| main_metric(&f.judgement));
    if let Some((m, spread)) = main.and_then(|m| Some((m, found.scores.get(&m)?))) {
        let (title, show) = (m.about().title, show(m));
        let deviation = match spread.deviation {
            Some(d) => format!(", with a standard deviation of {} from fold to fold", show(d)),
            None => String::new(),
        };
        let verdict = match m == Metric::R2 && spread.mean < 0.0 {
            true => " That is worse than always saying the mean.",
            false => "",
        };
        let beat = found.baseline.as_ref().and_then(|b| {
            let (own, show) = (found.scores.get(&b.metric)?.mean, self::show(b.metric));
            let verdict = if b.metric.prefers(own, b.value) { "does" } else { "does not" };
            let (own, value, title) = (show(own), show(b.value), b.metric.about().title);
            Some(format!(" Its {title} of {own} must beat the {value} of {b}, and {verdict}."))
        });
        let beat = beat.unwrap_or_default();
        lead.push((
            "Found".into(),
            format!("The mean {title} is {}{deviation}.{verdict}{beat}", show(spread.mean)),
        ));
    }
    lead
}

fn score(page: &mut Page, found: &CrossValidation, main: Metric) {
    let Some(spread) = found.scores.get(&main) else { return };
    let kind = main.kind();
    let of = format!("{}, the mean over {}", main.about().title, counted(spread.values.len(), "fold"));
    let mut facts = Vec::new();
    if let Some(d) = spread.deviation {
        facts.push(("standard deviation over the folds".into(), Cell::Number(d, show(main)(d))));
    }
    if let Some(b) = &found.baseline {
        let show = show(b.metric);
        let what = format!("to beat: {b} ({})", b.metric.about().title);
        facts.push((what, Cell::Number(b.value, show(b.value))));
    }
    if let Some((low, high)) = found.intervals.get(&main) {
        facts.push(("95 % interval, low".into(), Cell::Number(*low, show(main)(*low))));
        facts.push(("95 % interval, high".into(), Cell::Number(*high, show(main)(*high))));
    }
    let row = |(m, s): (&Metric, &feedforward_selection::Spread)| {
        let show = show(*m);
        let interval = found.intervals.get(m);
        let lower = if m.about().better == Better::Lower { " (lower is better)" } else { "" };
        vec![
            Cell::text(format!("{}{lower}", m.about().title)),
            Cell::Number(s.mean, show(s.mean)),
            Cell::of(s.deviation, show),
            Cell::of(interval.map(|i| i.0), show),
            Cell::of(interval.map(|i| i.1), show),
        ]
    };
    let table = Table {
        caption: "All scores: mean, standard deviation over the folds, 95 % interval of the mean".into(),
        head: ["score", "mean", "±", "from", "to"].map(String::from).to_vec(),
        rows: found.scores.iter().filter(|(m, _)| m.kind() == kind).map(row).collect(),
    };
    let words = "Each score is computed fold by fold, and these are means over the folds. Further below, scores of all \
                 rows pooled differ from them. The standard deviation says how far folds lie apart. The interval is corrected for the rows that the \
                 folds' training parts share (Nadeau and Bengio, 2003); without that it would be too narrow.";
    let blocks = vec![
        Block::Score(Cell::Number(spread.mean, show(main)(spread.mean)), of),
        Block::Facts(facts),
        Block::Table(table),
        Block::Text(words.into()),
    ];
    page.section("score", "Score and its spread", blocks);
}

fn name(fold: &Fold, repeats: usize) -> String {
    if repeats > 1 { format!("{}.{}", fold.repeat, fold.fold) } else { fold.fold.to_string() }
}

fn folds(page: &mut Page, found: &CrossValidation, main: Metric) {
    let shown = &found.folds[..found.folds.len().min(FOLDS)];
    let row = |f: &Fold| {
        let count = |n: usize| Cell::Number(n as f64, grouped(n));
        vec![
            Cell::text(name(f, found.how.repeats)),
            count(f.train_rows + f.valid_rows),
            count(f.test_rows),
            Cell::Number(f.kept_epoch as f64, f.kept_epoch.to_string()),
            Cell::of(f.judgement.loss(), number),
            Cell::of(f.judgement.value(main), show(main)),
        ]
    };
    let given = shown.iter().map(|f| f.train_rows + f.valid_rows).collect::<Vec<_>>();
    page.keep("rows_of_folds", json!(given));
    let head = ["fold", "given rows", "judged on", "epoch", "loss", main.about().title];
    let caption = match found.folds.len() - shown.len() {
        0 => "The folds".to_string(),
        more => format!("The first {FOLDS} folds; {more} more are not shown"),
    };
    let table =
        Table { caption, head: head.map(String::from).to_vec(), rows: shown.iter().map(row).collect() };
    let mut pictures: Vec<Picture> = by_fold(found, shown, main).into_iter().collect();
    pictures.push(learning(shown));
    page.section("folds", "Fold by fold", vec![Block::Pictures(pictures), Block::Table(table)]);
}

fn by_fold(found: &CrossValidation, shown: &[Fold], main: Metric) -> Option<Picture> {
    let spread = found.scores.get(&main)?;
    let value = |(i, f): (usize, &Fold)| Some((f.judgement.value(main)?, i as f64));
    let points = shown.iter().enumerate().filter_map(value).collect();
    let (low, high) =
        spread.values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let items = vec![
        Item::points(points, 0, "fold"),
        Item::upright(spread.mean, MEAN, &format!("mean, {}", show(main)(spread.mean))),
    ];
    let names = shown.iter().map(|f| name(f, found.how.repeats));
    let panel = Panel::new("", Axis::new(main.about().title), Axis::named("fold", names).turned(), items);
    // Of both metrics more is better.
    let seen = format!("From {} in the worst fold to {} in the best.", show(main)(low), show(main)(high));
    let figure = Figure::new(&format!("{} of each fold", main.about().title), 1, vec![panel]).caption(seen);
    Some(Picture::new("by-fold", figure))
}

/// All folds' curves: one series for training, one for validation.
fn learning(shown: &[Fold]) -> Picture {
    let mut items = Vec::new();
    for (i, f) in shown.iter().enumerate() {
        let every = f.epochs.len().div_ceil(POINTS).max(1);
        let line = |value: &dyn Fn(&feedforward_training::EpochRecord) -> Option<f64>| -> Vec<(f64, f64)> {
            f.epochs.iter().step_by(every).filter_map(|e| Some((e.epoch as f64, value(e)?))).collect()
        };
        let once = |name: &'static str| if i == 0 { name } else { "" };
        items.push(Item::line(line(&|e| Some(e.train_loss)), 0, once("training")));
        let valid = line(&|e| e.valid_loss);
        if !valid.is_empty() {
            items.push(Item::line(valid, 1, once("validation")));
        }
    }
    let epochs = shown.iter().map(|f| f.epochs.len());
    let (least, most) = (epochs.clone().min().unwrap_or(0), epochs.max().unwrap_or(0));
    let seen = match least == most {
        true => format!("A line per fold; all learned for {}.", counted(most, "epoch")),
        false => format!("A line per fold; they learned for {least} to {most} epochs."),
    };
    let panel = Panel::new("", Axis::new("epoch"), Axis::new("loss"), items);
    Picture::new("learning-curves", Figure::new("Loss in all folds", 1, vec![panel]).caption(seen))
}

/// All rows of the first division, each as the network that has not learned from it says.
fn out_of_fold(page: &mut Page, found: &CrossValidation) {
    let Some(all) = found.out_of_fold(1) else { return };
    let judgement = all.evidence.judge(0.5);
    let before = page.sections.len();
    match (&all.evidence, &judgement) {
        (Evidence::Classes(e), Judgement::Classes(j)) => {
            classes::add(page, j);
            curves::add(page, e, j);
        }
        (Evidence::Numbers(e), _) => residuals::add(page, e),
        (Evidence::Classes(_), Judgement::Numbers(_)) => {}
    }
    let pooled = "Here the rows of all folds are pooled, each as the network says that has not learned from it: scores \
                  differ from the means over the folds above.";
    page.sections[before..].iter_mut().for_each(|s| s.blocks.insert(0, Block::Text(pooled.into())));
    page.keep("out_of_fold", json!(judgement));
}
