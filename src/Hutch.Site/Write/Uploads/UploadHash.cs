using System.Security.Cryptography;

namespace Hutch.Site.Write.Uploads;

/// <summary>The SHA-256 of an upload, as far as its parts have come in order. Only the holder of its lock feeds it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class UploadHash : IDisposable
{
    private readonly SemaphoreSlim _turns = new(1, 1);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<(int Number, Guid Part)> _taken = [];
    private int _next = 1;
    private bool _isSpoilt;

    public int Next => Volatile.Read(ref _next);

    /// <summary>Takes the lock to feed a part; null when another request has it, or another part is next.</summary>
    public HashLock? TryTake(int number)
    {
        if (number != Next || !_turns.Wait(0))
        {
            return null;
        }

        if (number == Next && !_isSpoilt)
        {
            return new HashLock(this);
        }

        _turns.Release();
        return null;
    }

    /// <summary>
    /// Takes the lock to finish the hash, and returns the number of these parts that it already covers. The hash begins anew, with none, if
    /// the hashed parts are not the first of these.
    /// </summary>
    public async Task<(HashLock Turn, int Done)> FinishAsync(IReadOnlyList<SiteUploadPart> parts, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        bool fits = !_isSpoilt && _taken.Count <= parts.Count && !_taken.Where((taken, i) => taken.Part != parts[i].Part).Any();
        if (!fits)
        {
            _ = _hash.GetHashAndReset();
            _taken.Clear();
            _isSpoilt = false;
        }

        return (new HashLock(this), _taken.Count);
    }

    /// <summary>Disposes the hash, unless it is being fed now.</summary>
    public void Dispose()
    {
        if (_turns.Wait(0))
        {
            _hash.Dispose();
            _turns.Dispose();
        }
    }

    /// <summary>
    /// The exclusive right to feed the hash, until it is disposed. Bytes that were fed and not kept spoil it: it starts over.
    /// </summary>
    internal sealed class HashLock(UploadHash owner) : IDisposable
    {
        private bool _isClean = true;
        private bool _isOver;

        public IncrementalHash Hash
        {
            get
            {
                _isClean = false;
                return owner._hash;
            }
        }

        public byte[] Current => owner._hash.GetCurrentHash();

        /// <summary>Marks the fed bytes as this part, which is stored.</summary>
        public void Commit(SiteUploadPart part)
        {
            owner._taken.Add((part.Number, part.Part));
            Volatile.Write(ref owner._next, part.Number + 1);
            _isClean = true;
        }

        public void Dispose()
        {
            if (!_isOver)
            {
                _isOver = true;
                owner._isSpoilt |= !_isClean;
                owner._turns.Release();
            }
        }
    }
}
