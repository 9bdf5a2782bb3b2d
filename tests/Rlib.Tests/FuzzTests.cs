using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc.Import;
using Mirlink.Rustc.Metadata.Raw;
using Allocation = Mirlink.Mir.Allocation;
using GlobalAlloc = Mirlink.Mir.GlobalAlloc;

namespace Mirlink.Rlib.Tests;

/// <summary>
/// Damaged input ends in what it says or in a <see cref="MirlinkException"/>: not in another exception, a stack overflow, a hang or a huge allocation.
/// Seeded and short; <c>MIRLINK_FUZZ_INPUTS</c> or <c>MIRLINK_FUZZ_SECONDS</c> (for each test) and <c>MIRLINK_FUZZ_SEED</c> make longer and other runs, and a line
/// for each test is appended to the file <c>MIRLINK_FUZZ_REPORT</c>. tests/fuzz.sh does that.
/// </summary>
public sealed partial class FuzzTests : IClassFixture<FuzzTests.Inputs>
{
    public sealed class Inputs : IDisposable
    {
        /// <summary>Small crates, as most of an input's time goes into what is not damaged; together they have everything that the formats can say.</summary>
        private static readonly string[] s_sources =
        [
            """
            pub trait Shape { const SIDES: u32; type Unit; fn area(&self) -> f64; fn twice(&self) -> f64 { self.area() * 2.0 } }
            pub struct Circle<T = f64>(pub T);
            impl Shape for Circle { const SIDES: u32 = 1 + 0; type Unit = u8; fn area(&self) -> f64 { self.0 * self.0 } }
            """,
            """
            pub enum Tree<'a, T, const N: usize> { Leaf, Node([&'a Tree<'a, T, N>; N], T) }
            impl<'a, T, const N: usize> Drop for Tree<'a, T, N> { fn drop(&mut self) { if let Tree::Node(_, _) = self { COUNT.fetch_add(1, core::sync::atomic::Ordering::Relaxed); } } }
            pub static COUNT: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(3);
            """,
            """
            #[repr(C, align(8))] pub union Bits { pub f: f32, pub i: u32 }
            #[repr(u8)] #[derive(Clone, Copy, PartialEq)] pub enum Code { A = 3, B = 9 }
            pub static TABLE: &[(&str, u32)] = &[("one", 1), ("two", 2)];
            pub static mut MOVED: Option<&'static [u8; 3]> = Some(&[1, 2, 3]);
            pub const fn factorial(n: u32) -> u32 { if n == 0 { 1 } else { n * factorial(n - 1) } }
            pub const FACTORIAL: u32 = factorial(5);
            """,
            """
            unsafe extern "C" { fn strlen(s: *const i8) -> usize; static environ: *const u8; }
            #[unsafe(no_mangle)] pub extern "C" fn length() -> usize { unsafe { strlen(c"q".as_ptr()) } }
            core::arch::global_asm!("{} {}", sym sized::<u8>, sym length);
            extern "C" fn sized<T>() -> usize { size_of::<T>() }
            pub fn assembly(x: u64) -> u64 { let y: u64; unsafe { core::arch::asm!("mov {}, {}", out(reg) y, in(reg) x) } y }
            """,
            """
            pub fn closures(v: &[i32]) -> impl Iterator<Item = i32> + '_ { let k = v.len() as i32; v.iter().map(move |x| x * k) }
            pub fn dynamic(f: &(dyn Fn(u8) -> u8 + Send)) -> u8 { f(b'a') }
            """,
            """
            pub async fn later(x: u32) -> u32 { core::future::ready(x).await + 1 }
            """,
            """
            pub fn matches(s: &str, n: u128) -> char { match (s, n) { ("a", 1..=5) => 'x', (_, u128::MAX) => '\u{1f600}', _ if s.is_empty() => 'z', _ => 'w' } }
            pub fn slices(v: &[i64]) -> i64 { match v { [first, .., last] => first - last, [only] => *only, [] => -1 } }
            """,
        ];

        internal sealed record Input(byte[] Metadata, byte[] Section, byte[] Rlib, TyCtxt Tcx, int Number, int[] Deps);

        internal CrateFiles Files { get; } = new();
        internal Input[] All { get; }

        public Inputs() => All = [.. s_sources.Select(Make)];

        private Input Make(string source, int number)
        {
            string metadata = Files.CompileText("#![no_std]\n" + source, "input" + number.ToString(CultureInfo.InvariantCulture));
            var (section, rlib) = Files.ToRlib(metadata);
            // The session with the crate's dependencies, and their numbers in the crate's own order.
            var (tcx, crate) = Files.Open(metadata);
            var meta = ((RustcCrate)tcx.Crates[crate]).Metadata;
            int[] deps = Array.ConvertAll(meta.Decode(meta.Root.CrateDeps), d => Enumerable.Range(0, tcx.Crates.Count).First(i => tcx.Crates[i].Info.Name == meta.Text(d.Name)));
            return new Input(File.ReadAllBytes(metadata), section, File.ReadAllBytes(rlib), tcx, crate, deps);
        }

