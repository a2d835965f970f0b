using System.Text.Json;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Coming, being invited, sharing and leaving, with the real command and a real server.</summary>
public sealed class PeopleTests
{
    private const string Code = "/login#code=(hutchlogin_[0-9a-f]{16}_[A-Za-z0-9_-]{43})";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_come_by_link_and_invite_and_leave_their_things_to_others()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        ScriptPerson alice = await server.NewUserAsync("alice");
        ScriptPerson bob = await server.NewUserAsync("bob");
        ScriptResult created = (await admin.RunAsync("user", "create", "carol", "--email", "carol@example.org")).AssertDone();
        Assert.Matches(Code, created.Errors);
        Assert.Matches(Code, (await admin.RunAsync("user", "login-link", "carol")).AssertDone().Output);

        (await alice.RunShellAsync("mkdir data && cd data && echo x > a && hutch init --name lysozyme && hutch push -m first")).AssertDone();
        string invite = (await alice.RunAsync("invite", "create", "lysozyme", "--right", "write", "--note", "Have a look")).AssertDone().Output.Trim();
        Assert.Contains("You can now write alice/lysozyme", (await bob.RunAsync(["invite", "accept"], invite + "\n")).AssertDone().Output);
        Assert.Contains("1 of 1", (await alice.RunAsync("invite", "list", "lysozyme")).AssertDone().Output);
        (await bob.RunShellAsync("hutch clone alice/lysozyme && cd lysozyme && echo y > b && hutch push -m second")).AssertDone();
        (await alice.RunAsync("group", "create", "lab")).AssertDone();
        string open = (await alice.RunAsync("invite", "create", "@lab", "--uses", "3", "--json")).AssertDone().Output;
        (await alice.RunAsync("invite", "revoke", JsonDocument.Parse(open).RootElement.GetProperty("id").GetString()!)).AssertDone();
        Assert.Contains("revoked", (await alice.RunAsync("invite", "list", "@lab")).AssertDone().Output);

        ScriptResult disabled = (await admin.RunAsync("user", "disable", "alice")).AssertDone();
        Assert.Contains("still owns 1 dataset;", disabled.Errors);
        Assert.Equal(ExitCode.NotLoggedIn, (await alice.RunAsync("list")).ExitCode);
        ScriptResult handed = (await admin.RunAsync("user", "hand-over", "alice", "--to", "bob")).AssertDone();

