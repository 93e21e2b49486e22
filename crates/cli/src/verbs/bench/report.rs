//! What `ff bench` says.

use super::data;
use super::machine::{self, Floors, Limits};
use super::measure::{Answers, LARGE, Timed, Times, quantile};
use crate::verbs::plan::size;
use crate::words::{counted, digits, grouped, rounded};
use feedforward::network::Plan;
use feedforward::training::Machine;
use serde_json::{Value, json};

/// Everything that was measured.
pub(crate) struct Report {
    pub(crate) plan: Plan,
    /// `f32` or `f64`.
    pub(crate) precision: &'static str,
    /// Bytes of a number.
    pub(crate) width: usize,
    pub(crate) machine: Machine,
    pub(crate) rows: usize,
    pub(crate) limits: Limits,
    /// Nothing if only prediction was measured.
    pub(crate) trained: Option<Times>,
    pub(crate) parts: Vec<Timed>,
    pub(crate) answers: Answers,
}

impl Report {
    fn floors(&self) -> Floors {
        self.limits.floors(&self.plan, self.width)
    }
    fn steps(&self) -> usize {
        self.rows.div_ceil(self.plan.batch())
    }
    /// Median, least and most of the samples per second.
    fn samples(&self, times: &Times) -> [f64; 3] {
        [0.5, 1.0, 0.0].map(|q| self.rows as f64 / quantile(times.seconds.clone(), q))
    }
    /// Seconds of a step in the median epoch.
    fn step(&self, times: &Times) -> f64 {
        quantile(times.seconds.clone(), 0.5) / self.steps() as f64
    }
    /// Floating-point operations per second of whole epochs.
    fn rate(&self, times: &Times) -> f64 {
        let per_row = self.plan.flops().total() as f64 / self.plan.batch() as f64;
        per_row * self.samples(times)[0]
    }
    fn data_bytes(&self) -> usize {
        // It fits the memory, as has been checked.
        data::bytes(self.plan.spec(), self.rows, self.width) as usize
    }
    /// Seconds that a part takes at least; nothing where no floor is known.
    fn floor_of(&self, part: &Timed) -> Option<f64> {
        let floor = self.limits.seconds_of_flops(part.flops).max(self.limits.seconds_of_bytes(part.bytes));
        (floor > 0.0).then_some(floor)
    }
}

/// Seconds as microseconds, with four digits that count.
fn us(seconds: f64) -> f64 {
    rounded(seconds * 1e6)
}

fn giga(rate: f64) -> f64 {
    rounded(rate * 1e-9)
}

impl Report {
    /// One document for scripts.
    pub(crate) fn to_json(&self) -> Value {
        let (plan, floors) = (&self.plan, self.floors());
        let bytes = plan.bytes(self.width);
        let mut value = json!({
            "machine": {
                "processor": machine::processor(),
                "arch": self.machine.arch.name(),
                "fma_gflops_1": giga(self.limits.flops_1),
                "fma_gflops": giga(self.limits.flops),
                "fma_gflops_used": giga(self.limits.flops_of_plan),
                "bandwidth_gb_s": giga(self.limits.bandwidth),
            },
            "shape": plan.spec().shape(),
            "parameters": plan.layout().parameters(),
            "precision": self.precision,
            "batch_size": plan.batch(),
            "threads": self.machine.threads,
            "threads_used": plan.threads(),
            "rows": self.rows,
            "flops": plan.flops().total(),
            "floors_us": floors.to_json(),
            "predict": self.predict_json(),
            "bytes": {
                "parameters": bytes.theta,
                "optimizer": bytes.slots,
                "gradient": bytes.gradient,
                "activations": bytes.activations,
                "data": self.data_bytes(),
                "total": bytes.total() + self.data_bytes(),
                "update": bytes.moved_by_update(),
            },
            "spec": plan.spec(),
        });
        if let (Some(times), Value::Object(map)) = (&self.trained, &mut value) {
            let [median, min, max] = self.samples(times);
            map.insert("epochs".into(), json!(times.seconds));
            map.insert("samples_per_s".into(), json!({ "median": median, "min": min, "max": max }));
            map.insert("step_us".into(), json!(us(self.step(times))));
            map.insert("gflops".into(), json!(giga(self.rate(times))));
            map.insert("times_floor".into(), json!(rounded(self.step(times) / floors.binding())));
            map.insert("loss".into(), json!(times.loss));
            map.insert("peak_bytes".into(), json!(times.peak_bytes));
            map.insert("parts".into(), self.parts.iter().map(|p| self.part_json(p)).collect());
        }
        value
    }
    fn predict_json(&self) -> Value {
        let Answers { one_row: [median, p99], rows_per_s: [batch, large] } = &self.answers;
        json!({
            "one_row_us": { "median": us(*median), "p99": us(*p99) },
            "rows_per_s": { "batch": rounded(*batch), LARGE.to_string(): rounded(*large) },
        })
    }
    fn part_json(&self, part: &Timed) -> Value {
        json!({
            "part": part.name,
            "layer": part.layer,
            "us": us(part.seconds),
            "gflops": (part.flops > 0).then(|| giga(part.flops as f64 / part.seconds)),
            "floor_us": self.floor_of(part).map(us),
        })
    }
}

