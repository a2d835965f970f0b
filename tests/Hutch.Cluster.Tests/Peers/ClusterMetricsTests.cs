using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hutch.Cluster.Tests.Support;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Platform.Leases;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What a server of several measures of itself.</summary>
public sealed class ClusterMetricsTests(PostgresServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_objects_cache_and_what_waits_to_be_packed_are_measured()
    {
        var seen = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name.StartsWith("Hutch.Cluster.", StringComparison.Ordinal))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        await using TestDatabase database = await TestDatabase.CreateAsync(server, Ct);
        await using TestServer one = await TestServer.OpenAsync(database.Place, new MemoryObjectStore());
        SiteDataset dataset = await one.Site.CreateAsync("measured");
        Assert.True((await one.Site.PutAsync(dataset.Id, "f", new string('x', 5000))).IsOk);
        Assert.NotNull(await one.Site.ReadAsync(dataset.Id, "f"));

        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct))
        {
            await using IJobLease lease = await one.TakeAsync("packing");
            Task packing = one.Engine.Objects.PackAsync(one.Engine.PacksOf(lease), enough.Token);
            while (!seen.TryGetValue("hutch.cluster.unpacked.rows", out double rows) || rows == 0)
            {
                listener.RecordObservableInstruments();
                await Task.Delay(10, Ct);
            }

            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => packing);
        }

        Assert.True(seen["hutch.cluster.turn.seconds"] > 0);
        Assert.True(seen["hutch.cluster.commit.seconds"] > 0);
        Assert.True(seen["hutch.cluster.object.requests ok put"] > 0);
        Assert.True(seen["hutch.cluster.object.seconds put"] > 0);
        Assert.True(seen["hutch.cluster.cache.reads hit"] > 0);
        Assert.True(seen["hutch.cluster.unpacked.bytes"] >= 5000);
        Assert.True(seen.ContainsKey("hutch.cluster.lag.records"));

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string[] words = [instrument.Name, .. tags.ToArray().Select(static tag => $"{tag.Value}").Order(StringComparer.Ordinal)];
            seen.AddOrUpdate(string.Join(' ', words), value, (_, known) => instrument.IsObservable ? Math.Max(known, value) : known + value);
        }
    }
}
