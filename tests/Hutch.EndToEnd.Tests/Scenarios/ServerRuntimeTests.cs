using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

public sealed class ServerRuntimeTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_compiled_for_running_long_and_keeps_its_process_id()
    {
        string[] environment = await EnvironmentAsync(await shared.StartedAsync());

        Assert.Contains("DOTNET_TieredPGO=1", environment);
        Assert.Contains("DOTNET_TC_CallCountingDelayMs=64", environment);
        Assert.Contains("DOTNET_TC_CallCountThreshold=400", environment);
        Assert.Contains("DOTNET_GCgen0size=1000000", environment);
    }

    [Fact]
    public async Task A_server_starts_again_with_all_of_its_arguments_and_a_setting_of_the_operator_is_kept()
    {
        using TemporaryFolder folder = new();
        await using ServerProcess server = ServerProcess.Start(
            folder["a folder with ümlauts"], LoopbackPort.FindFree(), new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0" },
            ServerProcess.LivesLong, "--set", "server.name=a name", "--json-logs");
        await server.WaitReadyAsync(Ct);

        string[] arguments = (await File.ReadAllTextAsync($"/proc/{server.ProcessId}/cmdline", Ct)).Split('\0');
        string[] environment = await EnvironmentAsync(server);
        Assert.Equal(["--set", "server.name=a name", "--json-logs", ""], arguments[^4..]);
        Assert.Contains(folder["a folder with ümlauts"], arguments);
        Assert.Contains("DOTNET_TieredPGO=0", environment);
        Assert.Contains("DOTNET_GCgen0size=1000000", environment);
    }

    // The environment at the start of the process, from the kernel; the process passes a different list to its children.
    private static async Task<string[]> EnvironmentAsync(ServerProcess server) =>
        (await File.ReadAllTextAsync($"/proc/{server.ProcessId}/environ", Ct)).Split('\0');
}
