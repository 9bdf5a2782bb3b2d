using System.Runtime.InteropServices;

namespace Mirlink.Linker;

/// <summary>CPU time of the child processes that have ended (getrusage of RUSAGE_CHILDREN): what a finished Process cannot be asked any more.</summary>
internal static unsafe partial class ChildProcessTime
{
    private const int RusageChildren = -1, RusageLongs = 18;

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, long* usage);

    public static TimeSpan Total()
    {
        long* usage = stackalloc long[RusageLongs];
        if (GetRusage(RusageChildren, usage) != 0) return TimeSpan.Zero;
        return TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
    }
}
