using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class ModuleEmitter
{
    private readonly Dictionary<(uint Id, nint Type1, nint Type2), (nint Function, nint Type)> _intrinsics = [];
    private readonly Dictionary<string, nint> _namedIntrinsics = new(StringComparer.Ordinal);

    public IntrinsicIds Ids { get; } = IntrinsicIds.Instance;

    /// <summary>Calls an intrinsic that is not overloaded.</summary>
    public nint Plain(nint builder, uint id, params ReadOnlySpan<nint> args) => Call(builder, Intrinsic(id, 0, 0), args);

    /// <summary>Calls an intrinsic overloaded on one type.</summary>
    public nint Intrinsic(nint builder, uint id, nint type, params ReadOnlySpan<nint> args) => Call(builder, Intrinsic(id, type, 0), args);

    /// <summary>Calls an intrinsic overloaded on two types.</summary>
    public nint Intrinsic2(nint builder, uint id, nint type1, nint type2, params ReadOnlySpan<nint> args) => Call(builder, Intrinsic(id, type1, type2), args);

    private static nint Call(nint builder, (nint Function, nint Type) callee, ReadOnlySpan<nint> args)
    {
        fixed (nint* p = args) return LLVM.BuildCall2(builder, callee.Type, callee.Function, p, (uint)args.Length, NoName);
    }

    private (nint Function, nint Type) Intrinsic(uint id, nint type1, nint type2)
    {
        if (_intrinsics.TryGetValue((id, type1, type2), out var found)) return found;
        nint* types = stackalloc nint[2] { type1, type2 };
        nint f = LLVM.GetIntrinsicDeclaration(Module, id, types, type1 == 0 ? 0u : type2 == 0 ? 1u : 2u);
        found = (f, LLVM.GlobalGetValueType(f));
        _intrinsics.Add((id, type1, type2), found);
        return found;
    }

    /// <summary>Number of parameters of an intrinsic in this LLVM: some lose theirs from version to version.</summary>
    public uint ParameterCount(uint id, nint type1, nint type2) => LLVM.CountParamTypes(Intrinsic(id, type1, type2).Type);

    /// <summary>An intrinsic by its full name, declared with the types that the program says.</summary>
    public nint NamedIntrinsic(string name, LirSignature signature)
    {
        if (_namedIntrinsics.TryGetValue(name, out nint f)) return f;
        if (!name.StartsWith("llvm.", StringComparison.Ordinal)) return RuntimeFunction(name, Signature(signature).FunctionType);
        f = LLVM.GetNamedFunction(Module, Text.Put(name));
        if (f == 0) f = LLVM.AddFunction(Module, Text.Put(name), Signature(signature).FunctionType);
        if (LLVM.GetIntrinsicID(f) == 0) throw new UnsupportedException($"intrinsic {name} (not in LLVM {LlvmLibrary.Major})");
        _namedIntrinsics.Add(name, f);
        return f;
    }
}
