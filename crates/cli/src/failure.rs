//! How a verb can fail, and how that is told.

use crate::output::escaped;
use crate::tell::tell;
use clap::error::ErrorKind::{InvalidValue, ValueValidation};
use clap::error::{ContextKind, ContextValue};
use feedforward::{Error, ErrorKind};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Why a verb did not end as it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell the user.
    Error(Error),
    /// Whoever reads standard output has seen enough: nothing to tell, and no failure.
    BrokenPipe,
}

/// What a verb returns.
pub(crate) type Outcome = Result<ExitCode, Failure>;

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Failure::Error(e)
    }
}

impl Failure {
    /// Write the error to standard error, as text or as `{"error": {...}}`; the exit code.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        let Failure::Error(e) = self else { return ExitCode::SUCCESS };
        if json {
            tell!("{}", escaped(json!({ "error": to_json(e) }).to_string()));
        } else {
            tell!("error: {e}");
        }
        ExitCode::from(e.exit_code())
    }
}

/// A flag's value that the parser refuses, in our words; nothing for its other errors.
pub(crate) fn bad_value(e: &clap::Error) -> Option<Error> {
    let Some(ContextValue::String(flag)) = e.get(ContextKind::InvalidArg) else { return None };
    let Some(ContextValue::String(value)) = e.get(ContextKind::InvalidValue) else { return None };
    let (flag, value_name) = flag.split_once([' ', '=']).unwrap_or((flag, ""));
    let want = match (e.kind(), e.get(ContextKind::ValidValue)) {
        (InvalidValue, Some(ContextValue::Strings(all))) => {
            let all: Vec<String> = all.iter().map(|v| format!("`{v}`")).collect();
            format!("one of {}", all.join(", "))
        }
        (ValueValidation, _) => match value_name.trim_matches(['<', '>', '[', ']']) {
            "N" | "K" | "EPOCHS" => "a whole number of 0 or more".into(),
            "NUMBER" | "SHARE" | "NORM" => "a number".into(),
            _ => return None,
        },
        _ => return None,
    };
    Some(Error::bad_value(flag, value, want))
}

/// Write what the parser of the command line says as JSON to standard error; the exit code.
pub(crate) fn report_usage(e: &clap::Error) -> ExitCode {
    let text = e.render().to_string();
    // Behind the first blank line come usage and a pointer to the help.
    let words: Vec<&str> = text.split("\n\n").next().unwrap_or(&text).split_whitespace().collect();
    let words = words.join(" ");
    let message = words.strip_prefix("error: ").unwrap_or(&words);
    let error = json!({ "error": { "kind": "usage", "message": message, "place": null, "hint": null } });
    tell!("{}", escaped(error.to_string()));
    ExitCode::from(2)
}

/// `{kind, message, place, hint}`, and `problems` where there are several.
fn to_json(e: &Error) -> Value {
    let place = (!e.place().is_empty()).then(|| e.place().to_string());
    let mut value = json!({
        "kind": kind_name(e.kind()),
        "message": e.kind().to_string(),
        "place": place,
        "hint": e.hint_text(),
    });
    if let ErrorKind::Many { errors, .. } = e.kind() {
        value["problems"] = errors.iter().map(to_json).collect();
    }
    value
}

/// The kind's name in snake_case: its `Debug` form begins with the name of the variant.
fn kind_name(kind: &ErrorKind) -> String {
    let debug = format!("{kind:?}");
    let end = debug.find(|c: char| !c.is_alphanumeric()).unwrap_or(debug.len());
    let mut name = String::new();
    for (i, c) in debug[..end].char_indices() {
        if c.is_uppercase() && i > 0 {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward::Place;

    #[test]
    fn an_error_as_json() {
        let cell = Error::new(ErrorKind::NotANumber { text: "x".into() }).at(Place::in_column("a").row(2));
        let want = json!({
            "kind": "not_a_number", "message": "`x` is not a number", "place": "row 2, column `a`", "hint": null
        });
        assert_eq!(to_json(&cell), want);
        let two =
            Error::many(vec![cell, Error::new(ErrorKind::NotUtf8).hint("save it as UTF-8")]).unwrap_err();
        let value = to_json(&two);
        assert_eq!(value["kind"], "many");
        assert_eq!(value["problems"][0], want);
        assert_eq!(value["problems"][1]["kind"], "not_utf8");
        assert_eq!(value["problems"][1]["hint"], "save it as UTF-8");
    }
}
