using System.Diagnostics;
using Hutch.Api.Tests.Support;
using Hutch.Datasets.Upgrades;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Server;
using Hutch.Zone.Authorization;

namespace Hutch.Api.Tests.Contract;

/// <summary>What a server makes of a folder, and which folders it takes.</summary>
public sealed class DataFolderTests
{
    private const int MaxAtRest = 10;
    private const int Databases = 3;

    [Fact]
    public async Task A_name_that_a_crash_left_without_a_dataset_can_be_used_again()
    {
        await using TestServer server = await TestServer.StartAsync();
        Caller caller = (await server.Server.Zone.Authenticator.AuthenticateAsync(server.Admin.Token, null, Ct)).Value;
        var lost = new DatasetId(Guid.NewGuid());
        _ = (await server.Server.Zone.Names.ReserveAsync(caller, lost, null, Slug.Parse("half-made").Value, Ct)).Value;

        string id = await server.Admin.DatasetAsync("half-made");

        Assert.NotEqual(lost.ToString(), id);
        (await server.Admin.GetAsync("datasets/" + lost)).MustRefuse(404, "not-found");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_of_many_files_is_ten_files_at_rest_and_a_log_for_each_database_while_it_runs()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("many");
        for (int i = 0; i < 50; i++)
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/{i}.txt", $"content {i}")).Must(201);
        }

        (await server.Admin.GetAsync("search?q=many")).Must(200);

        string[] running = InodesOf(server.Folder);
        await server.StopAsync();
        string[] atRest = InodesOf(server.Folder);

        Assert.True(running.Length <= MaxAtRest + Databases, string.Join(' ', running));
        Assert.True(atRest.Length <= MaxAtRest, string.Join(' ', atRest));
    }

    [Fact]
    public async Task A_folder_of_a_newer_format_is_refused_with_words_and_unchanged()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-new-").FullName;
        string version = Path.Combine(folder, "VERSION");
        await File.WriteAllTextAsync(version, "{\"format\":9,\"min_reader\":9}\n", Ct);

        IOException refusal = await Assert.ThrowsAsync<IOException>(() => HutchServer.StartAsync(TestServer.Options(folder), Ct));

        Assert.Contains("has format 9 and needs a version that reads format 9 or newer", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("{\"format\":9,\"min_reader\":9}\n", await File.ReadAllTextAsync(version, Ct));
        Assert.Equal([version], Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("emptied")]
    [InlineData("damaged")]
    public async Task A_folder_with_data_and_without_whole_accounts_is_refused_and_the_command_in_the_message_brings_them_back(string how)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("kept");
        await server.Server.Zone.CopyToAsync(LocalDisk.Instance, Path.Combine(server.Folder, "zone-copies", "zone-29990101T000000Z.db"), Ct);
        await server.StopAsync();
        string accounts = Path.Combine(server.Folder, "zone.db");
        byte[] damaged = await File.ReadAllBytesAsync(accounts, Ct);
        damaged.AsSpan(3 * 4096, 4096).Clear();
        switch (how)
        {
            case "missing":
                File.Delete(accounts);
                break;
            default:
                await File.WriteAllBytesAsync(accounts, how == "emptied" ? [] : damaged, Ct);
                break;
        }

        IOException refusal = await Assert.ThrowsAnyAsync<IOException>(() => HutchServer.StartAsync(TestServer.Options(server.Folder), Ct));

        Assert.Contains(how.Replace("emptied", "empty", StringComparison.Ordinal), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(how != "missing", File.Exists(accounts));
        if (how == "damaged")
        {
            Assert.Equal(damaged, await File.ReadAllBytesAsync(accounts, Ct));
        }

        string command = refusal.Message.Split('`')[1];
        using (Process shell = Process.Start("/bin/sh", ["-c", command]))
        {
            await shell.WaitForExitAsync(Ct);
            Assert.Equal(0, shell.ExitCode);
        }

        await server.RestartAsync();
        (await ada.GetAsync("datasets/" + id)).Must(200);
    }

    [Fact]
    public async Task A_data_folder_without_a_copy_of_the_accounts_starts_anew_only_on_explicit_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Admin.DatasetAsync("kept");
        await server.StopAsync();
        Directory.Delete(Path.Combine(server.Folder, "zone-copies"), recursive: true);
        foreach (string file in Directory.GetFiles(server.Folder, "zone.db*"))
        {
            File.Delete(file);
        }

        IOException refusal = await Assert.ThrowsAsync<IOException>(() => HutchServer.StartAsync(TestServer.Options(server.Folder), Ct));

        Assert.Contains("restore a backup", refusal.Message, StringComparison.Ordinal);
        using (Process shell = Process.Start("/bin/sh", ["-c", refusal.Message.Split('`')[1]]))
        {
            await shell.WaitForExitAsync(Ct);
        }

        await using HutchServer anew = await HutchServer.StartAsync(TestServer.Options(server.Folder), Ct);
        Assert.NotNull(anew.Zone.FirstStartTokenPath);
        Assert.False(File.Exists(Path.Combine(server.Folder, "new-accounts")));
    }

    [Fact]
    public void The_last_upgrade_ends_with_the_format_that_this_program_writes() =>
        Assert.Equal(DataFormat.Current, new FolderUpgrader(LocalDisk.Instance, "/", TimeProvider.System).Current);

    private static string[] InodesOf(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order()];
}
