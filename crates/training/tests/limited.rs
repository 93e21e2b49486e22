//! Training under a limit on memory: rows that lie in a file, and the same bits.

use feedforward_base::{Dice, ErrorKind, Purpose};
use feedforward_data::memory::Limit;
use feedforward_data::prepare::Unseen;
use feedforward_data::table::{Cells, Column, Numbers, Table};
use feedforward_network::Optimizer;
use feedforward_training::{Ask, ClassWeight, Control, Machine, Model, Precision, fit};

/// 128 numbers and a class for each row; f32 inputs take 12 MiB, and more than a quarter of the memory.
const ROWS: usize = 25_000;
const LIMIT: u64 = 46 << 20;

fn table(limit: u64) -> Table {
    let draws = Dice::new(4).stream(Purpose::Experiment, &[]);
    let number = |c: u64| {
        let cells = (0..ROWS as u64).map(|r| ((draws.fork(c).bits(r) >> 40) as f32) / 1024.0).collect();
        Column::new(format!("x{c}"), Cells::Number(Numbers::F32(cells)))
    };
    let mut columns: Vec<Column> = (0..128).map(number).collect();
    let Cells::Number(first) = columns[0].here().clone() else { unreachable!() };
    let codes = (0..ROWS).map(|r| u32::from(first.get(r) > 9_000.0) + u32::from(r % 9 == 0)).collect();
    let levels = ["low", "high", "odd"].map(String::from).to_vec();
    columns.push(Column::new("class", Cells::Category { codes, levels }));
    let limit = Some(Limit { bytes: limit, folder: std::env::temp_dir(), shared: 1 });
    Table { name: "t".into(), columns, rows: ROWS, limit, ..Table::default() }
}

fn without(table: Table) -> Table {
    Table { limit: None, ..table }
}

fn ask() -> Ask {
    let mut ask = Ask { layers: Some(vec![4]), epochs: Some(2), batch_size: Some(100), ..Ask::default() };
    ask.roles.target = vec!["class".into()];
    ask
}

fn trained(table: Table, ask: &Ask) -> Model {
    fit(table, None, ask, Machine::new(2), &mut |_| Control::Continue).unwrap().model
}

#[test]
fn rows_in_a_file_give_the_same_model() {
    let asks = [
        Ask { dropout: vec![0.2], class_weight: ClassWeight::Balanced, refit: Some(true), ..ask() },
        Ask {
            optimizer: Optimizer::LBFGS,
            batch_size: None,
            precision: Precision::F64,
            validation: Some(0.3),
            ..ask()
        },
    ];
    for ask in asks {
        let (here, away) = (trained(without(table(0)), &ask), trained(table(LIMIT), &ask));
        assert_eq!(here, away);
        let judged = |t: Table| away.evaluate(t, 0.5, Unseen::Error, Machine::new(1)).unwrap();
        let (a, b) = (judged(without(table(0))), judged(table(LIMIT)));
        assert_eq!((a.judgement, a.evidence), (b.judgement, b.evidence));
    }
}

#[test]
fn too_little_memory_is_refused_with_what_is_needed() {
    let said = |bytes: u64| fit(table(bytes), None, &ask(), Machine::new(1), &mut |_| Control::Stop);
    let e = said(27 << 20).unwrap_err();
    assert!(matches!(e.kind(), ErrorKind::BadValue { .. }), "{e}");
    let text = e.to_string();
    let least: u64 = text.split("pass --memory ").nth(1).unwrap().split('M').next().unwrap().parse().unwrap();
    assert!((28..45).contains(&least) && text.contains("at most the 27 MiB that are left"), "{text}");
    assert!(said(least << 20).is_ok(), "what the hint says is enough");
}
