using Hutch.Federation.Copies;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Federation.Tests.Copies;

public sealed class ProgressStreamTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_zone_hears_each_second_how_far_a_large_file_is_and_nothing_counts_twice()
    {
        var time = new ManualTime();
        var ledger = new Ledger();
        var blob = new NamedBlob(BlobHash.Compute("large"u8), 3000);
        var reporter = new CopyProgressReporter(ledger, new DatasetId(Guid.NewGuid()), 1, blob.Size, time);
        await reporter.ReportAsync(isForced: true, Ct);
        await using var stream = new ProgressStream(new MemoryStream(new byte[3500]), reporter, blob.Size);

        for (int i = 0; i < 7; i++)
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            Assert.Equal(500, await stream.ReadAsync(new byte[500], Ct));
        }

        reporter.SubtractReceived(stream.Counted);
        reporter.AddReceived([blob]);
        await reporter.ReportAsync(isForced: true, Ct);

        Assert.Equal([(0, 0), (0, 1000), (0, 2000), (0, 3000), (1, 3000)], ledger.Told);
    }

    private sealed class Ledger : IZoneReports
    {
        public List<(long Files, long Bytes)> Told { get; } = [];

        public Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct)
        {
            Told.Add((progress.FilesDone, progress.BytesDone));
            return Task.FromResult<Result<Done>>(Done.Value);
        }

        public Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => throw new NotSupportedException();

        public Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) => throw new NotSupportedException();

        public Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => throw new NotSupportedException();

        public Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => throw new NotSupportedException();

        public Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) => throw new NotSupportedException();
    }
}
