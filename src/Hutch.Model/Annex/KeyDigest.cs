using System.Security.Cryptography;
using Hutch.Model.Records;

namespace Hutch.Model.Annex;

/// <summary>Checks content against its key while it arrives. Content that does not match its key is never stored.</summary>
public sealed class KeyDigest : IDisposable
{
    private const int CheckBytes = 256 << 10;

    private readonly KeyName _key;
    private readonly IncrementalHash? _hash;
    private readonly IncrementalHash? _md5;

    private KeyDigest(KeyName key, IncrementalHash? hash, IncrementalHash? md5)
    {
        _key = key;
        _hash = hash;
        _md5 = md5;
    }

    /// <summary>Creates the check of a key, or returns an error if the key's backend has no digest to check.</summary>
    /// <param name="alsoMd5">
    /// True to register the content by its MD5, too. git-annex names files by MD5 and sends them through git-lfs by SHA-256.
    /// </param>
    public static Result<KeyDigest> Compute(KeyName key, bool alsoMd5 = false) => FindRefusal(key) is { } refusal
        ? refusal
        : new KeyDigest(
            key, AlgorithmOf(key) is { } name ? IncrementalHash.CreateHash(name) : null,
            alsoMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null);

    /// <summary>The error if content cannot be checked against a key; null if it can.</summary>
    public static HutchError? FindRefusal(KeyName key) => AlgorithmOf(key) is not null || key.Sha256 is not null
        ? null
        : ErrorCode.Unprocessable.With(
            $"The server cannot check content against the key {Display.Quote(key.Text)}. It takes keys of the backends MD5, SHA1, SHA256, "
            + "SHA384, SHA512 and SHA3, with or without E; `git annex migrate` gives files other keys.");

    /// <summary>True if the check needs the bytes, because the SHA-256 of the content alone is not enough.</summary>
    public bool IsToBeFed => _hash is not null || _md5 is not null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _hash?.AppendData(bytes);
        _md5?.AppendData(bytes);
    }

    /// <summary>The keys to store after the last byte; an error if the content does not match the key.</summary>
    public Result<IReadOnlyList<StoredKey>> Finish(BlobHash hash, long size)
    {
        string actual = _hash is null ? hash.ToString() : Convert.ToHexStringLower(_hash.GetHashAndReset());
        return size != (_key.Size ?? size)
            ? ErrorCode.Unprocessable.With(
                $"The key {Display.Quote(_key.Text)} says {_key.Size} bytes, and {size} came. Nothing was stored.")
            : actual != _key.Digest
                ? ErrorCode.DigestMismatch.With(
                    $"The content sent for the key {Display.Quote(_key.Text)} is other content: its {_key.Backend} is {actual}. "
                    + "Nothing was stored. `git annex fsck` shows whether the file was changed.")
                : (StoredKey[])[new StoredKey(_key.Name, hash, size), .. ByMd5(hash, size)];
    }

    /// <summary>Checks stored content against a key; the error says how they differ.</summary>
    public static async Task<Result<Done>> CheckAsync(KeyName key, Stream content, CancellationToken ct)
    {
        Result<KeyDigest> begun = Compute(key);
        if (!begun.IsOk)
        {
            return begun.Error;
        }

        using KeyDigest digest = begun.Value;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[CheckBytes];
        long size = 0;
        for (int read; (read = await content.ReadAsync(buffer, ct)) > 0; size += read)
        {
            digest.Append(buffer.AsSpan(0, read));
            sha.AppendData(buffer, 0, read);
        }

        return digest.Finish(new BlobHash(sha.GetHashAndReset()), size).Then<Done>(static _ => Done.Value);
    }

    /// <summary>The digest algorithm of a key; null for SHA-256, which is computed anyway, and for backends without a digest.</summary>
    private static HashAlgorithmName? AlgorithmOf(KeyName key) => key.Backend switch
    {
        "MD5" => HashAlgorithmName.MD5,
        "SHA1" => HashAlgorithmName.SHA1,
        "SHA384" => HashAlgorithmName.SHA384,
        "SHA512" => HashAlgorithmName.SHA512,
        "SHA3_256" => HashAlgorithmName.SHA3_256,
        "SHA3_512" => HashAlgorithmName.SHA3_512,
        _ => null,
    };

    private IEnumerable<StoredKey> ByMd5(BlobHash hash, long size) => _md5 is null
        ? []
        : [new StoredKey(new KeyName("", "MD5", size, Convert.ToHexStringLower(_md5.GetHashAndReset())).Name, hash, size)];

    public void Dispose()
    {
        _hash?.Dispose();
        _md5?.Dispose();
    }
}
