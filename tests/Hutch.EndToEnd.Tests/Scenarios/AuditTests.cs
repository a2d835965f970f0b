using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The audit as an auditor takes it along: to a file, to the terminal, to a collector.</summary>
public sealed class AuditTests
{
    private const int Usage = 2;
    private const int Forbidden = 4;
    private const int Failure = 1;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_auditor_exports_the_audit_whole_in_parts_and_to_a_collector()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        Account bob = await installation.NewUserAsync("bob", Ct);
        (await admin.RunAsync(Ct, "user", "create", "eve", "--role", "auditor")).AssertDone();

        CommandResult whole = (await admin.RunAsync(Ct, "audit", "export", "--output", "audit.jsonl")).AssertDone();
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(admin.WorkingFolder, "audit.jsonl"), Ct);
        JsonElement last = JsonDocument.Parse(lines[^1]).RootElement;
        string position = last.GetProperty("sequence").GetInt64().ToString(CultureInfo.InvariantCulture);
        (await bob.RunAsync(Ct, "token", "create", "--name", "robot")).AssertDone();
        CommandResult rest = (await admin.RunAsync(Ct, "audit", "export", "--after", position, "--format", "syslog", "--since", "1h")).AssertDone();
        CommandResult none = (await admin.RunAsync(Ct, "audit", "export", "--until", "2026-01-01")).AssertDone();
        IReadOnlyList<string> collected = await CollectAsync(admin);
        CommandResult refused = await bob.RunAsync(Ct, "audit", "export", "--output", "stolen");

        Assert.Contains($"--after {position}", whole.Errors, StringComparison.Ordinal);
        Assert.Equal("admin", last.GetProperty("user").GetString());
        string made = Assert.Single(rest.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" hutch - token.create [hutch@32473 ", made, StringComparison.Ordinal);
        Assert.Equal("", none.Output);
        Assert.Equal(lines.Length + 1, collected.Count);
        Assert.All(collected, message => Assert.StartsWith("<109>1 ", message, StringComparison.Ordinal));
        Assert.Equal(Forbidden, refused.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(bob.WorkingFolder));
    }

    [Fact]
    public async Task An_export_that_cannot_be_says_why()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);

        CommandResult time = await admin.RunAsync(Ct, "audit", "export", "--since", "yesterday");
        CommandResult both = await admin.RunAsync(Ct, "audit", "export", "--output", "a", "--syslog", "/dev/log");
        CommandResult where = await admin.RunAsync(Ct, "audit", "export", "--syslog", "logs");
        CommandResult nobody = await admin.RunAsync(Ct, "audit", "export", "--syslog", $"127.0.0.1:{LoopbackPort.FindFree()}");

        Assert.Equal((Usage, Usage, Usage), (time.ExitCode, both.ExitCode, where.ExitCode));
        Assert.Contains("--since is 'yesterday'", time.Errors, StringComparison.Ordinal);
        Assert.Contains("not both", both.Errors, StringComparison.Ordinal);
        Assert.Contains("'logs' is not a collector", where.Errors, StringComparison.Ordinal);
        Assert.Equal(Failure, nobody.ExitCode);
        Assert.Contains("Cannot reach", nobody.Errors, StringComparison.Ordinal);
    }

    /// <summary>What a collector gets: messages with their length before them.</summary>
    private static async Task<IReadOnlyList<string>> CollectAsync(CommandLine admin)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<CommandResult> export = admin.RunAsync(Ct, "audit", "export", "--syslog", listener.LocalEndpoint.ToString()!);
        using TcpClient client = await listener.AcceptTcpClientAsync(Ct);
        using var received = new MemoryStream();
        await client.GetStream().CopyToAsync(received, Ct);
        (await export).AssertDone();

        var messages = new List<string>();
        for (ReadOnlyMemory<byte> rest = received.ToArray(); rest.Length > 0;)
        {
            int space = rest.Span.IndexOf((byte)' ');
            int length = int.Parse(Encoding.ASCII.GetString(rest.Span[..space]), CultureInfo.InvariantCulture);
            messages.Add(Encoding.UTF8.GetString(rest.Span.Slice(space + 1, length)));
            rest = rest[(space + 1 + length)..];
        }

        return messages;
    }
}
