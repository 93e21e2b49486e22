//! What probabilities are worth: every threshold, and how far they can be believed.

use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::{number, percent};
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_training::ClassEvidence;
use feedforward_training::judgement::{ClassJudgement, labels};
use feedforward_training::metric::curve::{Calibration, ClassCurves};
use serde_json::json;

/// Points of a curve.
const POINTS: usize = 200;
/// Curves of more classes are not drawn, and of fewer the worst ones.
const CLASSES: usize = 30;
const SHOWN: usize = 4;
/// The series of a line to compare with, and of the threshold in use.
const COMPARE: usize = 5;
const IN_USE: usize = 4;
/// Columns that a class's name may take.
const NAME: usize = 20;

/// The section of curves.
pub(crate) fn add(page: &mut Page, e: &ClassEvidence, j: &ClassJudgement) {
    if j.confusion.total() == 0.0 || j.classes.len() > CLASSES {
        return;
    }
    let mut curves = e.curves(POINTS);
    let two = j.classes.len() == 2;
    let area = |c: &ClassCurves| c.roc.as_ref().map_or(2.0, |r| r.area);
    curves.sort_by(|a, b| area(a).total_cmp(&area(b)));
    let all = curves.len();
    curves.truncate(SHOWN);
    let which = match (two, all > SHOWN) {
        (true, _) => format!("`{}` against `{}`", j.classes[1], j.classes[0]),
        (false, false) => "each class against the rest".into(),
        (false, true) => format!("the {SHOWN} classes of {all} that are told worst from the rest"),
    };
    let calibration = e.calibration();
    let mut pictures: Vec<Picture> =
        [roc(&curves, j, &which), precision_recall(&curves, j, &which)].into_iter().flatten().collect();
    pictures.extend(calibration.as_ref().map(|c| reliability(c, two.then_some(&j.classes[1]))));
    let mut blocks = vec![Block::Pictures(pictures), Block::Table(areas(&curves, j))];
    if let [only] = &curves[..] {
        blocks.extend(thresholds(page, only, j).map(Block::Table));
    }
    page.keep("curves", json!({ "classes": curves, "calibration": calibration }));
    page.section("probabilities", "How far its probabilities can be believed", blocks);
}

fn names(curves: &[ClassCurves]) -> Vec<String> {
    labels(curves.iter().map(|c| c.class.as_str()), NAME)
}

fn points(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y.iter().copied()).collect()
}

fn share(label: &str) -> Axis {
    Axis::new(label).range(-0.02, 1.02)
}

/// Where the decisions of the judgement stand: false positive rate, recall, precision of the second of two classes.
fn in_use(j: &ClassJudgement) -> Option<(f64, f64, f64)> {
    let [first, second] = &j.per_class[..] else { return None };
    (first.support > 0.0).then(|| (j.confusion.at(0, 1) / first.support, second.recall, second.precision))
}

/// The threshold in use at its place, with lines to the axes.
fn marked(j: &ClassJudgement, x: f64, y: f64) -> [Item; 3] {
    let name = format!("threshold {}", number(j.threshold));
    [Item::upright(x, IN_USE, ""), Item::level(y, IN_USE, ""), Item::points(vec![(x, y)], IN_USE, &name)]
}

fn roc(curves: &[ClassCurves], j: &ClassJudgement, which: &str) -> Option<Picture> {
    let mut items = vec![Item::line(vec![(0.0, 0.0), (1.0, 1.0)], COMPARE, "by chance")];
    let all = curves.iter().zip(names(curves)).filter_map(|(c, name)| Some((c.roc.as_ref()?, name)));
    let all: Vec<_> = all.collect();
    let best = all.last()?.0.area;
    let worst = all.first()?.0.area;
    for (i, (c, name)) in all.iter().enumerate() {
        items.push(Item::line(points(&c.false_positive_rate, &c.recall), i, name));
    }
    items.extend(in_use(j).into_iter().flat_map(|(fpr, recall, _)| marked(j, fpr, recall)));
    let area = match all.len() {
        1 => format!("The area below the curve is {}", number(best)),
        _ => format!("The areas below the curves are {} to {}", number(worst), number(best)),
    };
    let seen = format!("{area} (1 is perfect, 0.5 is chance): {which}.");
    let (x, y) = (share("share of the rest that is taken for it"), share("share of the class that is found"));
    let panel = Panel::plane("", x, y, items);
    Some(Picture::new("roc", Figure::new("ROC curve", 1, vec![panel]).caption(seen)))
}

