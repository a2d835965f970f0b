using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hutch.Client.Http;
using Hutch.Model.Checksums;

namespace Hutch.Mount.Contents;

/// <summary>
/// The bytes of one file for all who read it: block by block from memory, the cache or the server. Thread-safe.
/// </summary>
/// <remarks>
/// A file of one block is compared with its SHA-256 before its first byte is served. A larger one is hashed in order while its blocks arrive;
/// its last block is held back until the hash is known to be right, if all other blocks were read here. After that, the checksum of each
/// block is kept, and any block that is downloaded again is compared with it. A wrong file is removed from the cache and never served again.
/// </remarks>
internal sealed class BlobReader : IAsyncDisposable
{
    private const string SumsKind = "sums";

    private readonly FileContent _content;
    private readonly BlockSource _source;
    private readonly CacheFolder? _cache;
    private readonly LruCache<(long Reader, int Block), byte[]> _memory;
    private readonly long _number;
    private readonly CancellationTokenSource _ending = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<byte[]>> _arriving = [];
    private readonly HashSet<Task> _loads = [];
    private readonly bool[] _seen;

    private readonly SemaphoreSlim _verifying = new(1);
    private readonly IncrementalHash? _sha;
    private readonly uint[] _sums;
    private int _hashed;
    private volatile bool _isVerified;
    private volatile VerificationException? _fault;
    private int _isDisposed;

    /// <param name="number">A number that no other reader has.</param>
    /// <param name="cache">The cache on the disk; not used for files without a hash.</param>
    internal BlobReader(
        FileContent content, long number, BlockSource source, CacheFolder? cache, LruCache<(long Reader, int Block), byte[]> memory)
    {
        (_content, _number, _source, _memory) = (content, number, source, memory);
        _cache = content.Hash is null ? null : cache;
        _seen = new bool[content.Blocks];
        _sums = new uint[content.Blocks];
        if (content.Hash is not { } hash || content.Blocks <= 1)
        {
            return;
        }

        if (_cache?.TryRead(hash, SumsKind) is { } kept && kept.Length == _sums.Length * sizeof(uint))
        {
            MemoryMarshal.Cast<byte, uint>(kept).CopyTo(_sums);
            _isVerified = true;
        }
        else
        {
            _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>True once the file was found to be not what its hash says.</summary>
    internal bool IsWrong => _fault is not null;

    /// <summary>Returns a block.</summary>
    /// <exception cref="VerificationException">The file is not what its hash says.</exception>
    internal async ValueTask<byte[]> GetAsync(int block, CancellationToken cancellationToken)
    {
        byte[] bytes = await FindAsync(block).WaitAsync(cancellationToken);
        if (_sha is not null && !_isVerified && block == _content.Blocks - 1)
        {
            await VerifyAsync(cancellationToken);
        }

        return _fault is null ? bytes : throw _fault;
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
        Task[] loads;
        lock (_gate)
        {
            loads = [.. _loads];
        }

        await Task.WhenAll(loads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (int block = 0; block < _content.Blocks; block++)
        {
            if (_content.Hash is null || _fault is not null)
            {
                _memory.Remove((_number, block));
            }
        }

        _sha?.Dispose();
        _verifying.Dispose();
        _ending.Dispose();
    }

    private static TaskCompletionSource<byte[]> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string KindOf(int block) => block.ToString(CultureInfo.InvariantCulture);

    private bool IsHere(int block) => _arriving.ContainsKey(block) || _memory.TryFind((_number, block), out _);

    private Task<byte[]> FindAsync(int block)
    {
        if (_memory.TryFind((_number, block), out byte[]? bytes))
        {
            return Task.FromResult(bytes);
        }

        lock (_gate)
        {
            if (_memory.TryFind((_number, block), out bytes))
            {
                return Task.FromResult(bytes);
            }

            if (_arriving.TryGetValue(block, out TaskCompletionSource<byte[]>? promise))
            {
                return promise.Task;
            }

            promise = NewPromise();
            _arriving.Add(block, promise);
            Load(block, 1);
            return promise.Task;
        }
    }

    // With the gate held. The blocks are promised.
    private void Load(int first, int count) => Follow(LoadAsync(first, count));

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
                if (_cache?.TryRead(_content.Hash!.Value, KindOf(block)) is not { } kept || !IsRight(block, kept))
                {
                    missing++;
                    continue;
                }

                await FetchAsync(block - missing, missing);
                missing = 0;
                Arrived(block, kept);
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

    private Task TakeAsync(int block, byte[] bytes)
    {
        if (!IsRight(block, bytes))
        {
            throw new VerificationException(_content.Path, _content.Hash!.Value, BlobHash.Compute(bytes));
        }

        Arrived(block, bytes);
        _cache?.Add(_content.Hash!.Value, KindOf(block), bytes);
        if (_fault is not null)
        {
            _cache?.Remove(_content.Hash!.Value, KindOf(block)); // the file was found to be wrong while this block was added
        }

        return Task.CompletedTask;
    }

    /// <summary>Compares a block with what is known of it: the hash of a file of one block, the checksum in a verified file.</summary>
    private bool IsRight(int block, byte[] bytes) =>
        bytes.Length == _content.LengthOf(block)
        && (_content.Hash is not { } hash
            || (_content.Blocks == 1 ? BlobHash.Compute(bytes) == hash : !_isVerified || Checksum.Crc32C(bytes) == _sums[block]));

    private void Arrived(int block, byte[] bytes)
    {
        TaskCompletionSource<byte[]>? promise;
        lock (_gate)
        {
            _memory.Set((_number, block), bytes);
            _arriving.Remove(block, out promise);
            _seen[block] = true;
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
            TaskCompletionSource<byte[]>? promise;
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
                byte[] bytes = await FindAsync(_hashed).WaitAsync(cancellationToken);
                _sha!.AppendData(bytes);
                _sums[_hashed++] = Checksum.Crc32C(bytes);
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
            _memory.Remove((_number, block));
            _cache?.Remove(expected, KindOf(block));
        }
    }
}
