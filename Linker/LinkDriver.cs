using System.Globalization;
using Mirlink.Backend;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Llvm;
using Mirlink.Backend.Lowering;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;
using Mirlink.Mir.Passes;
using Mirlink.Linker.Merging;
using Mirlink.Linker.Statistics;
using Mirlink.Rustc;

namespace Mirlink.Linker;

/// <summary>What a link did.</summary>
public sealed record LinkResult(LinkTimings Timings, int Crates, int Functions, int DataObjects, int Units)
{
    /// <summary>Instances that an equal function stands for; not counted in <see cref="Functions"/>.</summary>
    public int MergedFunctions { get; init; }

    /// <summary>Null unless <see cref="LinkOptions.Statistics"/> asks for them.</summary>
    public LinkStatistics? Statistics { get; init; }
}

/// <summary>What a link would give its backend, one unit of everything, and what it was made of.</summary>
public sealed record LoweredProgram(TyCtxt Tcx, int Root, LirUnit Unit, IReadOnlyCollection<Instance> Instances);

/// <summary>The final link, from crates to executable: load, lower (collecting on the way), partition, codegen, lld.</summary>
public sealed class LinkDriver(ICrateOpener opener, ISessionServices services)
{
    /// <summary>Told the name of each stage when it starts.</summary>
    public Action<string>? Progress { get; init; }

    /// <exception cref="MirlinkException">The program cannot be linked; the message says why. No output is written.</exception>
    public LinkResult Link(LinkOptions options)
    {
        using var session = new LinkSession(new TyCtxt());
        return Link(options, session, opened: null);
    }

    /// <summary>Links a session whose crates are open already: <paramref name="root"/> is the number of the root crate. <see cref="LinkOptions.Root"/> is not looked at.</summary>
    public LinkResult Link(LinkOptions options, TyCtxt tcx, int root) => Link(options, new LinkSession(tcx), opened: root);

