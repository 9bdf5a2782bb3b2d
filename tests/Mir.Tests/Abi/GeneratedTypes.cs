using System.Text;

namespace Mirlink.Mir.Tests.Abi;

/// <summary>Writes Rust files of random structs, enums and unions; the same for the same seed.</summary>
sealed class GeneratedTypes(int seed)
{
    private static readonly string[] s_primitives =
    [
        "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "u128", "usize", "f32", "f64", "bool", "char", "()", "&'static u8", "&'static mut u16", "*const u8", "&'static str",
        "&'static dyn Send", "fn()", "Box<u8>", "std::num::NonZero<u8>", "std::num::NonZero<u32>", "std::cmp::Ordering", "!", "String", "std::cell::Cell<bool>", "[u64; 0]",
    ];

    // not System.Random: its numbers may change between versions
    private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15 + 1;
    private readonly List<string> _declared = [];

    private int Next(int below)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)(_state % (ulong)below);
    }

    private bool Chance(int percent) => Next(100) < percent;

    private string Type(int depth = 0)
    {
        int kind = depth > 2 ? 0 : Next(12);
        return kind switch
        {
            0 or 1 or 2 or 3 or 4 or 5 => s_primitives[Next(s_primitives.Length)],
            6 or 7 when _declared.Count > 0 => _declared[Next(_declared.Count)],
            8 => $"[{Type(depth + 1)}; {Next(5)}]",
            9 => $"({string.Join(", ", Enumerable.Range(0, 1 + Next(3)).Select(_ => Type(depth + 1)))},)",
            10 => $"Option<{Type(depth + 1)}>",
            11 => $"Result<{Type(depth + 1)}, {Type(depth + 1)}>",
            _ => "u8",
        };
    }

    private string Fields(int max) => string.Join(", ", Enumerable.Range(0, Next(max + 1)).Select(_ => Type()));

    private void Repr(StringBuilder s, bool isEnum)
    {
        var reprs = new List<string>();
        if (Chance(20)) reprs.Add("C");
        if (isEnum)
        {
            if (Chance(15)) reprs.Add(new[] { "u8", "i8", "u16", "i32", "u64", "isize", "i128" }[Next(7)]);
        }
        else if (Chance(12))
        {
            reprs.Add(new[] { "packed", "packed(2)", "packed(4)" }[Next(3)]);
        }
        if (Chance(8) && !reprs.Exists(r => r.StartsWith("packed", StringComparison.Ordinal))) reprs.Add($"align({1 << Next(6)})");
        if (reprs.Count > 0) s.Append($"#[repr({string.Join(", ", reprs)})] ");
    }

    public string Write(int count)
    {
        var s = new StringBuilder("#![cfg_attr(oracle, feature(rustc_attrs))]\n#![feature(never_type)]\n");
        for (int i = 0; i < count; i++)
        {
            string name = $"A{i}";
            int kind = Next(10);
            if (kind < 4)
            {
                Repr(s, isEnum: false);
                // a packed type must not contain an aligned one: those have only primitives
                bool packed = s.ToString(Math.Max(0, s.Length - 20), Math.Min(20, s.Length)).Contains("packed", StringComparison.Ordinal);
                s.Append($"pub struct {name}({(packed ? string.Join(", ", Enumerable.Range(0, Next(5)).Select(_ => s_primitives[Next(s_primitives.Length)])) : Fields(6))});\n");
            }
            else if (kind < 9)
            {
                int variants = 1 + Next(Chance(20) ? 9 : 4);
                bool fieldless = Chance(20);
                Repr(s, isEnum: true);
                s.Append($"pub enum {name} {{ ");
                int discriminant = 0;
                for (int v = 0; v < variants; v++)
                {
                    s.Append($"V{v}");
                    if (!fieldless && Chance(80)) s.Append($"({Fields(4)})");
                    else if (fieldless && Chance(30)) s.Append($" = {discriminant += Next(30)}");
                    discriminant++;
                    s.Append(", ");
                }
                s.Append("}\n");
            }
            else
            {
                if (Chance(30)) s.Append("#[repr(C)] ");
                s.Append($"pub union {name} {{ {string.Join(", ", Enumerable.Range(0, 1 + Next(3)).Select(f => $"f{f}: std::mem::ManuallyDrop<{Type()}>"))} }}\n");
            }
            _declared.Add(name);
            s.Append($"#[cfg_attr(oracle, rustc_abi(debug))] pub type F{i} = fn({name}, Option<{name}>, ({name}, u8), [{name}; 2], Option<Option<{name}>>, Result<{name}, u16>) -> {name};\n");
            s.Append($"#[cfg_attr(oracle, rustc_abi(debug))] pub type C{i} = extern \"C\" fn({name}, &{name}, Option<&mut {name}>, Box<{name}>, {name}, {name}) -> {name};\n");
        }
        return s.ToString();
    }
}
