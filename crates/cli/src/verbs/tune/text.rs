//! A search in words.

use crate::args::Text;
use crate::words::{counted, cut, grouped, quoted};
use feedforward::selection::tune::tuning::{BEST, DEFAULT_TRIAL, MODEL, TRIALS};
use feedforward::selection::tune::{
    Domain, Flag, Judge, Outcome, Parts, Planned, Request, Scored, Search, Setting, Trial, Tuning,
};
use serde_json::{Value, json};
use std::path::Path;

/// Trials that the table shows.
const SHOWN: usize = 10;
/// Trials that a plan shows.
const FIRST: usize = 3;

/// Flags behind a command: ` --layers=8,8 --epochs=3`.
pub(super) fn flags(flags: &[Flag]) -> String {
    flags.iter().map(|(name, value)| format!(" --{name}={}", quoted(value))).collect()
}

/// What would be done.
pub(super) fn plan(data: &str, request: &Request<'_>, planned: &Planned, parts: &Parts) -> String {
    let chosen = &planned.chosen;
    let rows = match request.judge {
        Judge::Validation(_) => {
            format!("{} to train, {} to judge trials", counted(chosen.train_rows, "row"), chosen.valid_rows)
        }
        Judge::Folds(k) => format!("{} in {k} folds", counted(parts.rest.rows, "row")),
    };
    let test = parts.test.as_ref().map_or(0, |t| t.rows);
    let total = planned.points.len();
    let mut lines = vec![
        format!("data      {data}: {rows}, {test} to judge the winner"),
        format!("search    {}, {}, judged by {}", request.search.name(), counted(total, "trial"), request.by),
    ];
    for (i, rung) in planned.rungs.iter().enumerate() {
        let (trials, epochs) = (counted(rung.trials, "trial"), counted(rung.epochs as usize, "epoch"));
        lines.push(format!("rung {}    {trials} of at most {epochs}", i + 1));
    }
    lines.push("space".into());
    lines.extend(request.space.settings.iter().map(|s| format!("  {:<16}{}", s.name, domain(s))));
    lines.push(match test {
        0 => "trials".into(),
        _ => "trials, on the rows that do not judge the winner".into(),
    });
    let epochs = planned.rungs.first().map(|r| r.epochs);
    let command = |point: &Vec<String>| {
        let all = request.flags(&request.own_flags(point, epochs));
        format!("  ff train {}{}", quoted(data), flags(&all))
    };
    lines.extend(planned.points.iter().take(FIRST).map(command));
    if total > FIRST {
        lines.push(format!("  … and {} more", total - FIRST));
    }
    lines.join("\n")
}

fn domain(setting: &Setting) -> String {
    match &setting.domain {
        Domain::OneOf(all) => all.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(" | "),
        Domain::Range(r) => {
            let log = if r.log { ", by factors" } else { "" };
            let whole = if r.integer { ", whole" } else { "" };
            format!("{} to {}{log}{whole}", r.low, r.high)
        }
    }
}

/// What would be done, as JSON.
pub(super) fn plan_json(request: &Request<'_>, planned: &Planned, parts: &Parts) -> Value {
    let epochs = planned.rungs.first().map(|r| r.epochs);
    let trial = |point: &Vec<String>| json!(request.flags(&request.own_flags(point, epochs)));
    json!({
        "rows": parts.rest.rows,
        "test_rows": parts.test.as_ref().map_or(0, |t| t.rows),
        "train_rows": planned.chosen.train_rows,
        "valid_rows": planned.chosen.valid_rows,
        "search": request.search,
        "judge": request.judge,
        "by": request.by,
        "seed": request.seed,
        "space": request.space,
        "rungs": planned.rungs,
        "trials": planned.points.iter().map(trial).collect::<Vec<_>>(),
    })
}

/// Where a search was made, and how its data is read.
pub(super) struct Context<'a> {
    /// The data as it was named.
    pub(super) data: &'a str,
    /// Whether the test rows are some of it.
    pub(super) shared: bool,
    /// Where the results are.
    pub(super) folder: &'a Path,
    /// How its text is read.
    pub(super) reading: &'a Text,
}

