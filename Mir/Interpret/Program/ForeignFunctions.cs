namespace Mirlink.Mir.Interpret.Program;

/// <summary>
/// The functions that are not MIR: what std needs of the C library to run, and what is easily had besides. Anything else is an error when it is called. Files, processes, sockets and
/// threads are not among them.
/// </summary>
internal static partial class ForeignFunctions
{
    private static readonly Dictionary<string, ForeignFunction> s_functions = Table();

    /// <summary>Symbols that std links weakly and that are there.</summary>
    public static bool IsWeaklyLinked(string name) => name is "__cxa_thread_atexit_impl" or "getrandom";

    public static ForeignFunction? Find(string name)
    {
        if (s_functions.TryGetValue(name, out var found)) return found;
        int size = name.EndsWith('f') ? 4 : 8;
        string stem = size == 4 ? name[..^1] : name;
        if (name is "erf" or "modf") (size, stem) = (8, name);
        if (stem == "lgamma_r")
            return static (in ForeignCall c) => throw InterpError.Unsupported("can't call foreign function `lgamma_r`");
        if (LibM.Unary(stem, size) is { } unary) return (in ForeignCall c) => c.ReturnFloat(unary(c.Float(0, size)), size);
        if (LibM.Binary(stem, size) is { } binary) return (in ForeignCall c) => c.ReturnFloat(binary(c.Float(0, size), c.Float(1, size)), size);
        return null;
    }

    private static Dictionary<string, ForeignFunction> Table()
    {
        var t = new Dictionary<string, ForeignFunction>(StringComparer.Ordinal);
        AddMemory(t);
        AddSystem(t);
        AddOutput(t);
        return t;
    }

    // -- the system ----------------------------------------------------------------------------------------------------------------------------------

    private const int Enoent = 2, Ebadf = 9, Enosys = 38, Enotty = 25;

