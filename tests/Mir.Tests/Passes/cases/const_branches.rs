// passes: copy-prop, const-prop, const-branches
#![crate_type = "lib"]

pub fn dead_branch(x: u32) -> u32 {
    if cfg!(debug_assertions) { x + 1 } else { x }
}

pub fn size_decides() -> u32 {
    if core::mem::size_of::<u64>() == 8 { 1 } else { 2 }
}

pub fn needs_drop_decides() -> bool {
    core::mem::needs_drop::<u32>()
}

pub fn unknown(x: bool) -> u32 {
    if x { 1 } else { 2 }
}

pub fn checked(x: u32) -> u32 {
    unsafe { core::hint::assert_unchecked(x > 3) };
    x - 3
}

pub fn constant_match() -> u32 {
    match 3u8 { 1 => 10, 3 => 30, _ => 0 }
}

pub fn align_decides(x: u32) -> u32 {
    if core::mem::align_of::<u16>() > 1 { x } else { 0 }
}

pub fn nested(x: bool) -> u32 {
    if !cfg!(debug_assertions) { if x { 1 } else { 2 } } else { 3 }
}

// An overflow check that this link leaves out.
pub fn unchecked(x: u32) -> u32 {
    x + 1
}

// The check guards something undefined: it stays.
pub fn division(x: u32, y: u32) -> u32 {
    x / y
}
