//! Numbers as Java 17 prints them.

use super::*;

#[test]
fn doubles_print_as_in_java() {
    let check = |double: f64, expected: &str| {
        let mut out = String::new();
        write_double(double, &mut out);
        assert_eq!(out, expected);
    };
    check(0.0, "0.0");
    check(-0.0, "-0.0");
    check(4.0, "4.0");
    check(-1.5, "-1.5");
    check(0.001, "0.001");
    check(0.002, "0.002");
    check(1e-4, "1.0E-4");
    check(9999999.0, "9999999.0");
    check(9999999.5, "9999999.5");
    check(1e7, "1.0E7");
    check(1234567890.0, "1.23456789E9");
    check(1.0 / 3.0, "0.3333333333333333");
    check(f64::MIN_POSITIVE, "2.2250738585072014E-308");
    check(f64::from_bits(1), "4.9E-324");
    check(f64::MAX, "1.7976931348623157E308");
    check(f64::INFINITY, "Infinity");
    check(f64::NAN, "NaN");
    check(0.5, "0.5");
    check(0.0625, "0.0625");
    check(0.05, "0.05");
    check(349.95, "349.95");
    check(1.0001, "1.0001");
    check(0.0012, "0.0012");
    check(3.0 * 19.95, "59.849999999999994");
    check(f64::MIN_POSITIVE.next_down(), "2.225073858507201E-308");
    check(2e23, "1.9999999999999998E23");
    check(9007199254740993.0, "9.007199254740992E15");
}

#[test]
fn floats_print_as_in_java() {
    let check = |float: f32, expected: &str| {
        let mut out = String::new();
        write_float(float, &mut out);
        assert_eq!(out, expected);
    };
    check(f32::from_bits(0x0000_0000), "0.0");
    check(f32::from_bits(0x8000_0000), "-0.0");
    check(f32::from_bits(0x3dcc_cccd), "0.1");
    check(f32::from_bits(0x485b_2108), "224388.12");
    check(f32::from_bits(0xca37_3cb9), "-3002158.2");
    check(f32::from_bits(0x4da0_99ef), "3.36805344E8");
    check(f32::from_bits(0x0080_0000), "1.17549435E-38");
    check(f32::from_bits(0x0000_0001), "1.4E-45");
    check(f32::from_bits(0x0000_0007), "9.8E-45");
    check(f32::from_bits(0x6900_0000), "9.6714065E24");
    check(f32::from_bits(0x7f7f_ffff), "3.4028235E38");
    check(f32::from_bits(0x4c00_0000), "3.3554432E7");
    check(f32::from_bits(0x5015_02f9), "1.0E10");
    check(f32::from_bits(0x3b03_126f), "0.002");
    check(f32::from_bits(0x38d1_b717), "1.0E-4");
    check(f32::from_bits(0x4b18_967f), "9999999.0");
    check(f32::from_bits(0x4b18_9680), "1.0E7");
    check(f32::from_bits(0x4b80_0000), "1.6777216E7");
    check(f32::from_bits(0x3fc0_0000), "1.5");
    check(f32::from_bits(0x5a00_0000), "9.0071993E15");
    check(f32::from_bits(0x7fc0_0000), "NaN");
    check(f32::from_bits(0xff80_0000), "-Infinity");
    check(f32::from_bits(0x3e99_999a), "0.3");
    check(f32::from_bits(0x3a83_126e), "9.999999E-4");
}

#[test]
fn short_decimals_are_those_that_are_searched_for() {
    let check = |double: f64| {
        let (mut short, mut searched) = (String::new(), String::new());
        if write_short(double, &mut short) {
            let Decimal { digits, exponent } = decimal(double);
            write_decimal(&digits, exponent, &mut searched);
            assert_eq!(short, searched);
        }
    };
    for parts in (10..100_000u64).chain((100_000..100_000_000_000u64).step_by(1_234_567)) {
        let double = parts as f64 / 1e4;
        if double.fract() != 0.0 {
            check(double);
            check(double.next_up());
            check(double.next_down());
        }
    }
}
