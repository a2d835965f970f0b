using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Hutch.Peers.Mail;

/// <summary>A real mail server (Debian's aiosmtpd). It is small and remembers what it took, so that each test has its own.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private MailServer(PeerProcess process) => _process = process;

    /// <summary>Where it is.</summary>
    public int Port => int.Parse(_process.Said, CultureInfo.InvariantCulture);

    /// <summary>Starts it; with a certificate and its key it offers STARTTLS, and takes nothing without.</summary>
    public static async Task<MailServer> StartAsync(CancellationToken ct, params string[] certificateAndKey) =>
        new(await PeerProcess.StartAsync("/usr/bin/python3", [Script(), .. certificateAndKey], ct));

    /// <summary>The next mail that it took.</summary>
    public async Task<JsonElement> TakeAsync(CancellationToken ct) => JsonDocument.Parse((await _process.Output.ReadLineAsync(ct))!).RootElement;

    /// <summary>Ends it; everything that it took and nobody asked for.</summary>
    public Task<string> EndAsync() => _process.EndAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "server.py");
}
