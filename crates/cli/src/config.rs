//! `--config run.toml`: settings from a file, written as flags before those of the command line.
//!
//! The file's keys are the long names of the verb's flags. A flag that the command line sets is not taken
//! from the file, so that lists are replaced and not joined.

use crate::args::Cli;
use crate::failure;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};
use feedforward::{Error, ErrorKind, Place, Result};
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use toml::Value;

/// The command line `typed`, completed by the settings of its `--config` file if it names one.
///
/// # Errors
/// A file that cannot be read or is no TOML; keys that are no flags of the verb; values that are no
/// settings. All bad keys are reported together.
pub(crate) fn with_file(typed: Vec<OsString>) -> Result<Vec<OsString>> {
    let mut command = Cli::command();
    command.build();
    // Errors wait for the real parser: what is missing here may stand in the file.
    let Ok(matches) = command.clone().ignore_errors(true).try_get_matches_from(&typed) else {
        return Ok(typed);
    };
    let Some((verb, set)) = matches.subcommand() else { return Ok(typed) };
    let path = match set.try_get_one::<String>("config") {
        Ok(Some(path)) => path.clone(),
        _ => return Ok(typed),
    };
    let (Some(at), Some(verb)) = (typed.iter().position(|a| a == verb), command.find_subcommand(verb)) else {
        return Ok(typed);
    };
    let text = read(&path).map_err(|e| e.at(Place::file(&path)))?;
    let flags = flags(&text, &command, verb, set).map_err(|e| e.at(Place::file(&path)))?;
    let (head, tail) = typed.split_at(at + 1);
    Ok([head.to_vec(), flags.into_iter().map(OsString::from).collect(), tail.to_vec()].concat())
}

/// Larger files were not written by hand.
const MOST_BYTES: u64 = 1 << 20;

/// The text of a short TOML file, whatever stands behind its name.
///
/// # Errors
/// A file that cannot be read, or is too large to be written by hand.
pub(crate) fn read(path: &str) -> Result<String> {
    let refused = |e: std::io::Error| Error::io("read", &e);
    let mut text = String::new();
    let file = File::open(path).map_err(refused)?;
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(refused)?;
    if read as u64 > MOST_BYTES {
        let e = Error::bad_value("the file", "larger than 1 MiB", "a short TOML file");
        return Err(e.hint("give a file that a person wrote"));
    }
    Ok(text)
}

/// The settings of `text` that `set` does not set, as flags of `verb`, one of those of `ff`.
fn flags(text: &str, ff: &Command, verb: &Command, set: &ArgMatches) -> Result<Vec<String>> {
    let settings: toml::Table = text.parse().map_err(|e| no_toml(text, &e))?;
    let known: Vec<&Arg> = verb
        .get_arguments()
        .filter(|a| a.get_long().is_some_and(|l| !matches!(l, "config" | "help" | "version")))
        .collect();
    let mut flags = Vec::new();
    let mut problems = Vec::new();
    let mut foreign = Foreign::default();
    for (key, value) in &settings {
        // Each takes a list of all flags along, and no more are shown.
        if problems.len() == Error::SHOWN {
            break;
        }
        let Some(arg) = known.iter().find(|a| a.get_long() == Some(key)) else {
            if foreign.takes(ff, key) {
                continue;
            }
            let names = known.iter().filter_map(|a| a.get_long());
            problems.push(Error::unknown(format!("flag of `ff {}` called", verb.get_name()), key, names));
            continue;
        };
        if set.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine) {
            continue;
        }
        match flag(arg, key, value).and_then(|flag| check(verb, key, flag)) {
            Ok(flag) => flags.extend(flag),
            Err(e) => problems.push(e),
        }
    }
    problems.extend(foreign.problem(verb.get_name()));
    Error::many(problems)?;
    Ok(flags)
}

/// Settings that are flags of another verb.
#[derive(Default)]
struct Foreign {
    verbs: Vec<String>,
    keys: Vec<String>,
}

impl Foreign {
    /// Whether `key` is a flag of another verb.
    fn takes(&mut self, ff: &Command, key: &str) -> bool {
        let has = |verb: &&Command| verb.get_arguments().any(|a| a.get_long() == Some(key));
        let mut owners: Vec<String> =
            ff.get_subcommands().filter(has).map(|v| format!("`ff {}`", v.get_name())).collect();
        // `ff train` speaks for those that share a flag with it.
        if owners.iter().any(|o| o == "`ff train`") {
            owners.retain(|o| o == "`ff train`");
        }
        let known = !owners.is_empty();
        self.keys.extend(known.then(|| format!("`{key}`")));
        owners.retain(|o| !self.verbs.contains(o));
        self.verbs.append(&mut owners);
        known
    }
    /// All of them as one problem.
    fn problem(self, verb: &str) -> Option<Error> {
        let kind = ErrorKind::Conflict {
            one: format!("a file with {}", self.keys.join(", ")),
            other: format!("`ff {verb}`"),
            why: match &self.verbs[..] {
                [one] => format!("{one} has such flags"),
                several => format!("{} have such flags", several.join(", ")),
            },
        };
        let hint = format!("keep the settings of `ff {verb}` in a file of their own");
        (!self.keys.is_empty()).then(|| Error::new(kind).hint(hint))
    }
}

