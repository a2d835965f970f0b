using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Two people, one dataset: what the second sees before, while and after the first lets them.</summary>
public sealed class SharingTests(SharedServer shared)
{
    private const int NotLoggedIn = 3;
    private const int NotFound = 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_is_private_until_shared_and_a_revoked_token_ends_at_once()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        using Account bob = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir data && cd data && echo secret > file && hutch init --name data && hutch push", Ct)).AssertDone();

        Assert.Equal("", (await bob.RunAsync(Ct, "list", "--owner", ada.Name, "--json")).AssertDone().Output);
        Assert.Equal(NotFound, (await bob.RunAsync(Ct, "clone", $"{ada.Name}/data", "before")).ExitCode);

        (await ada.RunAsync(Ct, "share", "data", "--with", bob.Name, "--right", "read")).AssertDone();
        (await bob.RunAsync(Ct, "clone", $"{ada.Name}/data", "copy")).AssertDone();
        Assert.Equal("secret\n", await File.ReadAllTextAsync(Path.Combine(bob.WorkingFolder, "copy", "file"), Ct));

        await RevokeAllAsync(bob);
        CommandResult refused = await bob.RunAsync(Ct, "list");
        Assert.Equal(NotLoggedIn, refused.ExitCode);
        Assert.Contains("revoked", refused.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(bob.Token, refused.Errors);
    }

    private static async Task RevokeAllAsync(CommandLine person)
    {
        CommandResult list = (await person.RunAsync(Ct, "token", "list", "--json")).AssertDone();
        foreach (string line in list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string id = JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!;
            (await person.RunAsync(Ct, "token", "revoke", id)).AssertDone();
        }
    }
}
