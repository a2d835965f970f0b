using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Feeding;

/// <summary>
/// The addresses by which services of others open frames. Each is for one frame and one message, and ends after a minute, with its run, or
/// when the user of the run may no longer read the input.
/// </summary>
/// <remarks>
/// Thread-safe. An address is a secret: nothing logs it, and its secret part is in the query, which no log has. It is signed with a key
/// that ends with the process, as the leases behind the addresses do: after a restart the frames get new ones.
/// </remarks>
public sealed class FrameAddresses(
    RunServices runs, BlobStore blobs, RunDispatcher dispatcher, IRunPermission permission, TimeProvider time)
{
    /// <summary>The path of addresses.</summary>
    private const string Path = "api/v1/frames";

    /// <summary>The part of the query with the signature.</summary>
    public const string SignaturePart = "signature";

    /// <summary>The life of an address.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>The most addresses at one time.</summary>
    private const int MaxAddresses = 20_000;

    /// <summary>The refusal of everything that is no address.</summary>
    public static readonly HutchError Nothing = ErrorCode.NotFound.With(
        "This address opens no frame: it was for one frame and one minute, or its run is over.");

    private static readonly HutchError Elsewhere = (ErrorCode.Unavailable with
    {
        Advice = "Ask again: a proxy that asks the next server after a 503 finds it.",
    }).With("Another server of this site hands out frames, or this one begins to in a moment.");

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<Guid, FrameDelivery> _deliveries = new();

    internal bool IsFull => _deliveries.Count >= MaxAddresses;

    /// <summary>Opens the frame of an address; the same refusal for all that open nothing.</summary>
    public async Task<Result<FrameReading>> OpenAsync(Guid id, string signature, CancellationToken ct)
    {
        if (!dispatcher.IsAtWork)
        {
            return Elsewhere;
        }

        if (!_deliveries.TryGetValue(id, out FrameDelivery? delivery)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(delivery)), Encoding.UTF8.GetBytes(signature))
            || delivery.Expires <= time.GetUtcNow()
            || await runs.Registry.FindActiveAsync(delivery.Lease.Run, ct) is not { } run
            || !(await permission.CheckAsync(run, ct)).IsOk
            || !(await runs.Inputs.DatasetAsync(run.Input.Dataset, ct)).Then(DatasetState.RequirePresent).IsOk)
        {
            return Nothing;
        }

        Entry entry = delivery.Frame.Entry;
        return await blobs.FindAsync(run.Input.Dataset, entry.Hash, ct) is { } content
            ? new FrameReading(content, entry.ContentType, () => CompleteAsync(delivery))
            : ErrorCode.Gone.With("The frame is no longer stored.");
    }

    internal FrameDelivery Add(FrameLease lease, WorkerName worker) =>
        _deliveries.GetOrAdd(lease.Id, _ => new FrameDelivery(lease, worker, time.GetUtcNow() + Life));

    internal void Remove(FrameDelivery delivery) => _deliveries.TryRemove(delivery.Lease.Id, out _);

    /// <summary>Returns the address of a delivery, below the root of the REST interface.</summary>
    internal string PathOf(FrameDelivery delivery) =>
        $"{Path}/{delivery.Lease.Id:N}?{SignaturePart}={Sign(delivery)}";

    /// <summary>Gives the row of a frame that was read. Its lease may have ended meanwhile: then the frame is sent again.</summary>
    private async ValueTask CompleteAsync(FrameDelivery delivery)
    {
        if (!delivery.Open())
        {
            return;
        }

        JsonElement row = JsonElement.Parse(string.Create(
            CultureInfo.InvariantCulture, $"{{\"file-number\":{delivery.Frame.Number},\"attempt\":{delivery.Lease.Attempt}}}"));

        // Not cancelled: the service has the frame.
        _ = await dispatcher.GiveAsync(
            delivery.Lease.Id, delivery.Worker, [new FrameResult(delivery.Frame.Number, row)], durable: false, CancellationToken.None);
    }

    private string Sign(FrameDelivery delivery)
    {
        string signed = string.Create(
            CultureInfo.InvariantCulture,
            $"frame {delivery.Lease.Run:N} {delivery.Lease.Id:N} {delivery.Lease.Attempt} {delivery.Frame.Number} "
            + $"{delivery.Frame.Entry.Hash} {delivery.Expires.UtcTicks}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(signed)));
    }
}
