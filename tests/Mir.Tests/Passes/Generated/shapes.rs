// Types and functions that generated bodies use.
pub struct S { pub a: u32, pub b: (u8, u32), pub c: u64 }
pub enum E { A, B(u32), C { x: u8, s: (u32, u32) } }
pub struct W(pub u32);

pub const fn mix(a: u32, b: u32) -> u32 { a.rotate_left(5) ^ b.wrapping_mul(0x9e37_79b1) }
pub const fn poke(p: &mut u32, v: u32) -> u32 { let old = *p; *p = v ^ 0x55; old }
pub const fn make(a: u32) -> S { S { a, b: (a as u8, a ^ 1), c: 7 + a as u64 } }
pub const fn eat(s: S) -> u32 { s.a ^ s.b.1 ^ s.c as u32 }
pub const fn choose(x: u32) -> E { match x % 3 { 0 => E::A, 1 => E::B(x), _ => E::C { x: 3, s: (x, x ^ 2) } } }
pub const fn option(x: u32) -> Option<u32> { if x & 1 == 0 { Some(x / 2) } else { None } }

pub fn shapes(_: (S, E, Option<u32>, (u8, u32), [u32; 4], W, *mut u32, &u32, (u32, bool), &mut u32, (u32, u32))) {}
