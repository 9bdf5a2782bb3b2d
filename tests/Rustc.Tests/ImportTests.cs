using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mirlink.Mir;
using Mirlink.Rustc.Import;

namespace Mirlink.Rustc.Tests;

public class ImportTests(CompiledCrates crates) : IClassFixture<CompiledCrates>
{
    /// <summary>Number of statements of each block, and the position of each statement, against rustc's own text of the same compilation.</summary>
    [Fact]
    public void Bodies_have_rustcs_blocks_statements_and_positions()
    {
        var ours = new HashSet<string>();
        for (var i = 0; i < crates.Main.DefCount; i++)
        {
            foreach (var body in (Body?[])[crates.Main.OptimizedMir(i), crates.Main.MirForCtfe(i), .. crates.Main.PromotedMir(i) ?? []])
            {
                if (body is null) continue;
                var s = new StringBuilder();
                foreach (var b in body.Blocks)
                {
                    foreach (var statement in b.Statements) Add(s, statement.SourceInfo);
                    Add(s, b.Terminator.SourceInfo);
                    s.Append("; ");
                }
                ours.Add(s.ToString());
            }
        }
        var compared = 0;
        foreach (var (header, shape) in TextBodies(crates.MainText))
        {
            // positions in macros are those of the macro's definition there, of its use here; an asm! with several lines breaks the text's lines
            if (header.StartsWith("fn asm(", StringComparison.Ordinal) || header.Contains("multibyte", StringComparison.Ordinal) || header.StartsWith("fn main(", StringComparison.Ordinal) || header.Contains("in_macro", StringComparison.Ordinal) || header.StartsWith("const main::promoted", StringComparison.Ordinal)) continue;
            Assert.True(ours.Contains(shape), header + "\n" + shape);
            compared++;
        }
        Assert.True(compared >= 7, $"{compared} bodies compared");
    }

    void Add(StringBuilder s, SourceInfo info)
    {
        var at = info.Span;
        var place = at.IsDummy ? "no-location" : string.Create(CultureInfo.InvariantCulture, $"{crates.Tcx.SourceFile(at.File)}:{at.Line}:{at.Column}");
        s.Append(place).Append('/').Append(info.Scope).Append(' ');
    }

