using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs that start by themselves, where a second start would be easy.</summary>
public sealed class AutomaticStartTests
{
    private const string Note = """
        title: Note
        version: "1"
        accepts: {types: [mx], state: closed}
        engine: ENGINE
        command: [sh, -c, 'wc -c < "$1/a" > "$2/size"', sh, "{input}", "{output}"]
        requires: [size]
        output: {type: table}
        when: closed
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_backup_starts_nothing_again_and_gives_up_what_was_due()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        folder.Write("programs/later.yaml", Note.Replace("ENGINE", "away"));
        string[] options = ["--set", $"programs.folder={folder["programs"]}"];
        await using (ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct, options))
        {
            Account before = new(server, "admin", await server.ReadAdminTokenAsync(Ct), folder["before"]);
            (await before.RunShellAsync("hutch program enable note --mine && hutch program enable later --mine", Ct)).AssertDone();
            (await before.RunShellAsync($"{Make("scan")} && hutch close scan", Ct)).AssertDone();
            await UntilDoneAsync(before, 1);

            // The engine 'away' is not there, so that one start is still due in the backup.
            (await before.RunShellAsync($"hutch backup create {folder["backup"]} --data {folder["data"]} --with-keys", Ct)).AssertDone();
        }

        folder.Write("programs/later.yaml", Note.Replace("ENGINE", "local"));
        CommandLine operatorOf = new(folder["home"], folder["work"]);
        Directory.CreateDirectory(folder["work"]);
        (await operatorOf.RunAsync(Ct, "backup", "restore", folder["backup"], "--data", folder["restored"])).AssertDone();
        await using ServerProcess restored = await ServerProcess.StartReadyAsync(folder["restored"], Ct, options);
        string token = await File.ReadAllTextAsync(Path.Combine(folder["data"], "admin.token"), Ct);
        Account after = new(restored, "admin", token.Trim(), folder["after"]);
        (await after.RunShellAsync($"{Make("next")} && hutch close next", Ct)).AssertDone();
        await UntilDoneAsync(after, 3);

        Assert.Equal(["next-later", "next-note", "scan-note"], await ResultsAsync(after));
    }

    private static string Make(string name) =>
        $"mkdir {name} && cd {name} && echo {name} > a && hutch init --name {name} --type mx && hutch push --quiet && cd ..";

    private static async Task UntilDoneAsync(Account account, int count)
    {
        string command = $"until [ $(hutch runs list -n 200 --json | jq -r .state | grep -c done) -ge {count} ]; do sleep 0.2; done";
        (await account.RunShellAsync(command, Ct)).AssertDone();
    }

    private static async Task<string[]> ResultsAsync(Account account) => Lines(
        (await account.RunShellAsync("hutch list --json | jq -r 'select(.type == \"table\") | .name' | sed s,.*/,,", Ct)).AssertDone().Output);

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
