//! `ff bench`: what it says, not how fast it was.

use crate::common::Folder;
use serde_json::Value;
use snapbox::str;

/// A number above 0.
fn positive(value: &Value) -> f64 {
    value.as_f64().filter(|x| *x > 0.0).unwrap_or_else(|| panic!("{value} is not above 0"))
}

#[test]
fn training_and_prediction_as_json() {
    let folder = Folder::with(&[]);
    let value =
        folder.json("bench --layers 6-8-3 --rows 203 --batch-size 20 --epochs 3 --threads 2 --learning-rate 0.05 -q --json");
    assert_eq!(folder.files(), [""; 0], "nothing is written");
    for (key, want) in
        [("rows", 203), ("batch_size", 20), ("threads", 2), ("threads_used", 1), ("parameters", 83)]
    {
        assert_eq!(value[key], want, "{key}");
    }
    assert_eq!(value["shape"], "6-8-3");
    let machine = &value["machine"];
    for key in ["fma_gflops_1", "fma_gflops", "fma_gflops_used", "bandwidth_gb_s"] {
        positive(&machine[key]);
    }
    let epochs: Vec<f64> = value["epochs"].as_array().unwrap().iter().map(positive).collect();
    assert_eq!(epochs.len(), 3);
    let [min, median, max] = ["min", "median", "max"].map(|key| positive(&value["samples_per_s"][key]));
    assert!(min <= median && median <= max);
    let slowest = epochs.iter().copied().fold(0.0, f64::max);
    assert!(
        (203.0 / slowest / min - 1.0).abs() < 1e-9,
        "the slowest epoch has the fewest samples per second"
    );
    // Eleven steps: the last one has three rows.
    let mut sorted = epochs.clone();
    sorted.sort_by(f64::total_cmp);
    assert!((positive(&value["step_us"]) / (sorted[1] / 11.0 * 1e6) - 1.0).abs() < 1e-3);
    let floors = ["flops", "memory"].map(|key| positive(&value["floors_us"][key]));
    let binding = if floors[0] >= floors[1] { "flops" } else { "memory" };
    assert_eq!(value["floors_us"]["binding"], binding);
    for key in ["one_row_us", "rows_per_s"] {
        value["predict"][key].as_object().unwrap().values().for_each(|x| _ = positive(x));
    }
    assert_eq!(value["bytes"]["update"], 2 * 3 * 4 * 83, "three numbers per parameter, read and written");
    assert_eq!(value["bytes"]["data"], 203 * (6 + 1) * 4);
    let loss = positive(&value["loss"]);
    assert!(loss < 1.09, "it learns: {loss} is below ln 3");
}

#[test]
fn the_parts_of_a_step() {
    let folder = Folder::with(&[]);
    let parts = |flags: &str| -> Vec<(String, Option<u64>, Option<f64>)> {
        let value = folder.json(&format!("bench --layers 6-8-3 --rows 64 --epochs 1 -q --json {flags}"));
        let each = |p: &Value| {
            assert!(p["us"].as_f64().unwrap() >= 0.0, "{p}");
            (p["part"].as_str().unwrap().to_string(), p["layer"].as_u64(), p["floor_us"].as_f64())
        };
        value["parts"].as_array().unwrap().iter().map(each).collect()
    };
    let fused = parts("");
    let names: Vec<String> = fused
        .iter()
        .map(|(name, l, _)| format!("{name}{}", l.map_or(String::new(), |l| format!(" {l}"))))
        .collect();
    let step = "shuffle, gather, forward 1, forward 2, loss, pull_back 2, weight_gradient 2, bias_gradient 2, \
                weight_gradient 1, bias_gradient 1";
    assert_eq!(names.join(", "), step);
    for (name, _, floor) in &fused {
        assert_eq!(floor.is_none(), ["shuffle", "gather", "loss"].contains(&name.as_str()), "{name}");
    }
    let unfused = parts("--clip-norm 1");
    let last: Vec<&str> = unfused[10..].iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(last, ["clip", "update"]);
}