    static IEnumerable<(string Header, string Shape)> TextBodies(string text)
    {
        string? header = null;
        var shape = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0 && line[0] is not (' ' or '/' or '}') && line.EndsWith('{') && !line.StartsWith("alloc", StringComparison.Ordinal)) header = line;
            else if (line == "}" && header is not null)
            {
                yield return (header, shape.ToString());
                header = null;
                shape.Clear();
            }
            else if (header is not null && line == "    }" && shape.Length > 0) shape.Append("; ");
            else if (header is not null && line.StartsWith("        ", StringComparison.Ordinal) && line[8] != ' ' && line.LastIndexOf("// scope ", StringComparison.Ordinal) is > 0 and var at)
            {
                // `// scope 1 at main.rs:6:56: 6:66`
                var words = line[(at + 9)..].Split(' ');
                shape.Append(words[2].TrimEnd(':')).Append('/').Append(words[0]).Append(' ');
            }
        }
    }

    [Fact]
    public void A_position_in_a_macro_is_that_of_its_outermost_use()
    {
        var body = crates.Main.OptimizedMir(crates.Find(crates.Main, "in_macro"))!;
        var call = body.Blocks.Select(b => b.Terminator).OfType<Terminator.Call>().First();
        Assert.Equal(("main.rs", 8, 18), (crates.Tcx.SourceFile(call.SourceInfo.Span.File), call.SourceInfo.Span.Line, call.SourceInfo.Span.Column));
    }

    /// <summary>The program says where it was called from, we say where it calls from.</summary>
    [Fact]
    public void Positions_are_those_of_panic_locations()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "crates", "locations.rs"), Path.Combine(crates.Directory, "locations.rs"), overwrite: true);
        Sysroot.Run(crates.Directory, "--edition=2021", "--crate-name=locations", "--cap-lints=allow", "-o", "locations", "locations.rs");
        using var program = Process.Start(new ProcessStartInfo(Path.Combine(crates.Directory, "locations")) { RedirectStandardOutput = true })!;
        var printed = program.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        crates.Compile("locations");
        var tcx = new TyCtxt();
        var number = new CrateLoader(tcx, [Sysroot.LibDirectory]).Load(Path.Combine(crates.Directory, "liblocations.rmeta"));
        var ours = new HashSet<string>();
        for (var i = 0; i < tcx.Crates[number].DefCount; i++)
        {
            if (tcx.Crates[number].OptimizedMir(i) is not { } body) continue;
            foreach (var block in body.Blocks)
            {
                if (block.Terminator is not Terminator.Call { Func.Constant.Const.Type: FnDefTy callee }) continue;
                if (tcx.DefPath(callee.Def) is not ("locations::here" or "locations::through")) continue;
                var at = block.Terminator.SourceInfo.Span;
                ours.Add(string.Create(CultureInfo.InvariantCulture, $"{tcx.SourceFile(at.File)}:{at.Line}:{at.Column}"));
            }
        }
        Assert.True(printed.Length >= 12, string.Join('\n', printed));
        Assert.DoesNotContain(printed, p => !ours.Contains(p));
    }

    [Fact]
    public void Std_files_have_the_names_that_panics_show()
    {
        var core = crates.Tcx.Crates.First(c => c.Info.Name == "core");
        var unwrap = crates.Tcx.DiagnosticItem(core, "option_unwrap");
        var file = crates.Tcx.SourceFile(core.OptimizedMir(unwrap.Index)!.Span.File);
        Assert.Matches("^/.*/library/core/src/option\\.rs$", file);
    }

    [Fact]
    public void Enum_variants_are_in_order_with_their_discriminants()
    {
        var shape = crates.Dep.AdtDef(crates.Find(crates.Dep, "Shape"))!;
        Assert.Equal(["Circle", "Square", "Empty"], shape.Variants.Select(v => v.Name));
        Assert.Equal(["0"], shape.Variants[0].Fields.Select(f => f.Name));
        Assert.Equal(["side"], shape.Variants[1].Fields.Select(f => f.Name));
        Assert.True(shape.Variants[0].CtorIsFn);
        Assert.Null(shape.Variants[1].Ctor);
        var e = crates.Dep.AdtDef(crates.Find(crates.Dep, "Explicit"))!;
        Assert.Equal("u8", e.Repr.Int!.Name);
        Assert.Equal([true, false, true, false], e.Variants.Select(v => v.ExplicitDiscr is not null));
        Assert.Equal(1u, e.Variants[3].RelativeDiscr);
        var discr = crates.Tcx.MirForCtfe(e.Variants[0].ExplicitDiscr!.Value)!;
        var five = Assert.IsType<Rvalue.Use>(discr.Blocks[0].Statements.Last().Rvalue).Operand.Constant!.Const;
        Assert.Equal(5, (int)Assert.IsType<ConstValue.Scalar>(Assert.IsType<MirConst.Val>(five).Value).Int.Bits);
    }

    [Fact]
    public void Statics_are_bytes_with_relocations()
    {
        var table = crates.Dep.StaticInitializer(crates.Find(crates.Dep, "TABLE"))!;
        Assert.Equal(48, table.Size);
        Assert.Equal([0, 16, 32], table.Relocations.Select(r => r.Offset));
        var first = Assert.IsType<GlobalAlloc.Memory>(table.Relocations[0].Target).Allocation;
        Assert.Equal("é", Encoding.UTF8.GetString(first.Bytes));
        Assert.Equal(2, table.Bytes[8]);
        Assert.Equal(Mutability.Mut, crates.Dep.StaticMutability(crates.Find(crates.Dep, "COUNTER")));
        Assert.Equal(7, crates.Dep.StaticInitializer(crates.Find(crates.Dep, "COUNTER"))!.Bytes[0]);
    }

    [Fact]
    public void Traits_impls_and_generics_refer_to_each_other_across_crates()
    {
        var tcx = crates.Tcx;
        var number = Enumerable.Range(0, tcx.Crates.Count).First(i => tcx.Crates[i] == crates.Dep);
        var area = new DefId(number, crates.Find(crates.Dep, "Area"));
        var impls = tcx.ImplsOf(area).ToArray();
        var (impl, self) = Assert.Single(impls);
        Assert.Equal(SimplifiedTypeKind.Adt, self!.Value.Kind);
        Assert.Equal(crates.Find(crates.Dep, "Shape"), self.Value.Def.Index);
        var items = tcx.AssociatedItemDefIds(impl).Select(d => tcx.AssocItem(d)!).ToArray();
        Assert.Equal(["SIDES", "Out", "area"], items.Select(i => i.Name));
        Assert.All(items, i => Assert.Equal(area, tcx.AssocItem(i.TraitItem!.Value)!.Container));
        var drop = tcx.LangItem("drop");
        Assert.Contains(tcx.ImplsOf(drop).ToArray(), i => i.Impl.Krate == number);
        Assert.NotNull(crates.Dep.AdtDestructor(crates.Find(crates.Dep, "Guard")));
        var generic = crates.Dep.GenericsOf(crates.Find(crates.Dep, "generic"))!;
        Assert.Equal([GenericParamKind.Type, GenericParamKind.Const], generic.OwnParams.Select(p => p.Kind));
        var clauses = crates.Dep.PredicatesOf(crates.Find(crates.Dep, "generic")).Predicates.Select(p => p.Value).ToArray();
        Assert.Contains(clauses, c => c is Clause.Trait t && t.TraitRef.Def == tcx.LangItem("clone"));
        Assert.Contains(clauses, c => c is Clause.ConstArgHasType { Ty: PrimTy { Name: "usize" } });
    }

    [Fact]
    public void The_entry_point_is_found() =>
        Assert.Equal(crates.Find(crates.Main, "main"), crates.Main.FindMain()!.Value.Index);

    [Fact]
    public void Dependencies_must_be_the_very_build()
    {
        var path = Path.Combine(crates.Directory, "libmain.rmeta");
        var missing = Assert.Throws<MirlinkException>(() => new CrateLoader(new TyCtxt(), []).Load(path));
        Assert.Contains("cannot find crate", missing.Message);
        var source = Path.Combine(crates.Directory, "dep.rs");
        var (text, built) = (File.ReadAllText(source), Path.Combine(crates.Directory, "libdep.rmeta"));
        var good = File.ReadAllBytes(built);
        try
        {
            // the old file is mapped: replace it, do not overwrite it
            File.Delete(built);
            File.WriteAllText(source, text + "pub fn changed() {}");
            crates.Compile("dep");
            var other = Assert.Throws<MirlinkException>(() => new CrateLoader(new TyCtxt(), [Sysroot.LibDirectory]).Load(path));
            Assert.Contains("another build of `dep`", other.Message);
        }
        finally
        {
            File.WriteAllText(source, text);
            File.Delete(built);
            File.WriteAllBytes(built, good);
        }
    }

    [Fact]
    public void A_dependency_given_by_file_may_be_anywhere()
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(crates.Directory, "elsewhere")).FullName;
        File.Copy(Path.Combine(crates.Directory, "libdep.rmeta"), Path.Combine(directory, "libother-name.rmeta"), overwrite: true);
        File.Copy(Path.Combine(crates.Directory, "libmain.rmeta"), Path.Combine(directory, "libmain.rmeta"), overwrite: true);
        var tcx = new TyCtxt();
        var loader = new CrateLoader(tcx, [Sysroot.LibDirectory]);
        loader.AddExtern(Path.Combine(directory, "libmain.rmeta"));
        loader.AddExtern(Path.Combine(directory, "libother-name.rmeta"));
        Assert.Equal("main", tcx.CrateName(loader.Load(Path.Combine(directory, "libmain.rmeta"))));
        Assert.Contains(tcx.Crates, c => c.Info.Name == "dep");
    }

    /// <summary>Everything a link may ask of every item of std, from several threads at once.</summary>
    [Fact]
    public void All_of_std_imports()
    {
        var std = crates.Tcx.Crates.First(c => c.Info.Name == "std");
        Parallel.For(0, std.DefCount, i =>
        {
            if (std.DefKind(i) is null) return;
            std.GenericsOf(i);
            std.PredicatesOf(i);
            std.TypeOf(i);
            std.FnSig(i);
            std.AdtDef(i);
            std.ImplHeader(i);
            std.AssocItem(i);
            std.CodegenFnAttrs(i);
            std.OptimizedMir(i);
            std.MirForCtfe(i);
            std.PromotedMir(i);
            std.StaticInitializer(i);
        });
    }
}

static class TyCtxtExtensions
{
    public static DefId DiagnosticItem(this TyCtxt _, ICrateSource krate, string name) => krate.DiagnosticItems.First(d => d.Name == name).Def;
}
