using System.Text;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>
/// An instrument writes, replaces, moves and removes files while they are registered, hashed, folded and read, and the site is opened again
/// with and without its database: the head is always like the folder was when it was looked at, and nobody ever reads other bytes.
/// </summary>
public sealed class FolderModelTests
{
    private const int Steps = 120;

    private static readonly string[] Names = ["a", "b", "b/c", "b/d", "e/f/g", "e/f", "h"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task The_head_is_like_the_folder_and_no_version_is_ever_read_as_another(int seed)
    {
        await using TestSite site = await TestSite.OpenAsync();
        using FacilityFolder folder = await FacilityFolder.CreateAsync(site);
        var random = new Random(seed);
        var registered = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var snapshots = new Dictionary<long, Dictionary<string, byte[]>>();
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    folder.WaitForNextTick();
                    Put(folder, Names[random.Next(Names.Length)], Encoding.UTF8.GetBytes($"{seed}.{step}"[..random.Next(1, 4)]));
                    break;
                case 3:
                    Remove(folder, Names[random.Next(Names.Length)]);
                    break;
                case 4:
                    await folder.RegisterAsync();
                    registered = OnDisk(folder);
                    Assert.Equal(registered.Keys.Order(StringComparer.Ordinal), await site.ListAsync(folder.Dataset.Id));
                    break;
                case 5:
                    await folder.HashAsync();
                    break;
                case 6:
                    await NoteSnapshotAsync(folder, registered, snapshots);
                    break;
                default:
                    await site.ReopenAsync(withoutDatabase: random.Next(2) == 0);
                    break;
            }

            await CheckAsync(folder, registered, null);
        }

        foreach ((long number, Dictionary<string, byte[]> files) in snapshots)
        {
            await CheckAsync(folder, files, SnapshotRef.OfNumber((int)number));
        }

        Assert.NotEmpty(snapshots);
    }

    /// <summary>Each file reads as it was when it was registered, or not at all.</summary>
    private static async Task CheckAsync(FacilityFolder folder, Dictionary<string, byte[]> files, SnapshotRef? at)
    {
        foreach ((string path, byte[] content) in files)
        {
            try
            {
                Assert.Equal(content, await folder.Site.ReadAsync(folder.Dataset.Id, path, at));
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Gone || e.Error.Code == ErrorCode.Unavailable)
            {
                byte[]? now = OnDisk(folder).GetValueOrDefault(path);
                Assert.True(at is not null || now is null || !now.SequenceEqual(content) || IsReplaced(folder), $"{path}: {e.Message}");
            }
        }
    }

    /// <summary>Whether something was written since: the same bytes in another file are another version.</summary>
    private static bool IsReplaced(FacilityFolder folder) => folder.Written > folder.Registered;

    private static async Task NoteSnapshotAsync(
        FacilityFolder folder, Dictionary<string, byte[]> registered, Dictionary<long, Dictionary<string, byte[]>> snapshots)
    {
        SiteSnapshot? snapshot = (await folder.Site.Site.HeadCompactor.CompactAsync(folder.Dataset.Id, CompactionRequest.Automatic, Ct)).Value;
        if (snapshot is null || snapshots.ContainsKey(snapshot.Number))
        {
            return;
        }

        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await foreach (PathEntry file in folder.Site.Site.Heads.Tree.EnumerateAsync(snapshot.Root, null, "", Ct))
        {
            Assert.False(file.Entry.IsPending);
            if (registered.TryGetValue(file.Path.Value, out byte[]? content) && BlobHash.Compute(content) == file.Entry.Hash)
            {
                files.Add(file.Path.Value, content);
            }
        }

        snapshots.Add(snapshot.Number, files);
    }

    private static void Put(FacilityFolder folder, string name, byte[] content)
    {
        for (string? above = Path.GetDirectoryName(name); !string.IsNullOrEmpty(above); above = Path.GetDirectoryName(above))
        {
            if (File.Exists(Path.Combine(folder.Path, above)))
            {
                folder.Delete(above);
            }
        }

        if (Directory.Exists(Path.Combine(folder.Path, name)))
        {
            Directory.Delete(Path.Combine(folder.Path, name), recursive: true);
        }

        folder.Write(name, content);
    }

    private static void Remove(FacilityFolder folder, string name)
    {
        if (File.Exists(Path.Combine(folder.Path, name)))
        {
            folder.Delete(name);
        }
    }

    private static Dictionary<string, byte[]> OnDisk(FacilityFolder folder) => Directory
        .EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(folder.Path, path), File.ReadAllBytes, StringComparer.Ordinal);
}
