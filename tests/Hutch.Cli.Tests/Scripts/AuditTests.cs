using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>The audit as an auditor takes it along: to a file, to the terminal, to a collector.</summary>
public sealed class AuditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_auditor_exports_the_audit_whole_in_parts_and_to_a_collector()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        ScriptPerson bob = await server.NewUserAsync("bob");
        (await admin.RunAsync("user", "create", "eve", "--role", "auditor")).AssertDone();

        ScriptResult whole = (await admin.RunAsync("audit", "export", "--output", "audit.jsonl")).AssertDone();
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(admin.WorkingFolder, "audit.jsonl"), Ct);
        JsonElement last = JsonDocument.Parse(lines[^1]).RootElement;
        string position = last.GetProperty("sequence").GetInt64().ToString(CultureInfo.InvariantCulture);
        (await bob.RunAsync("token", "create", "--name", "robot")).AssertDone();
        ScriptResult rest = (await admin.RunAsync("audit", "export", "--after", position, "--format", "syslog", "--since", "1h")).AssertDone();
        ScriptResult none = (await admin.RunAsync("audit", "export", "--until", "2026-01-01")).AssertDone();
        IReadOnlyList<string> collected = await CollectAsync(admin);
        ScriptResult refused = await bob.RunAsync("audit", "export", "--output", "stolen");

        Assert.Contains($"--after {position}", whole.Errors, StringComparison.Ordinal);
        Assert.Equal("admin", last.GetProperty("user").GetString());
        string made = Assert.Single(rest.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" hutch - token.create [hutch@32473 ", made, StringComparison.Ordinal);
        Assert.Equal("", none.Output);
        Assert.Equal(lines.Length + 1, collected.Count);
        Assert.All(collected, message => Assert.StartsWith("<109>1 ", message, StringComparison.Ordinal));
        Assert.Equal(ExitCode.Forbidden, refused.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(bob.WorkingFolder));
    }

    [Fact]
    public async Task An_export_that_cannot_be_says_why()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string gone = listener.LocalEndpoint.ToString()!;
        listener.Stop();

        ScriptResult time = await admin.RunAsync("audit", "export", "--since", "yesterday");
        ScriptResult both = await admin.RunAsync("audit", "export", "--output", "a", "--syslog", "/dev/log");
        ScriptResult where = await admin.RunAsync("audit", "export", "--syslog", "logs");
        ScriptResult nobody = await admin.RunAsync("audit", "export", "--syslog", gone);

        Assert.Equal((ExitCode.Usage, ExitCode.Usage, ExitCode.Usage), (time.ExitCode, both.ExitCode, where.ExitCode));
        Assert.Contains("--since is 'yesterday'", time.Errors, StringComparison.Ordinal);
        Assert.Contains("not both", both.Errors, StringComparison.Ordinal);
        Assert.Contains("'logs' is not a collector", where.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, nobody.ExitCode);
        Assert.Contains("Cannot reach", nobody.Errors, StringComparison.Ordinal);
    }

    /// <summary>What a collector gets: messages with their length before them.</summary>
    private static async Task<IReadOnlyList<string>> CollectAsync(ScriptPerson admin)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<ScriptResult> export = admin.RunAsync("audit", "export", "--syslog", listener.LocalEndpoint.ToString()!);
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