        public void Dispose() => Files.Dispose();
    }

    // For inputs of some 10 KB. The time is CPU time: a machine may be busy with something else.
    private const long MaxAllocated = 64 << 20;
    private const int MaxRefused = 200;
    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(10);

    private readonly Inputs _in;
    private int _refused;
    private (TimeSpan Took, string What) _slowest;
    private readonly SortedDictionary<string, string> _found = new(StringComparer.Ordinal);

    public FuzzTests(Inputs inputs) => _in = inputs;

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : otherwise;

    /// <summary>Damages inputs, each by its own seed, until there were as many as asked for or the time is over.</summary>
    private void Fuzz(Action<Inputs.Input, Random> round, string number = "MIRLINK_FUZZ_INPUTS", [CallerMemberName] string test = "")
    {
        int seed = Setting("MIRLINK_FUZZ_SEED", 1), inputs = Setting(number, 0), seconds = Setting("MIRLINK_FUZZ_SECONDS", 1), rounds = 0, sound = 0;
        long most = 0;
        TimeSpan longest = default;
        Exception? broken = null;
        var clock = Stopwatch.StartNew();
        // As the tool's own threads.
        var thread = new Thread(() =>
        {
            try
            {
                // At least some even on a slow machine.
                for (; inputs > 0 ? rounds < inputs : rounds < 20 || clock.Elapsed.TotalSeconds < seconds; rounds++)
                {
                    var random = new Random(seed + rounds);
                    var input = _in.All[random.Next(_in.All.Length)];
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    var start = Stopwatch.StartNew();
                    var cpu = Environment.CpuUsage.TotalTime;
                    _refused = 0;
                    _slowest = default;
                    Try($"seed {seed + rounds}", () => round(input, random));
                    if (_refused == 0) sound++;
                    if (start.Elapsed > longest) longest = start.Elapsed;
                    if (Environment.CpuUsage.TotalTime - cpu > s_maxTime) _found.TryAdd("a hang", $"seed {seed + rounds}: {start.Elapsed}, most of it for the {_slowest.What}: {_slowest.Took}");
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    most = Math.Max(most, allocated);
                    if (allocated > MaxAllocated) _found.TryAdd("much memory", $"seed {seed + rounds}: {allocated} bytes");
                }
            }
            catch (Exception e)
            {
                broken = e;
            }
        }, 256 << 20);
        thread.Start();
        thread.Join();
        if (broken is not null) throw new InvalidOperationException("the test itself failed", broken);
        if (Environment.GetEnvironmentVariable("MIRLINK_FUZZ_REPORT") is { Length: > 0 } report)
            File.AppendAllText(report, string.Create(CultureInfo.InvariantCulture,
                $"{test}: {rounds} damaged inputs from seed {seed} in {clock.Elapsed.TotalSeconds:F0} s: {sound} read without an error, {rounds - sound} refused, {_found.Count} kinds of failure; slowest {longest.TotalMilliseconds:F0} ms, most memory {most >> 10} KiB\n"));
        var text = new StringBuilder();
        foreach (var (what, how) in _found) text.Append(what).Append("\n    ").Append(how).Append('\n');
        Assert.True(_found.Count == 0, $"{_found.Count} kinds of failure in {rounds} inputs:\n{text}");
    }

