// passes: const-branches, simplify-cfg, copy-prop, jump-threading
#![crate_type = "lib"]

pub fn made_and_matched(x: u32) -> u32 {
    let o = if x > 3 { Some(x) } else { None };
    match o {
        Some(y) => y + 1,
        None => 0,
    }
}

pub fn flag(x: u32) -> u32 {
    let big = if x > 100 { true } else { false };
    if big { 1 } else { 2 }
}

pub fn and(a: bool, b: bool) -> u32 {
    if a && b { 1 } else { 2 }
}

pub fn or(a: bool, b: bool, c: bool) -> u32 {
    if a || b || c { 1 } else { 2 }
}

pub fn question_mark(x: Result<u32, u8>) -> Result<u32, u8> {
    let y = x?;
    Ok(y ^ 1)
}

pub fn twice_the_same(x: u32) -> u32 {
    let a = match x { 0 => 1, 1 => 2, _ => 3 };
    match x { 0 => a + 10, _ => a }
}

pub fn code(x: u32) -> u32 {
    let k = match x { 0 => 5u8, 1 => 6, _ => 7 };
    match k { 5 => 50, 6 => 60, _ => 70 }
}

// What stands before the switch is done on every way.
pub fn work_before(x: u32, p: &mut u32) -> u32 {
    let o = if x > 3 { Some(x) } else { None };
    *p = x;
    match o {
        Some(y) => y,
        None => 1,
    }
}

// Changed through a pointer: not known.
pub fn borrowed(x: u32, f: fn(&mut Option<u32>)) -> u32 {
    let mut o = Some(x);
    f(&mut o);
    match o {
        Some(y) => y,
        None => 0,
    }
}

// The head of a loop is not threaded through.
pub fn loop_head(mut x: u32) -> u32 {
    let mut go = true;
    while go {
        x += 1;
        if x > 10 {
            go = false;
        }
    }
    x
}

pub fn constant_none(x: u32) -> u32 {
    const NOTHING: Option<u32> = None;
    let o = if x == 0 { NOTHING } else { Some(x) };
    if let Some(y) = o { y } else { 9 }
}

pub fn negated(a: bool, b: bool) -> u32 {
    let both = a && b;
    if !both { 1 } else { 2 }
}

// That it is dropped later does not matter.
pub fn dropped(x: bool, s: String, f: fn()) -> u32 {
    let o = if x { Some(s) } else { None };
    let n = match o {
        Some(_) => 1,
        None => 2,
    };
    f();
    n
}
