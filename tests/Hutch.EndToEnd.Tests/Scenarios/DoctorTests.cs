using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server that runs is looked at and asked; one that was killed is looked at without touching what it left.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Limits = ["--set", "api.maxConnections=100", "--set", "s3.maxConnections=100"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_runs_is_asked_and_one_that_lost_a_segment_says_so()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        string data = installation.Server.DataFolder;
        (await admin.RunShellAsync($"rm {data}/admin.token && mkdir data && echo a > data/a && cd data && hutch init --name data && hutch push", Ct)).AssertDone();

        CommandResult running = await LookAsync(admin, installation.Server);
        CommandResult elsewhere = await admin.RunAsync(
            Ct, ["doctor", "--data", data, .. Limits, "--set", $"server.http=127.0.0.1:{LoopbackPort.FindFree()}"]);
        await installation.Server.KillAsync();
        CommandResult killed = await LookAsync(admin, installation.Server);
        File.Delete(Directory.GetFiles(Path.Combine(data, "segments"), "*.main.tar").Order(StringComparer.Ordinal).First());
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct);
        CommandResult lost = await LookAsync(admin, again);

        Assert.True(running.ExitCode == 0, running.Output);
        Assert.Contains($"No problems in {data}, in use by process {installation.Server.ProcessId} on", running.Output, StringComparison.Ordinal);
        Assert.Contains($", REST at http://{installation.Server.Address.Authority}, S3 at http://{installation.Server.S3.Authority}.", running.Output, StringComparison.Ordinal);
        Assert.True(elsewhere.ExitCode == 0, elsewhere.Output);
        Assert.True(killed.ExitCode == 0, killed.Output);
        Assert.Contains("did not shut down cleanly", killed.Output, StringComparison.Ordinal);
        Assert.Equal(1, lost.ExitCode);
        Assert.Contains("The server warns: segments-lost", lost.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> LookAsync(CommandLine person, ServerProcess server) => person.RunAsync(
        Ct,
        [
            "doctor", "--data", server.DataFolder, .. Limits,
            "--set", $"server.http={server.Address.Authority}", "--set", $"s3.address={server.S3.Authority}",
        ]);
}
