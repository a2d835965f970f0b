using System.Security.Cryptography;
using Hutch.Model.Records;

namespace Hutch.Model.Annex;

/// <summary>Checks content against the key that it came under, while it comes in. Nothing is kept that is not what its key says.</summary>
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

    /// <summary>The check of a key; a refusal when its backend says nothing that can be checked.</summary>
    /// <param name="key">The key.</param>
    /// <param name="alsoMd5">
    /// Whether the content is to be found by its MD5, too: git-annex names files so, and sends them through git-lfs by their SHA-256.
    /// </param>
    public static Result<KeyDigest> Of(KeyName key, bool alsoMd5 = false) => FindRefusal(key) is { } refusal
        ? refusal
        : new KeyDigest(
            key, AlgorithmOf(key) is { } name ? IncrementalHash.CreateHash(name) : null,
            alsoMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null);

    /// <summary>Why content cannot be checked against a key; null when it can.</summary>
    public static HutchError? FindRefusal(KeyName key) => AlgorithmOf(key) is not null || key.Sha256 is not null
        ? null
        : ErrorCode.Unprocessable.With(
            $"The server cannot check content against the key {Display.Quote(key.Text)}. It takes keys of the backends MD5, SHA1, SHA256, "
            + "SHA384, SHA512 and SHA3, with or without E; `git annex migrate` gives files other keys.");

    /// <summary>Whether the SHA-256 of the content alone does not say everything.</summary>
    public bool IsToBeFed => _hash is not null || _md5 is not null;

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _hash?.AppendData(bytes);
        _md5?.AppendData(bytes);
    }

    /// <summary>What is to be kept when all bytes have come; a refusal when they are not what the key says.</summary>
    public Result<IReadOnlyList<HeldKey>> Finish(BlobHash hash, long size)
    {
        string actual = _hash is null ? hash.ToString() : Convert.ToHexStringLower(_hash.GetHashAndReset());
        return size != (_key.Size ?? size)
            ? ErrorCode.Unprocessable.With(
                $"The key {Display.Quote(_key.Text)} says {_key.Size} bytes, and {size} came. Nothing was stored.")
            : actual != _key.Digest
                ? ErrorCode.DigestMismatch.With(
                    $"The content sent for the key {Display.Quote(_key.Text)} is other content: its {_key.Backend} is {actual}. "
                    + "Nothing was stored. `git annex fsck` shows whether the file was changed.")
                : (HeldKey[])[new HeldKey(_key.Name, hash, size), .. ByMd5(hash, size)];
    }

    /// <summary>Whether content is what a key says; why not, when it is not.</summary>
    public static async Task<Result<Done>> CheckAsync(KeyName key, Stream content, CancellationToken ct)
    {
        Result<KeyDigest> begun = Of(key);
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

    /// <summary>The digest that a key is made of; null for the SHA-256 that is made anyway, and for what is no digest.</summary>
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

    private IEnumerable<HeldKey> ByMd5(BlobHash hash, long size) => _md5 is null
        ? []
        : [new HeldKey(new KeyName("", "MD5", size, Convert.ToHexStringLower(_md5.GetHashAndReset())).Name, hash, size)];

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash?.Dispose();
        _md5?.Dispose();
    }
}
