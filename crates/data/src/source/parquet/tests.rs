use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use super::*;
use crate::table::{Cells, MISSING, Numbers};

const SCHEMA: &str = "message m { required int32 small; optional double x; optional binary kind (UTF8);
    required boolean flag; required int32 day (DATE); required int64 time (TIMESTAMP_MILLIS);
    required fixed_len_byte_array(3) price (DECIMAL(6, 2)); required int32 count (UINT_32); }";

/// Three rows in each of two row groups.
fn bytes(compression: Compression, x: [f64; 2]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for _ in 0..2 {
        let mut group = file.next_row_group().unwrap();
        macro_rules! column {
            ($kind:ty, $values:expr, $levels:expr) => {
                let mut column = group.next_column().unwrap().unwrap();
                column.typed::<$kind>().write_batch($values, $levels, None).unwrap();
                column.close().unwrap();
            };
        }
        let text = |s: &str| ByteArray::from(s.as_bytes().to_vec());
        let fixed = |b: [u8; 3]| FixedLenByteArray::from(b.to_vec());
        column!(Int32Type, &[1, 2, 255], None);
        column!(DoubleType, &x, Some(&[1, 0, 1]));
        column!(ByteArrayType, &[text("red"), text("grün")], Some(&[1, 1, 0]));
        column!(BoolType, &[true, false, true], None);
        column!(Int32Type, &[0, 1, -1], None);
        column!(Int64Type, &[1500, 0, -500], None);
        column!(FixedLenByteArrayType, &[fixed([0, 1, 0]), fixed([255, 255, 255]), fixed([0, 0, 50])], None);
        column!(Int32Type, &[-1, 0, 7], None);
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Table> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    super::super::read(file.path().to_str().unwrap(), options, &mut |_| ())
}

#[test]
fn every_type_is_read_in_every_compression() {
    let snappy = bytes(Compression::SNAPPY, [0.5, 1.5]);
    let t = read_bytes(&snappy, &ReadOptions::default()).unwrap();
    assert_eq!(t.rows, 6);
    let column = |c: usize| match t.columns[c].here() {
        Cells::Number(n) => (0..3).map(|r| n.get(r)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(*t.columns[0].here(), Cells::Number(Numbers::U8(vec![1, 2, 255, 1, 2, 255])));
    assert_eq!((column(1)[0], column(1)[1].is_nan(), column(1)[2]), (0.5, true, 1.5));
    let codes = vec![0, 1, MISSING, 0, 1, MISSING];
    assert_eq!(*t.columns[2].here(), Cells::Category { codes, levels: vec!["red".into(), "grün".into()] });
    let truth =
        Cells::Category { codes: vec![0, 1, 0, 0, 1, 0], levels: vec!["true".into(), "false".into()] };
    assert_eq!(*t.columns[3].here(), truth);
    let asked = ReadOptions { expected: vec![("flag".into(), Kind::Number)], ..ReadOptions::default() };
    let numbers = read_bytes(&snappy, &asked).unwrap();
    assert_eq!(*numbers.columns[3].here(), Cells::Number(Numbers::U8(vec![1, 0, 1, 1, 0, 1])));
    assert_eq!(column(4), [0.0, 1.0, -1.0]);
    assert_eq!(column(5), [1.5, 0.0, -0.5]);
    assert_eq!(column(6), [f64::from(2.56f32), f64::from(-0.01f32), 0.5]);
    assert_eq!(column(7), [4_294_967_295.0, 0.0, 7.0]);
    for other in [Compression::UNCOMPRESSED, Compression::GZIP(Default::default()), Compression::LZ4_RAW] {
        let mut again = read_bytes(&bytes(other, [0.5, 1.5]), &ReadOptions::default()).unwrap();
        again.name = t.name.clone();
        assert_eq!(format!("{again:?}"), format!("{t:?}"), "{other:?}");
    }
}

#[test]
fn identifiers_of_64_bits_stay_apart() {
    let schema =
        Arc::new(parse_message_type("message m { optional int64 id; required int64 n (UINT_64); }").unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    for (values, levels) in [([7, (1 << 53) + 1, 1 << 53], Some(&[1i16, 1, 1][..])), ([-1, -2, 5], None)] {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let file = file.into_inner().unwrap();
    let t = read_bytes(&file, &ReadOptions::default()).unwrap();
    let levels = |c: usize| match t.columns[c].here() {
        Cells::Category { levels, .. } => levels.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(levels(0), ["7", "9007199254740993", "9007199254740992"]);
    assert_eq!(levels(1), ["18446744073709551615", "18446744073709551614", "5"]);
    let asked = ReadOptions { types: vec![("id".into(), Kind::Number)], ..ReadOptions::default() };
    assert!(matches!(read_bytes(&file, &asked).unwrap().columns[0].here(), Cells::Number(_)));
}

#[test]
fn infinities_texts_and_nested_columns_are_refused_with_their_place() {
    let e =
        read_bytes(&bytes(Compression::SNAPPY, [f64::INFINITY, 1.0]), &ReadOptions::default()).unwrap_err();
    let text = e.to_string();
    assert!(text.starts_with("2 problems\n  - `inf` is not a finite number"), "{text}");
    assert!(text.contains("row 1, column `x`") && text.contains("row 4, column `x`"), "{text}");
    let types = vec![("kind".into(), Kind::Number)];
    let e =
        read_bytes(&bytes(Compression::SNAPPY, [0.0, 1.0]), &ReadOptions { types, ..ReadOptions::default() });
    assert!(e.unwrap_err().to_string().contains("`grün` is not a number"));
    let nested =
        "message m { optional group list (LIST) { repeated group list { optional int32 element; } } }";
    let schema = Arc::new(parse_message_type(nested).unwrap());
    let file = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let e = read_bytes(&file.into_inner().unwrap(), &ReadOptions::default()).unwrap_err();
    assert!(e.to_string().starts_with("a nested column cannot be read"), "{e}");
}

#[test]
fn zstd_asks_for_another_compression() {
    let checked = check_compression(Compression::ZSTD(Default::default()));
    match cfg!(feature = "zstd") {
        true => assert!(checked.is_ok()),
        false => assert!(checked.unwrap_err().to_string().contains("hint: write it again with snappy")),
    }
}

#[test]
fn a_cut_file_is_an_error() {
    let whole = bytes(Compression::SNAPPY, [0.0, 1.0]);
    for cut in [4, 8, 100, whole.len() - 1] {
        let e = read_bytes(&whole[..cut], &ReadOptions::default()).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Malformed { .. }), "{cut}: {e}");
    }
}

proptest! {
    #[test]
    fn damaged_files_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = bytes(Compression::SNAPPY, [0.0, 1.0]);
        for (at, to) in changes {
            let at = 4 + at.index(bytes.len() - 4);
            bytes[at] = to;
        }
        let _ = read_bytes(&bytes, &ReadOptions::default());
    }
}

#[test]
fn row_groups_are_put_away_under_a_limit() {
    let file = bytes(Compression::SNAPPY, [0.5, 1.5]);
    let limit = Some(crate::memory::tests::limit(100));
    let limited = read_bytes(&file, &ReadOptions { limit, ..ReadOptions::default() }).unwrap();
    let whole = read_bytes(&file, &ReadOptions::default()).unwrap();
    for (a, b) in whole.columns.iter().zip(&limited.columns) {
        assert_ne!(a, b, "one lies in a file");
        assert_eq!(format!("{:?}", a.cells().unwrap()), format!("{:?}", b.cells().unwrap()));
    }
}

/// A file may be one row group, however many rows it has.
#[test]
fn the_cells_of_a_row_group_are_put_away_while_it_is_read() {
    const ROWS: usize = 300_000;
    let schema = Arc::new(
        parse_message_type("message m { required double a; required double b; required double c; }").unwrap(),
    );
    let properties =
        WriterProperties::builder().set_dictionary_enabled(false).set_data_page_size_limit(1 << 16);
    let out = Vec::new();
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties.build())).unwrap();
    let mut group = file.next_row_group().unwrap();
    let value = |row: usize, column: usize| (row * 7 + column) as f64 + 70_000.1;
    for column in 0..3 {
        let mut written = group.next_column().unwrap().unwrap();
        let values: Vec<f64> = (0..ROWS).map(|row| value(row, column)).collect();
        written.typed::<DoubleType>().write_batch(&values, None, None).unwrap();
        written.close().unwrap();
    }
    group.close().unwrap();
    let file = file.into_inner().unwrap();
    let read = |limit| {
        let mut table = None;
        let options = ReadOptions { limit, ..ReadOptions::default() };
        let memory = allocation_counter::measure(|| table = Some(read_bytes(&file, &options).unwrap()));
        (memory.bytes_max, table.unwrap())
    };
    let (whole, _) = read(None);
    let (little, table) = read(Some(crate::memory::tests::limit(4 << 20)));
    // 7.2 MB of cells; an eighth of 4 MiB for those of a column, the same for those of the others, and buffers.
    assert!(whole > 7_200_000 && little < 2_500_000, "{whole} {little}");
    for (c, column) in table.columns.iter().enumerate() {
        let Cells::Number(numbers) = column.cells().unwrap().into_owned() else { panic!("numbers") };
        assert!((0..ROWS).all(|row| numbers.get(row) == value(row, c)), "column {c}");
    }
}

/// Before the next column is read, not when the group is.
#[test]
fn texts_beyond_their_share_are_refused() {
    let columns: String = (0..8).map(|c| format!("required binary c{c} (UTF8); ")).collect();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {columns} }}")).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    for _ in 0..8 {
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> =
            (0..6_000).map(|i| ByteArray::from(format!("{i:0100}").into_bytes())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let file = file.into_inner().unwrap();
    let read = |bytes| {
        let limit = Some(crate::memory::tests::limit(bytes));
        read_bytes(&file, &ReadOptions { limit, ..ReadOptions::default() })
    };
    // 6,000 texts of 100 bytes, each twice and 120 bytes more: 1.9 MB a column, and five of them are too much.
    let said = read(32 << 20).unwrap_err().to_string();
    assert!(said.starts_with("the memory of the categories' texts is `9 MiB`"), "{said}");
    assert_eq!(read(64 << 20).unwrap().rows, 6_000);
}
