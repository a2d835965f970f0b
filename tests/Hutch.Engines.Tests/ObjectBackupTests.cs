using System.Security.Cryptography;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Sites;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Engines.Tests;

/// <summary>The objects and the log of a site, copied as segments.</summary>
public sealed class ObjectBackupTests : IAsyncLifetime
{
    private readonly string _copies = Directory.CreateTempSubdirectory("hutch-copies-").FullName;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(3 << 20);
    private readonly byte[] _kept = RandomNumberGenerator.GetBytes(3 << 20);
    private TestSite _site = null!;
    private SiteDataset _purged = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Segments => Path.Combine(_copies, "segments");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Segments);
        _site = await TestSite.OpenAsync();
        _purged = await _site.CreateAsync("scan");
        await _site.PutAsync(_purged.Id, "secret", _secret);
        SiteDataset other = await _site.CreateAsync("other");
        await _site.PutAsync(other.Id, "kept", _kept);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_copies, recursive: true);
    }

    [Fact]
    public async Task The_next_backup_reuses_earlier_segments_and_adds_new_ones()
    {
        ObjectCopies first = (await CopyAsync(null, static _ => { })).Value;
        await _site.PutAsync(_purged.Id, "new", RandomNumberGenerator.GetBytes(1 << 20));

        ObjectCopies next = (await CopyAsync(first, static _ => { })).Value;
        CopiedSegment added = Assert.Single(next.Segments, segment => !segment.IsOpen && !NamesOf(first).Contains(segment.Name));

        Assert.Superset(NamesOf(first), NamesOf(next));
        Assert.InRange(added.Bytes, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task Purged_bytes_are_in_no_segment_of_the_next_backup()
    {
        ObjectCopies first = (await CopyAsync(null, static _ => { })).Value;
        await PurgeAsync();

        ObjectCopies next = (await CopyAsync(first, static _ => { })).Value;

        Assert.True(HasAny(first, _secret));
        Assert.False(HasAny(next, _secret));
        Assert.True(HasAny(next, _kept));
    }

    [Fact]
    public async Task A_purge_during_a_backup_moves_its_moment_and_tears_nothing()
    {
        bool isPurged = false;

        ObjectCopies copies = (await CopyAsync(null, _ =>
        {
            if (!isPurged)
            {
                isPurged = true;
                Task.Run(PurgeAsync, Ct).Wait(Ct);
            }
        })).Value;
        foreach (CopiedSegment open in copies.Segments.Where(static segment => segment.IsOpen))
        {
            File.Move(open.Path, Path.Combine(Segments, open.Name));
        }

        string[] names = [.. copies.Segments.Select(static segment => segment.Name)];
        Directory.GetFiles(Segments).Where(file => !names.Contains(Path.GetFileName(file))).ToList().ForEach(File.Delete);
        await using SiteServices restored = await SiteServices.OpenAsync(
            LocalDisk.Instance, _copies, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);
        StoredBytesReport read = await new StoredBytesCheck(restored.Records, restored.Heads.Tree, restored.Verifier).RunAsync(Ct);

        Assert.False(HasAny(copies, _secret));
        Assert.Equal((1, 1, 0), (read.Datasets, read.Files, read.Problems.Count));
    }

    private async Task<Result<ObjectCopies>> CopyAsync(ObjectCopies? earlier, Action<double> progress) =>
        await _site.Site.Files.Objects!.CopyAsync(
            new ObjectCopying(
                LocalDisk.Instance, Segments, Path.Combine(_copies, "open."), NamesOf(earlier),
                earlier is null ? null : new EarlierCopies(earlier.Until, NamesOf(earlier), IsWhole: true)),
            progress,
            Ct);

    private static HashSet<string> NamesOf(ObjectCopies? copies) =>
        [.. copies?.Segments.Where(static segment => !segment.IsOpen).Select(static segment => segment.Name) ?? []];

    private bool HasAny(ObjectCopies copies, byte[] content) => copies.Segments
        .Select(segment => File.Exists(segment.Path) ? segment.Path : Path.Combine(Segments, segment.Name))
        .Any(path => File.ReadAllBytes(path).AsSpan().IndexOf(content.AsSpan(1000, 64)) >= 0);

    private async Task PurgeAsync()
    {
        await _site.Site.Lifecycle.PurgeAsync(_purged.Id, "withdrawn consent", "anna", Ct);
        await _site.Site.Collector.CollectPurgedAsync(_purged, Ct);
    }
}
