//! What a search found, and the files that say so.

use super::halving::Rung;
use super::point::Flag;
use super::request::{Judge, Search};
use super::space::Space;
use super::trial::{By, Outcome, Trial};
use feedforward_training::{Judgement, Metric};
use serde::{Deserialize, Serialize};
use toml::de::DeValue;

/// Every trial as a line of a table.
pub const TRIALS: &str = "trials.csv";
/// The trial that leaves to the program what varies; a grid has none.
pub const DEFAULT_TRIAL: usize = 1;
/// [`Tuning`] as JSON.
pub const TUNING: &str = "tune.json";
/// The winner's settings for `ff train --config`.
pub const BEST: &str = "best.toml";
/// The winner.
pub const MODEL: &str = "best.ff";
/// Its record, as `ff train` writes one: it counts that the test rows have judged it.
pub const RECORD: &str = "best.json";
/// The files of a finished search.
pub const RESULTS: [&str; 5] = [TRIALS, TUNING, BEST, MODEL, RECORD];

/// What a search found. It is the same however often the search was interrupted, and on any number of threads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tuning {
    /// `feedforward 0.1.0`.
    pub program: String,
    /// What the table was called.
    pub data: String,
    /// Rows that were trained on and chosen by.
    pub rows: usize,
    /// Their fingerprint.
    pub fingerprint: String,
    /// Rows that judged the winner alone.
    pub test_rows: usize,
    /// Their fingerprint.
    pub test_fingerprint: Option<String>,
    /// The seed.
    pub seed: u64,
    /// The order in which the space was gone through.
    pub search: Search,
    /// How a trial was judged.
    pub judge: Judge,
    /// By which number.
    pub by: By,
    /// Whether more of it is better.
    pub higher_is_better: bool,
    /// What varied.
    pub space: Space,
    /// Flags that all trials had.
    pub fixed: Vec<Flag>,
    /// Rounds of successive halving; none for the other searches.
    pub rungs: Vec<Rung>,
    /// All trials, rung after rung.
    pub trials: Vec<Trial>,
    /// The winner, trained again.
    pub winner: End,
}

/// The winner, trained again on every row that is no test row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Its trial.
    pub trial: usize,
    /// The rung on which it won.
    pub rung: usize,
    /// Its score there.
    pub score: f64,
    /// The flags of `ff train` that make the model again from the same rows.
    pub flags: Vec<Flag>,
    /// Epochs that it was trained for.
    pub epochs: u64,
    /// Units of the layers.
    pub shape: String,
    /// The fingerprint of its parameters.
    pub theta: String,
    /// Its judgement on the test rows, the only one.
    pub test: Option<Judgement>,
}

impl Tuning {
    /// The score of the program's own settings where the winner has its own; `None` of a grid, and if they failed.
    pub fn default_score(&self) -> Option<f64> {
        let own = |t: &&Trial| t.trial == DEFAULT_TRIAL && t.rung == self.winner.rung;
        self.trials.iter().find(own).filter(|_| self.search != Search::Grid)?.score()
    }

    /// Every trial as a line: number, rung, settings, score and what else is known; a failure's reason in the last
    /// column.
    pub fn csv(&self) -> String {
        let scored = |t: &Trial| match &t.outcome {
            Outcome::Scored(s) => Some(s.clone()),
            Outcome::Failed(_) => None,
        };
        let defined = |m: &&Metric| self.trials.iter().filter_map(scored).any(|s| s.scores.contains_key(m));
        let metrics: Vec<Metric> = Metric::ALL.iter().filter(defined).copied().collect();
        let names: Vec<&str> = self.space.settings.iter().map(|s| s.name.as_str()).collect();
        let mut head = vec!["trial", "rung"];
        head.extend(&names);
        head.extend(["score", "deviation", "kept_epoch", "shape", "loss"]);
        head.extend(metrics.iter().map(|m| m.name()));
        head.push("failed");
        let mut text = line(head.into_iter().map(String::from));
        for t in &self.trials {
            let mut cells = vec![t.trial.to_string(), t.rung.to_string()];
            cells.extend(names.iter().map(|name| t.settings.get(*name).cloned().unwrap_or_default()));
            let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
            let own = scored(t);
            let own = own.as_ref();
            cells.extend([number(own.map(|s| s.score)), number(own.and_then(|s| s.deviation))]);
            cells.push(own.map(|s| s.kept_epoch.to_string()).unwrap_or_default());
            cells.push(own.map(|s| s.shape.clone()).unwrap_or_default());
            cells.push(number(own.and_then(|s| s.loss)));
            cells.extend(metrics.iter().map(|m| number(own.and_then(|s| s.scores.get(m).copied()))));
            cells.push(match &t.outcome {
                Outcome::Scored(_) => String::new(),
                Outcome::Failed(why) => why.clone(),
            });
            text.push_str(&line(cells.into_iter()));
        }
        text
    }

