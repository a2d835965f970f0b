using System.Security.Cryptography;
using System.Text;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Zone.Credentials;

namespace Hutch.Datasets.Tests.Backups;

public sealed class BackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_answered_before_a_backup_is_there_when_the_original_is_destroyed(bool hasLinks)
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        data.Disk.HasLinks = hasLinks;
        DatasetId dataset = await data.CreateAsync("lysozyme");
        byte[][] contents = [.. new[] { 0, 1, 5_000, 1 << 20, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];
        for (int i = 0; i < contents.Length; i++)
        {
            await data.PutAsync(dataset, $"before/{i}", contents[i]);
        }

        using var stop = new CancellationTokenSource();
        Task<int> meanwhile = WriteUntilAsync(data, dataset, stop.Token);
        BackupSummary summary = (await data.BackUpAsync()).Value;
        await stop.CancelAsync();
        int written = await meanwhile;
        IReadOnlyList<string> damage = await data.VerifyAsync();
        await data.DestroyAsync();
        Result<Incarnation> restored = await data.RestoreAsync();
        await data.StartAsync();

        Assert.Empty(damage);
        Assert.Empty(summary.Damage);
        Assert.True(restored.IsOk, restored.Error?.Message);
        Assert.Equal(hasLinks, summary.LinkedBytes > 0);
        Assert.Equal(["lysozyme"], (await data.Zone.Names.ListAllAsync(null, 10, Ct)).Select(name => name.Slug.ToString()));
        for (int i = 0; i < contents.Length; i++)
        {
            Assert.Equal(contents[i], await data.ReadAsync(dataset, $"before/{i}"));
        }

        // Files that were written during the backup are whole or missing, and none after the first missing one is there.
        bool isMissing = false;
        for (int i = 0; i < written; i++)
        {
            byte[]? content = await data.ReadAsync(dataset, $"meanwhile/{i}");
            isMissing |= content is null;
            Assert.Equal(isMissing ? null : Content(i), content);
        }
    }

    [Fact]
    public async Task The_second_backup_copies_only_new_data()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        data.Disk.HasLinks = false;
        DatasetId dataset = await data.CreateAsync("lysozyme");
        await data.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(10 << 20));
        await data.Site.Engine.SealAsync(Ct);
        BackupSummary first = (await data.BackUpAsync()).Value;
        await data.PutAsync(dataset, "b", RandomNumberGenerator.GetBytes(1000));

        BackupSummary second = (await data.BackUpAsync()).Value;

        Assert.True(first.CopiedBytes > 10 << 20);
        Assert.Equal(0, first.ReusedBytes);
        Assert.True(second.ReusedBytes > 10 << 20);
        Assert.InRange(second.CopiedBytes, 1, 5 << 20);
        Assert.NotEqual(first.Name, second.Name);
        Assert.Empty(await data.VerifyAsync(first.Name));
        Assert.Empty(await data.VerifyAsync(second.Name));
    }

    [Fact]
    public async Task A_segment_that_the_collector_removes_stays_in_the_backup()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        DatasetId dataset = await data.CreateAsync("lysozyme");
        byte[] content = RandomNumberGenerator.GetBytes(6 << 20);
        await data.PutAsync(dataset, "a", content);
        await data.Site.Engine.SealAsync(Ct);
        string name = (await data.BackUpAsync()).Value.Name;

        await data.Site.Entries.RemoveAsync(dataset, DatasetPath.Parse("a").Value, EntryCondition.None, Ct);
        await data.Site.Collector.CollectAsync(Ct);
        await data.DestroyAsync();
        _ = (await data.RestoreAsync(name)).Value;
        await data.StartAsync();

        Assert.Equal(content, await data.ReadAsync(dataset, "a"));
    }

    [Fact]
    public async Task The_collector_waits_for_a_backup()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        using (await data.Site.Collector.PauseAsync(Ct))
        {
            Task collection = data.Site.Collector.CollectAsync(Ct);
            Assert.False(collection.IsCompleted);
            Assert.Equal(ErrorCode.BadRequest, (await data.Writer.CreateAsync(new BackupRequest("relative"), static _ => { }, Ct)).Error?.Code);
        }

        await data.Site.Collector.CollectAsync(Ct);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_earlier_backups_whole_and_the_next_one_works()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        data.Disk.HasLinks = false;
        DatasetId dataset = await data.CreateAsync("lysozyme");
        string first = (await data.BackUpAsync()).Value.Name;
        await data.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(9 << 20));
        await data.Site.Engine.SealAsync(Ct);

        data.Disk.LeftBytes = 5 << 20;
        Result<BackupSummary> full = await data.BackUpAsync();
        IReadOnlyList<string> names = data.Folder.Names();
        IReadOnlyList<string> damage = await data.VerifyAsync(first);
        data.Disk.LeftBytes = long.MaxValue;
        Result<BackupSummary> again = await data.BackUpAsync();

        Assert.Equal(ErrorCode.InsufficientStorage, full.Error?.Code);
        Assert.Equal([first], names);
        Assert.Empty(damage);
        Assert.True(again.IsOk, again.Error?.Message);
        Assert.Empty(await data.VerifyAsync());
        Assert.DoesNotContain(Directory.GetFiles(data.Backups, "*", SearchOption.AllDirectories), file => file.EndsWith(".unfinished", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backup_of_a_damaged_data_folder_says_that_it_is_partial_and_so_does_the_next(bool hasLinks)
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        data.Disk.HasLinks = hasLinks;
        DatasetId dataset = await data.CreateAsync("lysozyme");
        byte[] content = RandomNumberGenerator.GetBytes(2000);
        await data.PutAsync(dataset, "a", content);
        await data.Site.Engine.SealAsync(Ct);
        string segment = Directory.GetFiles(Path.Combine(data.Data, "segments"), "*.main.tar")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf(content) >= 0);
        Flip(segment, File.ReadAllBytes(segment).AsSpan().IndexOf(content) + 1000);

        BackupSummary first = (await data.BackUpAsync()).Value;
        BackupSummary second = (await data.BackUpAsync()).Value;

        foreach (BackupSummary summary in (BackupSummary[])[first, second])
        {
            Assert.Contains(summary.Damage, line => line.StartsWith("segment 1 at byte ", StringComparison.Ordinal));
            Assert.Contains(" is PARTIAL: ", BackupTask.Describe(summary), StringComparison.Ordinal);
            Assert.Equal(summary.Damage, data.Folder.Manifest(summary.Name).Value.Gaps);
            Assert.Empty(await data.VerifyAsync(summary.Name));
        }
    }

    [Fact]
    public async Task Every_byte_that_a_dataset_names_is_read_again_and_one_that_changed_is_reported()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        DatasetId dataset = await data.CreateAsync("lysozyme");
        byte[] content = RandomNumberGenerator.GetBytes(2000);
        await data.PutAsync(dataset, "a", content);
        await data.PutAsync(dataset, "b", RandomNumberGenerator.GetBytes(3_000_001));
        await data.Site.Engine.SealAsync(Ct);
        var check = new StoredBytesCheck(data.Site.Records, data.Site.Heads.Tree, data.Site.Verifier);

        StoredBytesReport whole = await check.RunAsync(Ct);
        string segment = Directory.GetFiles(Path.Combine(data.Data, "segments"), "*.main.tar")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf(content) >= 0);
        Flip(segment, File.ReadAllBytes(segment).AsSpan().IndexOf(content) + 1000);
        StoredBytesReport damaged = await check.RunAsync(Ct);

        Assert.Equal((1, 2, 3_002_001, 0), (whole.Datasets, whole.Files, whole.Bytes, whole.Problems.Count));
        Assert.StartsWith("lysozyme (", Assert.Single(damaged.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_without_a_segment_that_is_lost_says_so()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        DatasetId dataset = await data.CreateAsync("lysozyme");
        await data.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(9 << 20));
        await data.Site.Engine.SealAsync(Ct);
        await data.StopAsync();
        string lost = Directory.GetFiles(Path.Combine(data.Data, "segments"), "*.bulk.tar").Order(StringComparer.Ordinal).First();
        File.Delete(lost);
        await data.StartAsync();

        BackupSummary summary = (await data.BackUpAsync()).Value;

        Assert.Contains(summary.Damage, line => line.Contains(Path.GetFileName(lost), StringComparison.Ordinal));
        Assert.Equal(summary.Damage, data.Folder.Manifest(null).Value.Lacks);
    }

    [Fact]
    public async Task A_backup_without_its_manifest_is_none()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        string name = (await data.BackUpAsync()).Value.Name;
        File.Delete(data.Folder.ManifestPath(name));
        await data.DestroyAsync();

        HutchError refusal = (await data.RestoreAsync()).Error!;
        await data.StartAfreshAsync();

        Assert.Equal(ErrorCode.NotFound, refusal.Code);
        Assert.Contains("has no complete backup", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_lacks_a_file_is_refused_before_anything_is_restored()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        await data.BackUpAsync();
        BackupFile file = data.Folder.Manifest(null).Value.Files[^1];
        File.Delete(data.Folder.Full(file));
        await data.DestroyAsync();

        HutchError refusal = (await data.RestoreAsync()).Error!;
        bool isMade = Directory.Exists(data.Data);
        IReadOnlyList<string> damage = await data.VerifyAsync();
        await data.StartAfreshAsync();

        Assert.Contains("is incomplete", refusal.Message, StringComparison.Ordinal);
        Assert.False(isMade);
        Assert.Equal([$"'{file.Path}' is missing."], damage);
    }

    [Fact]
    public async Task A_backup_with_one_wrong_bit_is_refused_and_what_was_restored_is_no_data_folder()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        data.Disk.HasLinks = false;
        DatasetId dataset = await data.CreateAsync("lysozyme");
        await data.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(2 << 20));
        await data.Site.Engine.SealAsync(Ct);
        await data.BackUpAsync();
        BackupFile file = data.Folder.Manifest(null).Value.Files.First(file => file.Kind == BackupFileKind.Segment);
        Flip(data.Folder.Full(file), file.Bytes / 2);
        await data.DestroyAsync();

        HutchError refusal = (await data.RestoreAsync()).Error!;
        bool isUnfinished = File.Exists(Path.Combine(data.Data, BackupRestorer.UnfinishedName));
        DataVersion? version = DataVersion.Read(LocalDisk.Instance, data.Data);
        IReadOnlyList<string> damage = await data.VerifyAsync();
        Directory.Delete(data.Data, recursive: true);
        await data.StartAfreshAsync();

        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
        Assert.True(isUnfinished);
        Assert.Null(version);
        Assert.Equal([$"'{file.Path}' is damaged: it does not match its hash."], damage);
    }

    [Theory]
    [InlineData("\"format\":1,\"minReader\":1", "\"format\":2,\"minReader\":2", "has format 2")]
    [InlineData("\"dataMinReader\":3", "\"dataMinReader\":1", "is damaged")]
    public async Task A_manifest_of_a_newer_program_or_one_that_was_changed_is_refused_with_words(string text, string other, string words)
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        string name = (await data.BackUpAsync()).Value.Name;
        string path = data.Folder.ManifestPath(name);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Ct)).Replace(text, other, StringComparison.Ordinal), Ct);

        HutchError refusal = data.Folder.Manifest(name).Error!;

        Assert.Equal(ErrorCode.Unprocessable, refusal.Code);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_a_newer_data_folder_is_refused_with_words()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        new DataVersion(3, 3).Write(LocalDisk.Instance, data.Data);
        await data.BackUpAsync();
        await data.DestroyAsync();

        HutchError refusal = (await data.RestoreAsync(dataFormat: 2)).Error!;
        await data.StartAfreshAsync();

        Assert.Contains("of a data folder of format 3", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("this version knows 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_folder_is_a_new_incarnation_and_its_pushes_begin_anew()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        DatasetId dataset = await data.CreateAsync("lysozyme");
        Guid session = (await data.Site.Pushes.StartAsync(dataset, null, "admin", Ct)).Value.Id;
        await data.BackUpAsync();
        string before = data.Incarnation.Id;
        await data.DestroyAsync();
        _ = (await data.RestoreAsync()).Value;
        await data.StartAsync();

        bool mustVoid = data.Incarnation.MustVoid;
        await data.Version.VoidAsync(LocalDisk.Instance, data.Data, ct => data.Site.Lifecycle.EndAllSessionsAsync(ct), Ct);

        Assert.NotEqual(before, data.Incarnation.Id);
        Assert.Equal(before, data.Incarnation.From);
        Assert.True(mustVoid);
        Assert.Equal(ErrorCode.NotFound, (await data.Site.Pushes.FindAsync(session, "admin", Ct)).Error?.Code);
        Assert.False(DataVersion.Read(LocalDisk.Instance, data.Data)!.Incarnation!.MustVoid);
        HutchError refusal = (await data.BackUpAsync()).Error!;
        Assert.Contains("before it was restored", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_only_in_a_backup_that_was_asked_for_with_keys()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        Directory.CreateDirectory(Path.Combine(data.Data, BackupWriter.KeyFolder));
        await File.WriteAllTextAsync(Path.Combine(data.Data, BackupWriter.KeyFolder, "site.key"), "secret", Ct);
        await File.WriteAllTextAsync(Path.Combine(data.Data, "hutch.yaml"), "log: {}\n", Ct);
        _ = (await data.Zone.Tokens.CreateAsync(await data.AdminAsync(), new TokenRequest { S3 = true }, Ct)).Value;
        string s3Key = await File.ReadAllTextAsync(Path.Combine(data.Data, S3Keys.FileName), Ct);
        string without = (await data.BackUpAsync()).Value.Name;
        string with = (await data.BackUpAsync(withKeys: true)).Value.Name;
        await data.DestroyAsync();
        _ = (await data.RestoreAsync(with)).Value;
        await data.StartAsync();

        Assert.DoesNotContain(data.Folder.Manifest(without).Value.Files, file => file.Kind == BackupFileKind.Key);
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(data.Data, BackupWriter.KeyFolder, "site.key"), Ct));
        Assert.Equal(s3Key, await File.ReadAllTextAsync(Path.Combine(data.Data, S3Keys.FileName), Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data.Data, S3Keys.FileName)));
        Assert.Equal("log: {}\n", await File.ReadAllTextAsync(Path.Combine(data.Data, "hutch.yaml"), Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data.Data, BackupWriter.KeyFolder, "site.key")));
    }

    [Fact]
    public async Task Only_so_many_are_kept_and_only_segments_that_they_need()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        DatasetId dataset = await data.CreateAsync("lysozyme");
        await data.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(6 << 20));
        await data.Site.Engine.SealAsync(Ct);
        await data.BackUpAsync();
        await data.Site.Entries.RemoveAsync(dataset, DatasetPath.Parse("a").Value, EntryCondition.None, Ct);
        await data.Site.HeadCompactor.CompactAsync(dataset, CompactionRequest.Automatic, Ct);
        await data.Site.Collector.CollectAsync(Ct);
        await data.BackUpAsync();

        BackupSummary third = (await data.BackUpAsync(keep: 1)).Value;

        Assert.Equal(2, third.Removed);
        Assert.Equal([third.Name], data.Folder.Names());
        Assert.Empty(await data.VerifyAsync());
        HashSet<string> needed = [.. data.Folder.Manifest(null).Value.Files.Select(file => file.Path)];
        Assert.All(Directory.GetFiles(data.Folder.Segments), path => Assert.Contains("segments/" + Path.GetFileName(path), needed));
    }

    [Fact]
    public async Task A_folder_with_other_things_in_it_and_one_in_the_data_folder_are_refused()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        Directory.CreateDirectory(data.Backups);
        await File.WriteAllTextAsync(Path.Combine(data.Backups, "thesis.tex"), "", Ct);

        Assert.Equal(ErrorCode.Conflict, (await data.BackUpAsync()).Error?.Code);
        Assert.Equal(ErrorCode.BadRequest, (await data.Writer.CreateAsync(new BackupRequest(Path.Combine(data.Data, "b")), static _ => { }, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.BadRequest, (await data.Writer.CreateAsync(new BackupRequest(Path.GetDirectoryName(data.Data)!), static _ => { }, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_restore_into_a_folder_with_files_is_refused()
    {
        await using BackedUp data = await BackedUp.OpenAsync();
        await data.BackUpAsync();

        Assert.Equal(ErrorCode.Conflict, (await data.RestoreAsync()).Error?.Code);
    }

    private static async Task<int> WriteUntilAsync(BackedUp data, DatasetId dataset, CancellationToken stop)
    {
        int i = 0;
        for (; !stop.IsCancellationRequested && i < 2000; i++)
        {
            await data.PutAsync(dataset, $"meanwhile/{i}", Content(i));
        }

        return i;
    }

    private static byte[] Content(int i) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"line {i}\n", 1 + (i % 500))));

    private static void Flip(string path, long at)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        int was = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(was ^ 1));
    }
}
