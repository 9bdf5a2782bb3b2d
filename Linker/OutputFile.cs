using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>
/// A file to make: a reader sees the old one or the new one, never a part. It is written under <see cref="Partial"/> beside itself and renamed by
/// <see cref="Complete"/>; disposing it without that, or a signal that ends the process, leaves the old file as it was and no other.
/// </summary>
public sealed unsafe partial class OutputFile : IDisposable
{
    private static readonly ConcurrentDictionary<string, byte> s_partial = new(StringComparer.Ordinal);
    // Kept, or the handlers would be collected. The process still ends as it would have.
    private static readonly PosixSignalRegistration[] s_signals = Array.ConvertAll((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP],
        static signal => PosixSignalRegistration.Create(signal, static _ => DeletePartial()));

    private bool _completed;

    /// <summary>Creates the partial file, so that a folder that cannot be written to is found out before the work and not after it.</summary>
    /// <exception cref="MirlinkException">The file cannot be written there.</exception>
    public OutputFile(string path)
    {
        Path = path;
        string full = System.IO.Path.GetFullPath(path);
        Partial = $"{full}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp";
        string folder = System.IO.Path.GetDirectoryName(full) ?? "/";
        if (Directory.Exists(full)) throw new MirlinkException($"cannot write `{path}`: it is a folder");
        if (File.Exists(folder)) throw new MirlinkException($"cannot write `{path}`: `{folder}` is not a folder");
        if (!Directory.Exists(folder)) throw new MirlinkException($"cannot write `{path}`: there is no folder `{folder}`");
        // Renaming onto a device or a pipe would replace it.
        if (File.Exists(full) && !IsRegular(full)) throw new MirlinkException($"cannot write `{path}`: it is not a regular file");
        try
        {
            s_partial.TryAdd(Partial, 0);
            GC.KeepAlive(s_signals);
            File.Create(Partial).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    public string Path { get; }
    /// <summary>Absolute; in the same folder, so that renaming is atomic.</summary>
    public string Partial { get; }

    /// <summary>Writes it all and gives it its name.</summary>
    /// <exception cref="MirlinkException">The bytes cannot be written: the disk is full, or the folder is gone.</exception>
    public void Write(ReadOnlySpan<byte> contents)
    {
        try
        {
            File.WriteAllBytes(Partial, contents);
        }
        catch (ArgumentOutOfRangeException)
        {
            // .NET's word for the system's "file too large".
            throw Failed("file too large");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
        Complete();
    }

    /// <summary>Gives the written file its name.</summary>
    /// <exception cref="MirlinkException">It cannot be renamed.</exception>
    public void Complete()
    {
        try
        {
            File.Move(Partial, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
        _completed = true;
        s_partial.TryRemove(Partial, out _);
    }

    private static void DeletePartial()
    {
        foreach (var (path, _) in s_partial) File.Delete(path);
    }

    // struct stat of x86_64 Linux: st_mode is the 32 bits at byte 24.
    private const int StatSize = 144, ModeOffset = 24, TypeMask = 0xf000, RegularFile = 0x8000;

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, byte* stat);

    private static bool IsRegular(string path)
    {
        byte* stat = stackalloc byte[StatSize];
        return Stat(path, stat) != 0 || (*(int*)(stat + ModeOffset) & TypeMask) == RegularFile;
    }

    private MirlinkException Failed(Exception e) => new($"cannot write `{Path}`: {Reason(e)}", e);

    /// <summary>The error of a program that was to write <see cref="Partial"/> and could not.</summary>
    internal MirlinkException Failed(string reason) => new($"cannot write `{Path}`: {reason}");

    /// <summary>The system's reason without the path of the partial file, which means nothing to a user.</summary>
    private string Reason(Exception e)
    {
        // Only special file systems have a folder and no files in it to create.
        if (e is FileNotFoundException) return "files cannot be created there";
        string text = e.Message;
        foreach (string noise in (string[])[$" : '{Partial}'", $" '{Partial}'", $" the path '{Partial}'"]) text = text.Replace(noise, "", StringComparison.Ordinal);
        text = text.TrimEnd('.');
        return text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
    }

    public void Dispose()
    {
        if (_completed) return;
        s_partial.TryRemove(Partial, out _);
        try
        {
            File.Delete(Partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to show.
        }
    }
}
