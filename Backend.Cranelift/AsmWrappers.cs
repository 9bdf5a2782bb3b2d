using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>The assembly of a unit (wrappers of asm! blocks, naked functions), assembled by the system's `as` in one go and put into the unit's object.</summary>
internal sealed class AsmWrappers
{
    private readonly StringBuilder _text = new(".intel_syntax noprefix\n");
    private readonly Dictionary<string, string> _wrappers = new(StringComparer.Ordinal);
    private readonly List<LirFunction> _naked = [];

    /// <summary>The symbol of a wrapper; equal ones are one function.</summary>
    public string Add(AsmWrapper wrapper)
    {
        if (_wrappers.TryGetValue(wrapper.Text, out string? name)) return name;
        name = "mirlink.asm." + _wrappers.Count.ToString(CultureInfo.InvariantCulture);
        _wrappers.Add(wrapper.Text, name);
        Begin(name, ".text." + name, 16);
        _text.Append(wrapper.Text);
        End(name);
        return name;
    }

    public void AddNaked(LirFunction f)
    {
        LirInlineAsm? asm = null;
        foreach (ref readonly var inst in f.Insts.AsSpan()) if (inst.Op == LirOp.InlineAsm) asm = f.Asms[inst.A];
        if (asm is null) throw new BugException($"naked function {f.Symbol} without assembly");
        _naked.Add(f);
        Begin(f.Symbol.Name, f.Section ?? ".text." + f.Symbol.Name, Math.Max(16, f.Align));
        _text.Append(AsmWrapper.Naked(asm, s => f.Symbols[s].Name));
        End(f.Symbol.Name);
    }

    private void Begin(string name, string section, uint align) =>
        _text.Append(CultureInfo.InvariantCulture, $".section \"{section}\",\"ax\",@progbits\n.balign {align}\n.type \"{name}\",@function\n\"{name}\":\n");

    private void End(string name) => _text.Append(CultureInfo.InvariantCulture, $".size \"{name}\", .-\"{name}\"\n");

    /// <exception cref="MirlinkException">There is no assembler, or it rejects the program's assembly.</exception>
    public void AddTo(UnitEmitter emitter, string unit)
    {
        if (_wrappers.Count == 0 && _naked.Count == 0) return;
        byte[] o = Assemble(unit);
        var linkage = new Dictionary<string, (byte, byte)>(StringComparer.Ordinal);
        foreach (var f in _naked) linkage.Add(f.Symbol.Name, UnitEmitter.LinkageOf(f.Symbol));
        ElfImport.Into(emitter.Elf, o, linkage);
    }

    private byte[] Assemble(string unit)
    {
        var folder = Directory.CreateTempSubdirectory("mirlink-as-");
        try
        {
            string source = Path.Combine(folder.FullName, "asm.s"), output = Path.Combine(folder.FullName, "asm.o");
            File.WriteAllText(source, _text.ToString());
            var start = new ProcessStartInfo("as", ["--64", "-o", output, source]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var p = Start(start);
            var errors = p.StandardError.ReadToEndAsync();
            p.StandardOutput.ReadToEnd();
            p.WaitForExit();
            if (p.ExitCode != 0) throw new MirlinkException($"the assembler rejects inline assembly in unit {unit}: {errors.Result.Replace(source, "asm", StringComparison.Ordinal).Trim()}");
            return File.ReadAllBytes(output);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new MirlinkException("inline assembly needs the GNU assembler `as` with the Cranelift backend, which is not in PATH") { Help = "install binutils, or use --backend llvm" };
        }
    }
}
