using System.Globalization;

namespace Mirlink.Difftest.Generate;

/// <summary>A generated program: what seed it is of, and its source as a tree.</summary>
public sealed record GeneratedProgram(ulong Seed, Code Code)
{
    public string Source => Code.ToString();
}

/// <summary>
/// Generates Rust programs that rustc accepts, that end, that have no undefined behaviour (they are safe Rust) and that print the same on every correct
/// compiler: nothing depends on addresses, hash order, time, the bits of a NaN or the sign of a zero where that is not specified. Functions form layers and call
/// lower ones only; every loop is bounded, and what a function costs at most is counted.
/// </summary>
public sealed partial class ProgramGenerator
{
    private const long MaxCost = 40_000;

    private readonly Choices _random;
    private readonly IReadOnlySet<string> _avoid;
    private readonly List<RustType> _declared = [];
    private readonly List<Function> _functions = [];
    private readonly List<(string Name, RustType Type)> _globals = [];
    private readonly List<Code> _items = [];
    private int _names;

    private ProgramGenerator(ulong seed, IReadOnlySet<string> avoid)
    {
        _random = new Choices(seed);
        _avoid = avoid;
    }

    /// <param name="seed">Decides everything.</param>
    /// <param name="functions">How many functions, about; a program has some ten lines for each.</param>
    /// <param name="avoid">Constructs that shall not occur, by the names that <see cref="Features"/> lists.</param>
    public static GeneratedProgram Generate(ulong seed, int functions = 14, IReadOnlySet<string>? avoid = null) =>
        new(seed, new ProgramGenerator(seed, avoid ?? new HashSet<string>()).Program(functions));

    /// <summary>What can be left out by name, so that a known bug hides no others.</summary>
    public static readonly string[] Features =
        ["int128", "float", "overflow-panic", "panic", "catch_unwind", "drop", "dyn", "closure", "iterator", "extern-c", "const-eval", "static", "string", "vec", "box", "slice-pattern", "recursion", "generic", "reference"];

    private bool Has(string feature) => !_avoid.Contains(feature);

    /// <summary>A function that others may call.</summary>
    private sealed record Function(string Name, Parameter[] Parameters, RustType Return, long Cost)
    {
        public bool IsConst { get; init; }
        public bool IsExternC { get; init; }
    }

    private enum Passing : byte { Value, Ref, RefMut, Slice }

    private readonly record struct Parameter(string Name, RustType Type, Passing Passing)
    {
        public string TypeText => Passing switch { Passing.Ref => "&" + Type.Text, Passing.RefMut => "&mut " + Type.Text, Passing.Slice => $"&[{Type.Text}]", _ => Type.Text };
    }

    private string Fresh(string prefix) => prefix + (_names++).ToString(CultureInfo.InvariantCulture);

    private Code Program(int functions)
    {
        if (Has("drop")) DeclareToken();
        int declarations = _random.Between(3, 6);
        for (int i = 0; i < declarations; i++) _items.Add(Declare());
        for (int i = _random.Between(1, 3); i > 0; i--) _items.Add(Global());
        if (Has("dyn") || Has("generic")) DeclareTrait();
        var calls = new List<Code>();
        for (int i = 0; i < functions; i++)
        {
            var f = NextFunction();
            // Few arguments are interesting at first sight, so each is called with some.
            for (int n = f.Cost > 4000 ? 1 : 2; n > 0; n--) calls.Add(CallFromMain(f));
            if (f.IsConst && f.Parameters.All(static p => p.Passing == Passing.Value) && Has("const-eval"))
                for (int n = 3; n > 0; n--) calls.AddRange(EvaluateAtCompileTime(f));
        }
        return Code.Plain($"{Prelude.Text}{Code.Join("", _items)}fn main() {{\n{Code.Join("", calls)}println!(\"end {{:016x}}\", trace());\n}}\n");
    }

    private Code CallFromMain(Function f)
    {
        NewScope();
        var call = CallOf(f, 1, opaque: true);
        return Code.Line($"run({_names++}, &|| hash(&{call}));");
    }

    /// <summary>The same call evaluated at compile time and at run time: for Mirlink the first is the interpreter's. The constant depends on a type parameter, so that rustc leaves it to the link.</summary>
    private IEnumerable<Code> EvaluateAtCompileTime(Function f)
    {
        NewScope();
        _const = true;
        var arguments = f.Parameters.Select(p => Leaf(p.Type)).ToArray();
        _const = false;
        string holder = Fresh("Eval");
        _items.Add(Code.Line($"struct {holder}<T>(T);\nimpl<T> {holder}<T> {{\nconst C: {f.Return} = {f.Name}({Code.Join(", ", arguments)});\n}}"));
        yield return Code.Line($"run({_names++}, &|| hash(&{holder}::<u8>::C));");
        yield return Code.Line($"run({_names++}, &|| hash(&{f.Name}({Code.Join(", ", arguments.Select(static a => Code.Plain($"black_box({a})")))})));");
    }

    private Code Global()
    {
        string name = Fresh("G");
        NewScope();
        _const = _pure = true;
        var type = RandomType(2, copyOnly: true);
        var value = Expr(type, 2);
        _const = _pure = false;
        bool isStatic = Has("static") && _random.Percent(60);
        _globals.Add((name, type));
        return Code.Line($"{(isStatic ? "static" : "const")} {name}: {type} = {value};");
    }
}
