using System.Globalization;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>Runs of programs under kills: a few here, 10 000 with `./run torture --jobs 10000`.</summary>
public sealed class JobTortureTests(ITestOutputHelper output)
{
    private const int JobsInTheSuite = 9;
    private const int LeastKills = 3; // one of each kind

    [Fact]
    public async Task Each_waiting_run_has_one_result_though_server_engine_and_nodes_are_killed()
    {
        using TemporaryFolder folder = new();
        int seed = Number("HUTCH_TORTURE_SEED") ?? Random.Shared.Next();
        int jobs = Number("HUTCH_TORTURE_JOBS") ?? JobsInTheSuite;
        output.WriteLine($"seed {seed}");

        await using var torture = new JobTorture(jobs, Math.Max(LeastKills, jobs / 20), seed, folder, output.WriteLine);
        IReadOnlyList<string> wrong = await torture.RunAsync();

        string killed = string.Join(", ", torture.Killed.Select(static one => $"{one.Key} {one.Value}"));
        output.WriteLine($"{jobs} runs; killed: {killed}; {torture.Repeated} runs needed a further attempt");
        Assert.True(wrong.Count == 0, $"seed {seed}, killed: {killed}\n{string.Join('\n', wrong)}");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : null;
}