    private static void AddSystem(Dictionary<string, ForeignFunction> t)
    {
        t["__errno_location"] = static (in ForeignCall c) => c.Return(new Pointer(c.Machine.Errno(c.Cx), 0));
        t["exit"] = static (in ForeignCall c) => throw new ProgramExit(c.I32(0) & 0xff);
        t["_exit"] = static (in ForeignCall c) => throw Immediate(c.I32(0) & 0xff);
        t["abort"] = static (in ForeignCall c) => throw Immediate(128 + 6);
        t["getpid"] = static (in ForeignCall c) => c.Return(1000);
        t["gettid"] = static (in ForeignCall c) => c.Return(1000);
        t["pthread_self"] = static (in ForeignCall c) => c.Return(1);
        t["llvm.x86.sse2.pause"] = static (in ForeignCall c) => c.Return();
        t["sched_yield"] = static (in ForeignCall c) => c.Return(0);
        // Signals are never raised: handlers that are there already keep std from installing its own.
        t["signal"] = static (in ForeignCall c) => c.Return(0);
        t["sigaction"] = static (in ForeignCall c) =>
        {
            if (!c.IsNull(2))
            {
                c.Write(c.Ptr(2), new byte[152]);
                c.Write(c.Ptr(2), [1, 0, 0, 0, 0, 0, 0, 0]);
            }
            c.Return(0);
        };
        // Where the stack is cannot be told: std then has no guard page to know.
        t["pthread_getattr_np"] = static (in ForeignCall c) => c.Return(Enosys);
        // Whatever std looks for by name is optional.
        t["dlsym"] = static (in ForeignCall c) => c.Return(Pointer.Null);
        t["pthread_attr_init"] = t["pthread_attr_destroy"] = static (in ForeignCall c) => c.Return(0);
        t["sysconf"] = static (in ForeignCall c) => c.Return(c.I32(0) switch { 30 => 4096, 83 or 84 => 1, _ => -1 });
        t["poll"] = static (in ForeignCall c) =>
        {
            for (ulong i = 0; i < c.U64(1); i++) c.Write(c.Ptr(0).Add(i * 8 + 6), [0, 0]);
            c.Return(0);
        };
        t["fcntl"] = static (in ForeignCall c) => { if (c.I32(0) is >= 0 and <= 2) c.Return(0); else c.Fail(Ebadf); };
        t["isatty"] = static (in ForeignCall c) => { c.Machine.Errno(c.Cx).WriteScalar(0, Scalar.Of((U128)Enotty, 4)); c.Return(0); };
        t["open"] = t["open64"] = static (in ForeignCall c) => c.Fail(Enoent);
        t["getcwd"] = static (in ForeignCall c) =>
        {
            c.Write(c.Ptr(0), "/\0"u8);
            c.Return(c.Ptr(0));
        };
        t["getenv"] = static (in ForeignCall c) => GetEnv(c);
        t["setenv"] = static (in ForeignCall c) =>
        {
            string name = c.String(c.Ptr(0));
            c.Machine.SetEnvironment(c.Cx, name, name + "=" + c.String(c.Ptr(1)));
            c.Return(0);
        };
        t["unsetenv"] = static (in ForeignCall c) =>
        {
            c.Machine.SetEnvironment(c.Cx, c.String(c.Ptr(0)), null);
            c.Return(0);
        };
        t["__xpg_strerror_r"] = static (in ForeignCall c) =>
        {
            c.Write(c.Ptr(1), System.Text.Encoding.UTF8.GetBytes(System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(c.I32(0)) + "\0"));
            c.Return(0);
        };
        t["abs"] = static (in ForeignCall c) => c.Return(c.I32(0) == int.MinValue ? throw InterpError.Ub("`abs` of INT_MIN") : Math.Abs(c.I32(0)));
        t["labs"] = static (in ForeignCall c) => c.Return((long)c.U64(0) == long.MinValue ? throw InterpError.Ub("`labs` of LONG_MIN") : Math.Abs((long)c.U64(0)));
        t["__cxa_thread_atexit_impl"] = static (in ForeignCall c) =>
        {
            c.Machine.AddThreadLocalDestructor(c.Scalar(0), c.Scalar(1));
            c.Return(0);
        };
        t["pthread_key_create"] = static (in ForeignCall c) =>
        {
            // The destructor would run when a thread ends before the program does.
            c.Write(c.Ptr(0), BitConverter.GetBytes(c.Machine.ThreadKeys.Count));
            c.Machine.ThreadKeys.Add(Scalar.Usize(0));
            c.Return(0);
        };
        t["pthread_key_delete"] = static (in ForeignCall c) => c.Return(0);
        t["pthread_getspecific"] = static (in ForeignCall c) => c.Return(c.Machine.ThreadKeys[c.I32(0)]);
        t["pthread_setspecific"] = static (in ForeignCall c) =>
        {
            c.Machine.ThreadKeys[c.I32(0)] = c.Scalar(1);
            c.Return(0);
        };
        t["pthread_create"] = t["pthread_attr_setstacksize"] = static (in ForeignCall c) => throw InterpError.Unsupported("threads");
        t["getrandom"] = static (in ForeignCall c) => c.Return((long)Random(c, c.Ptr(0), c.U64(1)));
        t["syscall"] = static (in ForeignCall c) =>
        {
            switch (c.U64(0))
            {
                case 186: c.Return(1000); break; // gettid
                case 318: c.Return((long)Random(c, c.Ptr(1), c.U64(2))); break; // getrandom
                case 202: // futex: waking wakes nobody, waiting would be forever
                    if ((c.U64(2) & 0x7f) is 1 or 10) c.Return(0);
                    else throw InterpError.Ub("deadlock: the evaluated program deadlocked");
                    break;
                case var n: throw InterpError.Unsupported($"can't execute syscall with ID {n}");
            }
        };
        t["clock_gettime"] = static (in ForeignCall c) =>
        {
            // Time passes with what is run, from a fixed beginning: the same in each run.
            long ns = c.Cx.Steps * 10 + c.Machine.Slept;
            var bytes = new byte[16];
            BitConverter.TryWriteBytes(bytes, (c.I32(0) == 0 ? 1_700_000_000L : 1000L) + ns / 1_000_000_000);
            BitConverter.TryWriteBytes(bytes.AsSpan(8), ns % 1_000_000_000);
            c.Write(c.Ptr(1), bytes);
            c.Return(0);
        };
        // Sleeping is the passing of time.
        t["nanosleep"] = static (in ForeignCall c) => Sleep(c, 0, absolute: false);
        t["clock_nanosleep"] = static (in ForeignCall c) => Sleep(c, 2, absolute: (c.I32(1) & 1) != 0);
        t["_Unwind_RaiseException"] = static (in ForeignCall c) => c.Continue(c.Scalar(0));
        // No frames: backtraces are empty.
        t["_Unwind_Backtrace"] = static (in ForeignCall c) => c.Return(5);
        t["__rust_no_alloc_shim_is_unstable_v2"] = static (in ForeignCall c) => c.Return();
    }

