pub enum Shape { Circle(f64), Square { side: f64 }, Empty }
#[repr(u8)] pub enum Explicit { A = 5, B, C = 10, D }
pub trait Area { const SIDES: u32; type Out; fn area(&self) -> Self::Out; fn twice(&self) -> u32 { Self::SIDES * 2 } }
impl Area for Shape { const SIDES: u32 = 4; type Out = f64; fn area(&self) -> f64 { match self { Shape::Circle(r) => r * r, Shape::Square { side } => side * side, Shape::Empty => 0.0 } } }
pub static TABLE: [&str; 3] = ["é", "two", "three"];
pub static mut COUNTER: u32 = 7;
pub struct Guard<'a>(pub &'a mut u32);
impl<'a> Drop for Guard<'a> { fn drop(&mut self) { *self.0 += 1; } }
#[macro_export] macro_rules! outer { ($e:expr) => { $crate::inner!($e) } }
#[macro_export] macro_rules! inner { ($e:expr) => { $e.unwrap() } }
pub fn generic<T: Clone, const N: usize>(x: &[T; N]) -> Vec<T> { x.iter().cloned().collect() }
