using Hutch.Disk.Faults;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Tests.Crashes;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>The log in segments.</summary>
public sealed class SegmentLogTests : SiteLogConformance, IAsyncLifetime
{
    private readonly FaultyDisk _disk = new(1);
    private SegmentStore _segments = null!;
    private SegmentLog _log = null!;
    private SegmentBytes _bytes = null!;

    internal override ISiteLog Log => _log;

    protected override bool IsShared => false;

    internal override ISiteBytes Bytes => _bytes;

    public async ValueTask InitializeAsync()
    {
        var time = new StandingTime();
        (_segments, _) = await SegmentStore.OpenAsync(_disk, "/segments", SimulatedSite.Options(1).Segments, time, Ct);
        _log = new SegmentLog(_segments, null, time);
        _bytes = new SegmentBytes(_segments, null);
    }

    public ValueTask DisposeAsync() => _segments.DisposeAsync();

    protected override void LoseTheNextAppend() =>
        _disk.FailWith = static call => call.Operation == DiskOperation.Sync ? new IOException("The sync failed.") : null;

    protected override void FillUp() => _disk.CapacityBytes = _disk.TakenBytes;

    protected override void Mend()
    {
        _disk.FailWith = null;
        _disk.CapacityBytes = long.MaxValue;
    }
}