#[test]
fn every_kind_of_network() {
    let folder = Folder::with(&[]);
    for flags in [
        "3-4-1 --loss binary_cross_entropy --optimizer sgd --activation tanh",
        "3-4-2 --loss binary_cross_entropy --dropout 0.2",
        "3-4-2 --loss squared_error --output sigmoid --precision f64",
        "3-5 --optimizer momentum --learning-rate 0.01 --label-smoothing 0.1",
        "5-4-1 --schedule cosine:0.1 --weight-decay 0.01",
    ] {
        let value = folder.json(&format!("bench --layers {flags} --rows 100 --epochs 1 -q --json"));
        assert!(value["loss"].as_f64().unwrap().is_finite(), "{flags}");
    }
}

#[test]
fn prediction_alone() {
    let folder = Folder::with(&[]);
    let value = folder.json("bench --layers 6-8-3 --rows 50 --predict-only -q --json");
    positive(&value["predict"]["rows_per_s"]["1024"]);
    assert!(value.get("epochs").is_none() && value.get("parts").is_none(), "{value:#}");
    let text = folder.ok("bench --layers 6-8-3 --rows 50 --predict-only -q");
    assert!(!text.contains("training") && text.contains("\nprediction    one row "), "{text}");
}

#[test]
fn lines_for_people() {
    let folder = Folder::with(&[]);
    let said = folder.ff("bench --layers 6-8-3 --rows 100 --epochs 2 --threads 1").assert().success();
    said.stdout_eq(str![[r#"
machine       [..], 1 thread
peak          [..] Gflop/s on 1 thread; [..] GB/s in the 996 B of parameters and optimizer
network       6-8-3, 83 parameters, f32; steps of 32 rows on 1 thread
training      [..] rows/s ([..] to [..]) in 2 epochs of 100 rows
one step      [..] µs, [..] Gflop/s: [..] times its floor
floors        operations [..] µs, memory [..] µs: [..]
loss          [..] in the last epoch

part of a step         µs  share  Gflop/s  of peak   floor µs
shuffle         [..] %
gather          [..] %
forward         [..] % [..] % [..]
loss            [..] %
pull_back       [..] % [..] % [..]
weight_gradient [..] % [..] % [..]
bias_gradient   [..] % [..]

prediction    one row [..] µs (99 % below [..] µs)
              [..] rows/s in batches of 32, [..] in batches of 1,024
memory        [..] planned: network [..], data 2.7 KiB[..]

"#]])
        .stderr_eq(str![[r#"
measuring the machine
training on 100 random rows: one epoch to warm up, 2 timed epochs
predicting

"#]]);
}

/// The peak of training is what the plan says, and the program itself.
#[test]
#[cfg(target_os = "linux")]
fn training_holds_the_memory_that_is_planned() {
    let folder = Folder::with(&[]);
    let value = folder.json("bench --layers 2000-64-10 --rows 8000 --epochs 1 -q --json");
    let (planned, held) = (value["bytes"]["total"].as_u64().unwrap(), value["peak_bytes"].as_u64().unwrap());
    assert!(planned > 60 << 20, "{planned}");
    assert!(held < planned + (16 << 20), "{held} bytes were held, {planned} planned");
}

#[test]
fn what_cannot_be_measured() {
    let folder = Folder::with(&[]);
    let said = folder.ff("bench --layers 4-2 --rows 0 --epochs 0").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: 2 problems
  - --epochs is `0`; it must be at least 1
  - --rows is `0`; it must be a whole number from 1 to 4294967295

"#]]);
    folder.ff("bench --layers 4").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: --layers is `4`; it must be two or more whole numbers of 1 or more such as `784-512-10`

"#]]);
    let said = folder.ff("bench --layers 1000000-1000000-10").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: the memory that the network and its data take is `11176.0 GiB`; it must be no more than this machine gives
hint: take fewer units, a smaller --batch-size or fewer --rows

"#]]);
    folder.ff("bench --layers 4-2 --rows many").assert().code(2).stderr_eq(str![[r#"
error: --rows is `many`; it must be a whole number of 0 or more

"#]]);
}

#[test]
fn the_floors_of_a_plan() {
    let folder = Folder::with(&[]);
    let value = folder.json("plan --layers 6-8-3 --floors --json");
    let _ = ["flops", "memory"].map(|key| positive(&value["floors_us"][key]));
    let text = folder.ok("plan --layers 6-8-3 --floors");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("floors        operations ") && last.contains("µs, memory "), "{text}");
}