/// What was found; `again` if it had been found before.
pub(super) fn found(tuning: &Tuning, again: bool) -> String {
    let ranked = Trial::ranked(&tuning.trials, tuning.by);
    let scored: Vec<(&Trial, &Scored)> = ranked
        .into_iter()
        .filter_map(|t| match &t.outcome {
            Outcome::Scored(s) => Some((t, s)),
            Outcome::Failed(_) => None,
        })
        .collect();
    let shown = scored.len().min(SHOWN);
    let mut text = format!(
        "The best {shown} of {}, by {}:\n{}",
        counted(tuning.trials.len(), "trial"),
        tuning.by,
        table(tuning, &scored[..shown])
    );
    let failed: Vec<&Trial> = tuning.trials.iter().filter(|t| t.failure().is_some()).collect();
    if let Some(first) = failed.first() {
        let why = first.failure().unwrap_or_default().lines().next().unwrap_or_default();
        text.push_str(&format!("{} failed; trial {}: {why}\n", counted(failed.len(), "trial"), first.trial));
    }
    let end = &tuning.winner;
    text.push_str(&match tuning.default_score() {
        Some(_) if end.trial == DEFAULT_TRIAL => "\nNothing did better than the default settings.\n".into(),
        Some(score) => format!("\nThe default settings, trial {DEFAULT_TRIAL}, had {score:.4}.\n"),
        None => String::new(),
    });
    text.push_str(&format!(
        "\nTrial {} was trained again on {} for {}: {}\n",
        end.trial,
        match tuning.test_rows {
            0 => format!("all {}", counted(tuning.rows, "row")),
            _ => format!("all rows but the test rows, {},", grouped(tuning.rows)),
        },
        counted(end.epochs as usize, "epoch"),
        end.shape,
    ));
    match &end.test {
        Some(judgement) => {
            let once = if again { "; this search had ended before, they were not used again" } else { "" };
            text.push_str(&format!(
                "\nOn the test rows, judged once by this search{once}:\n{}\n",
                judgement.to_string().trim_end()
            ));
        }
        None => text.push_str("It was not judged: there are no test rows.\n"),
    }
    text
}

/// What to try next.
pub(super) fn next(context: &Context<'_>) -> Vec<String> {
    let file = |name: &str| quoted(&context.folder.join(name).display().to_string());
    let again = context.reading.again();
    let aside = if context.shared { "   # learns from the test rows, too" } else { "" };
    vec![
        format!("ff predict {} NEW_DATA{again} -o predictions.csv", file(MODEL)),
        format!("ff train {}{again} --config {}{aside}", quoted(context.data), file(BEST)),
    ]
}

/// Where the results are, and, unless it is to be quiet, what to try next.
pub(super) fn files(context: &Context<'_>, quiet: bool) -> String {
    let file = |name: &str| context.folder.join(name).display().to_string();
    let mut text =
        format!("\nmodel     {}\nsettings  {}\ntrials    {}", file(MODEL), file(BEST), file(TRIALS));
    if !quiet {
        text.push_str(&format!("\n\nNext:\n  {}", next(context).join("\n  ")));
    }
    text
}

/// The best trials, a line each.
fn table(tuning: &Tuning, trials: &[(&Trial, &Scored)]) -> String {
    let names: Vec<&str> = tuning.space.settings.iter().map(|s| s.name.as_str()).collect();
    let halving = tuning.search == Search::Halving;
    let folds = matches!(tuning.judge, Judge::Folds(_));
    let mut head = vec!["trial".to_string()];
    head.extend(halving.then(|| "rung".to_string()));
    head.push(tuning.by.to_string());
    head.extend(folds.then(|| "±".to_string()));
    head.push("epoch".into());
    head.extend(names.iter().map(|name| name.to_string()));
    let mut lines = vec![head];
    for (trial, scored) in trials {
        let mut line = vec![trial.trial.to_string()];
        line.extend(halving.then(|| trial.rung.to_string()));
        line.push(format!("{:.4}", scored.score));
        line.extend(folds.then(|| scored.deviation.map(|d| format!("{d:.4}")).unwrap_or_default()));
        line.push(scored.kept_epoch.to_string());
        let value = |name: &&str| quoted(trial.settings.get(*name).map_or("", String::as_str));
        let values: Vec<String> = names.iter().map(value).collect();
        line.extend(cut(values.iter().map(String::as_str)));
        lines.push(line);
    }
    let width = |c: usize| lines.iter().map(|l| l[c].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).map(|(cell, &w)| format!("{cell:>w$}"));
        cells.collect::<Vec<_>>().join("  ") + "\n"
    };
    lines.iter().map(line).collect()
}
