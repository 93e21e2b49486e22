//! A trace as one JSON document.

use crate::notation::Sheet;
use crate::trace::Trace;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io;

/// The document: the trace, and with `sheet` the same numbers as a notation has them. All digits are there; the fields
/// are those of [`Trace`] and [`Sheet`] in their order. An object has a line for each field, a matrix one for all.
pub fn json(trace: &Trace, sheet: Option<&Sheet>) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        trace: &'a Trace,
        #[serde(skip_serializing_if = "Option::is_none")]
        sheet: Option<&'a Sheet>,
    }
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Lines(PrettyFormatter::new()));
    let done = Document { trace, sheet }.serialize(&mut serializer);
    // A vector takes everything, and the keys are texts.
    done.unwrap_or_else(|e| unreachable!("{e}"));
    String::from_utf8(out).unwrap_or_else(|e| unreachable!("JSON is UTF-8: {e}"))
}

/// Objects on lines, arrays in one.
struct Lines(PrettyFormatter<'static>);

impl Formatter for Lines {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"[")
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"]")
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}
