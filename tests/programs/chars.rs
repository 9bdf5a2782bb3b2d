// char: classification, case mapping, digits, UTF-8/16 encoding, ranges, conversion.
fn main() {
    for c in ['a', 'Z', '9', ' ', 'é', 'ß', 'Σ', '中', '🌍', '\n', '\u{0}', 'ǆ', '٣', '½', '\u{10ffff}'] {
        println!(
            "{:?} {:#x} alpha {} num {} alnum {} up {} low {} ws {} ctl {} len {} {} up={} low={}",
            c,
            c as u32,
            c.is_alphabetic(),
            c.is_numeric(),
            c.is_alphanumeric(),
            c.is_uppercase(),
            c.is_lowercase(),
            c.is_whitespace(),
            c.is_control(),
            c.len_utf8(),
            c.len_utf16(),
            c.to_uppercase().collect::<String>().escape_debug(),
            c.to_lowercase().count(),
        );
        let mut buf = [0; 4];
        println!("  {:?} {:?}", c.encode_utf8(&mut buf).as_bytes(), c.escape_unicode().to_string());
    }
    println!("{:?} {:?} {:?}", 'f'.to_digit(16), 'g'.to_digit(16), 'z'.to_digit(36));
    println!("{:?} {:?}", char::from_digit(11, 16), char::from_digit(10, 10));
    println!("{:?} {:?} {:?}", char::from_u32(0xd800), char::from_u32(0x41), char::from_u32(0x110000));
    println!("{:?} {:?}", char::try_from(0x1f600u32), u8::try_from('é').is_ok());
    println!("{}", ('a'..='k').step_by(3).collect::<String>());
    println!("{}", ('\u{d7fe}'..='\u{e001}').count());
    println!("{:?}", ('a'..'e').rev().collect::<Vec<_>>());
    println!("{} {}", 'x'.eq_ignore_ascii_case(&'X'), 'x'.to_ascii_uppercase());
    println!("{} {} {}", '!'.is_ascii_punctuation(), 'F'.is_ascii_hexdigit(), '\x1b'.is_ascii_control());
    println!("{:?}", char::decode_utf16([0xd83c, 0xdf0d, 0x41, 0xd800]).map(|r| r.map_err(|e| e.unpaired_surrogate())).collect::<Vec<_>>());
    println!("{:?} {}", 'a'.max('b'), 'a' as u8 + 1);
    println!("{} {} {}", size_of::<char>(), size_of::<Option<char>>(), char::MAX as u32);
}