fn precision_recall(curves: &[ClassCurves], j: &ClassJudgement, which: &str) -> Option<Picture> {
    let all =
        curves.iter().zip(names(curves)).filter_map(|(c, name)| Some((c.precision_recall.as_ref()?, name)));
    let all: Vec<_> = all.collect();
    let mut items = Vec::new();
    for (i, (c, name)) in all.iter().enumerate() {
        // The precision of a recall holds from the recall before.
        items.push(Item::line(points(&c.recall, &c.precision), i, name));
    }
    items.extend(in_use(j).into_iter().flat_map(|(_, recall, precision)| marked(j, recall, precision)));
    let average = |c: &feedforward_training::metric::curve::PrecisionRecallCurve| number(c.average_precision);
    let seen = match &all[..] {
        [] => return None,
        [(c, _)] => format!(
            "Average precision {}; naming every row would have precision {}: {which}.",
            average(c),
            number(c.weight / (c.weight + c.rest))
        ),
        several => {
            let lowest = several.iter().map(|(c, _)| c.average_precision).fold(f64::INFINITY, f64::min);
            format!("The lowest average precision is {}: {which}.", number(lowest))
        }
    };
    let (x, y) =
        (share("recall: share of the class that is found"), share("precision: share that is named rightly"));
    let panel = Panel::plane("", x, y, items);
    Some(Picture::new(
        "precision-recall",
        Figure::new("Precision-recall curve", 1, vec![panel]).caption(seen),
    ))
}

fn reliability(c: &Calibration, class: Option<&String>) -> Picture {
    let items = vec![
        Item::line(vec![(0.0, 0.0), (1.0, 1.0)], COMPARE, "as sure as right"),
        Item::marked(points(&c.mean_probability, &c.share), 0, "model"),
    ];
    let of = class.map_or("the class that it says".into(), |class| format!("`{class}`"));
    let over = |(p, s): (&f64, &f64)| p - s;
    let lean: f64 =
        c.mean_probability.iter().zip(&c.share).map(over).zip(&c.weight).map(|(d, w)| d * w).sum();
    let lean = match class {
        Some(_) => "",
        None if lean > 0.0 => " On the whole it is surer than it is right.",
        None => " On the whole it is right more often than it is sure.",
    };
    let seen = format!(
        "Probabilities of {of}, in bins, beside the share that is so: {} apart on average (expected calibration \
         error).{lean}",
        percent(c.error)
    );
    let panel = Panel::plane("", share("probability that the model says"), share("share that is so"), items);
    Picture::new("calibration", Figure::new("Calibration", 1, vec![panel]).caption(seen))
}

fn areas(curves: &[ClassCurves], j: &ClassJudgement) -> Table {
    let row = |(c, name): (&ClassCurves, String)| {
        vec![
            Cell::text(format!("`{name}`")),
            Cell::of(c.roc.as_ref().map(|r| r.area), number),
            Cell::of(c.precision_recall.as_ref().map(|p| p.average_precision), number),
            Cell::of(c.calibration.as_ref().map(|c| c.error), percent),
        ]
    };
    let caption = match curves.len() < j.classes.len() && j.classes.len() > 2 {
        true => "Areas below the curves, and calibration error, of the classes that are told worst",
        false => "Areas below the curves, and calibration error",
    };
    Table {
        caption: caption.into(),
        head: ["class", "ROC AUC", "average precision", "calibration error"].map(String::from).to_vec(),
        rows: curves.iter().zip(names(curves)).map(row).collect(),
    }
}

/// What other thresholds would give, at about even steps of recall.
fn thresholds(page: &mut Page, curves: &ClassCurves, j: &ClassJudgement) -> Option<Table> {
    let c = curves.precision_recall.as_ref()?;
    let mut kept = Vec::new();
    for wanted in [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] {
        // The first point that reaches it: the highest threshold.
        let Some(i) = c.recall.iter().position(|r| *r >= wanted) else { continue };
        if let Some(threshold) =
            c.threshold[i].filter(|t| kept.last().is_none_or(|k: &(f64, f64, f64)| k.0 != *t))
        {
            kept.push((threshold, c.recall[i], c.precision[i]));
        }
    }
    let json = |(t, r, p): &(f64, f64, f64)| json!({ "threshold": t, "recall": r, "precision": p });
    page.keep("thresholds", kept.iter().map(json).collect());
    let row = |(t, r, p): (f64, f64, f64)| {
        vec![Cell::Number(t, format!("{t:.4}")), Cell::Number(r, percent(r)), Cell::Number(p, percent(p))]
    };
    (!kept.is_empty()).then(|| Table {
        caption: format!("What it would give to say `{}` from another probability upwards", j.classes[1]),
        head: ["threshold", "recall", "precision"].map(String::from).to_vec(),
        rows: kept.into_iter().map(row).collect(),
    })
}
