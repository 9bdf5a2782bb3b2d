# The runtime benchmarks of rustc-perf, from the compiler's source (Debian's rust-web-src), as one program: `rustc-perf NAME` runs a group. Sourced by run.sh.
# Left out are those whose dependencies are not in the corpus: bufreader (snap), compression (brotli), css (lightningcss), nes (a git repository), raytracer (lodepng), svg (resvg).

_rustc_perf=/usr/src/rustc-1.96.0/src/tools/rustc-perf/collector/runtime-benchmarks

# rustc_perf FOLDER: writes the crate there and prints its line of applications.txt. What is changed: `main` is public, the parser's module is its sibling, and
# benchlib runs each benchmark three times instead of reading performance counters.
rustc_perf() {
    local to=$1 name
    [[ -d $_rustc_perf ]] || return
    if [[ ! -e $to/.complete ]]; then
        rm -rf "$to"
        mkdir -p "$to"/{src,benchlib/src,fxhash/src}
        for name in fmt hashmap nbody parsing text-search data; do cp -r "$_rustc_perf/$name" "$to/"; done
        sed -i 's/^fn main()/pub fn main()/' "$to"/{fmt,hashmap,nbody,parsing,text-search}/src/main.rs
        sed -i 's/^use crate::json::/use self::json::/' "$to/parsing/src/main.rs"
        rm -f "$to"/*/Cargo.{toml,lock}
        cat > "$to/Cargo.toml" << 'MANIFEST'
[package]
name = "rustc-perf"
version = "0.1.0"
edition = "2021"
[dependencies]
benchlib = { path = "benchlib" }
fxhash = { path = "fxhash" }
hashbrown = "0.14"
nom = "7"
regex = "1"
[workspace]
MANIFEST
        cat > "$to/src/main.rs" << 'MAIN'
#[path = "../fmt/src/main.rs"] mod fmt;
#[path = "../hashmap/src/main.rs"] mod hashmap;
#[path = "../nbody/src/main.rs"] mod nbody;
#[path = "../parsing/src/main.rs"] mod parsing;
#[path = "../text-search/src/main.rs"] mod text_search;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("fmt") => fmt::main(),
        Some("hashmap") => hashmap::main(),
        Some("nbody") => nbody::main(),
        Some("parsing") => parsing::main(),
        Some("text-search") => text_search::main(),
        other => panic!("no group {other:?}"),
    }
}
MAIN
        printf '[package]\nname = "fxhash"\nversion = "0.2.1"\nedition = "2021"\n[dependencies]\nrustc-hash = "2"\n' > "$to/fxhash/Cargo.toml"
        echo 'pub use rustc_hash::FxBuildHasher;' > "$to/fxhash/src/lib.rs"
        printf '[package]\nname = "benchlib"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nflate2 = "1"\n' > "$to/benchlib/Cargo.toml"
        cat > "$to/benchlib/src/lib.rs" << 'LIB'
use std::io::Read;

pub mod benchmark {
    pub use std::hint::black_box;

    pub struct BenchmarkGroup;

    pub fn run_benchmark_group<F: FnOnce(&mut BenchmarkGroup)>(register: F) {
        register(&mut BenchmarkGroup)
    }

    impl BenchmarkGroup {
        pub fn register_benchmark<Ctor, Bench, R>(&mut self, name: &'static str, constructor: Ctor)
        where
            Ctor: Fn() -> Bench,
            Bench: FnOnce() -> R,
        {
            println!("{name}");
            for _ in 0..3 {
                let bench = constructor();
                black_box(bench());
            }
        }
    }
}

pub fn decompress_file(contents: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    flate2::bufread::GzDecoder::new(contents).read_to_end(&mut result).expect("Cannot decompress file");
    result
}
LIB
        touch "$to/.complete"
    fi
    echo "rustc-perf rustc-perf $to/Cargo.toml --bin rustc-perf"
}
