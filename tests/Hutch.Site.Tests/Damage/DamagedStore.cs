using System.IO.Pipelines;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Hutch.Testing.Clocks;
using Hutch.Testing.Damage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Site.Tests.Damage;

/// <summary>A small store of many segments that was filled once, and what is known of it: the copies of it are damaged.</summary>
internal sealed class DamagedStore
{
    private const int RootSeed = 20261120;

    private readonly Dictionary<BlobHash, List<(string File, long From, long To)>> _members = [];

    private DamagedStore(string folder, bool isSealed) => (Folder, IsSealed) = (folder, isSealed);

    public string Folder { get; }

    /// <summary>Whether it was stopped in order, so that each segment is sealed.</summary>
    public bool IsSealed { get; }

    public static SiteOptions Options { get; } = new()
    {
        Blobs = new BlobOptions { ExtentBytes = 1 << 20 },
        Segments = new SegmentOptions { ReserveBytes = 1 << 20, ZeroAheadBytes = 64 << 10, ReserveAheadBytes = 64 << 10 },
    };

    /// <summary>All contents that a path of the head ever had, the last one first; by dataset and path.</summary>
    public Dictionary<string, List<byte[]>> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths of the head and their hashes.</summary>
    public Dictionary<string, BlobHash> Hashes { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of members that are no file's: pages and what checkpoints are made of.</summary>
    public List<(string File, long From, long To)> Shared { get; } = [];

    /// <summary>Where the groups of each segment end.</summary>
    public Dictionary<string, long> GroupsEnd { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, DatasetId> Datasets { get; } = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<SiteServices> OpenAsync(string folder, TimeProvider time, SiteOptions? options = null) =>
        SiteServices.OpenAsync(LocalDisk.Instance, folder, options ?? Options, time, NullLoggerFactory.Instance, Ct);

    public static async Task<DamagedStore> MakeAsync(string folder, bool isSealed)
    {
        var store = new DamagedStore(folder, isSealed);
        SiteServices site = await OpenAsync(folder, new ShiftedTime());
        await store.FillAsync(site);
        if (isSealed)
        {
            await site.SealAsync(Ct);
        }

        await store.LearnAsync(site);
        await site.DisposeAsync();
        return store;
    }

    /// <summary>Whether any byte of a file's content was hit.</summary>
    public bool IsHit(string path, DamageSeed damage) => _members[Hashes[path]].Exists(member => damage.Hits(member.File, member.From, member.To));

    /// <summary>Whether any byte of a file's content lies in a file of the folder that was hit.</summary>
    public bool LiesIn(string path, DamageSeed damage) => _members[Hashes[path]].Exists(member => member.File == damage.File);

    private async Task FillAsync(SiteServices site)
    {
        var random = new Random(RootSeed);
        foreach (string slug in new[] { "one", "two" })
        {
            SiteDataset dataset = (await site.Lifecycle.CreateAsync(
                new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", Parents = [] }, Ct)).Value;
            Datasets.Add(slug, dataset.Id);
        }

        for (int round = 0; round < 6; round++)
        {
            foreach (string slug in Datasets.Keys)
            {
                for (int i = 0; i < 8; i++)
                {
                    await PutAsync(site, slug, $"run {round / 2}/file {i}", random, random.Next(1, i == 7 ? 20_000 : 3000));
                }
            }

            await PutAsync(site, "one", $"large {round}", random, (1 << 20) + random.Next(1 << 20));
            if (round is 1 or 4)
            {
                await site.HeadCompactor.CompactAsync(Datasets["one"], new CompactionRequest(SnapshotReason.Manual, "anna", null), Ct);
            }

            if (round == 2)
            {
                await site.Collector.CollectAsync(Ct);
            }

            if (round < 5)
            {
                await site.Segments.SealAsync(Ct);
            }
        }
    }

    private async Task PutAsync(SiteServices site, string slug, string path, Random random, int length)
    {
        var content = new byte[length];
        random.NextBytes(content);
        using ReceivedBlob blob = (await site.Intake.ReceiveAsync(
            PipeReader.Create(new MemoryStream(content)), length, (await site.Lanes.ForWritingAsync(Datasets[slug], Ct)).Value, Ct)).Value;
        Result<bool> put = await site.Entries.PutAsync(
            Datasets[slug], DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, Ct);
        Assert.True(put.IsOk, $"{path}: {put.Error?.Message}");
        string full = $"{slug}/{path}";
        if (!Files.TryGetValue(full, out List<byte[]>? contents))
        {
            Files.Add(full, contents = []);
        }

        contents.Insert(0, content);
        Hashes[full] = blob.Hash;
    }

    private async Task LearnAsync(SiteServices site)
    {
        HashSet<BlobHash> contents = [.. Hashes.Values];
        foreach (BlobHash hash in contents)
        {
            LargeBlobExtents(site, hash, await site.Records.ReadAsync(queries => queries.LargeBlob(hash), Ct));
        }

        foreach (SegmentInfo segment in site.Segments.Segments)
        {
            string file = Path.GetRelativePath(Folder, segment.Path);
            GroupsEnd[file] = segment.UsedBytes;
            await foreach (MemberInfo member in site.Segments.EnumerateMembersAsync(segment.Number, Ct))
            {
                if (member.Key.Kind == MemberKind.Blob && !contents.Contains(member.Key.Hash))
                {
                    Shared.Add((file, member.Location.Offset, member.Location.Offset + member.Location.Length));
                }
            }
        }
    }

    private void LargeBlobExtents(SiteServices site, BlobHash hash, Catalog.Site.LargeBlob? large)
    {
        IEnumerable<MemberKey> keys = large is null ? [MemberKey.Blob(hash)] : large.Extents.Select(extent => ExtentKeys.From(large.Upload, extent));
        var places = new List<(string, long, long)>();
        foreach (MemberKey key in keys)
        {
            Assert.True(site.Segments.TryLocate(key, out MemberLocation location));
            string path = site.Segments.Segments.Single(segment => segment.Number == location.Segment).Path;
            places.Add((Path.GetRelativePath(Folder, path), location.Offset, location.Offset + location.Length));
        }

        _members[hash] = places;
    }
}
