using System.Globalization;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>The kill -9 harness: short here, as long as one likes with `./run torture --minutes N`.</summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private static readonly TimeSpan InTheSuite = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_killed_server_keeps_every_name_and_byte_that_it_answered()
    {
        using TemporaryFolder folder = new();
        int seed = Number("HUTCH_TORTURE_SEED") is { } given ? (int)given : Random.Shared.Next();
        TimeSpan duration = Number("HUTCH_TORTURE_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : InTheSuite;
        output.WriteLine($"seed {seed}");

        TortureRun run = new(new TortureOptions { Duration = duration, Seed = seed }, folder["data"], output.WriteLine);
        TortureReport report = await run.RunAsync(TestContext.Current.CancellationToken);

        output.WriteLine(report.ToString());
        Assert.True(report.Differences.Count == 0, $"seed {seed}: {report}\n{string.Join('\n', report.Differences)}");
        Assert.True(report.Kills > 0 && report.Acknowledged > 0, report.ToString());
    }

    private static double? Number(string variable) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out double value) ? value : null;
}
