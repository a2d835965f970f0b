using System.Buffers;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Receives many blobs for one push. Small blobs are gathered, so that hundreds share one sync. Several batches are on their way to the
/// disk while the next is filled. Each blob is verified while it is in the cache.
/// </summary>
/// <remarks>For one thread. After <see cref="CompleteAsync"/>, added blobs are durable and the push may name them.</remarks>
public sealed class BlobReceiver(PushSessions pushes, BlobIntake intake, PayloadPool pool, Guid session, Lane lane) : IAsyncDisposable
{
    private const int SlabBytes = 2 << 20;
    private const int MaxMembers = 256;
    private const int MaxInFlight = 4;

    private readonly Queue<Task<Result<Done>>> _inFlight = new();
    private List<StagedMember> _members = [];
    private PayloadBuffer? _slab;
    private int _used;
    private int _filled;
    private SpilledBlob? _partial;
    private Func<Task>? _giveBack;
    private HutchError? _refusal;

    /// <summary>Blobs of at most this size, bytes, go to <see cref="FillAsync"/>; larger ones go to <see cref="AddLargeAsync"/>.</summary>
    public static int MaxSmallBytes => BlobOptions.MaxSmallBytes;

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Takes the next blob from a body; what follows it there stays.</summary>
    public async Task<Result<Done>> ReceiveAsync(BlobHash announced, long size, PipeReader body, CancellationToken ct)
    {
        if (size > MaxSmallBytes)
        {
            return await AddLargeAsync(announced, size, new SlicedBody(body, size), ct);
        }

        int came = await FillAsync(body, (int)size, ct);
        return came == size
            ? Add(announced, (int)size)
            : await AddRestAsync(announced, (int)size, new SlicedBody(body, size - came), ct);
    }

