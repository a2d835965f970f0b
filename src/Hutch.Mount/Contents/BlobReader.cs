using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hutch.Client.Http;
using Hutch.Model.Checksums;

namespace Hutch.Mount.Contents;

/// <summary>
/// The bytes of one file for all who read it: block by block from memory, the cache or the server. Thread-safe.
/// </summary>
/// <remarks>
/// A file of one block is compared with its SHA-256 before its first byte is served. A larger one is hashed in order while its blocks
/// arrive; its last block is held back until the hash is known to be right, if all other blocks were read here. After that, the checksum
/// of each block is kept, and any block that is downloaded again is compared with it. A wrong file is removed from the cache and never
/// served again.
/// </remarks>
internal sealed class BlobReader : IAsyncDisposable
{
    private const string SumsKind = "sums";

    private readonly BlockSource _source;
    private readonly CacheFolder? _cache;
    private readonly BlockMemory _memory;
    private readonly long _number;
    private readonly CancellationTokenSource _ending = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<Block>> _arriving = [];
    private readonly HashSet<Task> _loads = [];
    private readonly bool[] _seen;

    private readonly SemaphoreSlim _verifying = new(1);
    private readonly IncrementalHash? _sha;
    private readonly uint[] _sums;
    private volatile FileContent _content;
    private int _hashed;
    private volatile bool _isVerified;
    private volatile VerificationException? _fault;
    private int _isDisposed;

