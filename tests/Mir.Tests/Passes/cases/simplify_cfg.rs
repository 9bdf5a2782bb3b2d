// passes: const-branches, noop-drops, simplify-cfg
#![crate_type = "lib"]

pub fn straight(a: u32) -> u32 {
    let b = { a };
    if true { b } else { 0 }
}

pub fn empty_loop_never_ends(a: bool) {
    if a {
        loop {}
    }
}

pub fn scopes(a: Option<u32>) -> u32 {
    'outer: {
        if let Some(x) = a {
            break 'outer x;
        }
        0
    }
}

pub fn joined(a: bool) -> u32 {
    let x = if a { 1 } else { 2 };
    x
}

pub fn empty_arms(a: u32) {
    match a {
        1 => {}
        2 => {}
        _ => {}
    }
}

pub fn blocks(a: u32) -> u32 {
    {
        {
            a
        }
    }
}

pub fn early_return(a: u32) -> u32 {
    if a == 0 {
        return 1;
    }
    a
}

pub fn looped(mut a: u32) -> u32 {
    loop {
        if a > 10 {
            break;
        }
        a += 1;
    }
    a
}

pub fn unreachable_end(a: u32) -> u32 {
    loop {
        return a;
    }
}

pub fn short_circuit(a: bool, b: bool) -> bool {
    a && b
}
