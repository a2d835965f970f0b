using System.Net;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>One client that changes files under a prefix of a dataset, and knows what it was told about each.</summary>
internal abstract class Writer(DatasetId dataset, string prefix, int seed)
{
    private const int ListPage = 1000;
    private const int OldFilesToRead = 20;

    protected Random Random { get; } = new(seed);

    protected DatasetId Dataset { get; } = dataset;

    protected string Prefix { get; } = prefix;

    public Ledger Ledger { get; } = new();

    public long Bytes { get; protected set; }

    /// <summary>Changes files until the server does not answer any more. Throws when a living server answers something else than yes.</summary>
    public async Task RunAsync(HutchClient client, CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                await ChangeAsync(client, ct);
            }
        }
        catch (Exception e) when (IsNoAnswer(e) || (e is OperationCanceledException && ct.IsCancellationRequested))
        {
            // The ledger has the change as sent and not answered.
        }
    }

    /// <summary>Compares names, hashes and bytes with the ledger; returns every difference.</summary>
    public async Task<List<string>> CheckAsync(HutchClient client, bool everything, CancellationToken ct)
    {
        List<string> differences = [.. Ledger.Compare(await ListAsync(client, ct))];
        foreach ((string path, BlobHash hash) in Ledger.TakeForReading(Random, everything ? int.MaxValue : OldFilesToRead))
        {
            BlobHash read = await ReadAsync(client, path, ct);
            if (read != hash)
            {
                differences.Add($"{path}: its bytes hash to {read}, not {hash}");
            }
        }

        return differences;
    }

    /// <summary>Sends one change, and tells the ledger before and after.</summary>
    protected abstract Task ChangeAsync(HutchClient client, CancellationToken ct);

    /// <summary>A new path, or one that is there already.</summary>
    protected string DrawPath() =>
        Ledger.Paths.Count > 0 && Random.Next(4) == 0
            ? DrawKnownPath()
            : $"{Prefix}{Random.Next(20):x}/{(char)('α' + Random.Next(20))} {Random.Next(1_000_000)}.bin";

    protected string DrawKnownPath() => Ledger.Paths.ElementAt(Random.Next(Ledger.Paths.Count));

    private static bool IsNoAnswer(Exception e) =>
        e is ServerUnreachableException or BadAnswerException or HttpRequestException or IOException
        || (e is HutchException refused && refused.Error.Code.Status == (int)HttpStatusCode.ServiceUnavailable);

    private async Task<Dictionary<string, BlobHash>> ListAsync(HutchClient client, CancellationToken ct)
    {
        Dictionary<string, BlobHash> found = new(StringComparer.Ordinal);
        string? after = null;
        do
        {
            TreeListing page = await client.ListTreeAsync(Dataset, null, Prefix, null, after, ListPage, ct: ct);
            foreach (EntryInfo entry in page.Items)
            {
                found[entry.Path] = entry.Hash ?? default;
            }

            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    private async Task<BlobHash> ReadAsync(HutchClient client, string path, CancellationToken ct)
    {
        using HttpResponseMessage answer = await client.OpenEntryAsync(Dataset, null, path, 0, ct);
        await using Stream body = await answer.Content.ReadAsStreamAsync(ct);
        return new BlobHash(await SHA256.HashDataAsync(body, ct));
    }
}
