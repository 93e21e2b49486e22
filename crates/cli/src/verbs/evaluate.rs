//! `ff evaluate`.

use super::threshold::{self, Choice};
use crate::args::{Evaluate as Args, PartArg};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::{machine, output, progress, report, used};
use feedforward::data::prepare::Target;
use feedforward::training::ledger::Entry;
use feedforward::training::metric::Metric;
use feedforward::training::metric::threshold::Wish;
use feedforward::training::{Evidence, Judged, Judgement, Model, fingerprint, model_file};
use feedforward::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Points of a curve in JSON, at most.
const POINTS: usize = 200;

/// Judge a model on a table; the checks come after the report.
pub(crate) fn run(args: &Args) -> Outcome {
    let machine = machine::machine(&args.threads)?;
    let wanted: Vec<Metric> = parse_all(&args.metrics, |m| m.trim().parse())?;
    let checks = checks(args)?;
    let wish: Option<Wish> = args.choose_threshold.as_deref().map(str::parse).transpose()?;
    if let Some(path) = &args.report.report {
        report::check(path, [("the data", &*args.data), ("the model", &*args.model)])?;
    }
    let model = model_file::load(Path::new(&args.model))?;
    check(args, &model)?;
    let data = data::load(&args.data, &args.reading, PartArg::Test, Expect::by(&model), args.shared.quiet)?;
    let (name, rows) = (data.table.name.clone(), fingerprint::of_table(&data.table)?);
    let kept = args.report.report.as_ref().map(|path| (path, data.table.clone()));
    let threshold = args.threshold.unwrap_or(0.5);
    let mut judged = model.evaluate(data.table, threshold, args.unseen.into(), machine)?;
    progress::notes(&judged.notes, args.shared.quiet);
    let choice = wish.map(|wish| Choice::make(wish, &mut judged)).transpose()?;
    let judgement = &judged.judgement;
    // A metric of the other kind is a slip; better now than an empty line.
    for metric in wanted.iter().chain(checks.iter().map(|c| &c.metric)) {
        check_kind(*metric, judgement)?;
    }
    let entry = Entry::new(rows, &name, &model.theta, judgement);
    // Rows that choose a threshold validate; they are no test that is used up.
    let (used_before, used) = match &choice {
        Some(_) => (None, used::learned_from(&model.record, &entry).into_iter().collect()),
        None => used::enter(Path::new(&args.model), &model.record, entry),
    };
    progress::notes(&used, args.shared.quiet);
    let notes: Vec<String> = judged.notes.iter().map(ToString::to_string).chain(used).collect();
    let found = Found { judged: &judged, choice, wanted: &wanted };
    let mut document = found.to_json(&checks, (&notes, used_before));
    if let Some((path, table)) = kept {
        let chosen = found.choice.as_ref().map(|_| threshold::FLATTER.to_string());
        let notes = notes.into_iter().chain(chosen).collect();
        let page = report::judged(&model, &judged, (&args.data, &table), (document.clone(), notes), machine)?;
        report::write(&page, path)?;
    }
    if args.shared.json {
        if let (true, Evidence::Classes(e)) = (args.curves, &judged.evidence) {
            document["curves"] = json!(e.curves(POINTS));
        }
        output::print_json(&document)?;
    } else {
        output::print(found.to_text(args).trim_end())?;
    }
    let failed = checks.iter().filter_map(|c| c.run(judgement).err()).collect();
    Error::many(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the flags fit the model.
fn check(args: &Args, model: &Model) -> Result<()> {
    if let Some(t) = args.threshold {
        threshold::check_share(t)?;
        threshold::check_model("--threshold", &args.model, model)?;
    }
    if args.choose_threshold.is_some() {
        threshold::check_model("--choose-threshold", &args.model, model)?;
    }
    if args.curves && matches!(model.preparation.target, Target::Numbers { .. }) {
        return Err(threshold::misfit("--curves", &args.model, "it predicts numbers"));
    }
    Ok(())
}

/// What is to be told.
struct Found<'a> {
    judged: &'a Judged,
    choice: Option<Choice>,
    wanted: &'a [Metric],
}

impl Found<'_> {
    fn to_json(&self, checks: &[Check], (notes, used_before): (&[String], Option<usize>)) -> Value {
        let judgement = &self.judged.judgement;
        let values = self.wanted.iter().map(|m| (m.name().to_string(), json!(judgement.value(*m))));
        let mut document = json!({
            "judgement": judgement,
            "metrics": values.collect::<Map<String, Value>>(),
            "checks": checks.iter().map(|c| c.to_json(judgement)).collect::<Vec<Value>>(),
            "notes": notes,
            "used_before": used_before,
        });
        if let Some(choice) = &self.choice {
            document["choice"] = choice.to_json();
        }
        document
    }

    fn to_text(&self, args: &Args) -> String {
        let width = self.wanted.iter().map(|m| m.name().len()).max().unwrap_or(0);
        let line =
            |m: &Metric| format!("{:<width$}  {}", m.name(), value_text(self.judged.judgement.value(*m)));
        let metrics = self.wanted.iter().map(line).collect::<Vec<_>>().join("\n");
        match &self.choice {
            Some(choice) => {
                let text = choice.to_text(&args.model, &args.reading.text.again());
                if metrics.is_empty() { text } else { format!("{metrics}\n\n{text}") }
            }
            None if metrics.is_empty() => self.judged.judgement.to_string(),
            None => metrics,
        }
    }
}

