using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Coming, being invited and leaving, with the real command and a real server.</summary>
public sealed partial class AccountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_prints_a_link_that_logs_a_browser_in_once()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        using HttpClient browser = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(installation.Server.Address, "/api/v1/") };
        string code = CodePattern().Match(installation.Server.Output).Groups[1].Value;

        using HttpResponseMessage first = await browser.PostAsJsonAsync("login/link", new { code }, Ct);
        using HttpResponseMessage second = await browser.PostAsJsonAsync("login/link", new { code }, Ct);

        Assert.Equal(200, (int)first.StatusCode);
        Assert.Equal("admin", (await JsonDocument.ParseAsync(await first.Content.ReadAsStreamAsync(Ct), default, Ct)).RootElement.GetProperty("user").GetString());
        Assert.Equal(401, (int)second.StatusCode);
    }

    [Fact]
    public async Task People_come_by_link_and_invite_and_leave_their_things_to_others()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        Account alice = await installation.NewUserAsync("alice", Ct);
        Account bob = await installation.NewUserAsync("bob", Ct);
        CommandResult created = (await admin.RunAsync(Ct, "user", "create", "carol", "--email", "carol@example.org")).AssertDone();
        Assert.Matches(CodePattern(), created.Errors);
        Assert.Matches(CodePattern(), (await admin.RunAsync(Ct, "user", "login-link", "carol")).AssertDone().Output);

        (await alice.RunShellAsync("mkdir data && cd data && echo x > a && hutch init --name lysozyme && hutch push -m first", Ct)).AssertDone();
        string invite = (await alice.RunAsync(Ct, "invite", "create", "lysozyme", "--right", "write", "--note", "Have a look")).AssertDone().Output.Trim();
        Assert.Contains("You can now write alice/lysozyme", (await bob.RunAsync(["invite", "accept"], invite + "\n", Ct)).AssertDone().Output);
        Assert.Contains("1 of 1", (await alice.RunAsync(Ct, "invite", "list", "lysozyme")).AssertDone().Output);
        (await bob.RunShellAsync("hutch clone alice/lysozyme && cd lysozyme && echo y > b && hutch push -m second", Ct)).AssertDone();
        (await alice.RunAsync(Ct, "group", "create", "lab")).AssertDone();
        string open = (await alice.RunAsync(Ct, "invite", "create", "@lab", "--uses", "3", "--json")).AssertDone().Output;
        (await alice.RunAsync(Ct, "invite", "revoke", JsonDocument.Parse(open).RootElement.GetProperty("id").GetString()!)).AssertDone();
        Assert.Contains("revoked", (await alice.RunAsync(Ct, "invite", "list", "@lab")).AssertDone().Output);

        CommandResult disabled = (await admin.RunAsync(Ct, "user", "disable", "alice")).AssertDone();
        Assert.Contains("still owns 1 datasets", disabled.Errors);
        Assert.Equal(3, (await alice.RunAsync(Ct, "list")).ExitCode);
        CommandResult handed = (await admin.RunAsync(Ct, "user", "hand-over", "alice", "--to", "bob")).AssertDone();

        Assert.Contains("1 datasets", handed.Output);
        Assert.Contains("1 groups", handed.Output);
        Assert.Contains("bob/lysozyme", (await bob.RunAsync(Ct, "info", "lysozyme")).AssertDone().Output);
    }

    [GeneratedRegex("/login#code=(hutchlogin_[0-9a-f]{16}_[A-Za-z0-9_-]{43})")]
    private static partial Regex CodePattern();
}
