//! The report of a search for settings.

use crate::origin::{self, Origin};
use crate::page::{Block, Cell, Page, Picture, Table};
use crate::sections::{Part, classes, score};
use crate::words::{counted, grouped, number, percent};
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_selection::tune::tuning::DEFAULT_TRIAL;
use feedforward_selection::tune::{By, Domain, Outcome, Scored, Setting, Trial, Tuning};
use feedforward_training::Judgement;
use serde_json::Value;

/// Trials that are listed: the best.
const TRIALS: usize = 40;
/// Characters of a value at an axis.
const VALUE: usize = 16;
/// Series of all trials and of the best so far.
const BEST: usize = 1;

/// The report: `document` is what the verb prints with `--json`, `name` what the user called the data.
pub fn page(tuning: &Tuning, document: Value, name: &str, origin: &Origin) -> Page {
    let mut page = Page::new(format!("The settings that do best on {name}"), document);
    page.lead = lead(tuning, name);
    if let Some(judgement) = &tuning.winner.test {
        score::add(&mut page, judgement, None, Part::Test);
        if let Judgement::Classes(j) = judgement {
            classes::add(&mut page, j);
        }
    }
    winner(&mut page, tuning);
    trials(&mut page, tuning);
    origin::add(&mut page, origin);
    page
}

/// As the number is shown by which trials are compared.
fn show(by: By) -> fn(f64) -> String {
    match by {
        By::Metric(m) if m.about().percent => percent,
        _ => number,
    }
}

/// Its name in a sentence.
fn title(by: By) -> &'static str {
    match by {
        By::Metric(m) => m.about().title,
        By::Loss => "loss",
    }
}

fn scored(trial: &Trial) -> Option<&Scored> {
    match &trial.outcome {
        Outcome::Scored(s) => Some(s),
        Outcome::Failed(_) => None,
    }
}

fn lead(tuning: &Tuning, name: &str) -> Vec<(String, String)> {
    let (by, end) = (tuning.by, &tuning.winner);
    let names: Vec<String> = tuning.space.settings.iter().map(|s| format!("`{}`", s.name)).collect();
    let test = match tuning.test_rows {
        0 => "No rows were set aside, so nothing says how good it is on rows that had no say.".into(),
        n => format!(
            "{} that no trial learned from judged the winner alone, once in this search.",
            counted(n, "test row")
        ),
    };
    let done = format!(
        "{} ({} search) were judged on rows of `{name}` that they had not learned from, by their {}. The winner was \
         trained again on {} for {}. {test}",
        counted(tuning.trials.len(), "trial"),
        tuning.search.name(),
        title(by),
        match tuning.test_rows {
            0 => format!("all {}", counted(tuning.rows, "row")),
            _ => format!("all rows but the test rows, {},", grouped(tuning.rows)),
        },
        counted(end.epochs as usize, "epoch"),
    );
    let mut found = format!("Trial {} did best: {} {}.", end.trial, title(by), show(by)(end.score));
    match tuning.default_score() {
        Some(_) if end.trial == DEFAULT_TRIAL => found.push_str(" These are the default settings."),
        Some(score) => found.push_str(&format!(" The default settings had {}.", show(by)(score))),
        None => {}
    }
    found
        .push_str(" It was chosen as the best of many, so this number flatters it; the test rows' does not.");
    let mut lead = vec![
        ("Asked".into(), format!("Which {} do best on `{name}`.", names.join(", "))),
        ("Done".into(), done),
        ("Found".into(), found),
    ];
    let tested = tuning.winner.test.as_ref().and_then(score::found);
    lead.extend(tested.map(|t| ("On the test rows".into(), t)));
    lead
}

fn winner(page: &mut Page, tuning: &Tuning) {
    let end = &tuning.winner;
    let mut facts: Vec<(String, Cell)> = vec![
        (format!("{} in the search", title(tuning.by)), Cell::Number(end.score, show(tuning.by)(end.score))),
        ("layers".into(), Cell::text(&end.shape)),
    ];
    facts.extend(
        end.flags.iter().map(|(name, value)| (format!("`--{name}`"), Cell::text(format!("`{value}`")))),
    );
    page.section("winner", "The winner's settings", vec![Block::Facts(facts)]);
}

fn trials(page: &mut Page, tuning: &Tuning) {
    let mut pictures: Vec<Picture> = history(tuning).into_iter().collect();
    pictures.extend(tuning.space.settings.iter().enumerate().filter_map(|(i, s)| by_setting(tuning, i, s)));
    let mut blocks = Vec::new();
    if !tuning.rungs.is_empty() {
        let row = |(i, r): (usize, &feedforward_selection::tune::halving::Rung)| {
            vec![
                Cell::text((i + 1).to_string()),
                Cell::Number(r.trials as f64, r.trials.to_string()),
                Cell::Number(r.epochs as f64, r.epochs.to_string()),
            ]
        };
        let head = ["rung", "trials", "epochs at most"].map(String::from).to_vec();
        let caption = "Successive halving: ever fewer trials, trained for ever longer".into();
        blocks.push(Block::Table(Table {
            caption,
            head,
            rows: tuning.rungs.iter().enumerate().map(row).collect(),
        }));
    }
    if !pictures.is_empty() {
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::Table(table(tuning)));
    let failed: Vec<String> = tuning
        .trials
        .iter()
        .filter_map(|t| match &t.outcome {
            Outcome::Failed(why) => {
                Some(format!("Trial {}: {}", t.trial, why.lines().next().unwrap_or_default()))
            }
            Outcome::Scored(_) => None,
        })
        .collect();
    if !failed.is_empty() {
        blocks.push(Block::Text(format!("{} could not be trained.", counted(failed.len(), "trial"))));
        blocks.push(Block::Warnings(failed.into_iter().take(5).collect()));
    }
    page.section("trials", "All trials", blocks);
}

