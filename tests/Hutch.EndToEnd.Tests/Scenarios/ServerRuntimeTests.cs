using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

public sealed class ServerRuntimeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_compiled_for_running_long_and_keeps_its_process_id()
    {
        using TemporaryFolder folder = new();

        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct);

        // What the process was started with, by the kernel; what it hands to its own children is another list.
        string[] environment = (await File.ReadAllTextAsync($"/proc/{server.ProcessId}/environ", Ct)).Split('\0');
        Assert.Contains("DOTNET_TieredPGO=1", environment);
        Assert.Contains("DOTNET_TC_CallCountingDelayMs=64", environment);
        Assert.Contains("DOTNET_TC_CallCountThreshold=400", environment);
        Assert.Contains("DOTNET_GCgen0size=1000000", environment);
    }

    [Fact]
    public async Task A_server_starts_again_with_all_of_its_arguments()
    {
        using TemporaryFolder folder = new();

        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["a folder with ümlauts"], Ct, "--set", "server.name=a name", "--json-logs");

        string[] arguments = (await File.ReadAllTextAsync($"/proc/{server.ProcessId}/cmdline", Ct)).Split('\0');
        Assert.Equal(["--set", "server.name=a name", "--json-logs", ""], arguments[^4..]);
        Assert.Contains(folder["a folder with ümlauts"], arguments);
    }

    [Fact]
    public async Task A_setting_of_the_operator_is_kept_and_the_others_are_made()
    {
        using TemporaryFolder folder = new();
        CommandLine operators = new(folder["home"], folder["work"]);

        CommandResult result = await operators.RunShellAsync(
            """
            DOTNET_TieredPGO=0 hutch serve --data data --http 127.0.0.1:0 --s3 127.0.0.1:0 >&2 &
            server=$!
            until grep -qz DOTNET_GCgen0size= /proc/$server/environ; do kill -0 $server; sleep 0.05; done
            tr '\0' '\n' </proc/$server/environ
            kill -KILL $server
            """,
            Ct);

        string[] environment = result.AssertDone().Output.Split('\n');
        Assert.Contains("DOTNET_TieredPGO=0", environment);
        Assert.Contains("DOTNET_GCgen0size=1000000", environment);
    }
}
