//! The structures of Parquet's Thrift definition that its library reads, field by field.

use super::thrift::{I32, I64, STRUCT, Shape};

const BYTE: Shape = Shape::Plain(3);
const SHORT: Shape = Shape::Plain(4);
const INT: Shape = Shape::Plain(I32);
const LONG: Shape = Shape::Plain(I64);
const BYTES: Shape = Shape::Plain(8);
const ANY: Shape = Shape::Plain(STRUCT);

const STATISTICS: Shape = Shape::Structure(&[
    (1, BYTES),
    (2, BYTES),
    (3, LONG),
    (4, LONG),
    (5, BYTES),
    (6, BYTES),
    (7, Shape::Truth),
    (8, Shape::Truth),
]);
const TIME: Shape = Shape::Structure(&[(1, Shape::Truth), (2, ANY)]);
const LOGICAL: Shape = Shape::Structure(&[
    (5, Shape::Structure(&[(1, INT), (2, INT)])),
    (7, TIME),
    (8, TIME),
    (10, Shape::Structure(&[(1, BYTE), (2, Shape::Truth)])),
    (16, Shape::Structure(&[(1, BYTE)])),
    (17, Shape::Structure(&[(1, BYTES)])),
    (18, Shape::Structure(&[(1, BYTES), (2, INT)])),
]);
const ELEMENT: Shape = Shape::Structure(&[
    (1, INT),
    (2, INT),
    (3, INT),
    (4, BYTES),
    (5, INT),
    (6, INT),
    (7, INT),
    (8, INT),
    (9, INT),
    (10, LOGICAL),
]);
const PAIR: Shape = Shape::Structure(&[(1, BYTES), (2, BYTES)]);
const CHUNK_DATA: Shape = Shape::Structure(&[
    (1, INT),
    (2, Shape::List(&INT)),
    (3, Shape::List(&BYTES)),
    (4, INT),
    (5, LONG),
    (6, LONG),
    (7, LONG),
    (8, Shape::List(&PAIR)),
    (9, LONG),
    (10, LONG),
    (11, LONG),
    (12, STATISTICS),
    (13, Shape::List(&Shape::Structure(&[(1, INT), (2, INT), (3, INT)]))),
    (14, LONG),
    (15, INT),
    (16, Shape::Structure(&[(1, LONG), (2, Shape::List(&LONG)), (3, Shape::List(&LONG))])),
]);
const CHUNK: Shape = Shape::Structure(&[
    (1, BYTES),
    (2, LONG),
    (3, CHUNK_DATA),
    (4, LONG),
    (5, INT),
    (6, LONG),
    (7, INT),
    (8, ANY),
    (9, BYTES),
]);
const GROUP: Shape = Shape::Structure(&[
    (1, Shape::List(&CHUNK)),
    (2, LONG),
    (3, LONG),
    (4, Shape::List(&ANY)),
    (5, LONG),
    (6, LONG),
    (7, SHORT),
]);

/// The index at the end of a file.
pub(super) const INDEX: Shape = Shape::Structure(&[
    (1, INT),
    (2, Shape::List(&ELEMENT)),
    (3, LONG),
    (4, Shape::List(&GROUP)),
    (5, Shape::List(&PAIR)),
    (6, BYTES),
    (7, Shape::List(&ANY)),
    (8, ANY),
    (9, BYTES),
]);

/// The header of a page.
pub(super) const PAGE: Shape = Shape::Structure(&[
    (1, INT),
    (2, INT),
    (3, INT),
    (4, INT),
    (5, Shape::Structure(&[(1, INT), (2, INT), (3, INT), (4, INT), (5, STATISTICS)])),
    (7, Shape::Structure(&[(1, INT), (2, INT), (3, Shape::Truth)])),
    (
        8,
        Shape::Structure(&[
            (1, INT),
            (2, INT),
            (3, INT),
            (4, INT),
            (5, INT),
            (6, INT),
            (7, Shape::Truth),
            (8, STATISTICS),
        ]),
    ),
]);
