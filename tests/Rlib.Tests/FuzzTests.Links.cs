using Mirlink.Backend.Lir;
using Mirlink.Linker;

namespace Mirlink.Rlib.Tests;

/// <summary>
/// Damaged programs, linked up to what a backend would get. Of what can be read the types may not fit together, which only those notice who compile it.
/// <c>MIRLINK_FUZZ_LINKS</c> says how many.
/// </summary>
public sealed partial class FuzzTests
{
    /// <summary>Without the standard library's own main, which is most of a small program.</summary>
    private static readonly string[] s_programs =
    [
        """
        #![no_main]
        trait Shape { const SIDES: u32; fn area(&self) -> u64; fn twice(&self) -> u64 { self.area() * 2 + Self::SIDES as u64 } }
        struct Square<T = u64>(T, u8);
        impl Shape for Square { const SIDES: u32 = 3 + 1; fn area(&self) -> u64 { self.0 * self.0 + self.1 as u64 } }
        struct Noisy<'a>(&'a mut u64);
        impl Drop for Noisy<'_> { fn drop(&mut self) { *self.0 += 1; } }
        #[repr(i8)] #[derive(Clone, Copy, PartialEq)] enum Code { A = 3, B(u16), C { x: i64, y: bool } }
        fn code(c: Code) -> i64 { match c { Code::A => 1, Code::B(n) => n as i64, Code::C { x, y: true } => x, Code::C { y, .. } => y as i64 } }
        fn dynamic(f: &dyn Fn(u64) -> u64) -> u64 { f(7) }
        #[unsafe(no_mangle)] pub extern "C" fn main(argc: i32, argv: *const *const u8) -> i32 {
            let mut n = argc as u64;
            { let _d = Noisy(&mut n); }
            let k = n;
            let s = Square(n, 3);
            n += dynamic(&|x| x * k) + s.twice();
            n += code(Code::C { x: n as i64, y: n > 5 }) as u64;
            if Code::B(n as u16) == Code::A { n = unsafe { **argv } as u64; }
            n as i32
        }
        """,
        """
        #![no_main]
        static TABLE: &[(&str, u32)] = &[("one", 1), ("two", 2)];
        static mut STATE: Option<&'static [u8; 3]> = Some(&[1, 2, 3]);
        const fn factorial(n: u32) -> u32 { if n == 0 { 1 } else { n * factorial(n - 1) } }
        const FACTORIAL: u32 = factorial(5);
        union Bits { f: f32, i: u32 }
        fn find(s: &str) -> u32 { let mut i = 0; while i < TABLE.len() { if TABLE[i].0.len() == s.len() { return TABLE[i].1; } i += 1; } FACTORIAL }
        fn slices(v: &[i64]) -> i64 { match v { [first, .., last] => first - last, [only] => *only, [] => -1 } }
        unsafe extern "C" { fn strlen(s: *const i8) -> usize; }
        std::arch::global_asm!("jmp {}", sym find);
        #[unsafe(no_mangle)] pub extern "C" fn main(argc: i32, argv: *const *const i8) -> i32 {
            let bits = Bits { f: argc as f32 };
            let state = unsafe { STATE };
            let sum = match state { Some(a) => a[argc as usize & 1] as i64, None => 0 };
            let wide = (argc as u128) << 70 | FACTORIAL as u128;
            let text = if argc > 2 { "three" } else { "x" };
            (find(text) as i64 + slices(&[sum, argc as i64, (wide >> 3) as i64]) + unsafe { bits.i } as i64 + unsafe { strlen(*argv) } as i64) as i32
        }
        """,
    ];

    [Fact]
    public void Links()
    {
        var programs = Array.ConvertAll(s_programs, source =>
        {
            string metadata = _in.Files.CompileText(source, "program" + Array.IndexOf(s_programs, source));
            var (prefix, chunks) = TakeApart(_in.Files.ToRlib(metadata).Section);
            return (Metadata: File.ReadAllBytes(metadata), Prefix: prefix, Chunks: chunks);
        });
        string[] paths = [_in.Files.PathOf("mutated.rlib"), _in.Files.PathOf("mutated.rmeta")];
        Fuzz((_, random) =>
        {
            var (metadata, prefix, chunks) = programs[random.Next(programs.Length)];
            int form = random.Next(2);
            if (form == 0)
            {
                var damaged = chunks.ToArray();
                int victim = random.Next(chunks.Length);
                damaged[victim].Raw = Mutation.Of(damaged[victim].Raw, random);
                File.WriteAllBytes(paths[form], ArWriter.Write([new ArEntry(SectionFormat.SectionMember, PutTogether(prefix, damaged, random))]));
            }
            else
            {
                File.WriteAllBytes(paths[form], Mutation.Of(metadata, random));
            }
            var options = new LinkOptions { Root = paths[form], Output = "none", OptLevel = random.Next(2) == 0 ? "0" : "2", CodegenUnits = 1, Jobs = 1 };
            var lowered = new LinkDriver(new CrateOpener(), new SessionServices()).Lower(options);
            foreach (var crate in lowered.Tcx.Crates) (crate as IDisposable)?.Dispose();
            LirValidator.Check(lowered.Unit);
        }, "MIRLINK_FUZZ_LINKS");
    }
}
