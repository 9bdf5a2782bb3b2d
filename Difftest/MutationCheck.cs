using System.Globalization;
using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Difftest;

/// <summary>A deliberate fault, and after how many programs of a kind it was found; null when it was not.</summary>
public sealed record MutationResult(string Fault, int? MirPrograms, int? RustPrograms, string Detail)
{
    public override string ToString() => (MirPrograms, RustPrograms) switch
    {
        ({ } m, _) => string.Create(CultureInfo.InvariantCulture, $"{Fault}: MIR program {m}, {Detail}"),
        (_, { } r) => string.Create(CultureInfo.InvariantCulture, $"{Fault}: Rust program {r}, {Detail}"),
        _ => $"{Fault}: not found",
    };
}

/// <summary>
/// Does the net catch fish? Switches on one deliberate miscompilation after the other and counts the programs until a difference shows. Nothing of the command
/// line leads here.
/// </summary>
internal sealed class MutationCheck(RustcToolchain toolchain, string directory, bool cranelift)
{
    public const ulong Seed = 3;

    /// <summary>How many programs at first: most faults need few.</summary>
    private const int FirstBatch = 40, Batch = 200;

    /// <summary>Programs made of MIR. A fault is found when a variant disagrees with another, the interpreter with a variant, or anything ends in an error.</summary>
    public MutationResult InMirPrograms(Fault fault, int limit)
    {
        DeliberateFault.Active = fault;
        try
        {
            int number = 0;
            for (int first = 0; first < limit; number++)
            {
                int count = Math.Min(limit - first, number == 0 ? FirstBatch : Batch);
                var seeds = new ulong[count];
                for (int i = 0; i < count; i++) seeds[i] = Choices.Derive(Seed, (ulong)(first + i));
                using var comparison = new BodyComparison(toolchain, directory);
                var search = new BatchSearch(comparison);
                search.Run(seeds, VariantsFor(fault, number));
                if (search.Failures.Count > 0)
                {
                    var earliest = search.Failures.MinBy(f => Array.IndexOf(seeds, f.Seed))!;
                    return new MutationResult(fault.ToString(), first + Array.IndexOf(seeds, earliest.Seed) + 1, null, earliest.Signature);
                }
                first += count;
            }
            return new MutationResult(fault.ToString(), null, null, "");
        }
        catch (Exception e) when (e is MirlinkException or UnsupportedException or BugException)
        {
            return new MutationResult(fault.ToString(), 1, null, e.Message.Split('\n')[0]);
        }
        finally
        {
            DeliberateFault.Active = Fault.None;
        }
    }

    /// <summary>The variants of a real run; of those only the ones that such a fault can be seen in, to save time.</summary>
    private BuildVariant[] VariantsFor(Fault fault, int number)
    {
        string name = fault.ToString();
        if (name.StartsWith("Cranelift", StringComparison.Ordinal)) return cranelift ? [BuildVariant.ByName("cranelift-O0"), BuildVariant.ByName("cranelift-O2")] : [];
        if (name.StartsWith("Llvm", StringComparison.Ordinal)) return [BuildVariant.ByName("llvm-O0"), BuildVariant.ByName("llvm-O2")];
        // Optimization comes after all the others: what happens before it shows without.
        return [BuildVariant.ByName(number % 2 == 0 ? "llvm-O0-mir-all" : "llvm-O0"), BuildVariant.ByName("llvm-O0-unmerged-mir-none")];
    }

    /// <summary>Programs made of Rust, for what all that shares Mirlink's layout and lowering agrees on: rustc does not.</summary>
    public MutationResult InRustPrograms(Fault fault, int limit)
    {
        var variant = BuildVariant.ByName("llvm-O0");
        var comparison = new Comparison(toolchain, [variant]) { Jobs = Environment.ProcessorCount };
        for (int i = 0; i < limit; i++)
        {
            ulong seed = Choices.Derive(Seed, (ulong)i);
            // Overflow is seen where it is checked.
            var options = FrontEndOptions.For(seed) with { OverflowChecks = true, FrontEndLevel = 0 };
            string source = ProgramGenerator.Generate(seed).Source;
            if (comparison.FrontEnd(source, options, directory) is not null || comparison.Reference(source, options, directory, out _) is not { } reference) continue;
            DeliberateFault.Active = fault;
            // An error, a crash of Mirlink's own interpreter for instance, is a find as well.
            string? failed = comparison.Link(variant, options, directory);
            DeliberateFault.Active = Fault.None;
            if ((failed ?? Comparison.Run(variant, directory).DifferenceFrom(reference)) is not { } difference) continue;
            return new MutationResult(fault.ToString(), null, i + 1, difference.Split('\n')[0]);
        }
        return new MutationResult(fault.ToString(), null, null, "");
    }
}
