// passes: copy-prop
#![crate_type = "lib"]

// Chains of temporaries.
pub fn chain(a: u32) -> u32 {
    let b = a;
    let c = b;
    c
}

// Assigned on two ways: stays.
pub fn merged(a: u32, b: u32, which: bool) -> u32 {
    let c = if which { a } else { b };
    let d = c;
    d
}

// An address makes a local one of its own.
pub fn borrowed(a: u32) -> u32 {
    let b = a;
    let r = &b;
    *r
}

// The argument is needed after the move of its copy, whose memory the callee may reuse.
pub fn moved_copy(a: [u64; 8]) -> u64 {
    let b = a;
    consume(b) + a[1]
}

#[inline(never)]
fn consume(mut a: [u64; 8]) -> u64 {
    a[0] += 1;
    a[0]
}

// A variable of a loop is assigned twice.
pub fn looped(mut n: u32) -> u32 {
    let mut last = 0;
    while n > 0 {
        last = n;
        n -= 1;
    }
    last
}

// What the callee does to its argument must not be seen by the next turn of the loop.
pub fn copied_in_a_loop(a: [u64; 8], mut n: u32) -> u64 {
    let mut sum = 0;
    while n > 0 {
        let b = a;
        sum += consume(b);
        n -= 1;
    }
    sum
}

// Both names stay for debuggers, one local for the machine.
pub fn renamed(a: u64) -> u64 {
    let x = a;
    let y = x;
    x ^ y
}

pub fn result_of_a_call(a: [u64; 8]) -> u64 {
    let r = consume(a);
    let s = r;
    s
}

// A part is no copy of the whole.
pub fn part(a: (u32, u32)) -> u32 {
    let b = a.1;
    let c = b;
    c
}

pub fn raw_pointer(a: *const u32) -> u32 {
    let p = a;
    let q = p;
    unsafe { *q }
}