/// Every trial's score, and the best so far.
fn history(tuning: &Tuning) -> Option<Picture> {
    let points: Vec<(f64, f64)> =
        (1..).zip(&tuning.trials).filter_map(|(i, t)| Some((f64::from(i), scored(t)?.score))).collect();
    let mut best = Vec::new();
    for &(i, score) in &points {
        let so_far = best.last().map(|b: &(f64, f64)| b.1);
        best.push((i, so_far.filter(|b| !tuning.by.prefers(score, *b)).unwrap_or(score)));
    }
    let (first, last) = (points.first()?.1, best.last()?.1);
    let seen = format!(
        "The first trial had {}, the best so far ends at {}.",
        show(tuning.by)(first),
        show(tuning.by)(last)
    );
    let items = vec![Item::points(points, 0, "trial"), Item::steps(best, BEST, "best so far")];
    let panel = Panel::new("", Axis::new("trial, in order"), Axis::new(title(tuning.by)), items);
    Some(Picture::new("history", Figure::new("Trial by trial", 1, vec![panel]).caption(seen)))
}

/// The score against one setting.
fn by_setting(tuning: &Tuning, i: usize, setting: &Setting) -> Option<Picture> {
    let all: Vec<(&str, f64)> = tuning
        .trials
        .iter()
        .filter_map(|t| Some((t.settings.get(&setting.name)?.as_str(), scored(t)?.score)))
        .collect();
    let score = Axis::new(title(tuning.by));
    let (panel, numbers): (Panel, bool) = match &setting.domain {
        Domain::Range(range) => {
            let points = all.iter().filter_map(|(v, s)| Some((v.parse().ok()?, *s))).collect();
            let x = Axis::new(&setting.name);
            let x = if range.log { x.log(10) } else { x };
            (Panel::new("", x, score, vec![Item::points(points, 0, "")]), true)
        }
        Domain::OneOf(values) => {
            let place = |v: &str| values.iter().position(|o| o == v).map(|p| p as f64);
            let points = all.iter().filter_map(|(v, s)| Some((*s, place(v)?))).collect();
            let short = values.iter().map(String::as_str);
            let names = feedforward_training::judgement::labels(short, VALUE);
            let y = Axis::named(&setting.name, names).turned();
            (Panel::new("", score, y, vec![Item::points(points, 0, "")]), false)
        }
    };
    let one = matches!(&setting.domain, Domain::OneOf(values) if values.len() < 2);
    if all.is_empty() || one {
        return None;
    }
    let best = &tuning.winner.trial;
    let chosen =
        tuning.trials.iter().find(|t| t.trial == *best).and_then(|t| t.settings.get(&setting.name))?;
    let seen = format!(
        "A point per trial{}; the winner has `{chosen}`.",
        if numbers { "" } else { ", a line of points per value" }
    );
    let figure = Figure::new(&format!("{} against `{}`", title(tuning.by), setting.name), 1, vec![panel]);
    Some(Picture::new(format!("setting-{}", i + 1), figure.caption(seen)))
}

fn table(tuning: &Tuning) -> Table {
    let mut all: Vec<(&Trial, &Scored)> =
        tuning.trials.iter().filter_map(|t| Some((t, scored(t)?))).collect();
    // The sort is stable: of equal trials the first comes first.
    all.sort_by(|a, b| match tuning.higher_is_better {
        true => b.1.score.total_cmp(&a.1.score),
        false => a.1.score.total_cmp(&b.1.score),
    });
    // A trial of a later rung was trained for longer.
    all.sort_by_key(|(t, _)| std::cmp::Reverse(t.rung));
    let more = all.len().saturating_sub(TRIALS);
    all.truncate(TRIALS);
    let halving = !tuning.rungs.is_empty();
    let settings = &tuning.space.settings;
    let row = |(t, s): &(&Trial, &Scored)| {
        let mut row = vec![Cell::text(t.trial.to_string())];
        if halving {
            row.push(Cell::text(t.rung.to_string()));
        }
        row.push(Cell::Number(s.score, show(tuning.by)(s.score)));
        row.push(Cell::of(s.deviation, show(tuning.by)));
        row.push(Cell::Number(s.kept_epoch as f64, s.kept_epoch.to_string()));
        row.extend(settings.iter().map(|x| Cell::text(t.settings.get(&x.name).map_or("", String::as_str))));
        row
    };
    let mut head = vec!["trial".to_string()];
    if halving {
        head.push("rung".into());
    }
    head.extend([title(tuning.by).to_string(), "±".into(), "epoch".into()]);
    head.extend(settings.iter().map(|s| format!("`{}`", s.name)));
    let caption = match more {
        0 => "Best first".to_string(),
        n => format!("The best {TRIALS}; {n} more are in the search's folder"),
    };
    Table { caption, head, rows: all.iter().map(row).collect() }
}
