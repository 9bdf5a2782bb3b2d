using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Cli.Compile;

/// <summary>
/// Runs a program and waits for it (posix_spawn(3), waitpid(2)). System.Diagnostics.Process would do; but it sets up signal handling, threads and time zones,
/// which costs more than all else that is done for a small crate.
/// </summary>
internal static unsafe partial class ChildProcess
{
    private const string C = "libc.so.6";
    private const short SetSigDefault = 4;
    private const int SigPipe = 13, StandardError = 2, CloseOnExec = 0x80000, Interrupted = 4;
    // glibc: sigset_t has 128 bytes, posix_spawnattr_t 336, posix_spawn_file_actions_t 80.
    private const int SignalSetSize = 128, AttributesSize = 336, ActionsSize = 80;

    [LibraryImport(C)]
    private static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(C, SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(C, SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint read(int file, byte* buffer, nint size);

    [LibraryImport(C)]
    private static partial int close(int file);

    /// <summary>Runs a program with this one's environment and standard streams; its exit code, 128 + signal for one that was killed.</summary>
    /// <param name="variable">`NAME=value`, set for that process alone.</param>
    /// <exception cref="MirlinkException">It cannot be started.</exception>
    public static int Run(string path, IReadOnlyList<string> args, string? variable = null) => Wait(Spawn(path, args, variable, -1));

    /// <summary>The same, with what it writes to standard error as a string.</summary>
    public static int RunQuietly(string path, IReadOnlyList<string> args, string? variable, out string errors)
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, CloseOnExec) != 0) throw CannotRun(path, Marshal.GetLastPInvokeError());
        int pid;
        try
        {
            pid = Spawn(path, args, variable, ends[1]);
        }
        catch
        {
            close(ends[0]);
            throw;
        }
        finally
        {
            close(ends[1]);
        }
        using var text = new MemoryStream();
        byte* buffer = stackalloc byte[4096];
        for (; ; )
        {
            nint n = read(ends[0], buffer, 4096);
            if (n > 0) text.Write(new ReadOnlySpan<byte>(buffer, (int)n));
            else if (n == 0 || Marshal.GetLastPInvokeError() != Interrupted) break;
        }
        close(ends[0]);
        errors = Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        return Wait(pid);
    }

    private static MirlinkException CannotRun(string path, int error) => new($"cannot run `{path}`: {Marshal.GetPInvokeErrorMessage(error)}");

    private static int Spawn(string path, IReadOnlyList<string> args, string? variable, int standardError)
    {
        byte* attributes = stackalloc byte[AttributesSize], actions = stackalloc byte[ActionsSize], signals = stackalloc byte[SignalSetSize];
        posix_spawnattr_init(attributes);
        // The runtime ignores it, and what is ignored is inherited.
        signals[(SigPipe - 1) / 8] = 1 << (SigPipe - 1) % 8;
        posix_spawnattr_setsigdefault(attributes, signals);
        posix_spawnattr_setflags(attributes, SetSigDefault);
        posix_spawn_file_actions_init(actions);
        if (standardError >= 0) posix_spawn_file_actions_adddup2(actions, standardError, StandardError);

        var strings = new List<nint>(args.Count + 2);
        byte** argv = (byte**)NativeMemory.Alloc((nuint)(args.Count + 2), (nuint)sizeof(byte*));
        byte** envp = null;
        try
        {
            argv[0] = Text(path, strings);
            for (int i = 0; i < args.Count; i++) argv[i + 1] = Text(args[i], strings);
            argv[args.Count + 1] = null;
            byte** environ = *(byte***)NativeLibrary.GetExport(NativeLibrary.Load(C), "environ");
            if (variable is not null) environ = envp = With(environ, Text(variable, strings), variable.IndexOf('=', StringComparison.Ordinal) + 1);
            int pid, error = posix_spawn(&pid, argv[0], actions, attributes, argv, environ);
            return error == 0 ? pid : throw CannotRun(path, error);
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            foreach (nint s in strings) NativeMemory.Free((void*)s);
            NativeMemory.Free(argv);
            NativeMemory.Free(envp);
        }
    }

    /// <summary>An environment with one variable replaced or added; <paramref name="prefix"/>: length of its name and the `=`.</summary>
    private static byte** With(byte** environ, byte* variable, int prefix)
    {
        int count = 0, kept = 0;
        while (environ[count] != null) count++;
        byte** changed = (byte**)NativeMemory.Alloc((nuint)(count + 2), (nuint)sizeof(byte*));
        var name = new ReadOnlySpan<byte>(variable, prefix);
        for (int i = 0; i < count; i++)
            if (!MemoryMarshal.CreateReadOnlySpanFromNullTerminated(environ[i]).StartsWith(name)) changed[kept++] = environ[i];
        changed[kept++] = variable;
        changed[kept] = null;
        return changed;
    }

    private static byte* Text(string s, List<nint> strings)
    {
        int n = Encoding.UTF8.GetByteCount(s);
        byte* p = (byte*)NativeMemory.Alloc((nuint)n + 1);
        strings.Add((nint)p);
        Encoding.UTF8.GetBytes(s, new Span<byte>(p, n));
        p[n] = 0;
        return p;
    }

    private static int Wait(int pid)
    {
        int status;
        while (waitpid(pid, &status, 0) < 0)
            if (Marshal.GetLastPInvokeError() is not Interrupted and var error) throw new BugException($"waitpid: {Marshal.GetPInvokeErrorMessage(error)}");
        int signal = status & 0x7f;
        return signal == 0 ? status >> 8 & 0xff : 128 + signal;
    }
}