    /// <summary>
    /// Takes the next small blob from a body into memory. Returns how many of its bytes: fewer than all when the body is slow and others
    /// needed the memory; then the rest goes to <see cref="AddRestAsync"/>.
    /// </summary>
    public async ValueTask<int> FillAsync(PipeReader body, int size, CancellationToken ct)
    {
        await FlushAsync(size, ct);
        _filled = 0;
        while (_filled < size)
        {
            ReadResult read = await WaitAsync(body.ReadAsync(ct));
            if (_partial is not null)
            {
                body.AdvanceTo(read.Buffer.Start);
                return _filled;
            }

            // It may have been given back before a byte of this blob had come.
            await FlushAsync(size, ct);
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, size - _filled));
            part.CopyTo(_slab!.Memory.Span[(_used + _filled)..]);
            _filled += (int)part.Length;
            body.AdvanceTo(part.End);
            if (read.IsCompleted && part.Length == read.Buffer.Length && _filled < size)
            {
                throw CutShort();
            }
        }

        return size;
    }

    /// <summary>Waits for the network. During this time it sends the gathered blobs on if others need the memory.</summary>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> network) =>
        _slab is null || network.IsCompleted ? network : _slab.WaitAsync(network, _giveBack ??= ReturnAsync);

    /// <summary>The error for a stream that ends too early.</summary>
    public static HutchException CutShort() => ErrorCode.BadRequest.With(
        "The stream of files ended before its end mark. Complete files were kept; send the rest again.").ToException();

    /// <summary>Adds the small blob that was filled in last; refuses it when it is not what its name says.</summary>
    public Result<Done> Add(BlobHash announced, int size)
    {
        ReadOnlyMemory<byte> body = _slab!.Memory.Slice(_used, size);
        _filled = 0;
        var actual = BlobHash.Compute(body.Span);
        if (actual != announced)
        {
            return Mismatch(announced, actual);
        }

        _members.Add(new StagedMember(MemberKey.Blob(actual), body, lane));
        _used += size;
        Record(size);
        return _refusal is null ? Done.Value : _refusal;
    }

    /// <summary>Receives the rest of a small blob after only a part came into memory.</summary>
    public async Task<Result<Done>> AddRestAsync(BlobHash announced, int size, PipeReader rest, CancellationToken ct)
    {
        await using SpilledBlob partial = _partial ?? throw new InvalidOperationException("Nothing was put away.");
        _partial = null;
        _filled = 0;
        return await AddReceivedAsync(announced, size, await intake.ReceiveRestAsync(partial, rest, size, lane, ct), ct);
    }

    /// <summary>Takes in a large blob from a body that has exactly its bytes.</summary>
    public async Task<Result<Done>> AddLargeAsync(BlobHash announced, long size, PipeReader body, CancellationToken ct)
    {
        // It may take long: the gathered blobs do not wait for it in memory.
        await SendAsync();
        return await AddReceivedAsync(announced, size, await intake.ReceiveAsync(body, size, lane, ct), ct);
    }

    private async Task<Result<Done>> AddReceivedAsync(BlobHash announced, long size, Result<ReceivedBlob> received, CancellationToken ct)
    {
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        if (blob.Hash != announced)
        {
            return Mismatch(announced, blob.Hash);
        }

        Result<Done> added = await pushes.AddAsync(session, [blob], ct);
        if (added.IsOk)
        {
            Record(size);
        }

        return added;
    }

    /// <summary>Waits until everything that was added is durable.</summary>
    public async Task<Result<Done>> CompleteAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await SendAsync();
        while (_inFlight.Count > 0)
        {
            await ReadAnswerAsync();
        }

        return _refusal is null ? Done.Value : _refusal;
    }

    /// <summary>Still sends complete blobs to the disk: a cut connection keeps the blobs that had arrived whole.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CompleteAsync(CancellationToken.None);
        }
        finally
        {
            _slab?.Dispose();
            if (_partial is not null)
            {
                await _partial.DisposeAsync();
            }
        }
    }

    private async ValueTask FlushAsync(int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSmallBytes);
        if (_filled == 0 && _slab is not null && (_used + size > SlabBytes || _members.Count >= MaxMembers))
        {
            await SendAsync();
        }

        _slab ??= await pool.RentAsync(SlabBytes, ct);
    }

    private async Task ReturnAsync()
    {
        if (_filled > 0)
        {
            _partial = await intake.PutAwayAsync(_slab!.Memory.Slice(_used, _filled), lane, CancellationToken.None);
        }

        await SendAsync();
        _slab?.Dispose();
        _slab = null;
    }

    private async ValueTask SendAsync()
    {
        if (_members.Count == 0)
        {
            return;
        }

        if (_inFlight.Count >= MaxInFlight)
        {
            await ReadAnswerAsync();
        }

        (List<StagedMember> members, PayloadBuffer slab) = (_members, _slab!);
        (_members, _slab, _used) = ([], null, 0);
        _inFlight.Enqueue(CommitAsync(members, slab, CancellationToken.None));
    }

    private async Task<Result<Done>> CommitAsync(List<StagedMember> members, PayloadBuffer slab, CancellationToken ct)
    {
        // Refused or not: once the committer has answered, or has not taken it, nothing reads the slab.
        using (slab)
        {
            BlobHash[] hashes = [.. members.Select(member => member.Key.Hash)];
            return members.Exists(member => intake.IsLarge(member.Body.Length))
                ? await CommitLargeAsync(hashes, members, ct)
                : await pushes.AddAsync(session, hashes, members, [], ct);
        }
    }

    /// <summary>The same where some of the members are too large to be written with the commit.</summary>
    private async Task<Result<Done>> CommitLargeAsync(BlobHash[] hashes, List<StagedMember> members, CancellationToken ct)
    {
        ILookup<bool, StagedMember> byKind = members.ToLookup(member => intake.IsLarge(member.Body.Length));
        Result<ReceivedBlob>[] written =
            await Task.WhenAll(byKind[true].Select(member => intake.WriteAsync(member.Key.Hash, member.Body, lane, ct)));
        try
        {
            return Array.Find(written, static one => !one.IsOk).Error is { } refusal
                ? refusal
                : await pushes.AddAsync(
                    session, hashes, [.. byKind[false]], [.. written.Select(static one => one.Value.Assembled!)], ct);
        }
        finally
        {
            foreach (Result<ReceivedBlob> one in written.Where(static one => one.IsOk))
            {
                one.Value.Dispose();
            }
        }
    }

    private async Task ReadAnswerAsync()
    {
        Result<Done> answer = await _inFlight.Dequeue();
        _refusal ??= answer.Error;
    }

    private void Record(long size)
    {
        Count++;
        Bytes += size;
    }

    private static HutchError Mismatch(BlobHash announced, BlobHash actual) => ErrorCode.DigestMismatch.With(
        $"A file announced as {announced} has the SHA-256 {actual}: it changed while it was being sent, or the network damaged it. "
        + "Read and send it again.");
}
