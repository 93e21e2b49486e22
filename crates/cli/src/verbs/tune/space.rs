//! Which settings vary, and whether each of their values can be.

use super::asked;
use crate::args;
use feedforward::selection::tune::space::{DEFAULT, DEPTH, WIDTH};
use feedforward::selection::tune::{Domain, Flag, Space};
use feedforward::{Error, ErrorKind, Place, Result};

/// What varies unless the user says: what matters most for most tables.
const BUILT_IN: &str = "\
learning-rate = { low = 3e-4, high = 3e-2, log = true }
width = { low = 16, high = 256, log = true, integer = true }
depth = [1, 2, 3]
activation = ['relu', 'tanh', 'gelu']
dropout = [0, 0.1, 0.3]
batch-size = [16, 32, 64, 128]
schedule = ['constant', 'cosine']
penalty.l2 = { low = 1e-6, high = 1e-2, log = true }
weight-decay = [0, 0.1, 1]
";

/// Settings that say what is predicted and on what, so that trials could not be compared.
const SAME: [&str; 6] = ["target", "weight-column", "task", "group", "time", "precision"];
/// Parts of flags that have parts, and what stands for `layers`.
const MORE: [&str; 4] = ["penalty.l1", "penalty.l2", WIDTH, DEPTH];

/// The space of a file, or the built-in one without what is fixed.
///
/// # Errors
/// A file that cannot be read; everything in it that cannot be, all together.
pub(super) fn read(file: Option<&str>, fixed: &[Flag]) -> Result<Space> {
    let settings = args::settings();
    let can_vary = |name: &&str| !SAME.contains(name);
    let names: Vec<&str> = settings.iter().map(String::as_str).filter(can_vary).chain(MORE).collect();
    let Some(file) = file else {
        let fixed: Vec<&str> = fixed.iter().map(|(name, _)| name.as_str()).collect();
        let space = Space::parse(BUILT_IN, &names)?.without(&fixed);
        if space.settings.is_empty() {
            let kind = ErrorKind::NotGiven { name: "--space".into(), what: "the settings that vary".into() };
            return Err(Error::new(kind).hint("the built-in ones are all fixed by flags"));
        }
        return Ok(space);
    };
    let place = || Place::file(file);
    let text = crate::config::read(file).map_err(|e| e.at(place()))?;
    let space = Space::parse(&text, &names).map_err(|e| e.at(place()))?;
    check(&space).map_err(|e| e.at(place()))?;
    Ok(space)
}

/// Every value by itself, as its flag takes it.
fn check(space: &Space) -> Result<()> {
    let mut problems = Vec::new();
    for setting in &space.settings {
        let values: Vec<String> = match &setting.domain {
            Domain::OneOf(all) => all.iter().filter(|v| *v != DEFAULT).cloned().collect(),
            Domain::Range(range) => vec![range.low.to_string(), range.high.to_string()],
        };
        for value in values {
            let flag = match setting.name.as_str() {
                // As many units or layers as one takes.
                WIDTH => ("layers".to_string(), value),
                DEPTH => match value.parse::<usize>() {
                    Ok(0..=100) => continue,
                    _ => {
                        problems.push(Error::bad_value(DEPTH, value, "whole numbers from 0 to 100"));
                        continue;
                    }
                },
                name => match name.split_once('.') {
                    Some((flag, part)) => (flag.into(), format!("{part}={value}")),
                    None => (name.into(), value),
                },
            };
            // What goes together with what is known of whole trials only.
            let wrong =
                |e: &Error| matches!(e.kind(), ErrorKind::BadValue { .. } | ErrorKind::Unknown { .. });
            problems.extend(asked(&[flag], None).err().filter(wrong));
        }
    }
    Error::many(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_space_is_sound_and_gives_way() {
        let space = read(None, &[]).unwrap();
        check(&space).unwrap();
        assert_eq!(space.settings.len(), 9);
        let fixed = [("layers".to_string(), "8".to_string()), ("penalty".into(), "l2=0".into())];
        let names: Vec<String> = read(None, &fixed).unwrap().settings.into_iter().map(|s| s.name).collect();
        assert_eq!(
            names,
            ["learning-rate", "activation", "dropout", "batch-size", "schedule", "weight-decay"]
        );
    }

    #[test]
    fn values_are_checked_one_by_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("space.toml");
        let file = path.to_str().unwrap();
        let write = |text: &str| std::fs::write(&path, text).unwrap();
        write(
            "optimizer = ['adam', 'sdg']\nactivation = ['rellu']\nlearning-rate = ['fast']\nepochs = [0, 3]\n\
            width = [8, 'x']\ndepth = [1, 'y']\nbatch-size = { low = 1.5, high = 8 }\npenalty.l2 = ['z']",
        );
        let said = read(Some(file), &[]).unwrap_err().to_string();
        for part in [
            "8 problems",
            "did you mean `sgd`?",
            "did you mean `relu`?",
            "--learning-rate is `fast`; it must be a number",
            "--epochs is `0`",
            "--layers is `x`",
            "depth is `y`",
            "--batch-size is `1.5`",
            "--penalty l2 is `z`",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        write("target = ['a', 'b']\nseed = [1, 2]\nmomentum = [0.5, 0.9]\noptimizer = ['momentum']");
        let said = read(Some(file), &[]).unwrap_err().to_string();
        assert!(said.contains("2 problems") && said.contains("called `target`"), "{said}");
        write("momentum = [0.5, 0.9, 'default']\noptimizer = ['momentum']\nlayers = ['', 8, [4, 4]]");
        assert_eq!(read(Some(file), &[]).unwrap().settings.len(), 3);
    }
}