    private LinkResult Link(LinkOptions options, LinkSession session, int? opened)
    {
        var tcx = session.Tcx;
        var timings = new LinkTimings { Started = Progress };
        // What needs no work to be found wrong is found before the work.
        var backend = BackendChoice.Create(options.Backend);
        using var output = options.CompileOnly ? null : new OutputFile(options.Output);
        var toolchain = FindToolchain(options);
        int root = -1;
        StandardLibrary std = null!;
        timings.Run("load", () =>
        {
            root = opened ?? opener.Open(tcx, options.Root, new CrateSearch(options.Externs, options.SearchDirs, toolchain));
            services.Attach(tcx, options);
            std = StandardLibrary.Open(tcx, toolchain, options.Panic);
            return tcx.Crates.Count;
        });

        var symbols = new LirSymbolTable();
        List<LirFunction> functions = [];
        List<LirData> data = [];
        LoweringContext lowering = null!;
        List<CrateAssembly> assembly = [];
        HashSet<LirSymbol> exported = null!;
        StatisticsBuilder? statistics = null;
        timings.Run("collect", () =>
        {
            var program = Collect(tcx, root, std, symbols, options);
            (functions, data, lowering, assembly, exported) = (program.Functions, program.Data, program.Lowering, program.Assembly, program.Exported);
            if (options.Statistics)
            {
                statistics = new StatisticsBuilder(tcx, lowering);
                statistics.Collected(program.Instances, program.Names.IsCompiledHere, functions);
                if (program.Shared is not null) statistics.Erased(program.Shared);
            }
            return functions.Count;
        });
        var times = lowering.ThreadTime;
        timings.Split(options.EffectiveJobs, ("monomorphize", times.Monomorphizing, functions.Count), ("mir-opt", times.Optimizing, functions.Count),
            ("lower", times.Lowering, functions.Sum(static f => (long)f.Insts.Length)));
        timings.Passes = [.. lowering.Passes.Times.OrderByDescending(static p => p.Time).ThenBy(static p => p.Pass, StringComparer.Ordinal)];

        var stdRlibs = std.Rlibs;
        string crateName = tcx.CrateName(root);
        int crateCount = tcx.Crates.Count;
        // Dependents before dependencies: an archive serves what stands before it.
        var native = new List<(CrateInfo Info, IReadOnlyList<NativeLib> Libs)>();
        for (int i = crateCount - 1; i >= 0; i--)
            if (tcx.Crates[i] is { Info: { HasMachineCode: false, IsProcMacro: false } } crate && crate.NativeLibs is { Count: > 0 } libs) native.Add((crate.Info, libs));
        // What knows types has done its work: it is the larger part of the memory, which code generation can use, and every further collection of garbage would look at
        // all of it.
        if (statistics is null)
        {
            (lowering, symbols, tcx) = (null!, null!, null!);
            std = null!;
            if (opened is null) timings.Run("unload", () => session.Close());
        }

        int removed = 0;
        if (options.Merge)
            timings.Run("merge", () =>
            {
                var merged = SymbolMerger.Merge(functions, data, CrateAssembly.Referred(assembly));
                (functions, data, removed) = (merged.Functions, merged.Data, merged.RemovedFunctions);
                statistics?.Merged(merged);
                return functions.Count;
            });

        List<LirUnit> units = [];
        timings.Run("partition", () =>
        {
            units = Partitioner.Partition(crateName, functions, data, UnitCount(options), options.Optimize);
            if (options.Optimize)
            {
                units = InlineImports.Add(units, options.OptLevel);
                exported.UnionWith(CrateAssembly.Referred(assembly));
                // What Cranelift cannot compile becomes a unit of LLVM's, which refers to all the others.
                if (options.Backend == BackendChoice.Llvm) Internalizer.Run(units, exported);
            }
            return units.Count;
        });
        var (functionCount, dataCount, unitCount) = (functions.Count, data.Count, units.Count);
        if (statistics is null) (functions, data) = ([], []);

        string temp = options.SaveTemps ?? Path.Combine(Path.GetTempPath(), "mirlink-" + Path.GetRandomFileName());
        Directory.CreateDirectory(temp);
        try
        {
            string[] objects = [];
            var codegen = CodegenOptionsOf(options);
            List<(LirFunction, UnsupportedException)> rejected = [];
            timings.Run("codegen", () =>
            {
                (objects, rejected) = Codegen(backend, units, codegen, options.EffectiveJobs, temp);
                return unitCount;
            });
            if (rejected.Count > 0)
                timings.Run("codegen-llvm", () =>
                {
                    objects = [.. objects, Rejected(rejected, crateName, codegen, temp)];
                    return rejected.Count;
                });
            if (assembly.Count > 0) timings.Run("assemble", () => assembly.Sum(a => a.Assemble(codegen, temp)));
            if (statistics is not null) foreach (string o in objects) statistics.Object(o);
            if (output is not null) timings.Run("lld", () => RunLld(native, toolchain, stdRlibs, [.. objects, .. assembly.SelectMany(static a => a.LinkerArguments)], options, output, temp));
        }
        finally
        {
            if (options.SaveTemps is null) Directory.Delete(temp, recursive: true);
        }
        return new LinkResult(timings, crateCount, functionCount, dataCount, unitCount)
        {
            MergedFunctions = removed,
            Statistics = statistics?.Finish(functions, crateName, options, unitCount) is { } finished ? finished with { Stages = timings.Stages } : null,
        };
    }

    /// <summary>Collection and lowering alone: nothing merged, partitioned, compiled or written.</summary>
    public LoweredProgram Lower(LinkOptions options)
    {
        var tcx = new TyCtxt();
        try
        {
            return Lower(options, tcx);
        }
        catch
        {
            foreach (var crate in tcx.Crates) (crate as IDisposable)?.Dispose();
            throw;
        }
    }