/// Parse one setting alone, so that what is wrong with its value is said of the file and not of the command line.
fn check(verb: &Command, key: &str, flag: Option<String>) -> Result<Option<String>> {
    let Some(text) = &flag else { return Ok(None) };
    let alone = verb.clone().mut_args(|arg| arg.required(false));
    match alone.try_get_matches_from([verb.get_name(), text]) {
        Ok(_) => Ok(flag),
        Err(e) => {
            let value = text.split_once('=').map_or("", |(_, value)| value);
            let e = failure::bad_value(&e)
                .unwrap_or_else(|| Error::bad_value(key, value, "a value of this flag"));
            Err(e)
        }
    }
}

fn no_toml(text: &str, e: &toml::de::Error) -> Error {
    let before = e.span().and_then(|s| text.get(..s.start));
    let place = before.map_or(Place::default(), |t| Place::default().row(t.matches('\n').count() as u64 + 1));
    Error::new(ErrorKind::Malformed { format: "TOML".into(), what: e.message().into() }).at(place)
}

/// One setting as a flag; `key = false` is no flag at all.
fn flag(arg: &Arg, key: &str, value: &Value) -> Result<Option<String>> {
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        return match value {
            Value::Boolean(true) => Ok(Some(format!("--{key}"))),
            Value::Boolean(false) => Ok(None),
            other => Err(Error::bad_value(key, other, "`true` or `false`")),
        };
    }
    let text = match value {
        Value::Array(list) => list.iter().map(|v| scalar(key, v)).collect::<Result<Vec<_>>>()?.join(","),
        Value::Table(table) => {
            let pair = |(k, v)| Ok(format!("{k}={}", scalar(key, v)?));
            table.iter().map(pair).collect::<Result<Vec<_>>>()?.join(",")
        }
        one => scalar(key, one)?,
    };
    Ok(Some(format!("--{key}={text}")))
}

fn scalar(key: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(i) => Ok(i.to_string()),
        Value::Float(x) => Ok(x.to_string()),
        Value::Boolean(b) => Ok(b.to_string()),
        other => Err(Error::bad_value(key, other, "a text, a number, true or false, or a list of such")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::io::Write;

    fn run(toml: &str, typed: &[&str]) -> Result<Vec<String>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(toml.as_bytes()).unwrap();
        let path = file.path().to_str().unwrap().to_string();
        let typed = typed.iter().map(|a| a.replace("FILE", &path)).map(OsString::from).collect();
        let full = with_file(typed).map_err(|e| e.at(Place::default()))?;
        let text = full.into_iter().map(|a| a.into_string().unwrap().replace(&path, "FILE"));
        Ok(text.collect())
    }

    #[test]
    fn the_command_line_wins_and_lists_are_replaced() {
        let toml = "target = ['a', 'b']\nlearning-rate = 0.01\nquiet = true\nrestore-best = false\njson = false\n\
            [penalty]\nl2 = 1e-4";
        let typed = ["ff", "train", "x.csv", "--config", "FILE", "--target", "c"];
        let full = run(toml, &typed).unwrap();
        let want = [
            "ff",
            "train",
            "--learning-rate=0.01",
            "--penalty=l2=0.0001",
            "--quiet",
            "--restore-best=false",
            "x.csv",
            "--config",
            "FILE",
            "--target",
            "c",
        ];
        assert_eq!(full, want);
        assert!(Cli::try_parse_from(full).is_ok());
    }

    #[test]
    fn a_required_flag_may_stand_in_the_file() {
        let full = run("layers = '4-3'", &["ff", "plan", "--config=FILE"]).unwrap();
        assert_eq!(full, ["ff", "plan", "--layers=4-3", "--config=FILE"]);
        assert!(Cli::try_parse_from(full).is_ok());
    }

    #[test]
    fn bad_keys_and_values_are_reported_together() {
        let e = run("learning-rat = 1\nquiet = 3\nseed = 1979-05-27", &["ff", "train", "--config", "FILE"])
            .unwrap_err();
        let text = e.to_string();
        assert!(text.starts_with("3 problems"), "{text}");
        assert!(text.contains("there is no flag of `ff train` called `learning-rat`"), "{text}");
        assert!(text.contains("hint: did you mean `learning-rate`?"), "{text}");
        assert!(text.contains("quiet is `3`; it must be `true` or `false`"), "{text}");
        let e = run("a = \n", &["ff", "train", "--config", "FILE"]).unwrap_err();
        assert!(e.to_string().contains("row 1"), "{e}");
    }

    #[test]
    fn without_a_file_nothing_changes() {
        for typed in
            [&["ff"][..], &["ff", "--help"], &["ff", "train", "--help"], &["ff", "nonsense", "--config", "x"]]
        {
            assert_eq!(run("", typed).unwrap(), typed);
        }
    }
}
