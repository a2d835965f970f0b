using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>A facility whose disk has damaged a file, and an archive that a rule gives a copy of all others; both are real servers.</summary>
public sealed class DamagedHomeTests : IAsyncLifetime
{
    private const string Marked = "these bytes are changed on the disk";

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _facility = null!;
    private SiteProcess _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _facility = new SiteProcess("facility", _folder["facility"], ["--set", "server.name=facility"]);
        _archive = new SiteProcess("archive", _folder["archive"], []);
        await _facility.StartZoneAsync(_archive);
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _facility.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_command_line_names_the_file_until_it_is_put_back_and_then_the_rule_is_fulfilled()
    {
        DatasetId scan = await _facility.PushAsync("scan", $"mkdir raw; echo '{Marked}' > raw/bad; for i in $(seq 50); do echo $i > raw/$i; done");
        await _facility.KillAsync();
        Damage(Path.Combine(_folder["facility"], "data", "segments"));
        await _facility.StartAsync();

        await _facility.RunAsync("rule", "add", "1 copies where tier=archive", "--dataset", "scan");
        await _facility.UntilCopyAsync(scan, "archive", static copy => copy is { State: "failed", Failures: not null });
        string copies = await _facility.RunAsync("replicate", "scan"); // first: the copy is tried again after a while
        string status = await _facility.RunAsync("rule", "status", "scan");
        string explained = await _facility.RunAsync("rule", "explain", "scan");
        await _facility.Client.PutEntryAsync(scan, "again", Encoding.UTF8.GetBytes(Marked + "\n"), ct: Ct);
        await _facility.UntilRuleAsync(scan, "fulfilled");
        CopyList whole = await _facility.UntilCopyAsync(scan, "archive", static copy => copy.State == "complete");
        string after = await _facility.RunAsync("rule", "status", "scan");

        Assert.Contains("pending", status, StringComparison.Ordinal);
        Assert.All([status, explained, copies], static shown =>
        {
            Assert.Contains("raw/bad", shown, StringComparison.Ordinal);
            Assert.Contains("damaged", shown, StringComparison.Ordinal);
        });
        Assert.Contains("50 of 51", copies, StringComparison.Ordinal);
        Assert.Null(Assert.Single(whole.Items).Failures);
        Assert.DoesNotContain("raw/bad", after, StringComparison.Ordinal);
    }

    private static void Damage(string segments)
    {
        foreach (string file in Directory.EnumerateFiles(segments))
        {
            byte[] bytes = File.ReadAllBytes(file);
            int at = bytes.AsSpan().IndexOf("these bytes are changed"u8);
            if (at >= 0)
            {
                bytes[at] = (byte)'T';
                File.WriteAllBytes(file, bytes);
                return;
            }
        }

        Assert.Fail("No segment has the bytes.");
    }
}
