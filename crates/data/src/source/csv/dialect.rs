//! What stands between fields and between records.

use super::super::ReadOptions;
use super::super::cell::{Cell, CellReader};

/// Candidates; where two fit equally well the earlier is meant, as a comma may also be a decimal mark.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];
/// Records of the sample that are looked at.
const RECORDS: usize = 200;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// `\n`; `\r` in files of old Macs.
    pub(super) terminator: u8,
}

impl Dialect {
    /// A reader of records of any length, names not told from cells.
    pub(super) fn reader<R: std::io::Read>(&self, source: R) -> csv::Reader<R> {
        csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .terminator(csv::Terminator::Any(self.terminator))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(64 << 10)
            .from_reader(source)
    }
}

/// Finds the dialect from the first bytes of the file.
pub(super) fn sniff(sample: &[u8], whole: bool, options: &ReadOptions) -> Dialect {
    let terminator = if !sample.contains(&b'\n') && sample.contains(&b'\r') { b'\r' } else { b'\n' };
    if let Some(delimiter) = options.delimiter {
        return Dialect { delimiter, terminator };
    }
    let end = if whole { None } else { sample.iter().rposition(|&b| b == terminator) };
    let sample = &sample[..end.unwrap_or(sample.len())];
    let mut best: Option<(f64, Dialect)> = None;
    for delimiter in DELIMITERS.into_iter().filter(|&d| d != options.decimal) {
        let dialect = Dialect { delimiter, terminator };
        let share = agreement(&records(sample, dialect));
        if share > best.map_or(0.0, |(s, _)| s) {
            best = Some((share, dialect));
        }
    }
    let blank = Dialect { delimiter: b' ', terminator };
    match best {
        Some((_, dialect)) => dialect,
        None if blanks_divide(&records(sample, blank), options) => blank,
        None => Dialect { delimiter: DELIMITERS[3], terminator },
    }
}

fn records(sample: &[u8], dialect: Dialect) -> Vec<csv::ByteRecord> {
    let read = dialect.reader(sample).into_byte_records();
    // A slice cannot fail to be read, and records of any length are welcome.
    let read = read.filter_map(|r| r.ok()).filter(|r| !super::is_blank(r));
    read.take(RECORDS).collect()
}

/// The share of records that have the most frequent number of fields; 0 where that is one field. A field with half
/// a pair of quotes was cut at the wrong character.
fn agreement(records: &[csv::ByteRecord]) -> f64 {
    match super::usual_width(records) {
        Some(width) if width > 1 => {
            let odd = |f: &[u8]| f.iter().filter(|&&b| b == b'"').count() % 2 == 1;
            let agree = records.iter().filter(|r| r.len() == width && !r.iter().any(odd)).count();
            agree as f64 / records.len() as f64
        }
        _ => 0.0,
    }
}

/// Blanks divide fields where every record but the first is numbers throughout.
fn blanks_divide(records: &[csv::ByteRecord], options: &ReadOptions) -> bool {
    let cells = CellReader::new(options);
    let is_number = |f: &[u8]| matches!(cells.any(f), Cell::Number(_) | Cell::OtherMark(_));
    let rows = records.get(1..).filter(|rows| !rows.is_empty()).unwrap_or(records);
    agreement(records) == 1.0 && rows.iter().all(|r| r.iter().all(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> u8 {
        sniff(text.as_bytes(), true, &ReadOptions::default()).delimiter
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter("a,b\n1,2\n"), b',');
        assert_eq!(delimiter("a;b\n1,5;2,5\n"), b';');
        assert_eq!(delimiter("1,5;2,5\n1,5;2,5\n"), b';');
        assert_eq!(delimiter("a\tb c\n1\t2,5\n"), b'\t');
        assert_eq!(delimiter("a|b\n1|2\n"), b'|');
        assert_eq!(delimiter("|1x3 Cross validator\n25, Private\n38, Private\n"), b',');
        assert_eq!(delimiter("Weight Waist\n191 36\n189 37\n"), b' ');
        assert_eq!(delimiter("first name\nAnna Bell\nCarl Dahl\n"), b',');
        assert_eq!(delimiter("x\n1\n2\n"), b',');
        assert_eq!(delimiter("t,\"a;b\"\n1,\"c;d\"\n"), b',');
    }

    #[test]
    fn a_decimal_comma_is_no_delimiter_and_old_macs_end_lines_their_way() {
        let options = ReadOptions { decimal: b',', ..ReadOptions::default() };
        assert_eq!(sniff(b"1,5\n2,5\n", true, &options).delimiter, b',');
        let mac = sniff(b"a,b\r1,2\r", true, &ReadOptions::default());
        assert_eq!(mac, Dialect { delimiter: b',', terminator: b'\r' });
    }
}