        Assert.Contains("1 datasets", handed.Output);
        Assert.Contains("1 groups", handed.Output);
        Assert.Contains("bob/lysozyme", (await bob.RunAsync("info", "lysozyme")).AssertDone().Output);
    }

    [Fact]
    public async Task A_key_is_narrowed_twice_without_a_server_and_opens_one_folder()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson ada = await server.NewUserAsync("ada");
        ScriptPerson eve = await server.NewUserAsync("eve");

        (await ada.RunShellAsync(
            """
            mkdir -p data/raw/deep data/other && cd data && echo a > raw/a && echo b > raw/deep/b && echo s > secret && echo o > other/o
            hutch init --name lysozyme && hutch push -m first
            cd .. && hutch token create --narrowable --scope read write > root.key
            ID=$(hutch info lysozyme --json | sed -E 's/.*"id":"([^"]*)".*/\1/')
            HUTCH_REMOTE=http://127.0.0.1:9 hutch token narrow --token-file root.key --folder $ID/raw --for 3d > once.key 2> once.said
            hutch token narrow --token-file - --scope read --door rest < once.key > twice.key
            hutch token narrow --token-file once.key --s3 > s3
            hutch token narrow --token-file once.key --dataset $ID --json > json
            hutch token explain < twice.key > explained
            """)).AssertDone();

        string folder = Path.Combine(ada.WorkingFolder);
        Assert.Matches("^It does everything that its parent does with the folder 'raw' of the dataset .*, until .* It ends with the token",
            await File.ReadAllTextAsync(Path.Combine(folder, "once.said"), Ct));
        Assert.Matches("^access key: HK[0-9A-F]{16}\nsecret key: [A-Za-z0-9_-]{43}\nsession token: hutchkey_", await File.ReadAllTextAsync(Path.Combine(folder, "s3"), Ct));
        Assert.Contains("narrowed 2 times", await File.ReadAllTextAsync(Path.Combine(folder, "explained"), Ct), StringComparison.Ordinal);
        string key = (await File.ReadAllTextAsync(Path.Combine(folder, "twice.key"), Ct)).Trim();

        // A login is a token of its own, which cannot be narrowed.
        Assert.Contains("cannot be narrowed", (await ada.RunAsync("token", "narrow", "--scope", "read")).Errors, StringComparison.Ordinal);

        (await eve.RunShellAsync(
            $"""
            export HUTCH_TOKEN={key} HUTCH_REMOTE={server.Address}
            hutch list ada/lysozyme > top
            not grep -E 'secret|other' top
            hutch stage ada/lysozyme staged
            hutch stage ada/lysozyme@1 staged-1
            [[ $(cd staged-1 && find . -type f | grep -v .hutch | sort | tr '\n' ' ') == './raw/a ./raw/deep/b ' ]]
            [[ $(cat staged/raw/deep/b) == b && ! -e staged/secret && ! -e staged/other ]]
            not hutch remove ada/lysozyme/raw/a
            not hutch log ada/lysozyme
            """)).AssertDone();
    }

    [Fact]
    public async Task Json_of_users_tokens_and_lists_has_the_names_that_scripts_use()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        string token = Json(await admin.RunAsync("user", "create", "ada", "--json")).GetProperty("token").GetString()!;
        Assert.NotEmpty(token);
        ScriptPerson ada = server.NewPerson("ada");
        (await ada.RunAsync(["login", server.Address.ToString()], token + "\n")).AssertDone();

        JsonElement created = Json(await ada.RunAsync("token", "create", "--json"));
        Assert.Equal(["id", "token"], created.EnumerateObject().Select(property => property.Name).Intersect(["id", "token"]));

        Assert.Contains("No datasets yet.", (await ada.RunAsync("list")).AssertDone().Errors, StringComparison.Ordinal);
        await RegisterAsync(ada, "first");
        await RegisterAsync(ada, "second");
        ScriptResult list = (await ada.RunAsync("list", "--json")).AssertDone();
        Assert.Equal(
            ["first", "second"],
            list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("slug").GetString()).Order());
    }

    [Fact]
    public async Task A_dataset_is_private_until_shared_and_a_revoked_token_ends_at_once()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson ada = await server.NewUserAsync("ada");
        ScriptPerson bob = await server.NewUserAsync("bob");
        (await ada.RunShellAsync("mkdir data && cd data && echo secret > file && hutch init --name data && hutch push")).AssertDone();

        Assert.Equal("", (await bob.RunAsync("list", "--owner", ada.Name, "--json")).AssertDone().Output);
        Assert.Equal(ExitCode.NotFound, (await bob.RunAsync("clone", $"{ada.Name}/data", "before")).ExitCode);

        (await ada.RunAsync("share", "data", "--with", bob.Name, "--right", "read")).AssertDone();
        (await bob.RunAsync("clone", $"{ada.Name}/data", "copy")).AssertDone();
        Assert.Equal("secret\n", await File.ReadAllTextAsync(Path.Combine(bob.WorkingFolder, "copy", "file"), Ct));

        await RevokeAllAsync(bob);
        ScriptResult refused = await bob.RunAsync("list");
        Assert.Equal(ExitCode.NotLoggedIn, refused.ExitCode);
        Assert.Contains("revoked", refused.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(bob.Token, refused.Errors);
    }

    private static async Task RegisterAsync(ScriptPerson person, string name) =>
        (await person.RunShellAsync($"mkdir {name} && cd {name} && hutch init --name {name}")).AssertDone();

    private static JsonElement Json(ScriptResult result) => JsonDocument.Parse(result.AssertDone().Output).RootElement;

    private static async Task RevokeAllAsync(ScriptPerson person)
    {
        ScriptResult list = (await person.RunAsync("token", "list", "--json")).AssertDone();
        foreach (string line in list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string id = JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!;
            (await person.RunAsync("token", "revoke", id)).AssertDone();
        }
    }
}
