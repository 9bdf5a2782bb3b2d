fn main() {
    // Two archives: one named here, one by the attribute in the source.
    cc::Build::new().file("c/tally.c").define("STEP", "2").compile("tally");
    cc::Build::new().file("c/text.c").cargo_metadata(false).compile("corpus_text");
    println!("cargo::rustc-link-search=native={}", std::env::var("OUT_DIR").unwrap());
    println!("cargo::rerun-if-changed=c");
}
