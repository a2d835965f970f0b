using System.Globalization;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Federation.Keys;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>A real database of a zone or a site, in a folder that goes with it.</summary>
internal sealed class ZoneFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-simulation-").FullName;
    private readonly TimeProvider _time;
    private int _changes;

    public ZoneFolder(TimeProvider time)
    {
        _time = time;
        Zone = Open();
        Keys = new SiteKeyStore(LocalDisk.Instance, _folder, new SiteRegistry(Zone, "us-east-1", time), "zone");
    }

    /// <summary>Its key.</summary>
    public SiteKeyStore Keys { get; }

    public ZoneDatabase Zone { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The tables as text: all that is there, or what a site may see of it.</summary>
    public ValueTask<string> DumpAsync(string? siteId = null) => Zone.ReadAsync(
        tables => string.Join('\n', tables.Feed.Since(null, int.MaxValue).Items
            .Select(item => siteId is null ? item : FeedFilter.Admit(tables.Sites.Find(siteId)!, ServingBounds.From(tables), item))
            .OfType<FeedItem>().Where(static item => item.Row is not null)
            .Select(item => $"{item.Table} {item.Key} {string.Join('|', item.Row!)}")
            .Order(StringComparer.Ordinal)),
        Ct);

    /// <summary>Changes something, with a line in the audit that is like no other: a position of the feed is known by it.</summary>
    public async Task<T> ChangeAsync<T>(Func<ZoneChange, T> work) => (await Zone.ChangeAsync<T>(
        AuditActor.Server,
        change =>
        {
            T value = work(change);
            change.AddAudit("simulated", null, (_changes++).ToString(CultureInfo.InvariantCulture));
            return value;
        },
        Ct)).Value;

    /// <summary>Stops and starts on the same file.</summary>
    public async Task RestartAsync()
    {
        await Zone.DisposeAsync();
        Zone = Open();
    }

    /// <summary>Copies the file as it is now.</summary>
    public async Task<string> CopyAsync()
    {
        string copy = Path.Combine(_folder, $"copy-{Guid.NewGuid():N}");
        await Zone.CopyToAsync(LocalDisk.Instance, copy, Ct);
        return copy;
    }

    /// <summary>Puts a copy in the place of the file.</summary>
    public async Task ReplaceAsync(string copy)
    {
        await Zone.DisposeAsync();
        foreach (string file in Directory.EnumerateFiles(_folder, ZoneDatabase.FileName + "*"))
        {
            File.Delete(file);
        }

        File.Copy(copy, Path.Combine(_folder, ZoneDatabase.FileName));
        Zone = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Zone.DisposeAsync();
        Keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ZoneDatabase Open() => ZoneDatabase.Open(
        LocalDisk.Instance, _folder, _time, new ZoneCopies(LocalDisk.Instance, _folder, new ZoneCopyOptions(), _time), SqliteOptions.View);
}
