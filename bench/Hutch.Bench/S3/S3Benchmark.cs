using System.Globalization;
using System.Security.Cryptography;
using Hutch.Bench.Disks;
using Hutch.Peers;

namespace Hutch.Bench.S3;

/// <summary>The S3 door beside Ceph's gateway, nginx as the ceiling of reading, and a server that does nothing as the limit of the driver.</summary>
internal sealed class S3Benchmark : IBenchmark
{
    private const string Put = "PUT", Get = "GET", Range = "RANGE", Head = "HEAD", List = "LIST", Delete = "DELETE", Mixed = "MIXED", Parts = "PARTS", ReadBack = "READBACK";
    private const int ListedKeys = 1000;
    private const int Quarter = 4, Eighth = 8;
    private const int Rounds = 3;
    private const int MaxWarmBytes = 8 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>What is done with objects of one size, and how many of them there are.</summary>
    private static readonly Row[] Full =
    [
        new(4 << 10, 2000, [1, 16, 64], [Put, Get, Range, Head, List, Delete, Mixed]),
        new(64 << 10, 1000, [1, 16, 64], [Put, Get, Range, Mixed, ReadBack]),
        new(1 << 20, 128, [1, 16, 64], [Put, Get, Range, ReadBack]),
        new(8 << 20, 32, [1, 16, 64], [Put, Get, Range, ReadBack]),
        new(256 << 20, 2, [1, 2], [Put, Get]),
    ];

    private static readonly Row[] Quick =
    [
        new(4 << 10, 2000, [1, 16], [Put, Get]),
        new(64 << 10, 1000, [1, 16], [Put, Get]),
        new(1 << 20, 128, [1, 16], [Put, Get]),
    ];

    private static readonly int[] MultipartSizes = [64 << 20, 256 << 20];

    private readonly HashSet<(S3Target Target, int Size)> _filled = [];

    public string Name => "s3";

    public string Description =>
        "S3 requests (PUT is durable) over 1 to 64 connections, medians of rounds by turns; beside Ceph's gateway (bluestore, tcp_nodelay), nginx with "
        + "the same bytes, and a server that does nothing. Aims: PUT 4 KiB >= 10 x ceph, 64 KiB >= 6 x, from 1 MiB 4 x; GET 4 KiB >= 15 x ceph "
        + "and 0.8 x nginx, 64 KiB to 8 MiB 6 x and 0.7 x";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        (HutchDoor door, S3Target hutch) = await HutchDoor.StartAsync(context.Folder, cancellationToken);
        await using HutchDoor closing = door;
        (PeerProcess responder, S3Target nothing) = await Responder.StartAsync(cancellationToken);
        await using PeerProcess closingResponder = responder;
        (PeerProcess Process, S3Target Target)? ceph = context.IsAlone ? null : await CephGateway.StartAsync(context, cancellationToken);
        await using PeerProcess? closingCeph = ceph?.Process;
        (PeerProcess Process, S3Target Target, string Root)? nginx =
            context.IsAlone ? null : await NginxFiles.StartAsync(context, cancellationToken);
        await using PeerProcess? closingNginx = nginx?.Process;

