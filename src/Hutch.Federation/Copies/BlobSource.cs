using System.IO.Pipelines;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Copies;
using Hutch.Site.Pushes;

namespace Hutch.Federation.Copies;

/// <summary>A site from which files of a copy come, one part after the other. Nothing is believed: each file must have its hash.</summary>
internal sealed class BlobSource(
    IHomePeer peer, CopyIntake intake, SiteSession session, SentBefore sent, CopyTeller teller, TimeProvider time)
{
    /// <summary>Less than this is not taken away from a source that has begun with it.</summary>
    private const long LeastRestBytes = 1 << 20;

    private readonly Lock _gate = new();
    private BlobPart? _part;
    private CancellationTokenSource? _stop;
    private long _since;
    private long _came;
    private long _all;
    private TimeSpan _busy;

    public IHomePeer Peer => peer;

    /// <summary>Bytes a second, also of what is under way; null before anything came for long enough to say.</summary>
    private double? Rate
    {
        get
        {
            lock (_gate)
            {
                TimeSpan busy = _busy + (_part is null ? TimeSpan.Zero : time.GetElapsedTime(_since));
                return busy < TimeSpan.FromSeconds(1) && _all == 0 ? null : (_all + _came) / Math.Max(busy.TotalSeconds, 1e-3);
            }
        }
    }

    /// <summary>Has the source give back what it has not brought, if another one that waits brings it at least twice as fast.</summary>
    public bool TryHurry(BlobSource idle)
    {
        if (idle.Rate is not { } fast || Rate is not { } slow || slow * 2 > fast)
        {
            return false;
        }

        lock (_gate)
        {
            if (_part is null || _stop is null || _part.Bytes - _came < LeastRestBytes)
            {
                return false;
            }

            _stop.Cancel();
            _stop = null;
            return true;
        }
    }

    /// <summary>
    /// Brings a part; a refusal says why it stopped. What of it is here stays here.
    /// </summary>
    public async Task<Result<Done>> BringAsync(BlobPart part, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate)
        {
            (_part, _stop, _since, _came) = (part, stop, time.GetTimestamp(), 0);
        }

        try
        {
            return await TryAsync(part, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return ErrorCode.Unavailable.With($"{peer.Name} is much slower than other sites, which bring the rest.");
        }
        catch (HutchException e)
        {
            return e.Error;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {peer.Name} broke: {e.Message.TrimEnd('.')}. It goes on later.");
        }
        finally
        {
            lock (_gate)
            {
                (_all, _busy) = (_all + _came, _busy + time.GetElapsedTime(_since));
                (_part, _stop) = (null, null);
            }
        }
    }

    private async Task<Result<Done>> TryAsync(BlobPart part, CancellationToken ct)
    {
        IReadOnlyList<(BlobHash Page, NamedBlob Blob)> blobs = part.Blobs;
        if (part.IsRest)
        {
            Result<HashSet<BlobHash>> lacking = await intake.FindLackingAsync(
                session, [.. blobs.Select(static one => one.Blob.Hash)], sent.HasBlob, ct);
            if (!lacking.IsOk)
            {
                return lacking.Error;
            }

            blobs = [.. blobs.Where(one => lacking.Value.Contains(one.Blob.Hash))];
        }

        return blobs.Count == 0 ? Done.Value
            : BlobTransfer.IsLarge(blobs[0].Blob) ? await FetchLargeAsync(part, blobs[0].Page, blobs[0].Blob, ct)
            : await FetchAsync(blobs, ct);
    }

    private async Task<Result<Done>> FetchAsync(IReadOnlyList<(BlobHash Page, NamedBlob Blob)> blobs, CancellationToken ct)
    {
        PageBlobs[] wanted = [.. blobs.GroupBy(static one => one.Page, static one => one.Blob.Hash).Select(
            static page => new PageBlobs(page.Key, [.. page]))];
        var expected = blobs.ToDictionary(static one => one.Blob.Hash, static one => one.Blob.Size);
        Result<Stream> opened = await peer.BlobsAsync(session.Dataset, wanted, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using var stream = new ToldStream(opened.Value, teller, expected.Values.Sum(), Note);
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        try
        {
            Result<Done> received = await intake.ReceiveAsync(session, body, expected, ct);
            return received.IsOk && expected.Count > 0
                ? ErrorCode.Unprocessable.With($"It did not send {expected.Keys.First()}, which its own tree names.")
                : received;
        }
        finally
        {
            await body.CompleteAsync();
            teller.Forget(stream.Counted);
        }
    }

    private async Task<Result<Done>> FetchLargeAsync(BlobPart part, BlobHash page, NamedBlob blob, CancellationToken ct)
    {
        Result<UploadState> reached = await intake.ReachedAsync(session, blob.Hash, ct);
        if (!reached.IsOk || reached.Value.Hash is not null)
        {
            return reached.IsOk ? Done.Value : reached.Error;
        }

        // Also when all bytes are here: nobody has compared them with the hash yet.
        long offset = reached.Value.Offset;
        Result<Stream> opened = await peer.PartAsync(session.Dataset, page, blob.Hash, offset, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        part.Senders.Add(peer.Key);
        if (offset > 0 && part.Senders.Count == 1)
        {
            part.Senders.Add(default); // Nobody knows any more who sent what is here.
        }

        teller.Note(offset);
        await using var stream = new ToldStream(opened.Value, teller, blob.Size - offset, Note);
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 256 << 10, leaveOpen: true));
        try
        {
            Result<UploadState> now = await intake.ReceiveLargeAsync(session, blob, offset, body, ct);
            return !now.IsOk ? now.Error
                : now.Value.Hash is not null ? Done.Value
                : ErrorCode.Unavailable.With(
                    $"{peer.Name} ended {blob.Hash} after {now.Value.Offset} of {blob.Size} bytes. It goes on later.");
        }
        finally
        {
            await body.CompleteAsync();
            teller.Forget(offset + stream.Counted);
        }
    }

    private void Note(long bytes)
    {
        lock (_gate)
        {
            _came += bytes;
        }
    }
}
