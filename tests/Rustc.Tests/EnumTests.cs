using System.Runtime.CompilerServices;
using Raw = Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc.Tests;

/// <summary>The importer casts these by their number, so they must list the same names in the same order as the compiler does.</summary>
public class EnumTests
{
    [Theory]
    [InlineData(typeof(Raw.IntTy), typeof(Mir.IntTy))]
    [InlineData(typeof(Raw.UintTy), typeof(Mir.UintTy))]
    [InlineData(typeof(Raw.FloatTy), typeof(Mir.FloatTy))]
    [InlineData(typeof(Raw.Mutability), typeof(Mir.Mutability))]
    [InlineData(typeof(Raw.Safety), typeof(Mir.Safety))]
    [InlineData(typeof(Raw.BinOp), typeof(Mir.BinOp))]
    [InlineData(typeof(Raw.UnOp), typeof(Mir.UnOp))]
    [InlineData(typeof(Raw.RawPtrKind), typeof(Mir.RawPtrKind))]
    [InlineData(typeof(Raw.RuntimeChecks), typeof(Mir.RuntimeChecks))]
    [InlineData(typeof(Raw.CallSource), typeof(Mir.CallSource))]
    [InlineData(typeof(Raw.UnwindTerminateReason), typeof(Mir.UnwindTerminateReason))]
    [InlineData(typeof(Raw.ImplPolarity), typeof(Mir.ImplPolarity))]
    [InlineData(typeof(Raw.TraitSpecializationKind), typeof(Mir.TraitSpecializationKind))]
    [InlineData(typeof(Raw.OptimizeAttr), typeof(Mir.OptimizeAttr))]
    [InlineData(typeof(Raw.Linkage), typeof(Mir.Linkage))]
    [InlineData(typeof(Raw.ExternAbi), typeof(Mir.ExternAbi))]
    [InlineData(typeof(Raw.DefPathData), typeof(Mir.DefPathData))]
    [InlineData(typeof(Raw.AssertKindOperand), typeof(Mir.AssertKind))]
    [InlineData(typeof(Raw.BoundVariableKind), typeof(Mir.BoundVariableKind))]
    [InlineData(typeof(Raw.SimplifiedTypeDefId), typeof(Mir.SimplifiedTypeKind))]
    [InlineData(typeof(Raw.NativeLibKind), typeof(Mir.NativeLibKind))]
    public void Variants_agree(Type raw, Type mir) => Assert.Equal(Names(raw), Enum.GetNames(mir));

    static string[] Names(Type raw)
    {
        if (raw.IsEnum) return Enum.GetNames(raw);
        var variants = raw.GetNestedTypes().Where(t => t.BaseType == raw);
        return [.. variants.OrderBy(t => (byte)raw.GetProperty("Tag")!.GetValue(RuntimeHelpers.GetUninitializedObject(t))!).Select(t => t.Name.TrimEnd('_'))];
    }

    [Theory]
    [InlineData(typeof(Raw.AdtFlags), typeof(Mir.AdtFlags))]
    [InlineData(typeof(Raw.ReprFlags), typeof(Mir.ReprFlags))]
    [InlineData(typeof(Raw.CodegenFnAttrFlags), typeof(Mir.CodegenFnAttrFlags))]
    [InlineData(typeof(Raw.InlineAsmOptions), typeof(Mir.InlineAsmOptions))]
    public void Flags_agree(Type raw, Type mir)
    {
        static Dictionary<string, ulong> Bits(Type t) => Enum.GetNames(t).Select(n => (Name: n, Value: Convert.ToUInt64(Enum.Parse(t, n), null))).Where(f => f.Value != 0)
            .ToDictionary(f => (f.Name.StartsWith("Is", StringComparison.Ordinal) ? f.Name[2..] : f.Name).ToLowerInvariant(), f => f.Value);
        Assert.Equal(Bits(raw).OrderBy(f => f.Value), Bits(mir).OrderBy(f => f.Value));
    }
}
