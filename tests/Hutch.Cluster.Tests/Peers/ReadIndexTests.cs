using Hutch.Catalog.Postgres;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Write.Committing;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Reads that show whatever any server had acknowledged before they came.</summary>
public sealed class ReadIndexTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private ReadIndex ReadIndex => B.Site.Site.ReadIndex;

    private protected override PostgresDatabase PlaceOfB => Database.ThroughProxy;

    [Fact]
    public async Task What_one_server_acknowledged_is_shown_by_the_other_at_once()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        for (int i = 0; i < 50; i++)
        {
            Assert.True((await A.Site.PutAsync(dataset.Id, "f", $"{i}")).IsOk);

            await ReadIndex.AwaitAsync(Ct);

            Assert.Equal($"{i}", await B.TextAsync(dataset.Id, "f"));
        }
    }

    [Fact]
    public async Task Many_readers_share_questions_and_none_gets_the_answer_to_an_earlier_one()
    {
        SiteDataset dataset = await A.Site.CreateAsync("shared");
        int questions = 0;
        Database.Proxy.Decide = statement =>
        {
            if (statement.Contains("pg_is_in_recovery() FROM site_head", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref questions);
            }

            return Cut.None;
        };
        for (int i = 0; i < 20; i++)
        {
            Task[] before = [.. Enumerable.Range(0, 20).Select(_ => ReadIndex.AwaitAsync(Ct).AsTask())];
            Assert.True((await A.Site.PutAsync(dataset.Id, "f", $"{i}")).IsOk);
            await ReadIndex.AwaitAsync(Ct);
            Assert.Equal($"{i}", await B.TextAsync(dataset.Id, "f"));
            await Task.WhenAll(before);
        }

        Assert.InRange(questions, 20, 20 * 4);
    }

    [Fact]
    public async Task Without_PostgreSQL_a_request_for_a_current_view_is_refused()
    {
        Database.Proxy.Decide = static _ => Cut.Before;

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReadIndex.AwaitAsync(Ct).AsTask());

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Contains("cannot be reached", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("may be out of date", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_went_back_in_time_is_noticed_by_readers()
    {
        await A.Site.CreateAsync("shared");
        await ReadIndex.AwaitAsync(Ct);
        Database.Run("UPDATE site_head SET last_row = last_row - 1, last_sequence = last_sequence - 1");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReadIndex.AwaitAsync(Ct).AsTask());
        Assert.Contains("went back in time", refused.Error.Message, StringComparison.Ordinal);
    }
}
