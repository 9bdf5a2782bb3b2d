extern crate dep;
use dep::{Area, Shape};
fn plain(x: Option<u32>) -> u32 {
    x.unwrap()
}
fn multibyte(x: Option<u32>) -> u32 { let _s = "日本語é"; x.unwrap() }
fn in_macro(x: Option<u32>) -> u32 {
    /* indent */ dep::outer!(x)
}
fn index(v: &[u32], i: usize) -> u32 { v[i] + 1 }
async fn later(a: u32) -> u32 { std::future::ready(a).await + 1 }
fn dynamic(f: &dyn Fn(u32) -> u32) -> u32 { f(3) }
unsafe fn asm(x: u64) -> u64 { let y: u64; unsafe { core::arch::asm!("mov {0}, {1}", "add {0}, 5", out(reg) y, in(reg) x); } y }
union U { a: u32, b: f32 }
fn main() {
    println!("{} {}", plain(Some(1)), multibyte(Some(2)));
    println!("{}", in_macro(Some(3)));
    let c = |y: u32| y + index(&[1, 2], 1);
    println!("{}", dynamic(&c));
    let u = U { a: 1 };
    println!("{}", unsafe { u.b });
    println!("{}", Shape::Circle(1.0).area());
    drop(later(1));
    unsafe { asm(3); }
    println!("{:?}", dep::generic(&["a"; 3]));
}
