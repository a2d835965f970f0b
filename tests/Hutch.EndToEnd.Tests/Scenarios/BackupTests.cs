using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Backups as an administrator makes them: by commands, of a server that runs.</summary>
public sealed class BackupTests
{
    private const int Usage = 2;
    private const int Conflict = 6;
    private const int Incomplete = 11;

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

    [Fact]
    public async Task A_stopped_data_folder_is_backed_up_without_a_server_and_a_folder_with_files_is_not_restored_into()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        await installation.Server.StopAsync(Ct);

        (await admin.RunShellAsync($"hutch backup create backups --data {installation.Server.DataFolder} && hutch backup verify backups", Ct)).AssertDone();
        CommandResult into = await admin.RunShellAsync($"hutch backup restore backups --data {installation.Server.DataFolder}", Ct);
        CommandResult nothing = await admin.RunShellAsync("mkdir empty && hutch backup verify empty", Ct);
        CommandResult none = await admin.RunShellAsync("hutch backup create backups --keep 0", Ct);

        Assert.Equal(Conflict, into.ExitCode);
        Assert.Contains("is not empty", into.Errors, StringComparison.Ordinal);
        Assert.Contains("is not a backup folder", nothing.Errors, StringComparison.Ordinal);
        Assert.Equal(Usage, none.ExitCode);
    }

    [Fact]
    public async Task A_backup_of_a_damaged_data_folder_is_partial_in_words_and_in_the_exit_code()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        (await admin.RunShellAsync("mkdir data && cd data && seq 100000 > numbers && hutch init --name mine && hutch push", Ct)).AssertDone();
        await installation.Server.StopAsync(Ct);
        string segment = Directory.GetFiles(Path.Combine(installation.Server.DataFolder, "segments"), "*.tar")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf("\n77777\n77778\n"u8) >= 0);
        byte[] bytes = await File.ReadAllBytesAsync(segment, Ct);
        bytes[bytes.AsSpan().IndexOf("\n77777\n77778\n"u8) + 1]++;
        await File.WriteAllBytesAsync(segment, bytes, Ct);

        CommandResult made = await admin.RunAsync(Ct, "backup", "create", "backups", "--data", installation.Server.DataFolder);
        CommandResult verified = await admin.RunAsync(Ct, "backup", "verify", "backups");
        CommandResult restored = await admin.RunAsync(Ct, "backup", "restore", "backups", "--data", "restored");

        Assert.Equal((Incomplete, Incomplete, Incomplete), (made.ExitCode, verified.ExitCode, restored.ExitCode));
        Assert.Contains(" is PARTIAL: ", made.Output, StringComparison.Ordinal);
        Assert.Contains("but PARTIAL", verified.Output, StringComparison.Ordinal);
        Assert.Contains("segment 1 at byte ", verified.Output, StringComparison.Ordinal);
        Assert.Contains("The backup is PARTIAL", restored.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_cannot_make_the_server_write_a_backup()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine admin = await installation.AdminAsync(Ct);
        Account bob = await installation.NewUserAsync("bob", Ct);

        CommandResult refused = await bob.RunShellAsync("hutch backup create backups --data nowhere", Ct);

        Assert.Equal(4, refused.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(bob.WorkingFolder, "backups")));
    }
}
