// passes: generic MIR
#![crate_type = "lib"]

// Reborrows and temporaries, the same for every T.
pub fn reborrowed<T>(values: &mut Vec<T>, value: T) {
    let v = &mut *values;
    let w = &mut *v;
    w.push(value);
}

// What a generic constant is, is not known yet; that it is copied is.
pub fn constant_of<T: Sized>() -> usize {
    let size = size_of::<T>();
    let twice = size;
    twice * 2
}

// Overflow checks are for the link to decide.
pub fn checked<T>(items: &[T], n: usize) -> usize {
    items.len() + n
}

// Moves of a parameter from hand to hand.
pub fn handed<T>(value: T) -> T {
    let a = value;
    let b = a;
    b
}

// A drop of a T stays: it is unknown whether it does anything.
pub fn dropped<T>(value: T, other: T) -> T {
    drop(value);
    other
}

// The drop flag is decided on both ways, but not by one constant.
pub fn conditional<T>(value: T, keep: bool) -> Option<T> {
    if keep { Some(value) } else { None }
}

// A constant that decides a branch for all types.
pub fn decided<T: Default>() -> Option<T> {
    let on = true;
    if on { Some(T::default()) } else { None }
}

// Its own parameters do not count: what it is in has one.
pub fn in_closure<T: Clone>(value: &T) -> impl Fn() -> T {
    let r = &*value;
    move || { let s = r; s.clone() }
}

// The associated type is no type yet.
pub fn next_of<I: Iterator>(mut it: I) -> Option<I::Item> {
    let r = &mut it;
    let n = r.next();
    n
}

// Without parameters: as it was, for its only instance is made by the link.
pub fn concrete(a: u32) -> u32 {
    let b = a;
    let c = b;
    c
}

// Lifetimes are no parameters: one instance.
pub fn borrowed<'a>(a: &'a str) -> &'a str {
    let b = a;
    b
}

// An enum's variant that was just made.
pub fn variant<T>(value: T) -> bool {
    let o = Some(value);
    match &o { Some(_) => true, None => false }
}
