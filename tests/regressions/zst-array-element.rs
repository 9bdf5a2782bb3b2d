// An element of an array without bytes, read from a local that is not in memory.
// options: overflow-checks=true debug-assertions=false reference-level=0 front-end-level=0
#[derive(Clone, Copy, Debug, PartialEq)]
enum One { Only }

#[inline(never)]
fn element(a: [One; 3], i: usize) -> One { a[i] }

#[inline(never)]
fn pick<T: Copy>(a: [T; 3]) -> (T, T) {
    let [x, _, z] = a;
    (x, z)
}

fn main() {
    println!("{:?} {:?}", element([One::Only; 3], 2), pick([(), (), ()]));
    println!("{:?}", pick([One::Only; 3]));
}