/// `--min` or `--max` of one metric.
struct Check {
    metric: Metric,
    bound: f64,
    least: bool,
}

impl Check {
    fn parse(flag: &str, text: &str) -> Result<Check> {
        let form = || Error::bad_value(flag, text, "of the form `accuracy=0.97`");
        let (name, bound) = text.split_once('=').ok_or_else(form)?;
        let metric = name.trim().parse()?;
        let bound: f64 = bound.trim().parse().map_err(|_| form())?;
        if !bound.is_finite() {
            return Err(form());
        }
        Ok(Check { metric, bound, least: flag == "--min" })
    }

    fn holds(&self, judgement: &Judgement) -> bool {
        judgement
            .value(self.metric)
            .is_some_and(|v| if self.least { v >= self.bound } else { v <= self.bound })
    }

    fn want(&self) -> String {
        format!("at {} {}", if self.least { "least" } else { "most" }, self.bound)
    }

    fn run(&self, judgement: &Judgement) -> Result<()> {
        if self.holds(judgement) {
            return Ok(());
        }
        let value = value_text(judgement.value(self.metric));
        Err(Error::new(ErrorKind::CheckFailed { what: self.metric.name().into(), value, want: self.want() }))
    }

    fn to_json(&self, judgement: &Judgement) -> Value {
        json!({
            "metric": self.metric.name(),
            "value": judgement.value(self.metric),
            "want": self.want(),
            "holds": self.holds(judgement),
        })
    }
}

fn checks(args: &Args) -> Result<Vec<Check>> {
    let flagged = args.min.iter().map(|t| ("--min", t)).chain(args.max.iter().map(|t| ("--max", t)));
    parse_all(&flagged.collect::<Vec<_>>(), |(flag, text)| Check::parse(flag, text))
}

/// Parse everything, and report all problems together.
fn parse_all<A, T>(all: &[A], parse: impl Fn(&A) -> Result<T>) -> Result<Vec<T>> {
    let mut problems = Vec::new();
    let parsed = all.iter().filter_map(|a| parse(a).map_err(|e| problems.push(e)).ok()).collect();
    Error::many(problems)?;
    Ok(parsed)
}

fn check_kind(metric: Metric, judgement: &Judgement) -> Result<()> {
    if metric.kind() == judgement.kind() {
        return Ok(());
    }
    let known = Metric::of_kind(judgement.kind()).map(|m| m.name());
    Err(Error::unknown("metric of this kind of target called", metric.name(), known))
}

/// A value, or the words for one that is not defined on these rows.
fn value_text(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".into(), |v| v.to_string())
}
