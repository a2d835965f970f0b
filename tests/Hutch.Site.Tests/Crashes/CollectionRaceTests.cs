using Hutch.Disk.Faults;

namespace Hutch.Site.Tests.Crashes;

/// <summary>The races of the collector of the embedded site: one server, whose segments are on a simulated disk.</summary>
public sealed class CollectionRaceTests : CollectionRaces
{
    private readonly string _root = CrashFolder.Make();
    private readonly FaultyDisk _disk = new(1);
    private SimulatedSite _site = null!;

    public override async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    internal override async Task<(SimulatedSite Collecting, SimulatedSite Other)> OpenAsync()
    {
        _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(1), Time);
        return (_site, _site);
    }

    internal override async Task<SimulatedSite> ReopenWithoutRecordsAsync()
    {
        await _site.DisposeAsync();
        foreach (string file in Directory.GetFiles(_root, "site.db*"))
        {
            File.Delete(file);
        }

        // The same disk, without the database.
        return _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(2), Time);
    }

    internal override Task SealEverythingAsync() => _site.Site.Segments.SealAsync(Ct);

    internal override Task DeleteCondemnedAsync() => Task.CompletedTask;
}
