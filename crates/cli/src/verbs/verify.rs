//! `ff verify`.

use crate::args::{PartArg, Verify as Args};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::progress::{self, Watch};
use crate::run_folder::{Asked, CERTIFICATE, MODEL, RunFolder, own_text};
use crate::tell::tell;
use crate::verbs::{resume, train};
use crate::words::{counted, quoted};
use crate::{machine, output};
use feedforward::data::source;
use feedforward::data::table::Table;
use feedforward::training::ask::Ask;
use feedforward::training::certificate::{Certificate, Difference};
use feedforward::training::{
    self, Control, Ending, Event, Fitted, Machine, Model, PROGRAM, Precision, compare, fingerprint, ledger,
    model_file,
};
use feedforward::{Error, ErrorKind, Place, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Train again, and compare.
pub(crate) fn run(args: &Args) -> Outcome {
    let machine = machine::machine(&args.threads)?;
    let path = Path::new(&args.run);
    let claim = if path.is_dir() { of_folder(args, path)? } else { of_model(args, path)? };
    claim.can_be_checked(&args.run)?;
    let epochs = claim.certificate.epochs.len() + claim.certificate.refit.as_ref().map_or(0, Vec::len);
    let quiet = args.shared.quiet;
    let difference = match claim.check(machine, quiet)? {
        Checked::Interrupted => {
            tell!("interrupted before the end; nothing is verified");
            return Ok(ExitCode::from(130));
        }
        Checked::Same => None,
        Checked::Different { what, text } => Some((what, text)),
    };
    if args.shared.json {
        output::print_json(&json!({
            "verified": difference.is_none(),
            "epochs": epochs,
            "difference": difference.as_ref().map(|d| &d.0),
            "text": difference.as_ref().map(|d| &d.1),
        }))?;
    } else {
        output::print(&match &difference {
            None => {
                format!("verified: the same bits after each of {}, and in the end", counted(epochs, "epoch"))
            }
            Some((_, text)) => format!("not verified: {text}"),
        })?;
    }
    Ok(if difference.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is said of a model, and all that it takes to train it again.
struct Claim {
    certificate: Certificate,
    model: Model,
    table: Table,
    valid: Option<Table>,
    ask: Ask,
    /// What its folder knows of the data, if it has one.
    known: Option<Asked>,
}

enum Checked {
    Same,
    Different { what: Value, text: String },
    Interrupted,
}

/// The claim of a run's folder, which knows its data.
fn of_folder(args: &Args, path: &Path) -> Result<Claim> {
    if args.data.is_some() {
        let why = "it knows its data".into();
        let kind = ErrorKind::Conflict { one: "--data".into(), other: "the folder of a run".into(), why };
        return Err(Error::new(kind).hint("leave --data out, or name the model file"));
    }
    let path = path.canonicalize().map_err(|e| Error::io("find the run", &e).at(Place::file(&args.run)))?;
    let (folder, asked) = RunFolder::open(&path)?;
    if !folder.is_finished() {
        let why = "its certificate comes with its end".into();
        return Err(Error::new(ErrorKind::Io { action: "verify a run that is not finished".into(), why })
            .at(Place::file(&args.run))
            .hint(format!("go on with it by `ff resume {}`", quoted(&args.run))));
    }
    let (file, model) = (path.join(CERTIFICATE), model_file::load(&path.join(MODEL))?);
    let text = own_text(&file)?;
    let certificate = serde_json::from_slice(&text).map_err(|e| no_certificate(&file, &e))?;
    asked.enter_folder()?;
    let again = resume::parse(&asked)?;
    let job = train::Job::load(&again, train::asked(&again)?)?;
    Ok(Claim { certificate, model, table: job.table, valid: job.valid, ask: job.ask, known: Some(asked) })
}

/// The claim of a model file: the certificate is in its record, or else is made of what the file itself says.
fn of_model(args: &Args, path: &Path) -> Result<Claim> {
    let model = model_file::load(path)?;
    let Some(data) = &args.data else {
        let what = format!("the data that the model was trained on, `{}`", model.record.data);
        return Err(Error::new(ErrorKind::NotGiven { name: "--data".into(), what }));
    };
    let ask = model.record.ask.clone();
    let (double, quiet) = (ask.precision == Precision::F64, args.shared.quiet);
    let expect = Expect { double, ..Expect::of(&ask.roles) };
    let table = data::load(data, &args.reading, PartArg::Train, expect, quiet)?.table;
    let valid = args.valid.as_ref().map(|file| {
        let expect = Expect { kinds: source::kinds(&table), double, ..Expect::default() };
        data::load(file, &args.reading, PartArg::Test, expect, quiet).map(|data| data.table)
    });
    let valid = valid.transpose()?;
    let record = ledger::record_of(path);
    let certificate = match std::fs::read(&record) {
        Ok(text) => {
            let record_text: Value =
                serde_json::from_slice(&text).map_err(|e| no_certificate(&record, &e))?;
            match record_text.get(train::CERTIFICATE_KEY) {
                Some(own) => serde_json::from_value(own.clone()).map_err(|e| no_certificate(&record, &e))?,
                None => Certificate::of(&model),
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Certificate::of(&model),
        Err(e) => return Err(Error::io("read", &e).at(place(&record))),
    };
    Ok(Claim { certificate, model, table, valid, ask, known: None })
}

impl Claim {
    /// Some outcomes nobody can get again.
    fn can_be_checked(&self, name: &str) -> Result<()> {
        let why = if self.certificate.ending == Ending::Interrupted {
            "its training was interrupted, and nobody knows where"
        } else if self.certificate.epochs.iter().any(String::is_empty) {
            "it was trained by a version that kept no fingerprints of its epochs"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Io { action: "verify this model".into(), why: why.into() })
            .at(Place::file(name)))
    }

    fn check(self, machine: Machine, quiet: bool) -> Result<Checked> {
        let Claim { certificate, model, table, valid, ask, known } = self;
        let data = fingerprint::of_table(&table)?;
        let other = valid.as_ref().map(fingerprint::of_table).transpose()?;
        let before = |ask| certificate.differs_before(PROGRAM, (&data, other.as_deref()), ask);
        if let Some(difference) = before(None) {
            let known = known.map(|known| known.differences(&table, valid.as_ref())).transpose()?;
            let how = known.into_iter().flatten().map(|(_, how)| format!("; {how}")).collect::<String>();
            return Ok(Checked::different(&difference)?.and(&how));
        }
        let chosen = training::preview(&table, valid.as_ref(), &ask, machine)?.ask;
        if let Some(difference) = before(Some(&chosen)) {
            return Checked::different(&difference);
        }
        let mut watch = Watch::new(quiet);
        let (mut refit, mut parted) = (false, None);
        let again = training::fit_or_salvage(table, valid, &ask, machine, None, &mut |event| {
            refit |= matches!(event, Event::Refit { .. });
            if let Event::Epoch(record) = &event
                && certificate.epoch(record.epoch, refit).is_some_and(|hash| hash != record.theta)
                && !progress::interrupted()
            {
                parted.get_or_insert(Difference::Epoch { epoch: record.epoch, refit });
                return Control::Stop;
            }
            watch.tell(&event)
        })?;
        drop(watch);
        if let Some(difference) = parted {
            return Checked::different(&difference);
        }
        if again.model.record.ending == Ending::Interrupted {
            return Ok(Checked::Interrupted);
        }
        if let Some(difference) = certificate.differs_after(&Certificate::of(&again.model)) {
            return Checked::different(&difference);
        }
        held_against(&model, &again)
    }
}

impl Checked {
    fn different(difference: &Difference) -> Result<Self> {
        let what = serde_json::to_value(difference).map_err(|e| Error::io("write JSON", &e.into()))?;
        Ok(Checked::Different { what, text: difference.to_string() })
    }

    /// With more words.
    fn and(self, words: &str) -> Self {
        match self {
            Checked::Different { what, text } => Checked::Different { what, text: text + words },
            other => other,
        }
    }
}

/// The file may hold another model than the certificate is about.
fn held_against(model: &Model, again: &Fitted) -> Result<Checked> {
    if fingerprint::of_theta(&model.theta) == fingerprint::of_theta(&again.model.theta) {
        return Ok(Checked::Same);
    }
    let layers = compare::layers(model, &again.model).unwrap_or_default();
    let first = layers.iter().find(|layer| layer.differ > 0);
    let text = match first.and_then(|layer| Some((layer.layer, layer.largest.as_ref()?))) {
        Some((layer, n)) => {
            let (part, unit) = (n.part, n.unit);
            let input = n.input.map(|i| format!(", input {i}")).unwrap_or_default();
            let (own, trained) = (n.one, n.other);
            format!(
                "the parameters of the file are not those of the training: in layer {layer}, the {part} of unit \
                 {unit}{input} is {own} and not {trained}"
            )
        }
        None => "the parameters of the file are those of another network".into(),
    };
    Ok(Checked::Different { what: json!({ "what": "file", "layers": layers }), text })
}

fn no_certificate(path: &Path, e: &serde_json::Error) -> Error {
    let kind = ErrorKind::Malformed { format: "certificate".into(), what: e.to_string() };
    Error::new(kind).at(place(path)).hint("train again: every run writes a certificate")
}

fn place(path: &Path) -> Place {
    Place::file(path.display().to_string())
}