    private static void Sleep(in ForeignCall c, int request, bool absolute)
    {
        if (absolute) throw InterpError.Unsupported("sleeping until a given time");
        var at = c.Ptr(request);
        c.Machine.Slept += (long)c.Cx.ReadScalar(at, 8).U64 * 1_000_000_000 + (long)c.Cx.ReadScalar(at.Add(8), 8).U64;
        c.Return(0);
    }

    private static ProgramExit Immediate(int code)
    {
        var e = new ProgramExit(code);
        e.Data["immediate"] = true;
        return e;
    }

    private static void GetEnv(in ForeignCall c)
    {
        string name = c.String(c.Ptr(0)) + "=";
        var environ = c.Machine.Environ(c.Cx);
        for (ulong i = 0; ; i += 8)
        {
            var entry = c.Cx.ReadScalar(environ.Add(i), 8);
            if (entry.Provenance is null) break;
            if (!c.String(entry.ToPointer()).StartsWith(name, StringComparison.Ordinal)) continue;
            c.Return(entry.ToPointer().Add((ulong)System.Text.Encoding.UTF8.GetByteCount(name)));
            return;
        }
        c.Return(Pointer.Null);
    }

    /// <summary>The same bytes in each run.</summary>
    private static ulong Random(in ForeignCall c, Pointer to, ulong size)
    {
        var bytes = new byte[size];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = c.Machine.NextRandomByte();
        c.Write(to, bytes);
        return size;
    }

    // -- streams -------------------------------------------------------------------------------------------------------------------------------------

    private static void AddOutput(Dictionary<string, ForeignFunction> t)
    {
        t["write"] = static (in ForeignCall c) =>
        {
            if (c.I32(0) is not (1 or 2)) c.Fail(Ebadf);
            else
            {
                c.Machine.Output(c.I32(0), c.Bytes(c.Ptr(1), c.U64(2)));
                c.Return((long)c.U64(2));
            }
        };
        t["writev"] = static (in ForeignCall c) =>
        {
            if (c.I32(0) is not (1 or 2))
            {
                c.Fail(Ebadf);
                return;
            }
            long total = 0;
            for (int i = 0; i < c.I32(2); i++)
            {
                var at = c.Ptr(1).Add((ulong)i * 16);
                ulong size = c.Cx.ReadScalar(at.Add(8), 8).U64;
                if (size > 0) c.Machine.Output(c.I32(0), c.Bytes(c.Cx.ReadScalar(at, 8).ToPointer(), size));
                total += (long)size;
            }
            c.Return(total);
        };
        t["read"] = static (in ForeignCall c) =>
        {
            if (c.I32(0) != 0)
            {
                c.Fail(Ebadf);
                return;
            }
            var bytes = c.Machine.Input((int)Math.Min(c.U64(2), 1 << 20));
            c.Write(c.Ptr(1), bytes.Span);
            c.Return(bytes.Length);
        };
        t["puts"] = static (in ForeignCall c) =>
        {
            c.Machine.BufferedOutput(c.Bytes(c.Ptr(0), c.StringLength(c.Ptr(0))));
            c.Machine.BufferedOutput("\n"u8);
            c.Return(1);
        };
        t["putchar"] = static (in ForeignCall c) =>
        {
            c.Machine.BufferedOutput([(byte)c.I32(0)]);
            c.Return(c.I32(0));
        };
        t["fflush"] = static (in ForeignCall c) =>
        {
            c.Machine.FlushC();
            c.Return(0);
        };
    }
}