    private LoweredProgram Lower(LinkOptions options, TyCtxt tcx)
    {
        var toolchain = FindToolchain(options);
        int root = opener.Open(tcx, options.Root, new CrateSearch(options.Externs, options.SearchDirs, toolchain));
        services.Attach(tcx, options);
        var std = StandardLibrary.Open(tcx, toolchain, options.Panic);
        var program = Collect(tcx, root, std, new LirSymbolTable(), options);
        return new LoweredProgram(tcx, root, Partitioner.Partition(tcx.CrateName(root), program.Functions, program.Data, 1, options.Optimize)[0], [.. program.Instances]);
    }

    private sealed record Collected(List<LirFunction> Functions, List<LirData> Data, LoweringContext Lowering, LinkSymbols Names, ICollection<Instance> Instances, SharedInstances? Shared,
        List<CrateAssembly> Assembly, HashSet<LirSymbol> Exported);

    private static Collected Collect(TyCtxt tcx, int root, StandardLibrary std, LirSymbolTable symbols, LinkOptions options)
    {
        try
        {
            return CollectAll(tcx, root, std, symbols, options);
        }
        catch (Exception e) when (e is not MirlinkException)
        {
            throw DamagedCrate.Explain(tcx, root, e);
        }
    }

    private static Collected CollectAll(TyCtxt tcx, int root, StandardLibrary std, LirSymbolTable symbols, LinkOptions options)
    {
        var names = new LinkSymbols(tcx, new SymbolNames(tcx, std.InternalPrefix), std, options.Optimize);
        var lowering = new LoweringContext(tcx, symbols, names, new LoweringOptions
        {
            Optimize = options.Optimize,
            OverflowChecks = options.EffectiveOverflowChecks,
            UbChecks = options.EffectiveDebugAssertions,
            Panic = options.Panic,
            DebugInfo = options.DebugInfo,
            Erase = options.Erase,
            Passes = new PassOptions { Switches = options.MirPasses, Fuel = options.OptFuel, Validate = options.ValidateMir },
        });
        var (exported, statics, withAssembly) = Roots.Find(tcx);
        var assembly = withAssembly.ConvertAll(k => CrateAssembly.Of(tcx, k));
        var entry = EntryPoint.DefinesMain(names, exported) ? ((Instance Main, Instance Start)?)null : EntryPoint.Find(tcx, root);
        var collector = new Collector(tcx, names, lowering, options.EffectiveJobs);
        foreach (var a in assembly) a.AddRoots(tcx, exported, statics);
        collector.Run(entry is { } e ? [e.Main, e.Start, .. exported] : exported, statics);

        var functions = collector.Functions;
        if (entry is { } rust) functions.Add(EntryPoint.Build(symbols, lowering.SymbolOf(rust.Main), lowering.SymbolOf(rust.Start)));
        var shim = AllocatorShim.Build(tcx, names.Names, symbols);
        functions.AddRange(shim);
        var kept = new HashSet<LirSymbol>(ReferenceEqualityComparer.Instance);
        foreach (var i in exported) kept.Add(lowering.SymbolOf(i));
        foreach (var d in statics) kept.Add(lowering.SymbolOfStatic(d));
        foreach (var f in shim) kept.Add(f.Symbol);
        foreach (var a in assembly) a.Resolve(lowering, std, a.Crate == root || IsUsed(a.Crate));
        return new Collected(functions, collector.Data, lowering, names, collector.Instances, collector.Shared, assembly, kept);

        bool IsUsed(int crate)
        {
            var roots = new HashSet<Instance>(exported);
            foreach (var i in collector.Instances)
                if (i.Def.Krate == crate && i.Kind == InstanceKind.Item && !Roots.RequiresMonomorphization(tcx, i.Def) && !roots.Contains(i) && names.IsCompiledHere(i)) return true;
            var rootStatics = new HashSet<DefId>(statics);
            foreach (var s in collector.Statics) if (s.Krate == crate && !rootStatics.Contains(s) && names.IsStaticDefinedHere(s)) return true;
            return false;
        }
    }

