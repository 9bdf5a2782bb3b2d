using System.Globalization;

namespace Mirlink.Difftest.Generate;

public enum TypeKind : byte { Int, Float, Bool, Char, Unit, Str, String, Tuple, Array, Struct, Enum, Option, Result, Box, Vec }

/// <summary>A type of a generated program. Equal types have equal texts.</summary>
public sealed class RustType : IEquatable<RustType>
{
    private RustType(TypeKind kind, string text, params RustType[] args)
    {
        Kind = kind;
        Text = text;
        Args = args;
        IsCopy = kind switch
        {
            TypeKind.String or TypeKind.Box or TypeKind.Vec => false,
            _ => Array.TrueForAll(args, static a => a.IsCopy),
        };
        Depth = 1 + (args.Length == 0 ? 0 : args.Max(static a => a.Depth));
    }

    public TypeKind Kind { get; }
    public string Text { get; }
    /// <summary>Fields of a tuple, element of an array, Option, Box or Vec; both of a Result.</summary>
    public RustType[] Args { get; }
    /// <summary>Bits of an integer or a float; length of an array.</summary>
    public int Number { get; private init; }
    public bool Signed { get; private init; }
    public bool IsCopy { get; private init; }
    public int Depth { get; }
    /// <summary>Of a struct or enum.</summary>
    public TypeDeclaration? Declaration { get; private init; }

    public bool IsInt => Kind == TypeKind.Int;
    public RustType Element => Args[0];

    public static readonly RustType Bool = new(TypeKind.Bool, "bool"), Char = new(TypeKind.Char, "char"), Unit = new(TypeKind.Unit, "()"), Str = new(TypeKind.Str, "&'static str"), String = new(TypeKind.String, "String");
    public static readonly RustType F32 = new(TypeKind.Float, "f32") { Number = 32 }, F64 = new(TypeKind.Float, "f64") { Number = 64 };
    public static readonly RustType[] Ints =
    [
        .. from bits in (int[])[8, 16, 32, 64, 128] from s in (bool[])[false, true] select new RustType(TypeKind.Int, (s ? "i" : "u") + bits.ToString(CultureInfo.InvariantCulture)) { Number = bits, Signed = s },
        new(TypeKind.Int, "usize") { Number = 64 }, new(TypeKind.Int, "isize") { Number = 64, Signed = true },
    ];
    public static readonly RustType U8 = Int("u8"), U16 = Int("u16"), U32 = Int("u32"), I32 = Int("i32"), U64 = Int("u64"), Usize = Int("usize");

    public static RustType Int(string name) => Array.Find(Ints, t => t.Text == name)!;
    public static RustType Tuple(params RustType[] fields) => new(TypeKind.Tuple, fields.Length == 1 ? $"({fields[0].Text},)" : $"({string.Join(", ", fields.Select(static f => f.Text))})", fields);
    public static RustType ArrayOf(RustType element, int length) => new(TypeKind.Array, $"[{element.Text}; {length.ToString(CultureInfo.InvariantCulture)}]", element) { Number = length };
    public static RustType Option(RustType some) => new(TypeKind.Option, $"Option<{some.Text}>", some);
    public static RustType Result(RustType ok, RustType err) => new(TypeKind.Result, $"Result<{ok.Text}, {err.Text}>", ok, err);
    public static RustType Box(RustType content) => new(TypeKind.Box, $"Box<{content.Text}>", content);
    public static RustType Vec(RustType element) => new(TypeKind.Vec, $"Vec<{element.Text}>", element);
    public static RustType Of(TypeDeclaration declaration) =>
        new(declaration.IsEnum ? TypeKind.Enum : TypeKind.Struct, declaration.Name) { Declaration = declaration, IsCopy = declaration.IsCopy };

    public bool Equals(RustType? other) => other is not null && other.Text == Text;
    public override bool Equals(object? obj) => Equals(obj as RustType);
    public override int GetHashCode() => string.GetHashCode(Text, StringComparison.Ordinal);
    public override string ToString() => Text;
}

/// <summary>Fields of a struct or a variant; named, or by position.</summary>
public sealed record Variant(string Name, bool Named, (string Name, RustType Type)[] Fields);

/// <summary>A generated struct (one variant) or enum.</summary>
public sealed record TypeDeclaration(string Name, bool IsEnum, Variant[] Variants)
{
    public bool HasDrop { get; init; }
    public bool ReprC { get; init; }
    /// <summary>repr(u8) and the like with discriminants of their own; empty otherwise.</summary>
    public string Discriminants { get; init; } = "";
    public bool IsCopy => !HasDrop && Variants.All(static v => v.Fields.All(static f => f.Type.IsCopy));
    public bool IsFieldless => IsEnum && Variants.All(static v => v.Fields.Length == 0);
}
