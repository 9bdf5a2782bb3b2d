using System.Buffers.Binary;
using System.Globalization;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Llvm;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rlib;
using Mirlink.Rustc;

namespace Mirlink.Cli.Compile;

/// <summary>
/// Which build of Mirlink this is. Another one may write other rlibs of the same metadata, so cargo is told that they are stale: `mirlink build` gives cargo the
/// id in an environment variable, and what is compiled says in its dependency information that it was made of that variable.
/// </summary>
internal static class ToolBuild
{
    public const string Variable = "MIRLINK_BUILD_ID";

    private static readonly Lazy<string> s_id = new(Compute);

    /// <summary>The version and a hash of all parts that decide what is in an artifact: the same for the same files wherever they are.</summary>
    public static string Id => s_id.Value;

    private static string Compute()
    {
        const int Mvid = 16;
        Type[] layers = [typeof(TyCtxt), typeof(RustcToolchain), typeof(SectionFormat), typeof(LirFunction), typeof(LlvmLibrary), typeof(CraneliftLibrary), typeof(BackendChoice), typeof(ToolBuild)];
        Span<byte> parts = stackalloc byte[layers.Length * Mvid + sizeof(ulong)];
        // The compiler derives the module version id from all that it was given.
        for (int i = 0; i < layers.Length; i++) layers[i].Module.ModuleVersionId.TryWriteBytes(parts[(i * Mvid)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(parts[^sizeof(ulong)..], CraneliftLibrary.Find() is { } library ? ContentHash.Of(File.ReadAllBytes(library)) : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{typeof(ToolBuild).Assembly.GetName().Version!.ToString(3)}-{ContentHash.Of(parts):x16}");
    }
}