    /// <summary>-C codegen-units, else numbers that do not depend on the machine: the same input gives the same executable everywhere.</summary>
    private static int UnitCount(LinkOptions options) => options.CodegenUnits ?? (options.Optimize ? 8 : 16);

    private static CodegenOptions CodegenOptionsOf(LinkOptions options) => new()
    {
        OptLevel = options.OptLevel,
        TargetTriple = RustcToolchain.HostTriple,
        TargetCpu = options.TargetCpu,
        TargetFeatures = options.TargetFeatures,
        Panic = options.Panic,
        DebugInfo = options.DebugInfo,
        Verify = options.Verify,
        DumpFolder = options.EmitBackendIrDir,
        WorkingDirectory = Environment.CurrentDirectory,
    };

    /// <summary>An object per unit, and the functions that are in none because Cranelift cannot compile them. The list of units is empty afterwards.</summary>
    private static (string[] Objects, List<(LirFunction, UnsupportedException)> Rejected) Codegen(ICodegenBackend backend, List<LirUnit> units, CodegenOptions codegen, int jobs, string temp)
    {
        var rejected = new List<(LirFunction, UnsupportedException)>[units.Count];
        var objects = new string[units.Count];
        for (int i = 0; i < objects.Length; i++) objects[i] = Path.Combine(temp, $"unit{i.ToString(CultureInfo.InvariantCulture)}.o");
        try
        {
            Parallel.For(0, units.Count, new ParallelOptions { MaxDegreeOfParallelism = jobs }, i =>
            {
                rejected[i] = [];
                var unit = units[i];
                units[i] = null!;
                File.WriteAllBytes(objects[i], backend is CraneliftBackend cranelift ? cranelift.Compile(unit, codegen, rejected[i]) : backend.Compile(unit, codegen));
            });
        }
        catch (AggregateException e)
        {
            // The same failure usually hits several units; the first by text is as good as any and always the same.
            var first = e.InnerExceptions.MinBy(static x => x.Message, StringComparer.Ordinal)!;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
        units.Clear();
        return (objects, [.. rejected.SelectMany(static r => r)]);
    }

    /// <summary>What Cranelift cannot do LLVM does, in an object of its own: the lowering, and so the calling convention, is the same.</summary>
    private static string Rejected(List<(LirFunction Function, UnsupportedException Reason)> rejected, string crate, CodegenOptions codegen, string temp)
    {
        if (!LlvmLibrary.IsAvailable) throw rejected[0].Reason;
        string path = Path.Combine(temp, "rejected.o");
        File.WriteAllBytes(path, new LlvmBackend().Compile(new LirUnit { Name = crate + ".rejected", Functions = rejected.ConvertAll(static r => r.Function), Data = [] }, codegen));
        return path;
    }

    /// <summary>The rustc of the link; its libLLVM is preferred to the system's.</summary>
    private static RustcToolchain FindToolchain(LinkOptions options)
    {
        var toolchain = RustcToolchain.Find(options.Sysroot);
        LlvmLibrary.SearchFolders = [toolchain.HostLibDir];
        return toolchain;
    }

    private static (long, TimeSpan) RunLld(List<(CrateInfo Info, IReadOnlyList<NativeLib> Libs)> crates, RustcToolchain toolchain, IReadOnlyList<string> stdRlibs, string[] objects, LinkOptions options, OutputFile output, string temp)
    {
        var native = new NativeLibraries(options.SearchDirs, temp);
        foreach (var (info, libs) in crates) native.AddCrate(info, libs);
        foreach (string lib in options.NativeLibs) native.AddFromCommandLine(lib);
        var lld = new LldInvocation(options, SystemLinkage.Find(toolchain, options.LldPath), stdRlibs);
        lld.Run(objects, native.Args, output, temp);
        return (objects.Length, lld.Cpu);
    }
}