    /// <summary>An error that a user may see is fine; of the others one per place is kept.</summary>
    private void Try(string seed, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            action();
        }
        catch (MirlinkException e) when (e.Message.Length > 0)
        {
            _refused++;
        }
        catch (Exception e)
        {
            string at = e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Mirlink.", StringComparison.Ordinal))?.Trim() ?? "";
            _found.TryAdd($"{e.GetType().Name} {at}", $"{seed}: {e.Message}\n{e.StackTrace}");
        }
        var took = Stopwatch.GetElapsedTime(start);
        if (took > _slowest.Took && !seed.StartsWith("seed", StringComparison.Ordinal)) _slowest = (took, seed);
    }

    /// <summary>Asks everything about everything; one bad answer does not hide the next, but after so many the input is refused.</summary>
    private void DecodeAll(ICrateSource crate)
    {
        int n = Math.Min(crate.DefCount, 4000);
        foreach (var (name, ask) in CrateQueries.OfCrate) Try(name, () => ask(crate));
        for (int i = 0; i < n && _refused < MaxRefused; i++)
            foreach (var (name, ask) in CrateQueries.OfDefinition)
                Try($"{name} of {i}", () =>
                {
                    // Memory is decoded when it is looked at.
                    if (ask(crate, i) is Allocation a) foreach (var r in a.Relocations) _ = (r.Target as GlobalAlloc.Memory)?.Allocation;
                });
    }

    // ---- our section ----

    private void DecodeRlib(byte[] rlib)
    {
        string path = _in.Files.PathOf("mutated.rlib");
        File.WriteAllBytes(path, rlib);
        using var archive = ArArchive.Open(path);
        archive.ReadSymbolIndex();
        if (archive.Find(SectionFormat.SectionMember) is not { } section) return;
        var tcx = new TyCtxt();
        using var crate = RlibCrate.Open(tcx, path, section.Offset, section.Size);
        crate.SetDependencies(tcx.ReserveCrate(), Enumerable.Range(1, crate.Deps.Length).ToArray());
        tcx.SetCrate(0, crate);
        DecodeAll(crate);
        for (int i = 0; i < Math.Min(crate.DefCount, 4000) && _refused < MaxRefused; i++) Try($"sizes of {i}", () => { crate.RecordSizes(i); crate.ContentHash(i); });
    }

    /// <summary>Checksums catch nearly all of this.</summary>
    [Fact]
    public void ArchivesAndChecksums() => Fuzz((input, random) => DecodeRlib(Mutation.Of(input.Rlib, random)));

    /// <summary>What was written wrong and summed right.</summary>
    [Fact]
    public void SectionsWithRightChecksums()
    {
        var parts = _in.All.ToDictionary(i => i, i => TakeApart(i.Section));
        Fuzz((input, random) =>
        {
            var (prefix, chunks) = parts[input];
            var damaged = chunks.ToArray();
            var head = prefix;
            int victim = random.Next(chunks.Length + 1);
            if (victim == chunks.Length) head = Mutation.Of(prefix, random);
            else damaged[victim].Raw = Mutation.Of(damaged[victim].Raw, random);
            DecodeRlib(ArWriter.Write([new ArEntry(SectionFormat.SectionMember, PutTogether(head, damaged, random))]));
        });
    }

    /// <summary>The header up to its chunk directory, and the chunks decompressed.</summary>
    private (byte[] Prefix, (ChunkKind Kind, byte[] Raw)[] Chunks) TakeApart(byte[] section)
    {
        string path = _in.Files.PathOf("section");
        File.WriteAllBytes(path, section);
        using var crate = RlibCrate.Open(new TyCtxt(), path, 0, section.Length);
        var chunks = new List<(ChunkKind, byte[])>();
        foreach (var c in crate.Chunks)
        {
            var raw = new byte[c.RawSize];
            Assert.True(Lz4.TryDecompress(section.AsSpan((int)c.Offset, c.CompressedSize), raw));
            chunks.Add((c.Kind, raw));
        }
        var directory = Directory(crate.Chunks.Select(c => (c.Kind, (long)c.CompressedSize, (long)c.RawSize, c.Hash)));
        int length = BinaryPrimitives.ReadInt32LittleEndian(section.AsSpan(12));
        var header = section.AsSpan(SectionFormat.PrologueSize, length);
        Assert.True(header.EndsWith(directory));
        return (header[..^directory.Length].ToArray(), [.. chunks]);
    }

    private static byte[] PutTogether(byte[] prefix, (ChunkKind Kind, byte[] Raw)[] chunks, Random random)
    {
        var compressed = Array.ConvertAll(chunks, c => Lz4.Compress(c.Raw));
        var directory = Directory(chunks.Zip(compressed, (c, z) => (random.Next(200) == 0 ? (ChunkKind)random.Next(8) : c.Kind, (long)z.Length, random.Next(200) == 0 ? random.Next() : (long)c.Raw.Length, XxHash3.HashToUInt64(z))));
        byte[] header = [.. prefix, .. directory];
        var prologue = new byte[SectionFormat.PrologueSize];
        SectionFormat.Magic.CopyTo(prologue);
        BinaryPrimitives.WriteUInt32LittleEndian(prologue.AsSpan(8), SectionFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(prologue.AsSpan(12), header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(prologue.AsSpan(16), XxHash3.HashToUInt64(header));
        return [.. prologue, .. header, .. compressed.SelectMany(static c => c)];
    }

    private static byte[] Directory(IEnumerable<(ChunkKind Kind, long Compressed, long Raw, ulong Hash)> chunks)
    {
        var bytes = new List<byte>();
        var list = chunks.ToArray();
        Leb(list.Length);
        foreach (var (kind, compressed, raw, hash) in list)
        {
            bytes.Add((byte)kind);
            Leb(compressed);
            Leb(raw);
            bytes.AddRange(BitConverter.GetBytes(hash));
        }
        return [.. bytes];

        void Leb(long v)
        {
            for (; v >= 0x80; v >>= 7) bytes.Add((byte)(v | 0x80));
            bytes.Add((byte)v);
        }
    }

    // ---- rustc's metadata ----

    /// <summary>rustc puts no checksums into it.</summary>
    [Fact]
    public void Metadata()
    {
        string path = _in.Files.PathOf("mutated.rmeta");
        Fuzz((input, random) =>
        {
            File.WriteAllBytes(path, Mutation.Of(input.Metadata, random));
            using var meta = CrateMetadata.Open(path);
            if (meta.Header.IsProcMacroCrate) return;
            string name = meta.Text(meta.Header.Name);
            var deps = meta.Decode(meta.Root.CrateDeps);
            foreach (var d in deps) meta.Text(d.Name);
            int[] numbers = [input.Number, .. input.Deps];
            DecodeAll(new RustcCrate(input.Tcx, meta, numbers, CrateLoader.Describe(meta, name, input.Deps)));
        });
    }
}
