using System.Net.Sockets;
using System.Text;
using Mirlink.Cli.Compile;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Serving;

/// <summary>
/// What `mirlink build` does for cargo's wrapper (`Cli/wrapper`) while cargo runs: library crates become MIR-only rlibs here, in a process whose code is loaded
/// already. The wrapper runs rustc itself, between two requests on one connection:
/// <code>
/// 2, $RUSTC_BOOTSTRAP, $CARGO_PRIMARY_PACKAGE, rustc’s path, arguments…  →  run, program, arguments…  |  rustc  |  mirlink
/// import                                         →  done  |  mirlink
/// failed                                         →  done
/// </code>
/// `rustc`: the call is rustc's own affair. `mirlink`: a process of its own shall do it, from there on; so is everything answered that is not the ordinary case,
/// and every error, which is then reported by that process. Messages are framed as in <see cref="Message"/>. Each connection has its own thread and
/// <see cref="TyCtxt"/>; nothing outlives it.
/// </summary>
internal sealed class ImportServer : IDisposable
{
    /// <summary>The socket's path, for the wrapper. cargo does not look at it, so it makes nothing stale.</summary>
    public const string Variable = "MIRLINK_SERVER";

    private const string Protocol = "2";
    // As in Program: types nest deeply.
    private const int StackSize = 256 << 20;

    private readonly RustcToolchain _toolchain;
    private readonly PrivateSocket _socket;
    private readonly HashSet<Socket> _open = [];
    private bool _stopped;

    private ImportServer(RustcToolchain toolchain, PrivateSocket socket)
    {
        _toolchain = toolchain;
        _socket = socket;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Address => _socket.Path;

    /// <summary>Null where a socket cannot be made: the wrapper does without.</summary>
    public static ImportServer? Start(RustcToolchain toolchain) => PrivateSocket.Listen() is { } socket ? new ImportServer(toolchain, socket) : null;

    private void Accept()
    {
        while (_socket.Accept() is { } connection)
        {
            lock (_open)
            {
                if (_stopped)
                {
                    connection.Dispose();
                    return;
                }
                _open.Add(connection);
            }
            new Thread(() => Serve(connection), StackSize) { IsBackground = true }.Start();
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            Converse(connection);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The wrapper is gone, or this server is about to be.
        }
        finally
        {
            lock (_open)
            {
                connection.Dispose();
                _open.Remove(connection);
                Monitor.PulseAll(_open);
            }
        }
    }

    private void Converse(Socket connection)
    {
        if (Message.Receive(connection) is not { } request) return;
        LibraryCompilation? library = null;
        try
        {
            string[] answer;
            try
            {
                answer = Answer(request, out library);
            }
            catch (Exception)
            {
                answer = ["mirlink"];
            }
            Message.Send(connection, answer);
            if (library is null || Message.Receive(connection) is not [var then]) return;
            answer = ["done"];
            try
            {
                if (then == "import") library.WriteRlib(here: false);
            }
            catch (Exception)
            {
                answer = ["mirlink"];
            }
            // Before the wrapper goes on: nothing that is unfinished is there then.
            library.Dispose();
            Message.Send(connection, answer);
        }
        finally
        {
            library?.Dispose();
        }
    }

    private string[] Answer(string[] request, out LibraryCompilation? library)
    {
        library = null;
        // Another rustc, or paths that mean something in the wrapper's folder only: an argument file, or sources whose folder is not written down as it is.
        if (request is not [Protocol, var bootstrap, var primary, var rustc, .. var original] || rustc != _toolchain.Rustc
            || Array.Exists(original, static a => a.StartsWith('@') || a.Contains("remap-", StringComparison.Ordinal))) return ["mirlink"];
        var args = RustcArgs.Parse(original);
        if (args.Sysroot is not null) return ["mirlink"];
        switch (CrateCompilation.WorkOf(args))
        {
            case CrateWork.Rustcs: return ["rustc"];
            case CrateWork.Library when LibraryCompilation.PathsAreAbsolute(args):
                library = new LibraryCompilation(_toolchain, args, bootstrap.Length > 0, primary.Length > 0, ToolBuild.Id);
                return ["run", _toolchain.Rustc, .. library.RustcArguments];
            default: return ["mirlink"];
        }
    }

    /// <summary>Takes no more requests and waits for those that are being worked on; a wrapper that still runs rustc goes on without.</summary>
    public void Dispose()
    {
        lock (_open)
        {
            _stopped = true;
            _socket.Dispose();
            foreach (var connection in _open) connection.Shutdown(SocketShutdown.Receive);
            while (_open.Count > 0) Monitor.Wait(_open);
        }
    }
}