    /// <param name="number">A number that no other reader has.</param>
    /// <param name="cache">The cache on the disk; not used for files without a hash.</param>
    internal BlobReader(FileContent content, long number, BlockSource source, CacheFolder? cache, BlockMemory memory)
    {
        (_content, _number, _source, _memory) = (content, number, source, memory);
        _cache = content.Hash is null ? null : cache;
        _seen = new bool[content.Blocks];
        _sums = new uint[content.Blocks];
        if (content.Hash is not { } hash || content.Blocks <= 1)
        {
            return;
        }

        if (_cache?.TryRead(hash, SumsKind) is { } cached && cached.Length == _sums.Length * sizeof(uint))
        {
            MemoryMarshal.Cast<byte, uint>(cached).CopyTo(_sums);
            _isVerified = true;
        }
        else
        {
            _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>True once the file was found to be not what its hash says.</summary>
    internal bool IsWrong => _fault is not null;

    /// <summary>Downloads from another path from now on: the same bytes were opened there last, so the server has it.</summary>
    internal void ReadFrom(FileContent sameBytes) => _content = sameBytes;

    /// <summary>Returns a block, held for the caller.</summary>
    /// <exception cref="VerificationException">The file is not what its hash says.</exception>
    internal async ValueTask<Block> GetAsync(int number, CancellationToken cancellationToken)
    {
        Block block = await HoldAsync(number, cancellationToken);
        try
        {
            if (_sha is not null && !_isVerified && number == _content.Blocks - 1)
            {
                await VerifyAsync(cancellationToken);
            }

            return _fault is null ? block : throw _fault;
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>Begins to load blocks that a reader will want soon.</summary>
    internal void Prefetch(int first, int count)
    {
        int end = Math.Min(first + count, _content.Blocks);
        lock (_gate)
        {
            for (int start = first; start < end; start++)
            {
                int next = start;
                while (next < end && !IsHere(next))
                {
                    _arriving.Add(next++, NewPromise());
                }

                if (next > start)
                {
                    Load(start, next - start);
                    start = next;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return; // a wrong file's reader has been replaced while several had it open
        }

        await _ending.CancelAsync();
        while (Loads() is [_, ..] loads)
        {
            await Task.WhenAll(loads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _memory.RemoveAll(_number);
        _sha?.Dispose();
        _verifying.Dispose();
        _ending.Dispose();
    }

    private static TaskCompletionSource<Block> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string KindOf(int block) => block.ToString(CultureInfo.InvariantCulture);

    private bool IsHere(int block) => _arriving.ContainsKey(block) || _memory.Contains(_number, block);

    private async ValueTask<Block> HoldAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_memory.TryHold(_number, number, out Block? block))
            {
                return block;
            }

            block = await PromiseOf(number).WaitAsync(cancellationToken);
            if (block.TryHold())
            {
                return block; // else the memory was needed for others before this reader came to it
            }
        }
    }

    private Task<Block> PromiseOf(int number)
    {
        lock (_gate)
        {
            if (_memory.TryHold(_number, number, out Block? block))
            {
                using (block)
                {
                    return Task.FromResult(block); // it arrived just now; the reader holds it, or asks again
                }
            }

            if (!_arriving.TryGetValue(number, out TaskCompletionSource<Block>? promise))
            {
                promise = NewPromise();
                _arriving.Add(number, promise);
                Load(number, 1);
            }

            return promise.Task;
        }
    }

    // With the gate held. The blocks are promised.
    private void Load(int first, int count) => Follow(LoadAsync(first, count));

    private Task[] Loads()
    {
        lock (_gate)
        {
            return [.. _loads.Where(static load => !load.IsCompleted)];
        }
    }

    private void Follow(Task load)
    {
        lock (_gate)
        {
            _loads.RemoveWhere(static one => one.IsCompleted);
            _loads.Add(load);
        }
    }

    private async Task LoadAsync(int first, int count)
    {
        await Task.Yield();
        try
        {
            int missing = 0; // blocks before this one that are neither here nor asked for
            for (int block = first; block < first + count; block++)
            {
                using Block? cached = _cache?.TryReadBlock(_content.Hash!.Value, KindOf(block));
                if (cached is null || !IsRight(block, cached.Bytes.Span))
                {
                    missing++;
                    continue;
                }

                await FetchAsync(block - missing, missing);
                missing = 0;
                Arrived(block, cached);
            }

            await FetchAsync(first + count - missing, missing);
        }
        catch (Exception e)
        {
            Fail(first, count, e);
        }
    }

    private async Task FetchAsync(int first, int count)
    {
        if (count > 0)
        {
            await _source.FetchAsync(_content, first, count, TakeAsync, _ending.Token);
        }
    }

    private Task TakeAsync(int block, Block bytes)
    {
        if (!IsRight(block, bytes.Bytes.Span))
        {
            throw new VerificationException(_content.Path, _content.Hash!.Value, BlobHash.Compute(bytes.Bytes.Span));
        }

        Arrived(block, bytes);
        _cache?.Add(_content.Hash!.Value, KindOf(block), bytes.Bytes.Span);
        if (_fault is not null)
        {
            _cache?.Remove(_content.Hash!.Value, KindOf(block)); // the file was found to be wrong while this block was added
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Compares a block with what is known of it: the hash of a file of one block, the checksum in a verified file, or that of the same
    /// block when it was here before, so that the bytes that are hashed are those that were served.
    /// </summary>
    private bool IsRight(int block, ReadOnlySpan<byte> bytes) =>
        bytes.Length == _content.LengthOf(block)
        && (_content.Hash is not { } hash
            || (_content.Blocks == 1 ? BlobHash.Compute(bytes) == hash
                : !(_isVerified || Volatile.Read(ref _seen[block])) || Checksum.Crc32C(bytes) == _sums[block]));

    private void Arrived(int block, Block bytes)
    {
        if (_sha is not null && !_isVerified && !Volatile.Read(ref _seen[block]))
        {
            _sums[block] = Checksum.Crc32C(bytes.Bytes.Span);
        }

        TaskCompletionSource<Block>? promise;
        lock (_gate)
        {
            Volatile.Write(ref _seen[block], true);
            _memory.Set(_number, block, bytes);
            _arriving.Remove(block, out promise);
        }

        promise?.SetResult(bytes);
        if (_sha is not null && !_isVerified && _fault is null && _verifying.CurrentCount > 0)
        {
            Follow(HashAheadAsync());
        }
    }

    private void Fail(int first, int count, Exception e)
    {
        for (int block = first; block < first + count; block++)
        {
            TaskCompletionSource<Block>? promise;
            lock (_gate)
            {
                _arriving.Remove(block, out promise);
            }

            promise?.SetException(e);
            _ = promise?.Task.Exception; // a block that was loaded ahead may have no reader
        }
    }

    private async Task HashAheadAsync()
    {
        await Task.Yield();
        try
        {
            await VerifyAsync(_ending.Token);
        }
        catch (Exception e) when (e is not VerificationException)
        {
            // The reader of the last block tries again, and receives it.
        }
    }

    /// <summary>Hashes the blocks that were seen here, in their order; after the last one, compares.</summary>
    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        await _verifying.WaitAsync(cancellationToken);
        try
        {
            while (_hashed < _content.Blocks && Volatile.Read(ref _seen[_hashed]) && !_isVerified)
            {
                using Block block = await HoldAsync(_hashed, cancellationToken);
                _sha!.AppendData(block.Bytes.Span);
                _hashed++;
            }

            if (_hashed == _content.Blocks && !_isVerified && _fault is null)
            {
                Compare(_content.Hash!.Value, new BlobHash(_sha!.GetHashAndReset()));
            }
        }
        finally
        {
            _verifying.Release();
        }
    }

    private void Compare(BlobHash expected, BlobHash actual)
    {
        if (actual == expected)
        {
            _isVerified = true;
            _cache?.Add(expected, SumsKind, MemoryMarshal.AsBytes<uint>(_sums));
            return;
        }

        _fault = new VerificationException(_content.Path, expected, actual);
        for (int block = 0; block < _content.Blocks; block++)
        {
            _cache?.Remove(expected, KindOf(block));
        }
    }
}
