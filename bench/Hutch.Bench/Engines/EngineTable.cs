using System.Globalization;
using System.Security.Cryptography;
using Hutch.Bench.S3;

namespace Hutch.Bench.Engines;

/// <summary>The lines about requests: Hutch over both engines, and Ceph's gateway by itself, by turns.</summary>
internal sealed class EngineTable(BenchmarkContext context, SharedSite site, int rounds, TimeSpan limit)
{
    private readonly HashSet<(bool IsCeph, int Size)> _filled = [];

    /// <summary>Prints what the columns are.</summary>
    public void ReportHead() => context.Report(
        $"{"",-28} {"conn",4} {"",-6} {"ops/s",8} {"MB/s",7} {"p50 ms",8} {"p99 ms",8} {"own us",9} {"postgres",9} {"ceph us",9} {"driver",6}  hutch is");

    /// <summary>Sees to it that there is something to read.</summary>
    public void Fill(S3Target target, StoredObjects objects)
    {
        if (_filled.Add((target == site.Ceph, objects.Size)))
        {
            objects.Fill(target, RandomNumberGenerator.GetBytes(objects.Size));
        }
    }

    /// <summary>Measures one request at both and prints.</summary>
    /// <param name="what">How it is called.</param>
    /// <param name="hutch">The servers.</param>
    /// <param name="method">PUT or GET.</param>
    /// <param name="objects">What is written or read.</param>
    /// <param name="connections">Over how many connections.</param>
    /// <param name="aim">At least so many times the gateway's rate; null for no aim.</param>
    /// <param name="processorAim">At most so many times the gateway's processor time for a byte; null for no aim.</param>
    /// <param name="isShuffled">Whether they are asked for in no order, instead of in the one in which they were stored.</param>
    public void Run(
        string what, S3Target hutch, string method, StoredObjects objects, int connections, double? aim, double? processorAim = null,
        bool isShuffled = false)
    {
        byte[] body = RandomNumberGenerator.GetBytes(objects.Size);
        S3Target[] targets = context.IsAlone ? [hutch] : [hutch, site.Ceph];
        var taken = targets.ToDictionary(target => target, _ => new List<Taken>());
        foreach (S3Target target in targets)
        {
            Fill(target, objects);

            // Not counted: connections are made, and what is to be in a cache gets there.
            MeasureOnce(target, RequestsOf(target), body, connections);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (S3Target target in targets)
            {
                taken[target].Add(MeasureOnce(target, RequestsOf(target), body, connections));
            }
        }

        Taken ours = Middle(taken[hutch]);
        Report(what, connections, hutch, ours, "");
        if (!context.IsAlone)
        {
            Taken peer = Middle(taken[site.Ceph]);
            Report(what, connections, site.Ceph, peer, Compare(ours, peer, aim, processorAim));
        }

        LoadRequest[] RequestsOf(S3Target target)
        {
            LoadRequest[] requests = objects.Requests(target, method);
            if (isShuffled)
            {
                new Random(1).Shuffle(requests);
            }

            return requests;
        }
    }

    private static Taken Middle(List<Taken> rounds) => rounds.OrderBy(round => round.Load.Rate).ElementAt(rounds.Count / 2);

    private static string Compare(Taken ours, Taken peer, double? aim, double? processorAim)
    {
        string rate = Text($"{ours.Load.Rate / peer.Load.Rate:0.00} x") + (aim is { } least ? Text($", aim >= {least} x") : "");
        double processor = ours.Load.ServerCpu / ours.Load.Bytes / (peer.Load.ServerCpu / peer.Load.Bytes);
        return processorAim is { } most ? rate + Text($"; processor of a MiB {processor:0.00} x, aim <= {most} x") : rate;
    }

    private Taken MeasureOnce(S3Target target, LoadRequest[] requests, byte[] body, int connections)
    {
        (double postgres, double ceph) = (site.PostgresSeconds, site.Ceph.CpuSeconds());
        LoadResult load = LoadDriver.Run(target, requests, body, connections, limit);
        return new Taken(load, site.PostgresSeconds - postgres, site.Ceph.CpuSeconds() - ceph);
    }

    private void Report(string what, int connections, S3Target target, Taken taken, string comparison)
    {
        LoadResult load = taken.Load;
        double operations = Math.Max(load.Operations, 1);
        bool isCeph = target == site.Ceph;
        context.Report(Text(
            $"{what,-28} {connections,4} {target.Name,-6} {load.Rate,8:0.0} {load.Bytes / load.Seconds / 1e6,7:0} {load.At(50),8:0.00} {load.At(99),8:0.00} {load.ServerMicroseconds,9:0} {Other(taken.Postgres),9} {Other(taken.Ceph),9} {load.DriverShare,6:P0}  {comparison}"));

        string Other(double seconds) => isCeph ? "-" : Text($"{1e6 * seconds / operations:0}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Load">What the driver saw.</param>
    /// <param name="Postgres">Processor time of PostgreSQL meanwhile, seconds.</param>
    /// <param name="Ceph">That of Ceph.</param>
    private sealed record Taken(LoadResult Load, double Postgres, double Ceph);
}
