using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The names and shapes that scripts rely on from the first day.</summary>
public sealed class FirstStartTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_writes_a_token_that_only_the_operator_can_read_and_says_how_to_log_in()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        string file = Path.Combine(installation.Server.DataFolder, "admin.token");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains("hutch login", installation.Server.Output);
        Assert.DoesNotContain(await installation.Server.ReadAdminTokenAsync(Ct), installation.Server.Output);
    }

    [Fact]
    public async Task A_second_start_keeps_the_token_and_systemd_learns_of_the_first()
    {
        using TemporaryFolder folder = new();
        using Socket systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        systemd.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        await using ServerProcess first = ServerProcess.Start(
            folder["data"], LoopbackPort.FindFree(), new Dictionary<string, string> { ["NOTIFY_SOCKET"] = folder["notify"], ["WATCHDOG_USEC"] = "600000000" });
        Assert.Equal(["WATCHDOG=1", "READY=1"], [Receive(systemd), Receive(systemd)]);
        await first.WaitReadyAsync(Ct);
        string token = await first.ReadAdminTokenAsync(Ct);
        Assert.Equal(0, await first.StopAsync(Ct));
        Assert.Equal("STOPPING=1", Receive(systemd));

        await using ServerProcess second = await ServerProcess.StartReadyAsync(folder["data"], Ct);

        Assert.Equal(token, await second.ReadAdminTokenAsync(Ct));
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
    public async Task A_data_folder_has_one_server()
    {
        using TemporaryFolder folder = new();
        await using ServerProcess first = await ServerProcess.StartReadyAsync(folder.Path, Ct);

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartReadyAsync(folder.Path, Ct));

        Assert.Contains(folder.Path, refused.Message);
        Assert.DoesNotContain("ended with 0", refused.Message);
    }

    [Fact]
    public async Task An_operator_on_the_machine_who_has_no_other_way_in_makes_one()
    {
        using TemporaryFolder folder = new();
        CommandLine operators = new(folder["home"], folder["work"]);
        await using ServerProcess first = await ServerProcess.StartReadyAsync(folder["data"], Ct);
        string lost = await first.ReadAdminTokenAsync(Ct);
        CommandResult whileItRuns = await operators.RunAsync(Ct, "user", "recover-admin", "--data", first.DataFolder);
        Assert.NotEqual(0, whileItRuns.ExitCode);
        Assert.Equal(0, await first.StopAsync(Ct));

        CommandResult recovered = (await operators.RunAsync(Ct, "user", "recover-admin", "--data", first.DataFolder)).AssertDone();

        await using ServerProcess second = await ServerProcess.StartReadyAsync(first.DataFolder, Ct);
        string found = await second.ReadAdminTokenAsync(Ct);
        Assert.DoesNotContain(found, recovered.Output + recovered.Errors, StringComparison.Ordinal);
        string address = second.Address.ToString();
        (await operators.RunAsync(Ct, "whoami", "--remote", address, "--token", found)).AssertDone();
        Assert.NotEqual(0, (await operators.RunAsync(Ct, "whoami", "--remote", address, "--token", lost)).ExitCode);
    }

    [Fact]
    public async Task What_is_no_data_folder_is_not_made_one_by_a_recovery()
    {
        using TemporaryFolder folder = new();
        CommandLine operators = new(folder["home"], folder["work"]);

        CommandResult refused = await operators.RunAsync(Ct, "user", "recover-admin", "--data", folder["nothing"]);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is not a Hutch data folder", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["nothing"]));
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

    [Fact]
    public async Task Json_of_users_tokens_and_lists_has_the_names_that_scripts_use()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        string token = Json(await admin.RunAsync(Ct, "user", "create", "ada", "--json")).GetProperty("token").GetString()!;
        Assert.NotEmpty(token);
        CommandLine ada = new(installation.NewFolder("homes/ada"), installation.NewFolder("work/ada"));
        (await ada.RunAsync(["login", installation.Server.Address.ToString()], token + "\n", Ct)).AssertDone();

        JsonElement created = Json(await ada.RunAsync(Ct, "token", "create", "--json"));
        Assert.Equal(["id", "token"], created.EnumerateObject().Select(property => property.Name).Intersect(["id", "token"]));

        Assert.Contains("No datasets yet.", (await ada.RunAsync(Ct, "list")).AssertDone().Errors, StringComparison.Ordinal);
        await RegisterAsync(ada, "first");
        await RegisterAsync(ada, "second");
        CommandResult list = (await ada.RunAsync(Ct, "list", "--json")).AssertDone();
        Assert.Equal(
            ["first", "second"],
            list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("slug").GetString()).Order());
    }

    private static string Receive(Socket socket)
    {
        byte[] message = new byte[100];
        return Encoding.ASCII.GetString(message, 0, socket.Receive(message));
    }

    private static async Task RegisterAsync(CommandLine person, string name) =>
        (await person.RunShellAsync($"mkdir {name} && cd {name} && hutch init --name {name}", Ct)).AssertDone();

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(result.AssertDone().Output).RootElement;
}