    /// The winner's settings as a file for `ff train --config`.
    pub fn toml(&self) -> String {
        let End { trial, score, flags, .. } = &self.winner;
        let aside = if self.test_rows > 0 { ", test rows aside" } else { "" };
        let head = format!(
            "# Trial {trial}, {} {score}, trained again on {} rows of {:?}{aside}.\n",
            self.by, self.rows, self.data
        );
        let setting = |(name, value): &Flag| format!("{name} = {}\n", toml_value(value));
        head + &flags.iter().map(setting).collect::<String>()
    }
}

/// A number that TOML writes the same stays one; everything else is a text.
fn toml_value(text: &str) -> String {
    match DeValue::parse(text).map(|v| v.into_inner()) {
        Ok(DeValue::Integer(i)) if i.radix() == 10 && i.as_str() == text => text.into(),
        Ok(DeValue::Float(x)) if x.as_str() == text => text.into(),
        _ => toml::Value::from(text).to_string(),
    }
}

/// A line of CSV; fields with commas, quotes or line breaks are quoted.
fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = |cell: String| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    };
    cells.map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::trial::testing::trial;
    use super::*;

    fn tuning() -> Tuning {
        let flags =
            [("target", "y, or \"not\""), ("layers", ""), ("learning-rate", "1e-4"), ("validation", "0")];
        Tuning {
            program: "feedforward".into(),
            data: "a\nb.csv".into(),
            rows: 80,
            fingerprint: "00".into(),
            test_rows: 20,
            test_fingerprint: Some("01".into()),
            seed: 1,
            search: Search::Random,
            judge: Judge::Validation(0.2),
            by: By::Loss,
            higher_is_better: false,
            space: Space::parse("batch-size = [1, 2]", &["batch-size"]).unwrap(),
            fixed: Vec::new(),
            rungs: Vec::new(),
            trials: vec![trial(1, 1, Some(0.25)), trial(2, 1, None)],
            winner: End {
                trial: 1,
                rung: 1,
                score: 0.25,
                flags: flags.map(|(name, value)| (name.into(), value.into())).to_vec(),
                epochs: 7,
                shape: "2-9-1".into(),
                theta: "ff".into(),
                test: None,
            },
        }
    }

    #[test]
    fn trials_as_a_table() {
        let want = "trial,rung,batch-size,score,deviation,kept_epoch,shape,loss,accuracy,failed\n\
            1,1,1,0.25,,7,2-9-1,0.25,0.5,\n\
            2,1,2,,,,,,,\"it \"\"failed\"\", said\nthe plan\"\n";
        assert_eq!(tuning().csv(), want);
    }

    #[test]
    fn the_winner_as_settings() {
        let text = tuning().toml();
        let back: toml::Table = text.parse().unwrap();
        assert_eq!(back["target"].as_str(), Some("y, or \"not\""));
        assert_eq!(back["layers"].as_str(), Some(""));
        assert_eq!(back["learning-rate"].as_float(), Some(1e-4));
        assert_eq!(back["validation"].as_integer(), Some(0));
        assert!(text.starts_with(
            "# Trial 1, loss 0.25, trained again on 80 rows of \"a\\nb.csv\", test rows aside.\n"
        ));
    }
}
