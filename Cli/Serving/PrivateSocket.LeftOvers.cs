using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mirlink.Cli.Serving;

internal sealed partial class PrivateSocket
{
    private const string C = "libc.so.6", Prefix = "mirlink-";
    // statx(2): mask (4 bytes), block size (4), attributes (8), links (4), user (4), group (4), mode (2), …
    private const int StatusSize = 256, UserAt = 20, ModeAt = 28;
    private const int CurrentFolder = -100, NoFollow = 0x100;
    private const uint TypeModeUser = 0x0b;
    private const int FolderOfTheUsers = 0x4000 | 0x1c0;

    [LibraryImport(C, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport(C)]
    private static partial uint geteuid();

    /// <summary>
    /// Removes folders of processes that were killed: of this user and closed to all others (so that nobody can exchange what is in them), of a process that is not there, and
    /// with a socket at which nobody listens. A process may be in another container, which shares the folder and not the process ids; hence the last one.
    /// </summary>
    private static void RemoveLeftOvers(string below)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(below, Prefix + "*"))
                if (IsOfNoProcess(System.IO.Path.GetFileName(folder)) && IsPrivate(folder) && IsDeaf(System.IO.Path.Combine(folder, FileName))) RemoveLeftOver(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed.
        }
    }

    private static bool IsOfNoProcess(string name)
    {
        int end = name.IndexOf('-', Prefix.Length);
        return end > 0 && int.TryParse(name.AsSpan(Prefix.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"));
    }

    private static unsafe bool IsPrivate(string folder)
    {
        byte* status = stackalloc byte[StatusSize];
        return statx(CurrentFolder, folder, NoFollow, TypeModeUser, status) == 0 && *(ushort*)(status + ModeAt) == FolderOfTheUsers && *(uint*)(status + UserAt) == geteuid();
    }

    private static bool IsDeaf(string path)
    {
        try
        {
            // A full queue is somebody's, and shall not be waited for.
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (ArgumentException)
        {
            // Too long a path: not one of ours.
            return false;
        }
    }

    private static void RemoveLeftOver(string folder)
    {
        try
        {
            File.Delete(System.IO.Path.Combine(folder, FileName));
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process was faster, or there is more in it than ours.
        }
    }
}
