//! `--memory`: a table larger than it is trained on, judged and predicted with the same bits.

use crate::common::Folder;
use std::fmt::Write;
use std::process::Command;

/// 100,000 rows of 60 numbers that f32 does not hold, and a category: 49 MB of cells, 25 MB of inputs.
fn large() -> String {
    let mut csv = (0..60).map(|c| format!("x{c},")).collect::<String>() + "y,kind\n";
    for r in 0..100_000_u32 {
        let x = |c: u32| 70_000 + (r.wrapping_mul(2_654_435_761).wrapping_add(c * 40_503) >> 12) % 1_000;
        (0..60).for_each(|c| write!(csv, "{}.3,", x(c)).unwrap());
        writeln!(csv, "{},{}", (x(3) + x(5)) as f64 / 4.0, ["a", "b", ""][r as usize % 3]).unwrap();
    }
    csv
}

/// `ff` with these arguments where the system gives its data so many MiB and no more.
fn ff_within(folder: &Folder, mebibytes: u32, line: &str) -> (bool, String) {
    let limited = format!("ulimit -d {} && exec \"$0\" {line}", mebibytes << 10);
    let ff = snapbox::cmd::cargo_bin!("ff");
    let out =
        Command::new("sh").args(["-c", &limited]).arg(ff).current_dir(folder.path(".")).output().unwrap();
    (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
}

#[test]
#[cfg(target_os = "linux")]
fn a_table_larger_than_the_memory_is_trained_on_with_the_same_bits() {
    let folder = Folder::with(&[]);
    folder.write("large.csv", large());
    let train = "train large.csv --target y --layers 8 --epochs 1 --batch-size 64 --seed 3 --threads 1 -q";
    folder.ok(&format!("{train} -o whole.ff"));
    let (fits, said) = ff_within(&folder, 64, &format!("{train} -o none.ff"));
    assert!(!fits && said.contains("memory allocation"), "without the flag it takes more: {said}");
    let (fits, said) = ff_within(&folder, 64, &format!("{train} --memory 64M -o limited.ff"));
    assert!(fits, "{said}");
    let diff = folder.ok("diff whole.ff limited.ff");
    assert_eq!(diff, "the two are the same model, with the same record\n");
    for (verb, least) in [("evaluate", 64), ("predict", 64)] {
        let line = |model: &str| format!("{verb} {model} large.csv -q --threads 1");
        let whole = folder.ok(&line("whole.ff"));
        let (fits, said) =
            ff_within(&folder, least, &format!("{} --memory 64M > {verb}.txt", line("whole.ff")));
        assert!(fits, "{verb}: {said}");
        assert_eq!(String::from_utf8(folder.read(&format!("{verb}.txt"))).unwrap(), whole);
    }
    folder.ok("split large.csv --ratio 80/20 -o whole -q");
    let (fits, said) = ff_within(&folder, 64, "split large.csv --ratio 80/20 -o limited -q --memory 64M");
    assert!(fits, "{said}");
    for part in ["train.csv", "test.csv"] {
        assert!(folder.read(&format!("whole/{part}")) == folder.read(&format!("limited/{part}")), "{part}");
    }
    let left: Vec<String> = folder.files().into_iter().filter(|f| f.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What runs side by side shares the limit.
#[test]
#[cfg(target_os = "linux")]
fn folds_and_trials_share_the_memory() {
    let folder = Folder::with(&[]);
    folder.write("large.csv", large());
    folder.write("space.toml", "learning-rate = [0.01, 0.001]\n");
    let settings = "--target y --layers 8 --epochs 1 --batch-size 256 --threads 2 -q";
    let judge = format!("cross-validate large.csv --folds 2 {settings}");
    let whole = folder.ok(&judge);
    let (fits, said) = ff_within(&folder, 96, &judge);
    assert!(!fits && said.contains("memory allocation"), "without the flag it takes more: {said}");
    let (fits, said) = ff_within(&folder, 96, &format!("{judge} --memory 96M > limited.txt"));
    assert!(fits, "{said}");
    assert_eq!(String::from_utf8(folder.read("limited.txt")).unwrap(), whole);
    let search = format!("tune large.csv --space space.toml --search grid {settings}");
    folder.ok(&format!("{search} -o whole"));
    let (fits, said) = ff_within(&folder, 96, &format!("{search} -o limited --memory 96M"));
    assert!(fits, "{said}");
    assert!(folder.read("whole/best.ff") == folder.read("limited/best.ff"), "another model");
}

#[test]
fn sizes_and_folders_that_cannot_be() {
    let folder = Folder::with(&[]);
    let said = |line: &str, code: i32| {
        let assert = folder.ff(line).assert().code(code);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let e = said("train moons --memory lots", 2);
    assert!(e.contains("'lots' for '--memory <SIZE>': write a number of bytes, such as 256M or 2G"), "{e}");
    let e = said("train moons --memory 1M", 2);
    assert!(e.contains("give 32M or more"), "{e}");
    folder.write("t.csv", large());
    let e = said("train t.csv --target y --memory 48M --scratch no/such", 3);
    assert!(e.contains("cannot make a file for rows: ") && e.contains("at: no/such"), "{e}");
    let e = said("train t.csv --target y --memory 32M", 2);
    assert!(e.contains("the memory that this takes is `") && e.contains("hint: pass --memory "), "{e}");
}