        S3Target[] stores = ceph is { } gateway ? [hutch, gateway.Target] : [hutch];
        S3Target[] readable = nginx is { } files ? [.. stores, files.Target, nothing] : [.. stores, nothing];
        DiskKind.Report(context);
        Ceiling.Report(context);
        Row[] rows = [.. (context.IsQuick ? Quick : Full).Where(row => Cells(context, row).Any())];
        Prepare(stores, nothing, rows);
        context.Report($"{"operation",-9} {"size",8} {"conn",4}  {"server",-7} {"ops/s",8} {"MB/s",7} {"p50 ms",8} {"p99 ms",8} {"p99.9",8} {"cpu us",8} {"driver",6}  hutch is");
        foreach (Row row in rows)
        {
            byte[] body = RandomNumberGenerator.GetBytes(row.Size);
            WriteFiles(nginx?.Root, row, body);
            foreach ((string operation, int connections) in Cells(context, row))
            {
                S3Target[] targets = operation is Get or Range or Head ? readable : operation == Put ? [.. stores, nothing] : stores;
                RunCell(context, targets, operation, row, connections, body, context.IsQuick ? 1 : Rounds);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        if (!context.IsQuick)
        {
            RunMultipart(context, stores);
        }
    }

    private static IEnumerable<(string Operation, int Connections)> Cells(BenchmarkContext context, Row row) =>
        from connections in row.Connections
        from operation in row.Operations
        where context.Cells.Has(operation, row.Size, connections)
        select (operation, connections);

    /// <summary>Makes the bucket, and lets every program get warm with bodies of each size but the largest.</summary>
    private static void Prepare(S3Target[] stores, S3Target nothing, Row[] rows)
    {
        foreach (S3Target target in (S3Target[])[nothing, .. stores])
        {
            target.CreateBucket();
            foreach (int size in rows.Select(row => row.Size).Where(size => size <= MaxWarmBytes))
            {
                StoredObjects.Warm(target, size);
            }
        }
    }

    private static void WriteFiles(string? root, Row row, byte[] body)
    {
        for (int i = 0; root is not null && i < row.Count; i++)
        {
            File.WriteAllBytes(root + row.Objects.PathOf(i), body);
        }
    }

    private void RunCell(BenchmarkContext context, S3Target[] targets, string operation, Row row, int connections, byte[] body, int rounds)
    {
        var results = targets.ToDictionary(target => target, _ => new List<LoadResult>());
        DiskUse? ours = null;
        for (int round = 0; round < rounds; round++)
        {
            // By turns, so that all meet the same moods of the machine.
            foreach (S3Target target in targets)
            {
                Fill(target, operation, row, body);
                Func<DiskUse> used = DiskUse.Watch(context.Folder);
                results[target].Add(LoadDriver.Run(
                    target, Requests(target, operation, row, connections), body, connections, operation == Delete ? null : Limit));
                ours = target == targets[0] ? used() : ours;
            }
        }

        Report(context, $"{operation,-9} {row.Size >> 10,5} KiB {connections,4}", results);
        if (operation == Put)
        {
            context.Report($"{"",-9} {"",9} {"",4}  hutch   {ours}");
        }
    }

    private static void RunMultipart(BenchmarkContext context, S3Target[] stores)
    {
        foreach (int size in MultipartSizes)
        {
            byte[] body = RandomNumberGenerator.GetBytes(size);
            foreach (int connections in ((int[])[1, 8]).Where(n => context.Cells.Has(Parts, size, n)))
            {
                var results = stores.ToDictionary(target => target, _ => new List<LoadResult>());
                for (int round = 0; round < Rounds; round++)
                {
                    foreach (S3Target target in stores)
                    {
                        results[target].Add(MultipartLoad.Run(target, body, connections, Limit));
                    }
                }

                Report(context, $"{(connections == 1 ? Parts : Parts + " any"),-9} {size >> 10,5} KiB {connections,4}", results);
            }
        }
    }

    /// <summary>Everything that is read or deleted is there, whatever the cell before reached.</summary>
    private void Fill(S3Target target, string operation, Row row, byte[] body)
    {
        bool mustBeThere = target.Key is not null && operation is not (Put or ReadBack);
        if (mustBeThere && _filled.Add((target, row.Size)))
        {
            row.Objects.Fill(target, body);
        }

        if (operation == Delete)
        {
            _filled.Remove((target, row.Size));
        }
    }

    private static void Report(BenchmarkContext context, string cell, Dictionary<S3Target, List<LoadResult>> results)
    {
        double? ours = null;
        foreach ((S3Target target, List<LoadResult> rounds) in results)
        {
            LoadResult result = rounds.OrderBy(round => round.Rate).ElementAt(rounds.Count / 2);
            string ratio = ours is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate / result.Rate:0.00} x") : "";
            ours ??= result.Rate;
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{cell}  {target.Name,-7} {result.Rate,8:0} {result.Bytes / result.Seconds / 1e6,7:0} {result.At(50),8:0.00} {result.At(99),8:0.00} {result.At(99.9),8:0.00} {result.ServerMicroseconds,8:0} {result.DriverShare,6:P0}  {ratio}"));
        }
    }

    private static LoadRequest[] Requests(S3Target target, string operation, Row row, int connections) => operation switch
    {
        Range => [.. Enumerable.Range(0, row.Count).Select(i => new LoadRequest(
            RequestBook.Head(target, "GET", row.Objects.PathOf(i), [], range: $"bytes={row.Size / Quarter}-{(row.Size / Quarter) + (row.Size / Eighth) - 1}"), false, true))],
        List => [new LoadRequest(
            RequestBook.Head(target, "GET", "/" + S3Target.Bucket, [new("list-type", "2"), new("max-keys", $"{ListedKeys}"), new("prefix", $"{row.Size}-")]), false, true)],
        Mixed => [.. Enumerable.Range(0, row.Count).Select(i => (i % 10) switch
        {
            < 3 => row.Objects.Upload(target, i),
            3 => row.Objects.Plain(target, Head, i),
            _ => row.Objects.Plain(target, Get, i),
        })],
        ReadBack => [.. Enumerable.Range(0, Math.Max(row.Count, connections) * 2 / connections * connections).Select(i => OwnTurn(target, row, i, connections))],
        _ => row.Objects.Requests(target, operation),
    };

    /// <summary>Each connection writes an object and reads it at once.</summary>
    private static LoadRequest OwnTurn(S3Target target, Row row, int i, int connections)
    {
        int turn = i / connections;
        int own = (turn / 2 * connections) + (i % connections);
        return turn % 2 == 0 ? row.Objects.Upload(target, own) : row.Objects.Plain(target, Get, own);
    }

    private sealed record Row(int Size, int Count, int[] Connections, string[] Operations)
    {
        public StoredObjects Objects { get; } = new(Size, Count);
    }
}
