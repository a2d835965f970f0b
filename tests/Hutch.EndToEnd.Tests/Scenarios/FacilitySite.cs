using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server that watches two folders, and its operator.</summary>
public sealed class FacilitySite : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A folder whose sessions are closed at their end.</summary>
    internal string Closing => _folder["closing"];

    /// <summary>A folder whose files are kept for some time.</summary>
    internal string Keeping => _folder["keeping"];

    internal Installation Installation { get; private set; } = null!;

    internal Account Operators { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string configuration = Configure(
            _folder, LoopbackPort.FindFree(), (Closing, "close: true"), (Keeping, "close: false\n      keep: 60d\n      maxKeep: 1y"));
        Installation = await Installation.StartAsync(ct, "--config", configuration);
        Operators = await Installation.AdminAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await Installation.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Makes folders, and a configuration with which a server at a port watches them.</summary>
    internal static string Configure(TemporaryFolder folder, int port, params (string Folder, string Rule)[] watched)
    {
        foreach ((string sessions, _) in watched)
        {
            Directory.CreateDirectory(sessions);
        }

        string folders = string.Concat(watched.Select(static one => $"    - watch: {one.Folder}\n      {one.Rule}\n"));
        folder.Write(
            "hutch.yaml", $"server: {JsonSerializer.Serialize(new { publicUrl = $"http://127.0.0.1:{port}/" })}\nagent:\n  folders:\n{folders}");
        return folder["hutch.yaml"];
    }
}
