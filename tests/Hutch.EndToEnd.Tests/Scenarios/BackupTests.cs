using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Backups as an administrator makes them: by commands, of a server that runs.</summary>
public sealed class BackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_server_is_backed_up_destroyed_and_restored_with_every_file_and_name()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        Account bob = await installation.NewUserAsync("bob", Ct);
        (await bob.RunShellAsync("mkdir data && cd data && seq 100000 > numbers && mkdir sub && echo two > sub/b && head -c 9000000 /dev/urandom > big && hutch init --name mine && hutch push -m first", Ct)).AssertDone();
        string backups = Path.Combine(admin.WorkingFolder, "backups");

        CommandResult made = (await admin.RunAsync(Ct, "backup", "create", backups, "--data", installation.Server.DataFolder)).AssertDone();
        (await bob.RunShellAsync("cd data && echo later > later && hutch push -m second", Ct)).AssertDone();
        (await admin.RunAsync(Ct, "backup", "create", backups, "--data", installation.Server.DataFolder, "--with-keys")).AssertDone();
        string adminToken = await installation.Server.ReadAdminTokenAsync(Ct);
        await installation.Server.KillAsync();
        Directory.Delete(installation.Server.DataFolder, recursive: true);
        (await admin.RunAsync(Ct, "backup", "verify", backups)).AssertDone();
        CommandResult rehearsed = await admin.RunAsync(Ct, "backup", "rehearse", backups, "--scratch", admin.WorkingFolder);
        rehearsed.AssertDone();
        Assert.Contains(" restores: read ", rehearsed.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(admin.WorkingFolder, "hutch-rehearsal-*"));
        string restored = Path.Combine(admin.WorkingFolder, "restored");
        (await admin.RunAsync(Ct, "backup", "restore", backups, "--data", restored)).AssertDone();
        await using ServerProcess server = await ServerProcess.StartReadyAsync(restored, Ct);

        Assert.Contains("Backup 2", made.Output, StringComparison.Ordinal);
        (await bob.RunAsync(["login", server.Address.ToString()], bob.Token + "\n", Ct)).AssertDone();
        (await bob.RunShellAsync($"hutch --remote {server.Address} clone bob/mine copy && diff -r --exclude .hutch data copy && test -f copy/later", Ct)).AssertDone();
        (await admin.RunAsync(["login", server.Address.ToString()], adminToken + "\n", Ct)).AssertDone();
        CommandResult again = await admin.RunAsync(Ct, "backup", "create", backups, "--data", restored);
        Assert.NotEqual(0, again.ExitCode);
        Assert.Contains("before it was restored", again.Output + again.Errors, StringComparison.Ordinal);
    }
}
