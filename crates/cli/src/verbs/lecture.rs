//! `ff lecture`.

use crate::args::{ActionArg, Lecture as Args};
use crate::failure::Outcome;
use crate::{output, picture};
use feedforward::lab::lecture::{self, Check, Context, Report};
use feedforward::{Error, ErrorKind};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// List the parts, or run one or all of them.
pub(crate) fn run(args: &Args) -> Outcome {
    match (args.action, args.id.as_deref()) {
        (ActionArg::List, None) => list(args),
        (ActionArg::List, Some(id)) => {
            Err(Error::bad_value("the part", id, "left out after `list`").hint("put `run` before it").into())
        }
        (ActionArg::Run, None) => {
            let what = "S01 to S69, or `all`".to_string();
            let e = Error::new(ErrorKind::NotGiven { name: "the part".into(), what });
            Err(e.hint("`ff lecture list` shows them").into())
        }
        (ActionArg::Run, Some("all")) => all(args),
        (ActionArg::Run, Some(id)) => one(args, id),
    }
}

fn list(args: &Args) -> Outcome {
    let list = lecture::list()?;
    if args.shared.json {
        let each = |(id, case): &(&str, lecture::Case)| json!({ "id": id, "what": case.what, "deck": case.deck, "at": case.at, "errata": case.errata });
        output::print_json(&list.iter().map(each).collect::<Value>())?;
    } else {
        let line =
            |(id, case): &(&str, lecture::Case)| format!("{id}  {} | {} | {}", case.what, case.deck, case.at);
        output::print(&list.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn context(args: &Args) -> Context<'_> {
    Context { data: args.data.as_deref().map(Path::new) }
}

fn one(args: &Args, id: &str) -> Outcome {
    if let Some(path) = &args.output {
        picture::check(path)?;
    }
    let report = lecture::run(id, &context(args))?;
    match (&report.figure, &args.output) {
        (Some(figure), Some(path)) => picture::write(figure, path)?,
        (None, Some(path)) => {
            let why = "this part has no picture".to_string();
            let (one, other) = (format!("-o {path}"), report.id.clone());
            return Err(Error::new(ErrorKind::Conflict { one, other, why }).into());
        }
        _ => {}
    }
    if args.shared.json {
        output::print_json(&to_json(&report))?;
    } else {
        output::print(&to_text(&report))?;
    }
    Ok(verdict(report.holds()))
}

fn all(args: &Args) -> Outcome {
    if let Some(path) = &args.output {
        return Err(Error::bad_value("-o", path, "left out for `all`").hint("name one part").into());
    }
    let (mut lines, mut values, mut off) = (Vec::new(), Vec::new(), 0);
    for id in lecture::ids() {
        let report = lecture::run(id, &context(args))?;
        let decks = report.checks.iter().filter(|c| c.deck_holds == Some(false)).count();
        let decks = match decks {
            0 => String::new(),
            n => format!(", {n} where the deck is off"),
        };
        let word = if report.holds() { "ok " } else { "OFF" };
        off += usize::from(!report.holds());
        lines.push(format!("{id}  {word}  {} ({} values{decks})", report.what, report.checks.len()));
        values.push(to_json(&report));
    }
    if args.shared.json {
        output::print_json(&values)?;
    } else {
        lines.push(format!("{} of {} parts are as they must be", lines.len() - off, lines.len()));
        output::print(&lines.join("\n"))?;
    }
    Ok(verdict(off == 0))
}

fn verdict(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn to_json(report: &Report) -> Value {
    let mut value = json!(report);
    value["holds"] = report.holds().into();
    value["picture"] = report.figure.is_some().into();
    value
}

/// The report as text: each value with what it must be, and the deck's print below it.
fn to_text(report: &Report) -> String {
    let mut text = format!("{}  {}\n{}\n", report.id, report.what, report.deck);
    for check in &report.checks {
        text.push_str(&line(check));
    }
    for (number, misprint) in &report.errata {
        let (deck, printed, correct) = (&misprint.deck, &misprint.printed, &misprint.correct);
        text.push_str(&format!("\n{number}  {deck} print: {printed}\n     right: {correct}"));
    }
    for note in &report.notes {
        text.push_str(&format!("\n{note}"));
    }
    if report.figure.is_some() {
        text.push_str("\na picture of it: add `-o picture.svg`");
    }
    text.push_str(&format!("\nwhere: {}", report.at));
    text
}

fn line(check: &Check) -> String {
    let word = if check.holds { "ok " } else { "OFF" };
    let mut line = format!("\n{word}  {}\n     ours   {}\n", check.name, check.ours);
    if !check.holds {
        line.push_str(&format!("     wanted {}\n", check.want));
    } else if check.want.starts_with("at ") {
        line.push_str(&format!("     asked  {}\n", check.want));
    }
    if let Some(deck) = &check.deck {
        let verdict = match (check.deck_holds, &check.erratum) {
            (Some(false), Some(number)) => format!("   off: {number}"),
            (Some(false), None) => "   off".into(),
            _ => String::new(),
        };
        line.push_str(&format!("     deck   {deck}{verdict}\n"));
    }
    line
}
