//! Which format a file has: its first bytes say it, its name only adds.

use feedforward_base::{Error, ErrorKind, Place, Result};

use super::input::Input;

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text: fields divided by a delimiter.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// One NumPy array.
    Npy,
    /// A zip of NumPy arrays.
    Npz,
    /// The format of MNIST.
    Idx,
}

impl Format {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Parquet => "Parquet",
            Format::Npy => "NPY",
            Format::Npz => "NPZ",
            Format::Idx => "IDX",
        }
    }
}

/// Files that look like data to people, their first bytes, and what to do with them.
const FOREIGN: [(&[u8], &str, &str); 13] = [
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (
        b"SQLite format 3",
        "an SQLite database",
        "export the table as CSV: `sqlite3 -header -csv FILE 'select …'`",
    ),
    (b"\x89HDF", "an HDF5 file", "save the array with `numpy.save`"),
    (b"ARROW1", "a Feather file", "save it as Parquet"),
    (b"%PDF", "a PDF document", "save the table as CSV"),
    (b"\x89PNG", "a PNG image", "save the images as one array with `numpy.save`"),
    (b"\xff\xd8\xff", "a JPEG image", "save the images as one array with `numpy.save`"),
    (b"BZh", "a bzip2 archive", "unpack it with `bunzip2`"),
    (b"\xfd7zXZ", "an xz archive", "unpack it with `unxz`"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it with `unzstd`"),
    (b"\x80\x04\x95", "a Python pickle", "save the array with `numpy.save`"),
    (b"\xff\xfe", "UTF-16 text", "save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save the file as UTF-8"),
];

/// Bytes that are looked at.
const LOOK: usize = 8 << 10;

/// The format of a file.
pub(super) fn detect(input: &mut Input) -> Result<Format> {
    let name = input.name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name).to_string();
    let head = input.peek(LOOK)?;
    of(head, &name).map_err(|e| e.at(Place::file(&input.name)))
}

fn of(head: &[u8], name: &str) -> Result<Format> {
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if head.starts_with(b"\x93NUMPY") {
        return Ok(Format::Npy);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zip(head, name);
    }
    if matches!(head, [0, 0, 8 | 9 | 0x0b..=0x0e, dimensions, ..] if *dimensions > 0) {
        return Ok(Format::Idx);
    }
    let unsupported = |what: String| Error::new(ErrorKind::Unsupported { what });
    for (magic, what, hint) in FOREIGN {
        if head.starts_with(magic) {
            return Err(unsupported(what.to_string()).hint(hint));
        }
    }
    let promised = [(".parquet", "Parquet"), (".npy", "NPY"), (".npz", "NPZ"), ("-ubyte", "IDX")];
    if let Some((_, format)) = promised.into_iter().find(|(end, _)| name.ends_with(end)) {
        let what =
            if head.is_empty() { "it is empty".into() } else { format!("it begins with {}", bytes(head)) };
        let e = Error::new(ErrorKind::Malformed { format: format.into(), what });
        return Err(e.hint("fetch or write the file again, or give it the right name"));
    }
    if name.ends_with(".json") || name.ends_with(".jsonl") {
        return Err(unsupported("JSON".into()).hint("save the table as CSV"));
    }
    if is_binary(head) {
        let e = unsupported(format!("a file that begins with the bytes {}", bytes(head)));
        return Err(e.hint("give CSV or TSV (.gz too), Parquet, NPY, NPZ or IDX"));
    }
    Ok(Format::Csv)
}

/// Zeros, or control characters in what is no UTF-8 either.
fn is_binary(head: &[u8]) -> bool {
    // A character that is cut at the end of the look is no error.
    let utf8 = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    let control = |&b: &u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | 0x1b);
    head.contains(&0) || !utf8 && head.iter().any(control)
}

fn zip(head: &[u8], name: &str) -> Result<Format> {
    let holds = |part: &[u8]| head.windows(part.len()).any(|w| w == part);
    let called = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let (what, hint) =
        if holds(b"[Content_Types].xml") || holds(b"xl/") || called(&[".xlsx", ".xlsm", ".xlsb"]) {
            ("an Excel workbook", "save the sheet as CSV")
        } else if holds(b"opendocument") || called(&[".ods"]) {
            ("an OpenDocument file", "save the sheet as CSV")
        } else if !holds(b".npy") && !head.starts_with(b"PK\x05\x06") {
            (
                "a zip archive that does not begin with a NumPy array",
                "unpack it and give the file that is the table",
            )
        } else {
            return Ok(Format::Npz);
        };
    Err(Error::new(ErrorKind::Unsupported { what: what.into() }).hint(hint))
}

/// The first bytes in hexadecimal.
fn bytes(head: &[u8]) -> String {
    head.iter().take(8).map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_before_the_name() {
        assert_eq!(of(b"PAR1....", "a.csv").unwrap(), Format::Parquet);
        assert_eq!(of(b"\x93NUMPY\x01\0", "a.csv").unwrap(), Format::Npy);
        assert_eq!(of(b"\0\0\x08\x03\0\0", "a.bin").unwrap(), Format::Idx);
        assert_eq!(of(b"PK\x03\x04.......x.npy", "a").unwrap(), Format::Npz);
        assert_eq!(of(b"a,b\n1,2\n", "a.dat").unwrap(), Format::Csv);
        assert_eq!(of(b"", "a.csv").unwrap(), Format::Csv);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let said = |head: &[u8], name: &str| of(head, name).unwrap_err().to_string();
        assert!(
            said(b"PK\x03\x04...[Content_Types].xml", "a.xlsx")
                .starts_with("an Excel workbook cannot be read")
        );
        assert!(said(b"PK\x03\x04...docProps/app.xml", "a.xlsx").contains("hint: save the sheet as CSV"));
        assert!(
            said(b"PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument", "a").contains("OpenDocument")
        );
        assert!(said(b"\x7fELF\x02\0\0\0\0", "a").contains("the bytes 7F 45 4C 46 02 00 00 00"));
        assert!(said(b"\xff\x01\x8f", "a").contains("the bytes FF 01 8F"));
        assert_eq!(
            of(b"M\xfcller,1\n", "a.csv").unwrap(),
            Format::Csv,
            "Latin-1 is text; its error has a row"
        );
        assert!(said(b"abcd", "a.npy").contains("sound NPY file: it begins with 61 62 63 64"));
        assert!(said(b"", "a.parquet").contains("it is empty"));
        assert!(said(b"\xff\xfea\0", "a.csv").contains("UTF-16"));
        assert!(said(b"{}", "a.json").contains("JSON"));
    }
}
