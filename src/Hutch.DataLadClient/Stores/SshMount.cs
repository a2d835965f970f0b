using System.Diagnostics;

namespace Hutch.DataLadClient.Stores;

/// <summary>
/// A folder of another machine that is mounted while a store in it is read, by sshfs and therefore with the keys, hosts and agent that ssh
/// knows. Nothing can be written to it.
/// </summary>
public sealed class SshMount : IAsyncDisposable
{
    private const string Advice = "it mounts stores of other machines (apt install sshfs)";

    private static readonly ErrorCode Unreached = ErrorCode.Unavailable with
    {
        Advice = "Nothing was read. See that ssh reaches the folder, and run the same command again.",
    };

    private static readonly ErrorCode Lost = ErrorCode.Unavailable with
    {
        Advice = "What was downloaded is kept. Run the same command again to continue.",
    };

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UnmountWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SayWithin = TimeSpan.FromSeconds(2);

    private readonly Process _sshfs;
    private readonly Task<string> _errors;
    private readonly TimeProvider _time;

    private SshMount(Process sshfs, string folder, TimeProvider time)
    {
        _sshfs = sshfs;
        _time = time;
        _errors = ForeignProgram.ReadLastAsync(sshfs.StandardError, CancellationToken.None);
        Folder = folder;
    }

    public string Folder { get; }

    /// <summary>Mounts a folder. A password or a question about the host's key is asked at the terminal, by ssh itself.</summary>
    /// <param name="address">Such as <c>ssh://ann@data.example.org:2222/srv/store</c>.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="sshCommand">The ssh to use, as git takes it from <c>GIT_SSH_COMMAND</c>; null for the usual one.</param>
    /// <exception cref="HutchException">sshfs is not installed, or cannot mount it.</exception>
    public static async Task<SshMount> OpenAsync(Uri address, string folder, string? sshCommand, TimeProvider time, CancellationToken ct)
    {
        string[] more = await HidesLinksAsync(ct) ? ["-o", "no_contain_symlinks"] : [];
        var start = new ProcessStartInfo("sshfs", [.. more, .. Arguments(address, folder, sshCommand)]) { RedirectStandardError = true };
        var mount = new SshMount(Process.Start(start)!, folder, time);
        try
        {
            await mount.WaitAsync(address, ct);
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    internal static string[] Arguments(Uri address, string folder, string? sshCommand)
    {
        string user = Uri.UnescapeDataString(address.UserInfo);
        string remote = $"{(user.Length > 0 ? user + "@" : "")}{address.Host}:{Uri.UnescapeDataString(address.AbsolutePath)}";
        if (user.StartsWith('-') || address.Host.StartsWith('-') || user.Contains(':', StringComparison.Ordinal) || remote.Contains('\n'))
        {
            throw ErrorCode.BadRequest.With(
                $"{Display.Quote(address.OriginalString)} is not an address for ssh: write ria+ssh://USER@HOST:PORT/PATH, without a "
                + "password.").ToException();
        }

        var arguments = new List<string> { "-f", "-o", "ro,ConnectTimeout=30,ServerAliveInterval=15,ServerAliveCountMax=4" };
        if (address.Port > 0)
        {
            arguments.AddRange("-p", $"{address.Port}");
        }

        if (sshCommand is not null)
        {
            arguments.AddRange("-o", "ssh_command=" + sshCommand.Replace(",", "\\,", StringComparison.Ordinal));
        }

        return [.. arguments, remote, folder];
    }

    /// <summary>
    /// Reads something there. A result counts only if the mount is still connected afterwards. After a lost connection the folder
    /// is empty: files missing from it are not missing in the store.
    /// </summary>
    /// <exception cref="HutchException">The connection was cut.</exception>
    public async Task<T> ReadAsync<T>(string name, Func<Task<T>> read, CancellationToken ct)
    {
        T result;
        try
        {
            result = await read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is taken for, such as a server that does not answer.
            await RequireConnectionAsync(name, ct);
            throw;
        }

        await RequireConnectionAsync(name, ct);
        return result;
    }

    /// <summary>Unmounts it: sshfs does that as it ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_sshfs.HasExited)
        {
            // Its own way to end. It is not killed at once, which would leave the folder mounted.
            using Process? unmount = Process.Start("fusermount3", ["-u", "-q", "-z", Folder]);
            using var limit = new CancellationTokenSource(UnmountWithin);
            try
            {
                await _sshfs.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _sshfs.Kill(entireProcessTree: true);
            }
        }

        _sshfs.Dispose();
    }

    private async Task RequireConnectionAsync(string name, CancellationToken ct)
    {
        if (!await IsConnectedAsync(ct))
        {
            string words = await FindErrorsAsync(ct);
            throw Lost.With($"The connection to {Display.Quote(name)} was lost while it was read{(words.Length > 0 ? ": " + words : ".")}")
                .ToException();
        }
    }

    /// <summary>Checks the connection by the free space, which sshfs does not cache: it asks the other machine.</summary>
    private async Task<bool> IsConnectedAsync(CancellationToken ct)
    {
        try
        {
            await Task.Run(() => new DriveInfo(Folder).AvailableFreeSpace, ct);
            return IsMounted();
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Returns the error output of sshfs and ssh. An ssh that hangs may outlive sshfs; this does not wait for it.</summary>
    private async Task<string> FindErrorsAsync(CancellationToken ct)
    {
        await Task.WhenAny(_errors, Task.Delay(SayWithin, _time, ct));
        return _errors.IsCompletedSuccessfully ? (await _errors).Trim() : "";
    }

    private async Task WaitAsync(Uri address, CancellationToken ct)
    {
        while (!await AnswersAsync(ct))
        {
            if (_sshfs.HasExited)
            {
                string words = await FindErrorsAsync(ct);
                string reason = words.Length > 0 ? words : $"sshfs ended with {_sshfs.ExitCode}";
                throw Unreached.With($"{Display.Quote(address.OriginalString)} cannot be mounted: {reason}").ToException();
            }

            await Task.Delay(LookEvery, _time, ct);
        }
    }

    /// <summary>
    /// Returns true if the mounted folder answers. sshfs mounts the folder before it connects; the content is visible once it is connected.
    /// If it cannot connect, it unmounts the folder, which is then empty, and ends a moment later. An observation therefore counts only if
    /// the folder is mounted before and after.
    /// </summary>
    private async Task<bool> AnswersAsync(CancellationToken ct) =>
        IsMounted() && await Task.Run(() => Directory.Exists(Path.Combine(Folder, ".")), ct) && IsMounted();

    private bool IsMounted() => MountFacts.Read(Folder)?.Point == Folder;

    /// <summary>
    /// Newer ones show no link that leads out of its folder, which the aliases of a store do. They are read, and not followed.
    /// </summary>
    private static async Task<bool> HidesLinksAsync(CancellationToken ct)
    {
        string help = "";
        await ForeignProgram.RunAsync(
            new ProcessStartInfo("sshfs", ["--help"]), "", async output => help = await output.ReadToEndAsync(ct), Advice, ct);
        return help.Contains("no_contain_symlinks", StringComparison.Ordinal);
    }
}
