using System.IO.Pipelines;
using Hutch.Datasets.Blobs;
using Hutch.Datasets.Committing;
using Hutch.Model;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Doors;

/// <summary>
/// Takes in many blobs for one push. Small ones are gathered, so that hundreds share one sync, and several gatherings are on their
/// way to the disk while the next is filled; each is verified while it is in the cache.
/// </summary>
/// <remarks>For one thread. What was added is durable, and the push may name it, after <see cref="CompleteAsync"/>.</remarks>
public sealed class BlobReceiver : IAsyncDisposable
{
    private const int SlabBytes = 2 << 20;
    private const int MaxMembers = 256;
    private const int MaxInFlight = 4;

    private readonly Site _site;
    private readonly Guid _session;
    private readonly Lane _lane;
    private readonly Queue<Task<Result<Done>>> _inFlight = new();
    private List<StagedMember> _members = [];
    private PayloadBuffer? _slab;
    private int _used;
    private HutchError? _refusal;

    internal BlobReceiver(Site site, Guid session, Lane lane)
    {
        _site = site;
        _session = session;
        _lane = lane;
    }

    /// <summary>Blobs of at most this size can be filled into <see cref="GetMemoryAsync"/>; larger ones go to <see cref="AddLargeAsync"/>.</summary>
    public static int MaxSmallBytes => BlobOptions.MaxSmallBytes;

    /// <summary>Blobs taken in.</summary>
    public long Count { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Memory for the next small blob, exactly as long as it.</summary>
    public async ValueTask<Memory<byte>> GetMemoryAsync(int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSmallBytes);
        if (_slab is not null && (_used + size > SlabBytes || _members.Count >= MaxMembers))
        {
            await SendAsync();
        }

        _slab ??= await _site.Blobs.Pool.RentAsync(SlabBytes, ct);
        return _slab.Memory.Slice(_used, size);
    }

    /// <summary>Adds the small blob that was filled in last; refuses it when it is not what its name says.</summary>
    public Result<Done> Add(BlobHash announced, int size)
    {
        ReadOnlyMemory<byte> body = _slab!.Memory.Slice(_used, size);
        var actual = BlobHash.Of(body.Span);
        if (actual != announced)
        {
            return Mismatch(announced, actual);
        }

        _members.Add(new StagedMember(MemberKey.Blob(actual), body, _lane));
        _used += size;
        Note(size);
        return _refusal is null ? Done.Value : _refusal;
    }

    /// <summary>Takes in a large blob from a body that has exactly its bytes.</summary>
    public async Task<Result<Done>> AddLargeAsync(BlobHash announced, long size, PipeReader body, CancellationToken ct)
    {
        Result<ReceivedBlob> received = await _site.Intake.ReceiveAsync(body, size, _lane, ct);
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        if (blob.Hash != announced)
        {
            return Mismatch(announced, blob.Hash);
        }

        Result<Done> added = await _site.Pushes.AddAsync(_session, [blob], ct);
        if (added.IsOk)
        {
            Note(size);
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
            await TakeAnswerAsync();
        }

        return _refusal is null ? Done.Value : _refusal;
    }

    /// <summary>Sends what is complete on its way all the same: a cut connection keeps the blobs that had arrived whole.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CompleteAsync(CancellationToken.None);
        }
        finally
        {
            _slab?.Dispose();
        }
    }

    private async ValueTask SendAsync()
    {
        if (_members.Count == 0)
        {
            return;
        }

        if (_inFlight.Count >= MaxInFlight)
        {
            await TakeAnswerAsync();
        }

        (List<StagedMember> members, PayloadBuffer slab) = (_members, _slab!);
        (_members, _slab, _used) = ([], null, 0);
        _inFlight.Enqueue(CommitAsync(members, slab, CancellationToken.None));
    }

    private async Task<Result<Done>> CommitAsync(List<StagedMember> members, PayloadBuffer slab, CancellationToken ct)
    {
        // Refused or not: once the committer has answered, or has not taken it, nothing reads the slab any more.
        using (slab)
        {
            BlobHash[] hashes = [.. members.Select(member => member.Key.Hash)];
            return await _site.Pushes.AddAsync(_session, hashes, members, ct);
        }
    }

    private async Task TakeAnswerAsync()
    {
        Result<Done> answer = await _inFlight.Dequeue();
        _refusal ??= answer.Error;
    }

    private void Note(long size)
    {
        Count++;
        Bytes += size;
    }

    private static HutchError Mismatch(BlobHash announced, BlobHash actual) => ErrorCode.DigestMismatch.With(
        $"A file that was announced as {announced} has the SHA-256 {actual}: it changed while it was sent, or the network damaged it. Read and send it again.");
}
