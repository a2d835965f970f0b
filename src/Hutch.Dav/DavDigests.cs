using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Contracts;

namespace Hutch.Dav;

/// <summary>
/// The checksums that a client announces of a body: all must hold before the file is stored. Algorithms that are not known do not count.
/// </summary>
internal sealed class DavDigests : IDisposable
{
    private const int MaxHashBytes = 64;

    private readonly List<(string Header, HashAlgorithmName Algorithm, byte[] Bytes)> _announced = [];
    private readonly Dictionary<HashAlgorithmName, IncrementalHash> _hashes = [];

    private DavDigests()
    {
    }

    /// <exception cref="HutchException">A checksum cannot be read.</exception>
    public static DavDigests Read(DoorRequest request)
    {
        var digests = new DavDigests();
        if (request.Header("Content-MD5") is { } md5)
        {
            digests.Add("Content-MD5", "md5", md5, isHex: false);
        }

        foreach (string header in (string[])["Digest", HutchHeaders.ContentDigest, HutchHeaders.ReprDigest])
        {
            digests.AddList(header, request.Header(header), ',', '=', isHex: false);
        }

        digests.AddList("OC-Checksum", request.Header("OC-Checksum"), ' ', ':', isHex: true);
        return digests;
    }

    /// <summary>The body, whose hashes are computed as it is read.</summary>
    public PipeReader Watch(PipeReader body) => _hashes.Count == 0 ? body : new HashedBody(body, [.. _hashes.Values]);

    /// <summary>Returns the refusal of a body that is not what was announced; null if it is. Asked once, at its end.</summary>
    /// <param name="sha256">The SHA-256 of the body, which the server computes of every file.</param>
    public HutchError? FindMismatch(BlobHash sha256)
    {
        var computed = _hashes.ToDictionary(static one => one.Key, static one => one.Value.GetHashAndReset());
        computed[HashAlgorithmName.SHA256] = sha256.ToBytes();
        foreach ((string header, HashAlgorithmName algorithm, byte[] bytes) in _announced)
        {
            if (!bytes.AsSpan().SequenceEqual(computed[algorithm]))
            {
                return ErrorCode.DigestMismatch.With(
                    $"The {algorithm.Name} of the body is not the one in the header {header}. Nothing was stored; send the file again.");
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (IncrementalHash hash in _hashes.Values)
        {
            hash.Dispose();
        }
    }

    private void AddList(string header, string? text, char between, char afterName, bool isHex)
    {
        foreach (string part in text?.Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            int end = part.IndexOf(afterName, StringComparison.Ordinal);
            if (end > 0)
            {
                Add(header, part[..end], part[(end + 1)..].Trim(':'), isHex);
            }
        }
    }

    private void Add(string header, string name, string text, bool isHex)
    {
        (HashAlgorithmName algorithm, int length) = name.ToLowerInvariant() switch
        {
            "md5" => (HashAlgorithmName.MD5, MD5.HashSizeInBytes),
            "sha" or "sha1" or "sha-1" => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
            "sha256" or "sha-256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            "sha512" or "sha-512" => (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
            _ => default,
        };
        if (length == 0)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[MaxHashBytes];
        bool isRead = isHex
            ? Convert.FromHexString(text, bytes, out _, out int written) == OperationStatus.Done
            : Convert.TryFromBase64String(text, bytes, out written);
        if (!isRead || written != length)
        {
            throw ErrorCode.BadRequest.With(
                $"The header {header} cannot be read: {algorithm.Name} has {length} bytes, in {(isHex ? "hex" : "base64")}.").ToException();
        }

        _announced.Add((header, algorithm, bytes[..written].ToArray()));
        if (algorithm != HashAlgorithmName.SHA256 && !_hashes.ContainsKey(algorithm))
        {
            _hashes.Add(algorithm, IncrementalHash.CreateHash(algorithm));
        }
    }

    private sealed class HashedBody(PipeReader inner, IncrementalHash[] hashes) : PipeReader
    {
        private ReadOnlySequence<byte> _current;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult read = await inner.ReadAsync(cancellationToken);
            _current = read.Buffer;
            return read;
        }

        public override bool TryRead(out ReadResult result)
        {
            bool isRead = inner.TryRead(out result);
            _current = result.Buffer;
            return isRead;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            foreach (ReadOnlyMemory<byte> part in _current.Slice(0, consumed))
            {
                foreach (IncrementalHash hash in hashes)
                {
                    hash.AppendData(part.Span);
                }
            }

            _current = default;
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
