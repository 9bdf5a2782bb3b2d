// passes: simplify-cfg, copy-prop, sroa, copy-prop, dest-prop, dead-stores, simplify-cfg, storage-ranges
// Locals in memory that other passes left without storage marks get them from where something is written to where it is last read.

#![crate_type = "lib"]

pub struct Big(pub [u64; 8]);
pub struct Named { pub a: [u64; 5], pub s: String }

#[inline(never)]
fn step(b: Big) -> Big { b }
#[inline(never)]
fn named(n: u64) -> Named { Named { a: [n; 5], s: String::new() } }
#[inline(never)]
fn longer(n: Named) -> Named { n }
#[inline(never)]
fn small(n: u64) -> [u64; 2] { [n; 2] }
#[inline(never)]
fn look(b: &Big) -> u64 { b.0[0] }

// Each ends with the call that takes it.
pub fn chain() -> Big { let a = step(Big([1; 8])); let b = a; let c = step(b); let d = c; let e = step(d); let f = e; step(f) }

// On the way of unwinding they are dropped, and end behind that.
pub fn cleanup() -> Named { let a = named(1); let b = a; let c = longer(b); let d = c; let e = longer(d); let f = e; longer(f) }

// Only one of two is there at a time.
pub fn either(c: bool) -> u64 { if c { let a = step(Big([1; 8])); let b = a; step(b).0[1] } else { let a = step(Big([2; 8])); let b = a; step(b).0[2] } }

// From one turn of the loop to the next.
pub fn carried(n: u64) -> Big { let mut a = step(Big([0; 8])); let mut i = 0; while i < n { let b = step(a); let c = b; a = step(c); i += 1; } a }

// Begins anew in each turn.
pub fn in_a_loop(n: u64) -> u64 { let mut sum = 0; let mut i = 0; while i < n { let a = step(Big([i; 8])); let b = a; let c = step(b); let d = c; sum += step(d).0[0]; i += 1; } sum }

// Dropped on some ways only.
pub fn flagged(c: bool) -> u64 { let a = named(1); let b = a; if c { let d = longer(b); let e = d; longer(e).a[0] } else { 7 } }

// Written in part where it may have been written or not: left alone.
pub fn in_parts(c: bool) -> Big { let mut a: Big; if c { a = step(Big([1; 8])); a.0[1] = 2; } else { a = Big([3; 8]); } a.0[2] = 4; let b = step(a); let d = b; step(d) }

// Nobody knows how long what is borrowed is needed.
pub fn borrowed() -> u64 { let a = step(Big([1; 8])); let b = a; let c = step(b); let d = c; look(&d) + look(&d) }

// Two words share nothing worth it.
pub fn too_small() -> u64 { let a = small(1); let b = a; let c = small(b[0]); let d = c; d[1] + b[1] }

// A call's result that nobody reads is there while the call writes it.
pub fn unread(n: u64) -> u64 { let a = step(Big([n; 8])); let b = a; let _unused = step(b); let c = step(Big([n; 8])); let d = c; step(d).0[0] }

// What is read on two ways ends on each.
pub fn forked(c: bool) -> u64 { let a = step(Big([1; 8])); let b = a; let d = step(Big([2; 8])); let e = d; if c { step(b).0[0] } else { step(e).0[1] } }