impl Report {
    /// Some lines for people.
    pub(crate) fn to_text(&self) -> String {
        let (plan, limits) = (&self.plan, &self.limits);
        let mut lines = vec![format!(
            "machine       {}, {}, {}",
            machine::processor(),
            self.machine.arch.name(),
            counted(self.machine.threads, "thread")
        )];
        let team = match self.machine.threads {
            1 => String::new(),
            n => format!(", {} on {n}", digits(limits.flops * 1e-9)),
        };
        let held = plan.bytes(self.width);
        lines.push(format!(
            "peak          {} Gflop/s on 1 thread{team}; {} GB/s in the {} of parameters and optimizer",
            digits(limits.flops_1 * 1e-9),
            digits(limits.bandwidth * 1e-9),
            size(held.theta + held.slots),
        ));
        lines.push(format!(
            "network       {}, {}, {}; steps of {} on {}",
            plan.spec().shape(),
            counted(plan.layout().parameters(), "parameter"),
            self.precision,
            counted(plan.batch(), "row"),
            counted(plan.threads(), "thread"),
        ));
        if let Some(times) = &self.trained {
            self.training_lines(times, &mut lines);
        }
        self.prediction_lines(&mut lines);
        self.memory_line(&mut lines);
        lines.join("\n")
    }
    fn training_lines(&self, times: &Times, lines: &mut Vec<String>) {
        let [median, min, max] = self.samples(times).map(|s| grouped(s.round() as usize));
        let epochs = counted(times.seconds.len(), "epoch");
        lines.push(format!(
            "training      {median} rows/s ({min} to {max}) in {epochs} of {}",
            counted(self.rows, "row")
        ));
        let (floors, step) = (self.floors(), self.step(times));
        lines.push(format!(
            "one step      {} µs, {} Gflop/s: {} times its floor",
            digits(step * 1e6),
            digits(self.rate(times) * 1e-9),
            digits(step / floors.binding())
        ));
        lines.push(floors.to_text());
        lines.push(format!("loss          {:.4} in the last epoch", times.loss));
        lines.push(format!("\n{}\n", self.table()));
    }
    /// A line for each part of a step, all layers together.
    fn table(&self) -> String {
        let mut parts: Vec<(Timed, f64)> = Vec::new();
        for part in &self.parts {
            let floor = self.floor_of(part).unwrap_or(0.0);
            match parts.iter_mut().find(|(p, _)| p.name == part.name) {
                Some((sum, floors)) => {
                    sum.seconds += part.seconds;
                    sum.flops += part.flops;
                    *floors += floor;
                }
                None => parts.push((part.clone(), floor)),
            }
        }
        let whole: f64 = parts.iter().map(|(p, _)| p.seconds).sum();
        let mut text = String::from("part of a step         µs  share  Gflop/s  of peak   floor µs");
        for (part, floor) in parts {
            let rate = part.flops as f64 / part.seconds;
            let (rate, of_peak) = match part.flops {
                0 => (String::new(), String::new()),
                _ => (digits(rate * 1e-9), format!("{:.0} %", 100.0 * rate / self.limits.flops_of_plan)),
            };
            let floor = if floor > 0.0 { digits(floor * 1e6) } else { String::new() };
            let (time, share) = (digits(part.seconds * 1e6), 100.0 * part.seconds / whole);
            let line =
                format!("{:<15} {time:>9} {share:>4.0} % {rate:>8} {of_peak:>8} {floor:>10}", part.name);
            text.push('\n');
            text.push_str(line.trim_end());
        }
        text
    }
    fn prediction_lines(&self, lines: &mut Vec<String>) {
        let Answers { one_row: [median, p99], rows_per_s: [batch, large] } = &self.answers;
        lines.push(format!(
            "prediction    one row {} µs (99 % below {} µs)",
            digits(median * 1e6),
            digits(p99 * 1e6)
        ));
        let rate = |r: &f64| grouped(r.round() as usize);
        lines.push(format!(
            "              {} rows/s in batches of {}, {} in batches of {}",
            rate(batch),
            grouped(self.plan.batch()),
            rate(large),
            grouped(LARGE)
        ));
    }
    fn memory_line(&self, lines: &mut Vec<String>) {
        let (bytes, data) = (self.plan.bytes(self.width), self.data_bytes());
        let held = self.trained.as_ref().and_then(|t| t.peak_bytes);
        let held = held.map_or(String::new(), |n| format!("; the process held {} at most", size(n)));
        lines.push(format!(
            "memory        {} planned: network {}, data {}{held}",
            size(bytes.total() + data),
            size(bytes.total()),
            size(data)
        ));
    }
}
