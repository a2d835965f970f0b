using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Reading;

public sealed class ReadRecordsTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_dataset_that_is_only_read_the_records_are_kept_and_not_the_document_they_came_in()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-reading-").FullName;
        await using (SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, SiteOptions.ForReading(new Nowhere()), TimeProvider.System, NullLoggerFactory.Instance, Ct))
        {
            CheckedHistory came = (await new HistorySource(honest.Home, honest.Order).RequestAsync(null, Ct)).Value!;
            SiteSession session = (await site.Copies.BeginAsync(honest.Order.Dataset, Ct)).Value;
            SiteDataset dataset = (await site.Copies.CompleteAsync(
                session, came.History, new CopyTerms(honest.Order.Dataset, "admin", "scan", honest.Home.Key, came.Epoch), null, Ct)).Value;

            Assert.Equal(came.History.Hash, dataset.Copy?.History);
            Assert.False(site.Blobs.IsStoredForGood(MemberKey.Blob(came.History.Hash)));
        }

        Directory.Delete(folder, recursive: true);
    }

    private sealed class Nowhere : IBlobOrigin
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash page, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<IExternalBlob?> FindAsync(BlobHash blob, CancellationToken ct) => new((IExternalBlob?)null);

        public IExternalBlob FindUnhashed(DatasetPath path, Entry entry) => throw new NotSupportedException();
    }
}
