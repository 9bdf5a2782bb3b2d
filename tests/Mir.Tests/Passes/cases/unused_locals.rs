// passes: copy-prop, const-prop, dead-stores, simplify-cfg, unused-locals
#![crate_type = "lib"]

pub fn many(a: u32) -> u32 {
    let b = a;
    let c = b;
    let d = (c, c);
    d.0
}
