using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server that analyses nothing itself, whose leases are short, with a series that keeps a worker busy, and its operator.</summary>
public sealed class WorkerSite : IAsyncLifetime
{
    /// <summary>Frames that keep a worker busy long enough to be hit in the middle.</summary>
    internal const int Frames = 200;

    internal Installation Installation { get; private set; } = null!;

    /// <summary>The operator, in whose folder the series is: `sim_*`.</summary>
    internal Account Ada { get; private set; } = null!;

    /// <summary>The token of a worker.</summary>
    internal string Token { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Installation = await Installation.StartAsync(Ct, Options(Path.Combine(Directory.CreateTempSubdirectory("hutch-worker-").FullName, "hutch.yaml")));
        Ada = await Installation.AdminAsync(Ct);
        (await Ada.RunShellAsync($"hutch simulate dataset sim --detector small --images {Frames}", Ct)).AssertDone();
        Token = await TokenAsync(Ada);
    }

    public ValueTask DisposeAsync() => Installation.DisposeAsync();

    internal static string[] Options(string file)
    {
        File.WriteAllText(file, "analysis:\n  enabled: false\n  leaseSeconds: 2\n");
        return ["--config", file];
    }

    /// <summary>Another token of a worker.</summary>
    internal static async Task<string> TokenAsync(Account operators, params string[] more) => JsonDocument.Parse(
        (await operators.RunAsync(Ct, ["token", "create", "--scope", "work", "--json", .. more])).AssertDone().Output)
        .RootElement.GetProperty("token").GetString()!;
}
