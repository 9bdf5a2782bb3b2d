using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Mirlink.Cli.Serving;

/// <summary>
/// A listening Unix socket in a folder that nobody else may enter, below XDG_RUNTIME_DIR or the folder for temporary files. Both are removed when it is disposed
/// and when a signal ends the process; what a process left that was killed, by the next one.
/// </summary>
internal sealed partial class PrivateSocket : IDisposable
{
    // sun_path, with its NUL.
    private const int LongestPath = 107;
    private const string FileName = "socket";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly Socket _socket;
    private readonly PosixSignalRegistration[] _signals;

    private PrivateSocket(string folder, Socket socket, string path)
    {
        (_folder, _socket, Path) = (folder, socket, path);
        // The process still ends as it would have.
        _signals = Array.ConvertAll((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP], s => PosixSignalRegistration.Create(s, _ => Remove()));
    }

    public string Path { get; }

    /// <summary>Null where none can be made.</summary>
    public static PrivateSocket? Listen()
    {
        string? folder = null;
        Socket? socket = null;
        try
        {
            folder = CreateFolder();
            string path = System.IO.Path.Combine(folder, FileName);
            if (Encoding.UTF8.GetByteCount(path) <= LongestPath)
            {
                socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                socket.Listen();
                var listening = new PrivateSocket(folder, socket, path);
                string beside = System.IO.Path.GetDirectoryName(folder)!;
                new Thread(() => RemoveLeftOvers(beside)) { IsBackground = true }.Start();
                return listening;
            }
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            // A file system without sockets, a folder that cannot be written to.
        }
        socket?.Dispose();
        if (folder is not null) Delete(folder);
        return null;
    }

    /// <summary>The process's id stands in its name: see <see cref="RemoveLeftOvers"/>.</summary>
    private static string CreateFolder()
    {
        string prefix = $"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-";
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime))
        {
            // That folder is the user's alone.
            string folder = System.IO.Path.Combine(runtime, $"{prefix}{Guid.NewGuid():N}");
            try
            {
                return Directory.CreateDirectory(folder, Private).FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The other one, then.
            }
        }
        return Directory.CreateTempSubdirectory(prefix).FullName;
    }

    /// <summary>The next connection; null when the socket is closed.</summary>
    public Socket? Accept()
    {
        try
        {
            return _socket.Accept();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private void Remove() => Delete(_folder);

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone already, or will be with everything else that is temporary.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        foreach (var signal in _signals) signal.Dispose();
        Remove();
    }
}
