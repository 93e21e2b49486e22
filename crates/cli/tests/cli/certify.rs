//! Certificates hold anywhere, and one bit of anything is named.

use crate::common::Folder;
use feedforward::kernels::Arch;
use feedforward::training::{Theta, model_file};

const TRAIN: &str = "train t.csv --target y --layers 150,80 --epochs 3 --validation 0.2 -q";

/// 90 rows of three columns.
fn table() -> String {
    let row = |i: u32| {
        format!("{},{},{}\n", i * i % 61, f64::from(i * 7 % 23) / 8.0, if i % 5 < 2 { "yes" } else { "no" })
    };
    format!("a,b,y\n{}", (0..90).map(row).collect::<String>())
}

fn trained() -> Folder {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder.ok(&format!("{TRAIN} -o m.ff"));
    folder
}

/// What `ff verify` says of a difference, without what it was about.
fn named(folder: &Folder, line: &str) -> String {
    let assert = folder.ff(line).assert().code(1);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_certificate_holds_on_any_threads_and_instructions_and_in_another_folder() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    // Large enough for a team: 72 · (2 · 300 + 300 · 200 + 200) · 6 flops a step.
    let train = TRAIN.replace("150,80", "300,200");
    folder.ok(&format!("{train} --batch-size 72 --run r --threads 2"));
    let same = "verified: the same bits after each of 3 epochs, and in the end\n";
    let away = Folder::with(&[]);
    away.write("other name.csv", table());
    for name in ["model.ff", "model.json"] {
        away.write(name, folder.read(&format!("r/{name}")));
    }
    for arch in Arch::available() {
        for threads in ["1", "2", "3", "7"] {
            let verify = ["verify", "model.ff", "--data", "other name.csv", "-q", "--threads", threads];
            let assert = away.run(verify).env("FEEDFORWARD_ARCH", arch.name()).assert().success();
            assert_eq!(assert.get_output().stdout, same.as_bytes(), "{}, {threads} threads", arch.name());
        }
    }
    assert_eq!(folder.ok("verify r -q --threads 1"), same);
}

#[test]
fn one_bit_of_the_data_is_named() {
    let folder = trained();
    let mut bytes = folder.read("t.csv");
    // The characters of the digits 0 and 1, 2 and 3, … differ in one bit.
    let at = bytes.iter().rposition(|b| b.is_ascii_digit()).unwrap();
    bytes[at] ^= 1;
    folder.write("other.csv", &bytes);
    let said = "not verified: the data: these are other rows than the certified ones\n";
    assert_eq!(named(&folder, "verify m.ff --data other.csv -q"), said);
    folder.ok(&format!("{} -o other.ff", TRAIN.replace("t.csv", "other.csv")));
    assert!(folder.ok("diff m.ff other.ff").contains("\ndata          other rows\n"));
    // The same bit, back again.
    bytes[at] ^= 1;
    folder.write("other.csv", &bytes);
    assert!(folder.ok("verify m.ff --data other.csv -q").starts_with("verified: "));
}

#[test]
fn one_bit_of_the_data_of_a_run_is_named() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder.ok(&format!("{TRAIN} --run r"));
    assert!(folder.ok("verify r -q").starts_with("verified: "));
    let text = String::from_utf8(folder.read("t.csv")).unwrap();
    folder.write("t.csv", text.replacen("\n1,", "\n3,", 1));
    let said =
        "not verified: the data: these are other rows than the certified ones; other values stand in `a`\n";
    assert_eq!(named(&folder, "verify r -q"), said);
}

#[test]
fn one_option_is_named() {
    let folder = trained();
    let record = String::from_utf8(folder.read("m.json")).unwrap();
    let certificate = record.find("\"certificate\"").unwrap();
    let (before, after) = record.split_at(certificate);
    for (from, to, said) in [
        (
            "\"learning_rate\": 0.001",
            "\"learning_rate\": 0.002",
            "learning_rate: 0.002 is certified, and 0.001 is asked",
        ),
        ("\"seed\": 0", "\"seed\": 1", "seed: 1 is certified, and 0 is asked"),
        ("\"beta1\": 0.9", "\"beta1\": 0.8", "optimizer.beta1: 0.8 is certified, and 0.9 is asked"),
    ] {
        // The first is the request's: an epoch's record is no part of a certificate.
        assert!(after.contains(from), "{from}: {after}");
        folder.write("m.json", format!("{before}{}", after.replacen(from, to, 1)));
        assert_eq!(
            named(&folder, "verify m.ff --data t.csv -q"),
            format!("not verified: the option {said}\n")
        );
    }
    folder.ok(&format!("{TRAIN} --learning-rate 0.002 -o other.ff"));
    let said = folder.ok("diff m.ff other.ff");
    assert!(said.contains("option        learning_rate: 0.001 | 0.002\n"), "{said}");
    assert!(said.contains("epochs        other parameters from the first epoch on\n"), "{said}");
}

#[test]
fn one_bit_of_a_weight_is_named() {
    let folder = trained();
    let mut model = model_file::load(&folder.path("m.ff")).unwrap();
    let Theta::F32(theta) = &mut model.theta else { panic!("f32") };
    let last = theta.last_mut().unwrap();
    *last = f32::from_bits(last.to_bits() ^ 1);
    model_file::save(&model, &folder.path("other.ff")).unwrap();
    folder.write("other.json", folder.read("m.json"));
    let said = named(&folder, "verify other.ff --data t.csv -q");
    let begin = "not verified: the parameters of the file are not those of the training: in layer 3, the bias of unit 1 is ";
    assert!(said.starts_with(begin) && said.contains(" and not "), "{said}");
    let said = folder.ok("diff m.ff other.ff");
    assert!(
        said.contains("layer 1       the same parameters\nlayer 2       the same parameters\n"),
        "{said}"
    );
    assert!(said.contains("layer 3       1 of 81 numbers differ, most the bias of unit 1: "), "{said}");
}

#[test]
fn another_version_is_named() {
    let folder = trained();
    let mut model = model_file::load(&folder.path("m.ff")).unwrap();
    let program = model.record.program.clone();
    model.record.program = "feedforward 9.9.9".into();
    model_file::save(&model, &folder.path("other.ff")).unwrap();
    // Without a record beside it the model file itself says what is certified.
    let said = format!("not verified: the version: feedforward 9.9.9 is certified, and this is {program}\n");
    assert_eq!(named(&folder, "verify other.ff --data t.csv -q"), said);
    let line = format!("program       \"{program}\" | \"feedforward 9.9.9\"\n");
    assert!(folder.ok("diff m.ff other.ff").starts_with(&line));
}
