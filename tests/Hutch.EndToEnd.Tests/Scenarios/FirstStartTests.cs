using System.Net;
using System.Net.Sockets;
using System.Text;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The names and shapes that scripts rely on from the first day.</summary>
public sealed class FirstStartTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Systemd_learns_of_the_start_and_of_the_end()
    {
        using TemporaryFolder folder = new();
        using Socket systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        systemd.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        await using ServerProcess first = ServerProcess.Start(
            folder["data"], LoopbackPort.FindFree(), new Dictionary<string, string> { ["NOTIFY_SOCKET"] = folder["notify"], ["WATCHDOG_USEC"] = "600000000" });
        Assert.Equal(["WATCHDOG=1", "READY=1"], [Receive(systemd), Receive(systemd)]);
        await first.WaitReadyAsync(Ct);

        Assert.Equal(0, await first.StopAsync(Ct));
        Assert.Equal("STOPPING=1", Receive(systemd));
    }

    [Fact]
    public async Task A_command_in_a_deleted_folder_works_if_it_needs_none()
    {
        Account account = await shared.NewAccountAsync(Ct);
        const string Elsewhere = "mkdir gone && cd gone && rmdir ../gone && hutch";

        (await account.RunShellAsync($"{Elsewhere} whoami", Ct)).AssertDone();
        Assert.Contains("there is no .hutch in", (await account.RunShellAsync($"{Elsewhere} status", Ct)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_that_lost_all_logins_recovers_access_on_the_machine()
    {
        using TemporaryFolder folder = new();
        CommandLine operators = new(folder["home"], folder["work"]);
        await using ServerProcess first = await ServerProcess.StartReadyAsync(folder["data"], Ct);
        string lost = await first.ReadAdminTokenAsync(Ct);
        CommandResult whileItRuns = await operators.RunAsync(Ct, "user", "recover-admin", "--data", first.DataFolder);
        Assert.NotEqual(0, whileItRuns.ExitCode);
        Assert.Contains(first.DataFolder, whileItRuns.Errors, StringComparison.Ordinal);
        Assert.Contains("is locked by process", whileItRuns.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync(Ct));

        CommandResult recovered = (await operators.RunAsync(Ct, "user", "recover-admin", "--data", first.DataFolder)).AssertDone();

        await using ServerProcess second = await ServerProcess.StartReadyAsync(first.DataFolder, Ct);
        string found = await second.ReadAdminTokenAsync(Ct);
        Assert.DoesNotContain(found, recovered.Output + recovered.Errors, StringComparison.Ordinal);
        string address = second.Address.ToString();
        (await operators.RunAsync(Ct, "whoami", "--remote", address, "--token", found)).AssertDone();
        Assert.NotEqual(0, (await operators.RunAsync(Ct, "whoami", "--remote", address, "--token", lost)).ExitCode);
    }

    [Theory]
    [InlineData("health/live", HttpStatusCode.OK)]
    [InlineData("health/ready", HttpStatusCode.OK)]
    [InlineData("openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("metrics", HttpStatusCode.OK)]
    [InlineData("api/v1/me", HttpStatusCode.Unauthorized)]
    public async Task Well_known_addresses_answer(string path, HttpStatusCode status)
    {
        ServerProcess server = await shared.StartedAsync();
        using HttpClient http = new();

        using HttpResponseMessage answer = await http.GetAsync(new Uri(server.Address, path), Ct);

        Assert.Equal(status, answer.StatusCode);
    }

    private static string Receive(Socket socket)
    {
        byte[] message = new byte[100];
        return Encoding.ASCII.GetString(message, 0, socket.Receive(message));
    }
}
