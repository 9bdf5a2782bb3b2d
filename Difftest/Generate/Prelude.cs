namespace Mirlink.Difftest.Generate;

/// <summary>What every generated program starts with: the trace that everything observable is mixed into, and how values are.</summary>
internal static class Prelude
{
    public const string Text = """
        #![allow(warnings, arithmetic_overflow, unconditional_panic, overflowing_literals, unconditional_recursion, long_running_const_eval)]
        use std::cell::Cell;
        use std::hint::black_box;
        use std::panic::{catch_unwind, AssertUnwindSafe};
        use std::sync::atomic::{AtomicU64, Ordering};
        static TRACE: AtomicU64 = AtomicU64::new(0x9E3779B97F4A7C15);
        fn trace() -> u64 {
        TRACE.load(Ordering::Relaxed)
        }
        const fn step(h: u64, x: u64) -> u64 {
        (h ^ x).wrapping_mul(0x9FB21C651E98DF25).rotate_left(29) ^ (h >> 7)
        }
        fn mix(h: &mut u64, x: u64) {
        *h = step(*h, x);
        }
        fn note(x: u64) {
        TRACE.store(step(trace(), x), Ordering::Relaxed);
        }
        trait Fold {
        fn fold(&self, h: &mut u64);
        }
        fn hash<T: Fold + ?Sized>(v: &T) -> u64 {
        let mut h = 1;
        v.fold(&mut h);
        h
        }
        fn run(id: u32, f: &dyn Fn() -> u64) {
        match catch_unwind(AssertUnwindSafe(|| f())) {
        Ok(v) => note(v),
        Err(_) => note(0xDEAD),
        }
        println!("{id} {:016x}", trace());
        }
        macro_rules! fold_int {
        ($($t:ty)*) => { $(impl Fold for $t { fn fold(&self, h: &mut u64) { mix(h, *self as u64) } })* };
        }
        fold_int!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize bool char);
        macro_rules! fold_wide {
        ($($t:ty)*) => { $(impl Fold for $t { fn fold(&self, h: &mut u64) { mix(h, *self as u64); mix(h, (*self >> 64) as u64) } })* };
        }
        fold_wide!(u128 i128);
        macro_rules! fold_float {
        ($($t:ty)*) => { $(impl Fold for $t { fn fold(&self, h: &mut u64) { mix(h, if *self != *self { 1 } else { self.to_bits() as u64 }) } })* };
        }
        fold_float!(f32 f64);
        impl Fold for str {
        fn fold(&self, h: &mut u64) { for b in self.bytes() { mix(h, b as u64) } mix(h, self.len() as u64) }
        }
        impl Fold for String {
        fn fold(&self, h: &mut u64) { self.as_str().fold(h) }
        }
        impl<T: Fold + ?Sized> Fold for &T {
        fn fold(&self, h: &mut u64) { (**self).fold(h) }
        }
        impl<T: Fold + ?Sized> Fold for Box<T> {
        fn fold(&self, h: &mut u64) { (**self).fold(h) }
        }
        impl<T: Fold> Fold for [T] {
        fn fold(&self, h: &mut u64) { for x in self { x.fold(h) } mix(h, self.len() as u64) }
        }
        impl<T: Fold, const N: usize> Fold for [T; N] {
        fn fold(&self, h: &mut u64) { self[..].fold(h) }
        }
        impl<T: Fold> Fold for Vec<T> {
        fn fold(&self, h: &mut u64) { self[..].fold(h) }
        }
        impl<T: Fold> Fold for Option<T> {
        fn fold(&self, h: &mut u64) { match self { None => mix(h, 0), Some(x) => { mix(h, 1); x.fold(h) } } }
        }
        impl<T: Fold, E: Fold> Fold for Result<T, E> {
        fn fold(&self, h: &mut u64) { match self { Ok(x) => { mix(h, 2); x.fold(h) } Err(e) => { mix(h, 3); e.fold(h) } } }
        }
        impl Fold for () {
        fn fold(&self, h: &mut u64) { mix(h, 4) }
        }
        macro_rules! fold_tuple {
        ($($t:ident $i:tt),*) => { impl<$($t: Fold),*> Fold for ($($t,)*) { fn fold(&self, h: &mut u64) { $(self.$i.fold(h);)* } } };
        }
        fold_tuple!(A 0);
        fold_tuple!(A 0, B 1);
        fold_tuple!(A 0, B 1, C 2);

        """;
}
