using Hutch.Bench.Stores;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.DataLad;

/// <summary>Somebody who uses DataLad with a RIA store in a folder, the same behind nginx, and a server of Hutch.</summary>
/// <param name="home">The home folder.</param>
/// <param name="server">The server.</param>
internal sealed class DataLadUser(string home, ServerProcess server)
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["HOME"] = home,
        ["XDG_CONFIG_HOME"] = Path.Combine(home, "config"),
        ["XDG_CACHE_HOME"] = Path.Combine(home, "cache"),
        ["PATH"] = $"{home}/.local/bin:{Path.GetDirectoryName(HutchExecutable.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["DATALAD_UI_PROGRESSBAR"] = "none",
        ["GIT_TERMINAL_PROMPT"] = "0",
    };

    /// <summary>Lets git, DataLad and git-annex in at the server.</summary>
    public async Task SetUpAsync(CancellationToken ct)
    {
        string token = Path.Combine(server.DataFolder, "admin.token");
        await RunAsync(home, "bash", ["-c", $"hutch login {server.Address} <{token} && hutch datalad login"], ct);
        await RunAsync(home, "git", ["config", "--global", "user.name", "bench"], ct);
        await RunAsync(home, "git", ["config", "--global", "user.email", "bench@localhost"], ct);
    }

    /// <summary>Lets git and git-annex in over TLS: git-annex asks git's credential helper, and is not let at local addresses otherwise.</summary>
    public async Task TrustAsync(Uri secure, string certificate, CancellationToken ct)
    {
        _environment["GIT_SSL_CAINFO"] = _environment["SYSTEM_CERTIFICATE_PATH"] = certificate;
        string token = (await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "admin.token"), ct)).Trim();
        await File.WriteAllTextAsync(Path.Combine(home, ".git-credentials"), $"https://any:{token}@{secure.Authority}\n", ct);
        await RunAsync(home, "git", ["config", "--global", "credential.helper", "store"], ct);
        await RunAsync(home, "git", ["config", "--global", "annex.security.allowed-ip-addresses", "127.0.0.1 ::1"], ct);
    }

    public Task<Measurement> RunAsync(string where, string program, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(where, _environment, program, arguments, ct);

    /// <summary>A dataset of DataLad with copies of files, saved and pushed nowhere.</summary>
    public async Task CreateAsync(string dataset, string source, CancellationToken ct)
    {
        await RunAsync(home, "datalad", ["create", dataset], ct);
        await RunAsync(home, "cp", ["-r", source + "/.", dataset], ct);
        await SaveAsync(dataset, ct);
    }

    public Task<Measurement> SaveAsync(string dataset, CancellationToken ct) => RunAsync(dataset, "datalad", ["save", "-m", "all"], ct);
}
