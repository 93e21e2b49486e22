//! `ff evaluate`.

use crate::args::{Evaluate as Args, PartArg};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::{machine, output, progress, report, used};
use feedforward::training::ledger::Entry;
use feedforward::training::metric::Metric;
use feedforward::training::{Judgement, fingerprint, model_file};
use feedforward::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Judge a model on a table; the checks come after the report.
pub(crate) fn run(args: &Args) -> Outcome {
    let machine = machine::machine(&args.threads)?;
    let wanted: Vec<Metric> = parse_all(&args.metrics, |m| m.trim().parse())?;
    let checks = checks(args)?;
    let threshold = args.threshold.unwrap_or(0.5);
    if !(0.0..=1.0).contains(&threshold) {
        return Err(Error::bad_value("--threshold", threshold, "between 0 and 1").into());
    }
    if let Some(path) = &args.report.report {
        report::check(path, [("the data", &*args.data), ("the model", &*args.model)])?;
    }
    let model = model_file::load(Path::new(&args.model))?;
    let data = data::load(&args.data, &args.reading, PartArg::Test, Expect::by(&model), args.shared.quiet)?;
    let (name, rows) = (data.table.name.clone(), fingerprint::of_table(&data.table));
    let kept = args.report.report.as_ref().map(|path| (path, data.table.clone()));
    let judged = model.evaluate(data.table, threshold, args.unseen.into(), machine)?;
    progress::notes(&judged.notes, args.shared.quiet);
    let judgement = &judged.judgement;
    // A metric of the other kind is a slip; better now than an empty line.
    for metric in wanted.iter().chain(checks.iter().map(|c| &c.metric)) {
        check_kind(*metric, judgement)?;
    }
    let entry = Entry::new(rows, &name, &model.theta, judgement);
    let (used_before, used) = used::enter(Path::new(&args.model), entry);
    progress::notes(&used, args.shared.quiet);
    let notes: Vec<String> = judged.notes.iter().map(ToString::to_string).chain(used).collect();
    let document = document(judgement, &wanted, &checks, (&notes, used_before));
    if let Some((path, table)) = kept {
        let page = report::judged(&model, &judged, (&args.data, &table), (document.clone(), notes), machine)?;
        report::write(&page, path)?;
    }
    if args.shared.json {
        output::print_json(&document)?;
    } else if wanted.is_empty() {
        output::print(judgement.to_string().trim_end())?;
    } else {
        let width = wanted.iter().map(|m| m.name().len()).max().unwrap_or(0);
        let line = |m: &Metric| format!("{:<width$}  {}", m.name(), value_text(judgement.value(*m)));
        output::print(&wanted.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    let failed = checks.iter().filter_map(|c| c.run(judgement).err()).collect();
    Error::many(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Everything about the judgement, as JSON.
fn document(
    judgement: &Judgement,
    wanted: &[Metric],
    checks: &[Check],
    (notes, used_before): (&[String], Option<usize>),
) -> Value {
    let values = wanted.iter().map(|m| (m.name().to_string(), json!(judgement.value(*m))));
    let values: Map<String, Value> = values.collect();
    let checks: Vec<Value> = checks.iter().map(|c| c.to_json(judgement)).collect();
    json!({ "judgement": judgement, "metrics": values, "checks": checks, "notes": notes, "used_before": used_before })
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
