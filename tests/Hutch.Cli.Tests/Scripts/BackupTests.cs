using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Backups as an administrator makes them of a server that is stopped, and what is refused.</summary>
public sealed class BackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stopped_data_folder_is_backed_up_without_a_server_and_a_folder_with_files_is_not_restored_into()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        await server.StopAsync();

        (await admin.RunShellAsync($"hutch backup create backups --data {server.Data} && hutch backup verify backups")).AssertDone();
        ScriptResult into = await admin.RunShellAsync($"hutch backup restore backups --data {server.Data}");
        ScriptResult nothing = await admin.RunShellAsync("mkdir empty && hutch backup verify empty");
        ScriptResult none = await admin.RunShellAsync("hutch backup create backups --keep 0");

        Assert.Equal(ExitCode.Conflict, into.ExitCode);
        Assert.Contains("is not empty", into.Errors, StringComparison.Ordinal);
        Assert.Contains("is not a backup folder", nothing.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, none.ExitCode);
    }

    [Fact]
    public async Task A_backup_of_a_damaged_data_folder_is_partial_in_words_and_in_the_exit_code()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson admin = await server.AdminAsync();
        (await admin.RunShellAsync("mkdir data && cd data && seq 100000 > numbers && hutch init --name mine && hutch push")).AssertDone();
        await server.StopAsync();
        string segment = Directory.GetFiles(Path.Combine(server.Data, "segments"), "*.tar")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf("\n77777\n77778\n"u8) >= 0);
        byte[] bytes = await File.ReadAllBytesAsync(segment, Ct);
        bytes[bytes.AsSpan().IndexOf("\n77777\n77778\n"u8) + 1]++;
        await File.WriteAllBytesAsync(segment, bytes, Ct);

        ScriptResult made = await admin.RunAsync("backup", "create", "backups", "--data", server.Data);
        ScriptResult verified = await admin.RunAsync("backup", "verify", "backups");
        ScriptResult restored = await admin.RunAsync("backup", "restore", "backups", "--data", "restored");

        Assert.Equal((ExitCode.Incomplete, ExitCode.Incomplete, ExitCode.Incomplete), (made.ExitCode, verified.ExitCode, restored.ExitCode));
        Assert.Contains(" is PARTIAL: ", made.Output, StringComparison.Ordinal);
        Assert.Contains("but PARTIAL", verified.Output, StringComparison.Ordinal);
        Assert.Contains("segment 1 at byte ", verified.Output, StringComparison.Ordinal);
        Assert.Contains("The backup is PARTIAL", restored.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_cannot_make_the_server_write_a_backup()
    {
        await using LocalServer server = await LocalServer.StartedAsync();
        ScriptPerson bob = await server.NewUserAsync("bob");

        ScriptResult refused = await bob.RunShellAsync("hutch backup create backups --data nowhere");

        Assert.Equal(ExitCode.Forbidden, refused.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(bob.WorkingFolder, "backups")));
    }
}
