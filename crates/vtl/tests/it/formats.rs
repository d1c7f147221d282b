//! `String.format`.
//!
//! Expected outputs were produced by Apache Velocity 1.7.

use crate::support::{Case, EVAL, agree, both, same};

#[test]
fn formats() {
    agree(FORMATS);
}

#[rustfmt::skip]
const FORMATS: &[Case] = &[
    same("$name.format('%a', $d)", "0x1.4p1"),
    same("$name.format('%15A|', $d)", "        0X1.4P1|"),
    same("$name.format('%.2f', null)", "nu"),
    both("$name.format('%8.3f|', $nil)", "     nul|", EVAL),
    same("$name.format('%3$s', null)", "null"),
    same("$name.format('%s %s', null)", "null null"),
    same("$name.format('%s %s', 1)", EVAL),
];
