// passes: const-branches, simplify-cfg, split-locals
#![crate_type = "lib"]

pub fn reused(a: u32, b: u32) -> u32 {
    let mut x = a;
    let y = x ^ 1;
    x = b;
    x ^ y
}

// Both assignments are seen by one use.
pub fn joined(a: u32, b: u32, which: bool) -> u32 {
    let mut x = a;
    if which {
        x = b;
    }
    x
}

pub fn in_each_arm(a: u32, which: bool) -> u32 {
    let x;
    if which {
        x = a;
        x ^ 1
    } else {
        x = 2;
        x
    }
}

pub fn looped(mut n: u32) -> u32 {
    let mut x = n;
    while n > 0 {
        x = x ^ n;
        n -= 1;
    }
    x
}

// One in the loop, one behind it.
pub fn after_the_loop(mut n: u32) -> u32 {
    let mut x = 0;
    while n > 0 {
        x ^= n;
        n -= 1;
    }
    let sum = x;
    x = sum ^ 5;
    x
}

pub fn borrowed(a: u32, b: u32, f: fn(&u32)) -> u32 {
    let mut x = a;
    f(&x);
    x = b;
    x
}

pub fn written_in_part(a: u32) -> u32 {
    let mut t = (a, 1);
    t.0 = 2;
    let u = t.0;
    t = (3, a);
    t.1 ^ u
}

pub fn results_of_calls(f: fn(u32) -> u32) -> u32 {
    let mut x = f(1);
    let y = x;
    x = f(2);
    x ^ y
}

pub fn argument(mut a: u32) -> u32 {
    let b = a;
    a = 3;
    a ^ b
}

pub fn swapped(a: u32, b: u32) -> u32 {
    let mut x = a;
    let mut y = b;
    let t = x;
    x = y;
    y = t;
    x & !y
}

pub fn enums(a: u32, which: bool) -> u32 {
    let mut o = Some(a);
    let first = if let Some(x) = o { x } else { 0 };
    o = if which { None } else { Some(first) };
    if let Some(x) = o { x } else { 1 }
}
