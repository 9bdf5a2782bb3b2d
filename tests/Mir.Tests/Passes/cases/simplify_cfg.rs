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
