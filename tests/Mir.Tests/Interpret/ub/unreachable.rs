// UndefinedBehavior: `assume` called with `false`
fn main() {
    let x = std::hint::black_box(Some(1));
    let y = match x { None => 0, Some(_) => unsafe { std::hint::unreachable_unchecked() } };
    println!("{y}");
}
