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
