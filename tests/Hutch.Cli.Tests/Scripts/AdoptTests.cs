namespace Hutch.Cli.Tests.Scripts;

/// <summary><c>hutch adopt</c>, with the real command and a real server.</summary>
public sealed class AdoptTests
{
    [Fact]
    public async Task A_plan_is_shown_and_carried_out_and_its_folders_are_listed()
    {
        await using LocalServer server = await LocalServer.StartedAsync(adopts: true);
        ScriptPerson admin = await server.AdminAsync();
        ScriptPerson anna = await server.NewUserAsync("anna");
        (await admin.RunShellAsync(
            $"mkdir -p '{server.Old}'/run1 && cd '{server.Old}' && echo 12345 > run1/a && ln -s ../.. run1/out && mkfifo run1/pipe && echo > beside"))
            .AssertDone();

        ScriptResult planned = (await admin.RunAsync("adopt", "folder", server.Old, "--each", "*", "--dry-run")).AssertDone();
        ScriptResult none = (await admin.RunAsync("adopt", "list")).AssertDone();
        ScriptResult adopted = (await admin.RunAsync("adopt", "folder", server.Old, "--each", "*")).AssertDone();
        ScriptResult listed = (await admin.RunAsync("adopt", "list")).AssertDone();
        ScriptResult forbidden = await anna.RunAsync("adopt", "folder", server.Old);

        Assert.Matches("admin/run1 +.*/old/run1 +1 +6 B +new", planned.Output);
        Assert.Contains("1 dataset, 1 file, 6 B; hashing takes 1 s or more.", planned.Output);
        Assert.Contains("1 symbolic link, 1 of them out of their folder; 0 further names of files (hard links); 0 sparse files.", planned.Output);
        Assert.Contains("Left out, socket, pipe or device: 1.", planned.Output);
        Assert.Contains($"Left out, in no folder that the pattern names: 1, such as '{server.Old}/beside'.", planned.Output);
        Assert.Contains("Nothing was changed.", planned.Output);
        Assert.Contains($"The link '{server.Old}/run1/out' leads out of its folder", planned.Errors);
        Assert.Contains("No folders are adopted.", none.Errors);
        Assert.Contains("`hutch adopt list` shows the progress.", adopted.Output);
        Assert.Matches("/old/run1 +[a-z]+ +admin/run1 ", listed.Output);
        Assert.NotEqual(0, forbidden.ExitCode);
    }
}
