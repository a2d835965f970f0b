using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>
/// A server with programs, which the tests of several classes share: each has an account. Who kills it, or counts what it has, has one of
/// its own.
/// </summary>
public sealed class ProgramServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<Installation>> _installation;
    private int _accounts;

    public ProgramServer() => _installation = new(() => Installation.StartAsync(
        CancellationToken.None, ServerProcess.LivesLong, "--config", Configure()));

    /// <summary>The folder whose file `open` lets programs go on that wait.</summary>
    internal string Gate => _folder["gate"];

    /// <summary>The file of a program's document.</summary>
    internal string DocumentOf(string program) => _folder["programs", program + ".yaml"];

    /// <summary>A new account. What its person works on is gone when it is disposed of.</summary>
    /// <param name="name">Its name, where a document has it.</param>
    internal async Task<Account> NewAccountAsync(CancellationToken ct, string? name = null) =>
        await (await _installation.Value).NewUserAsync(name ?? $"bea-{Interlocked.Increment(ref _accounts)}", ct);

    public async ValueTask DisposeAsync()
    {
        if (_installation is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _installation.Value).DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Configure()
    {
        Directory.CreateDirectory(Gate);
        Directory.CreateDirectory(_folder["scratch"]);
        foreach ((string name, string document) in ProgramDocuments.All(Gate, _folder["software"]))
        {
            _folder.Write($"programs/{name}.yaml", document);
        }

        // A node with little room, and environment modules.
        _folder.Write("submit", $"""
            #!/bin/sh
            unshare -rm sh -c 'mount -t tmpfs -o size=3m tmpfs {_folder["scratch"]} && exec "$0"' "$1" > /dev/null 2>&1 &

            """);
        File.SetUnixFileMode(_folder["submit"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _folder.Write("software/modules/init/bash", $"module() {{ PATH={_folder["software"]}/$2/bin:$PATH; }}\n");
        _folder.Write("software/fit/bin/fit-it", "#!/bin/sh\nexec > \"$2\"; printf 'fitted '; cat \"$1\"\n");
        File.SetUnixFileMode(_folder["software/fit/bin/fit-it"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        _folder.Write(
            "hutch.yaml",
            $$"""
            programs:
              folder: '{{_folder["programs"]}}'
              cores: 4
              readOnlyFolders: ['{{Gate}}', '{{_folder["software"]}}']
              counted: [{name: fit-licence, count: 2}]
              engines:
                - name: tiny
                  folder: '{{_folder["shared"]}}'
                  scratch: '{{_folder["scratch"]}}'
                  submit: ['{{_folder["submit"]}}', "{script}"]
                  state: ["true"]
                  cancel: ["true"]
                  running: [runs]
                  ended: [ended]

            """);
        return _folder["hutch.yaml"];
    }
}
