// A struct made field by field in MaybeUninit and read whole, one field never written (as nix makes its sigaction): copying it must not be undefined behaviour.
// options: overflow-checks=false debug-assertions=false reference-level=0 front-end-level=0
use std::mem::MaybeUninit;
#[derive(Clone, Copy)]
pub enum SigHandler { SigDfl, SigIgn, Handler(extern "C" fn(i32)), SigAction(extern "C" fn(i32, *mut u8, *mut u8)) }
#[derive(Clone, Copy)]
pub struct Set { s: [u64; 16] }
impl Set { pub fn empty() -> Set { let mut s = MaybeUninit::<[u64; 16]>::uninit(); unsafe { sigemptyset(s.as_mut_ptr().cast()); Set { s: s.assume_init() } } } }
unsafe extern "C" { fn sigemptyset(p: *mut u8) -> i32; }
#[repr(C)] pub struct Raw { action: usize, mask: [u64; 16], flags: i32, r: Option<extern "C" fn()> }
pub struct Act { raw: Raw }
impl Act {
    pub fn new(handler: SigHandler, flags: i32, mask: Set) -> Act {
        unsafe fn install(p: *mut Raw, handler: SigHandler) {
            unsafe { (*p).action = match handler {
                SigHandler::SigDfl => 0,
                SigHandler::SigIgn => 1,
                SigHandler::Handler(f) => f as *const extern "C" fn(i32) as usize,
                SigHandler::SigAction(f) => f as *const extern "C" fn(i32, *mut u8, *mut u8) as usize,
            }; }
        }
        let mut s = MaybeUninit::<Raw>::uninit();
        unsafe {
            let p = s.as_mut_ptr();
            install(p, handler);
            (*p).flags = match handler { SigHandler::SigAction(_) => flags | 4, _ => flags & !4 };
            (*p).mask = mask.s;
            Act { raw: s.assume_init() }
        }
    }
}
extern "C" fn h(_: i32) {}
fn main() {
    let a = Act::new(SigHandler::Handler(h), 0x10000000, Set::empty());
    println!("{} {:x} {}", a.raw.action == h as *const () as usize, a.raw.flags, a.raw.mask[0]);
}
