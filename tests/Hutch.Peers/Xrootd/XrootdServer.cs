using System.Globalization;
using System.Runtime.CompilerServices;

namespace Hutch.Peers.Xrootd;

/// <summary>
/// An XRootD server over a tape library, as data centres of particle physics have it: its File Residency Manager (FRM) brings a file from the
/// library when a client opens it, and the client waits. The library is a folder behind a script.
/// </summary>
public sealed class XrootdServer : IAsyncDisposable
{
    // Neither program runs as root.
    private static readonly SystemAccount Account = new("xrootd");

    private const int MaxTries = 100;

    // The programs speak through sockets with names of at most 107 bytes, and wait for ever where a long name was cut. TMPDIR can be long.
    private readonly string _folder = Directory.CreateDirectory($"/tmp/hutch-xrootd-{Path.GetRandomFileName()}").FullName;
    private readonly int _port = LoopbackPort.FindFree();
    private PeerProcess? _manager;
    private PeerProcess? _server;

    /// <summary>The address for <c>xrdcp</c> and <c>xrdfs</c>; files are below <c>/data</c>.</summary>
    public string Address => $"root://127.0.0.1:{Text(_port)}";

    /// <summary>The folder of the library.</summary>
    public string Tapes => Path.Combine(_folder, "tapes");

    /// <summary>The folder of the recalled files.</summary>
    public string Disk => Path.Combine(_folder, "disk", "data");

    /// <summary>Starts it; returns when it accepts connections.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Tapes);
        Directory.CreateDirectory(Disk);
        // Its account might not read the folder of the sources.
        File.Copy(InThisFolder("library.sh"), Path.Combine(_folder, "library.sh"));
        string settings = Path.Combine(_folder, "xrootd.cfg");
        await File.WriteAllTextAsync(settings, Settings(settings), ct);
        await Account.OwnAsync(_folder, ct);
        _manager = await StartAsync("frm_xfrd", settings, ct);
        _server = await StartAsync("xrootd", settings, ct);
        await LoopbackPort.WaitAsync(_port, ct);
    }

    /// <summary>Removes recalled files from the disk, as a full disk makes the FRM do.</summary>
    public void Purge()
    {
        foreach (string file in Directory.GetFiles(Disk))
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_manager?.DisposeAsync() ?? ValueTask.CompletedTask);
        await DeleteFolderAsync();
    }

    // The server's agent ends after the server, and can make files until then.
    private async Task DeleteFolderAsync()
    {
        for (int i = 0; ; i++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException) when (i < MaxTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string InThisFolder(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);

    private Task<PeerProcess> StartAsync(string program, string settings, CancellationToken ct) => PeerProcess.StartAsync(
        PeerProcess.WithParent,
        [.. Account.Enter, program, "-c", settings, "-l", Path.Combine(_folder, program + ".log"), "-n", "test"],
        ct);

    // The agent gets requests through a pipe: without the bar the server would start it for each file, and clients would wait for ever. For `keep`
    // seconds after a recall, 20 minutes by default, another one of the same file is not passed on, even if its file left the disk.
    private string Settings(string settings)
    {
        string library = $"{_folder}/library.sh {Tapes}";
        return
            $"""
            xrd.port {Text(_port)}
            all.adminpath {_folder}/admin
            all.pidpath {_folder}/admin
            oss.localroot {_folder}/disk
            all.export /data stage
            oss.msscmd {library}
            oss.xfr keep 1 deny 1 2
            oss.stagecmd async | /usr/bin/frm_xfragent -c {settings} -l {_folder}/agent.log -n test
            frm.xfr.copycmd in {library} recall $LFN $PFN

            """;
    }
}
