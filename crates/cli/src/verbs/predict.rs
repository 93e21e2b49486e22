//! `ff predict`.

use super::threshold;
use crate::args::{PartArg, Predict as Args};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::output::{self, Sink};
use crate::tell::tell;
use crate::words::counted;
use crate::{machine, overwrite, progress};
use csv::Writer;
use feedforward::data::prepare::Target;
use feedforward::training::metric::decide;
use feedforward::training::{Answers, Model, Theta, model_file};
use feedforward::{Error, Result};
use serde_json::{Map, Value, json};
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Predict the rows of a table.
pub(crate) fn run(args: &Args) -> Outcome {
    let machine = machine::machine(&args.threads)?;
    let model = model_file::load(Path::new(&args.model))?;
    check(args, &model)?;
    if args.out != "-" {
        let out = Path::new(&args.out);
        let settings = args.shared.config.as_deref().map(|c| ("the settings", c));
        let read = [("the model", &*args.model), ("the data", &*args.data)].into_iter().chain(settings);
        overwrite::none_of("the result", out, read)?;
        output::check_writable(out)?;
        overwrite::no_model(out)?;
    }
    let data = data::load(&args.data, &args.reading, PartArg::Test, Expect::by(&model), args.shared.quiet)?;
    let predicted = model.predict(data.table, args.unseen.into(), machine)?;
    progress::notes(&predicted.notes, args.shared.quiet);
    let lines = Lines {
        answers: &predicted.answers,
        threshold: args.threshold.unwrap_or(0.5),
        probability: args.probability,
        single: matches!(model.theta, Theta::F32(_)),
    };
    let rows = predicted.rows;
    if args.shared.json {
        let all: Vec<Value> = (0..rows).map(|r| lines.object(r)).collect();
        let text = output::to_json(&all)?;
        Sink::open(&args.out)?.fill(|out| writeln!(out, "{text}"))?;
    } else {
        Sink::open(&args.out)?.fill(|out| lines.write(out, rows))?;
    }
    if args.out != "-" && !args.shared.quiet {
        tell!("{} → {}", counted(rows, "prediction"), args.out);
    }
    Ok(ExitCode::SUCCESS)
}

/// Probabilities and thresholds are for classes.
fn check(args: &Args, model: &Model) -> Result<()> {
    let mut problems = Vec::new();
    if let Some(t) = args.threshold {
        let sound = threshold::check_share(t)
            .and_then(|()| threshold::check_model("--threshold", &args.model, model));
        problems.extend(sound.err());
    }
    if args.probability && matches!(model.preparation.target, Target::Numbers { .. }) {
        problems.push(threshold::misfit("--probability", &args.model, "it predicts numbers"));
    }
    Error::many(problems)
}

/// Predictions as lines of CSV or as objects of JSON.
struct Lines<'a> {
    answers: &'a Answers,
    threshold: f64,
    probability: bool,
    /// The network computes in f32: more than its digits would be noise.
    single: bool,
}

impl Lines<'_> {
    fn names(&self) -> Vec<String> {
        match self.answers {
            Answers::Classes { names, .. } if self.probability => {
                let p = names.iter().map(|n| format!("p({n})"));
                std::iter::once("prediction".to_string()).chain(p).collect()
            }
            Answers::Numbers { names, .. } if names.len() > 1 => names.clone(),
            _ => vec!["prediction".into()],
        }
    }

    fn shown(&self, p: f64) -> f64 {
        shown(p, self.single)
    }

    fn write(&self, out: &mut dyn io::Write, rows: usize) -> io::Result<()> {
        let mut csv = Writer::from_writer(out);
        csv.write_record(self.names())?;
        for row in 0..rows {
            match self.answers {
                Answers::Classes { names, probabilities } => {
                    let p = &probabilities[row * names.len()..(row + 1) * names.len()];
                    csv.write_field(&names[decide(p, self.threshold) as usize])?;
                    if self.probability {
                        p.iter().try_for_each(|p| csv.write_field(self.shown(*p).to_string()))?;
                    }
                }
                Answers::Numbers { names, values } => {
                    let values = &values[row * names.len()..(row + 1) * names.len()];
                    values.iter().try_for_each(|v| csv.write_field(v.to_string()))?;
                }
            }
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }

    fn object(&self, row: usize) -> Value {
        let values: Vec<Value> = match self.answers {
            Answers::Classes { names, probabilities } => {
                let p = &probabilities[row * names.len()..(row + 1) * names.len()];
                let class = json!(names[decide(p, self.threshold) as usize]);
                std::iter::once(class).chain(p.iter().map(|p| json!(self.shown(*p)))).collect()
            }
            Answers::Numbers { names, values } => {
                values[row * names.len()..(row + 1) * names.len()].iter().map(|v| json!(v)).collect()
            }
        };
        Value::Object(self.names().into_iter().zip(values).collect::<Map<_, _>>())
    }
}

/// A probability as it is written; `single`: the network computes in f32.
pub(super) fn shown(p: f64, single: bool) -> f64 {
    // The shortest text that names the f32, read as f64, is that text again.
    if single { (p as f32).to_string().parse().unwrap_or(p) } else { p }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lines: &Lines<'_>, rows: usize) -> String {
        let mut out = Vec::new();
        lines.write(&mut out, rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn classes_with_a_threshold_and_probabilities() {
        let answers = Answers::Classes {
            names: vec!["no".into(), "yes, it is".into()],
            probabilities: vec![0.25, 0.75, 0.5, 0.5],
        };
        let lines = Lines { answers: &answers, threshold: 0.6, probability: true, single: false };
        assert_eq!(
            written(&lines, 2),
            "prediction,p(no),\"p(yes, it is)\"\n\"yes, it is\",0.25,0.75\nno,0.5,0.5\n"
        );
        let lines = Lines { answers: &answers, threshold: 0.4, probability: false, single: false };
        assert_eq!(written(&lines, 2), "prediction\n\"yes, it is\"\n\"yes, it is\"\n");
        assert_eq!(lines.object(0), json!({ "prediction": "yes, it is" }));
    }

    #[test]
    fn probabilities_have_the_digits_of_the_network() {
        let third = f64::from(1.0_f32 / 3.0);
        let answers =
            Answers::Classes { names: vec!["a".into(), "b".into()], probabilities: vec![third, 1.0 - third] };
        let lines = Lines { answers: &answers, threshold: 0.5, probability: true, single: true };
        assert_eq!(written(&lines, 1), "prediction,p(a),p(b)\nb,0.33333334,0.6666666\n");
        assert_eq!(lines.object(0).to_string(), r#"{"p(a)":0.33333334,"p(b)":0.6666666,"prediction":"b"}"#);
        let double = Lines { single: false, ..lines };
        assert!(written(&double, 1).contains("0.3333333432674408,"));
    }

    #[test]
    fn several_numbers_have_their_own_names() {
        let answers = Answers::Numbers { names: vec!["a".into(), "b".into()], values: vec![1.5, -2.0] };
        let lines = Lines { answers: &answers, threshold: 0.5, probability: false, single: false };
        assert_eq!(written(&lines, 1), "a,b\n1.5,-2\n");
        assert_eq!(lines.object(0), json!({ "a": 1.5, "b": -2.0 }));
        let answers = Answers::Numbers { names: vec!["a".into()], values: vec![1.5] };
        assert_eq!(written(&Lines { answers: &answers, ..lines }, 1), "prediction\n1.5\n");
    }
}
