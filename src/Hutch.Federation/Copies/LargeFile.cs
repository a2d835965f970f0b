using System.Security.Cryptography;
using Hutch.Federation.Keys;
using Hutch.Model.Streams;

namespace Hutch.Federation.Copies;

/// <summary>
/// A large file as it comes, from its first byte to its last. One site, the owner, sends it, and signs the SHA-256 of each part. Idle sites
/// bring parts further ahead, which must have these hashes. So a wrong part is found before it is used, and the site at fault is known.
/// With one site, this is the body of one answer. See docs/design/federation.md (several sources).
/// </summary>
/// <param name="offset">The offset of the first byte to bring.</param>
/// <param name="slots">The memory for parts that came before their turn.</param>
internal sealed class LargeFile(
    BlobSource owner, DatasetId dataset, BlobHash page, NamedBlob blob, long offset, PartBuffer slots, TimeProvider time) : ForwardStream
{
    private const int PartBytes = ExtentStatement.ExtentBytes;

    /// <summary>The size of one request to the owner while others bring the parts that follow.</summary>
    private const int RunBytes = 2 * PartBytes;

    /// <summary>The greatest distance ahead: a site that is slower than the owner by this factor would bring nothing in time.</summary>
    private const int MaxPartsAhead = 1000;

    /// <summary>The interval at which waiting sides check the rates.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>However slow its own site is.</summary>
    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, FilePart> _ahead = [];
    private readonly TaskCompletionSource<bool> _isRight = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stream? _own;
    private long _at = offset;
    private long _ownEnd = offset;
    private long _asked = offset;
    private bool _isHelped;
    private bool _isAlone; // under the lock

    public HutchError? Fault { get; private set; }

    /// <summary>The owner's own error when it refused the file; null if it did not.</summary>
    public HutchError? Refusal { get; private set; }

    /// <summary>Says whether it was found to have its hash: by that, others are judged.</summary>
    public void Judge(bool isRight) => _isRight.TrySetResult(isRight);

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Fault is null && _at < blob.Size)
        {
            FilePart? part;
            lock (_gate)
            {
                part = _ahead.GetValueOrDefault(BeginOf(_at));
            }

            if (part is null)
            {
                return await ReadOwnAsync(buffer, cancellationToken);
            }

            if (part.Came.IsCompleted || await CameAsync(part, cancellationToken))
            {
                return Take(part, buffer.Span);
            }
        }

        // Bytes beyond the end of the file are a fault of the sender.
        return Fault is null && _own is not null ? await _own.ReadAsync(buffer, cancellationToken) : 0;
    }

    /// <summary>Has another site bring parts as long as there are some, and it has nothing else to do.</summary>
    /// <returns>Whether there were any, and what the site has done wrong.</returns>
    public async Task<(bool Helped, HutchError? Fault)> HelpAsync(BlobSource helper, Func<bool> hasOther, CancellationToken ct)
    {
        bool helped = false;
        while (!hasOther())
        {
            Task moved = Volatile.Read(ref _moved).Task;
            if (TryBegin(helper, out bool mayCome) is { } part)
            {
                helped = true;
                if (await FetchPartAsync(part, helper, ct) is { } fault)
                {
                    return (true, fault);
                }
            }
            else if (!mayCome || await Task.WhenAny(moved, Task.Delay(LookEvery, time, ct)) != moved)
            {
                break;
            }
        }

        return (helped, null);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _isAlone = true;
                foreach (FilePart part in _ahead.Values.ToList())
                {
                    Drop(part);
                }
            }

            Judge(isRight: false);
            _own?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static long BeginOf(long position) => position / PartBytes * PartBytes;

    private async ValueTask<int> ReadOwnAsync(Memory<byte> buffer, CancellationToken ct)
    {
        // A part that does not come after all is not in the answer that was to end before it.
        long until = _own is null ? Until() : Math.Min(Until(), _asked);
        if (_own is null)
        {
            _asked = until;
            Result<Stream> opened = await owner.Peer.PartAsync(dataset, page, blob.Hash, _at, until, ct);
            if (!opened.IsOk)
            {
                Refusal = opened.Error;
                Fault = owner.Refused(opened.Error);
                return 0;
            }

            _own = opened.Value;
        }

        int read = await _own.ReadAsync(buffer[..(int)Math.Min(buffer.Length, until - _at)], ct);
        owner.NoteRate(read);
        lock (_gate)
        {
            _at += read;
        }

        if (_at == until && until < blob.Size)
        {
            // The rest of this answer, if there is one, comes from elsewhere.
            await _own.DisposeAsync();
            _own = null;
        }

        return read;
    }

    /// <summary>The end of the bytes that the owner sends before a part that another site brings.</summary>
    private long Until()
    {
        lock (_gate)
        {
            Reserve();
            return _ahead.Keys.Where(begin => begin > _at).Append(_ownEnd).Min();
        }
    }

    /// <summary>Leaves the next parts that no other site brings to the owner. The caller holds the lock.</summary>
    private void Reserve()
    {
        if (_at < _ownEnd)
        {
            return;
        }

        long begin = BeginOf(_at);
        while (_ahead.ContainsKey(begin))
        {
            begin += PartBytes;
        }

        _ownEnd = _isHelped ? Math.Min(begin + RunBytes, blob.Size) : blob.Size;
    }

    /// <summary>
    /// Waits for a part while that is here sooner than its own site could send it, and never longer than that takes; false when that has
    /// to.
    /// </summary>
    private async Task<bool> CameAsync(FilePart part, CancellationToken ct)
    {
        owner.EndRate();
        try
        {
            return await CameAsync(part, owner.Rate is { } rate ? part.Length / rate : 0, ct);
        }
        finally
        {
            owner.BeginRate();
        }
    }

    private async Task<bool> CameAsync(FilePart part, double ownSeconds, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        TimeSpan most = TimeSpan.FromSeconds(Math.Max(LookEvery.TotalSeconds, Math.Min(ownSeconds, MostWait.TotalSeconds)));
        while (!part.Came.IsCompleted)
        {
            TimeSpan spent = time.GetElapsedTime(part.Since);
            if ((spent >= LookEvery && part.SecondsLeft(spent) > ownSeconds) || time.GetElapsedTime(began) >= most)
            {
                lock (_gate)
                {
                    // All bytes are here, but not confirmed as right: the next part would be useless, too.
                    _isAlone |= part.Filled == part.Length;
                    Drop(part);
                }

                return false;
            }

            await Task.WhenAny(part.Came, Task.Delay(LookEvery, time, ct));
            ct.ThrowIfCancellationRequested();
        }

        return await part.Came;
    }

    private int Take(FilePart part, Span<byte> buffer)
    {
        int begin = (int)(_at - part.Begin), length = Math.Min(buffer.Length, part.Length - begin);
        part.Bytes.AsSpan(begin, length).CopyTo(buffer);
        lock (_gate)
        {
            _at += length;
            if (begin + length == part.Length)
            {
                Drop(part);
            }
        }

        return length;
    }

    /// <summary>Begins with the first part that no other site brings, so far ahead that it is here when its turn comes.</summary>
    private FilePart? TryBegin(BlobSource helper, out bool mayCome)
    {
        long wait = (long)Math.Min(owner.Rate / helper.Rate ?? 0, MaxPartsAhead) * PartBytes;
        lock (_gate)
        {
            Reserve();
            long begin = BeginOf(Math.Max(_isHelped ? _ownEnd - 1 : _at + RunBytes, _at + wait)) + PartBytes;
            while (_ahead.ContainsKey(begin))
            {
                begin += PartBytes;
            }

            mayCome = !_isAlone && begin < blob.Size;
            if (!mayCome || !slots.TryRent())
            {
                return null;
            }

            _ownEnd = _isHelped ? _ownEnd : begin;
            _isHelped = true;
            var part = new FilePart(begin, (int)Math.Min(PartBytes, blob.Size - begin), time.GetTimestamp());
            _ahead.Add(begin, part);
            return part;
        }
    }

    /// <summary>Forgets a part. Its memory is free when no source fills it any more. The caller holds the lock.</summary>
    private void Drop(FilePart part)
    {
        if (_ahead.GetValueOrDefault(part.Begin) == part)
        {
            _ahead.Remove(part.Begin);
            part.Stop();
        }

        if (part.IsOver && part.TryFree())
        {
            slots.Leave();
            Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    /// <summary>Brings a part and returns the helper's fault. If helper and owner disagree, the hash of the whole file decides.</summary>
    private async Task<HutchError?> FetchPartAsync(FilePart part, BlobSource helper, CancellationToken ct)
    {
        bool isHere = false;
        HutchError? fault = null;
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(part.Stopped, ct))
        {
            helper.BeginRate();
            try
            {
                (isHere, fault) = await TryFetchAsync(part, helper, either.Token);
            }
            catch (OperationCanceledException) when (part.Stopped.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                // It comes from elsewhere.
            }
            finally
            {
                helper.EndRate();
                await either.CancelAsync();
                lock (_gate)
                {
                    isHere &= _ahead.GetValueOrDefault(part.Begin) == part;
                    part.End(isHere);
                    if (!isHere)
                    {
                        Drop(part);
                    }
                }
            }
        }

        return fault?.Code != ErrorCode.DigestMismatch || await _isRight.Task.WaitAsync(ct) ? fault : null;
    }

    private async Task<(bool IsHere, HutchError? Fault)> TryFetchAsync(FilePart part, BlobSource helper, CancellationToken ct)
    {
        Task<Result<BlobHash>> signing = SignedAsync(part, ct);
        Result<BlobHash> sent = await ReadAsync(part, helper, ct);
        if (!sent.IsOk)
        {
            // A site that lacks some of this file may have others.
            bool lacksIt = CopyOffers.IsOfFile(sent.Error);
            lock (_gate)
            {
                _isAlone |= lacksIt;
            }

            return (false, lacksIt ? null : sent.Error);
        }

        // The wait ends when the part is not needed any more, with or without an answer.
        Result<BlobHash> signed = await signing.WaitAsync(ct);
        if (!signed.IsOk)
        {
            lock (_gate)
            {
                _isAlone = true;
            }

            return (false, null);
        }

        if (sent.Value == signed.Value)
        {
            return (true, null);
        }

        // One of the two is wrong: the owner, if it sends something else than it has signed for; else it shows at the end.
        Result<BlobHash> own = await ReadAsync(part, owner, ct);
        if (own.IsOk && own.Value != signed.Value)
        {
            Fault ??= Differs(part, owner, own.Value, signed.Value);
        }

        return (own.IsOk && own.Value == signed.Value, own.IsOk ? Differs(part, helper, sent.Value, signed.Value) : null);
    }

    private HutchError Differs(FilePart part, BlobSource sender, BlobHash sent, BlobHash signed) => ErrorCode.DigestMismatch.With(
        $"From {sender.Peer.Name}: what came of {blob.Hash} from byte {part.Begin} on has the SHA-256 {sent}, "
        + $"and {owner.Peer.Name} has signed for {signed}.");

    /// <summary>The SHA-256 for which the owner signs.</summary>
    private Task<Result<BlobHash>> SignedAsync(FilePart part, CancellationToken ct) => RequestAsync(
        owner,
        peer => peer.HashesAsync(dataset, page, blob.Hash, part.Begin, part.Begin + part.Length, ct),
        async body =>
        {
            var trailer = new byte[ExtentStatement.TrailerBytes];
            await body.ReadExactlyAsync(trailer, ct);
            return ExtentStatement.Read(owner.Peer.Key, blob, part.Begin, trailer) is { } statement
                ? statement.Hash
                : ErrorCode.Unprocessable.With($"It has not signed for {blob.Hash} from byte {part.Begin} on.");
        },
        ct);

    private Task<Result<BlobHash>> ReadAsync(FilePart part, BlobSource from, CancellationToken ct) => RequestAsync(
        from,
        peer => peer.PartAsync(dataset, page, blob.Hash, part.Begin, part.Begin + part.Length, ct),
        async body =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (part.Filled = 0; part.Filled < part.Length;)
            {
                int read = await body.ReadAsync(part.Bytes.AsMemory(part.Filled, part.Length - part.Filled), ct);
                if (read == 0)
                {
                    return ErrorCode.Unavailable.With(
                        $"{from.Peer.Name} ended {blob.Hash} after byte {part.Begin + part.Filled} of {blob.Size}.");
                }

                hash.AppendData(part.Bytes.AsSpan(part.Filled, read));
                from.NoteRate(read);
                part.Filled += read;
            }

            return new BlobHash(hash.GetHashAndReset());
        },
        ct);

    private static async Task<Result<BlobHash>> RequestAsync(
        BlobSource site, Func<IHomePeer, Task<Result<Stream>>> ask, Func<Stream, Task<Result<BlobHash>>> read, CancellationToken ct)
    {
        try
        {
            Result<Stream> opened = await ask(site.Peer);
            if (!opened.IsOk)
            {
                return CopyOffers.IsOfFile(opened.Error) ? opened.Error : site.Refused(opened.Error);
            }

            await using Stream body = opened.Value;
            return await read(body);
        }
        catch (Exception e) when (BlobSource.IsOfConnection(e, ct))
        {
            return site.Broke(e);
        }
    }
}
