namespace Hutch.Site.Write.Pushes;

/// <summary>
/// A client's name for the upload of a large file: its SHA-256 if the client knows it, or an id of its own if it hashes while it sends.
/// </summary>
public readonly record struct UploadKey
{
    private const int IdLength = 32;

    private UploadKey(BlobHash name, bool isHash)
    {
        Name = name;
        IsHash = isHash;
    }

    /// <summary>True if the bytes must have the hash <see cref="Name"/>.</summary>
    public bool IsHash { get; }

    /// <summary>The site's name for the received bytes: the announced hash, or one made from the id.</summary>
    public BlobHash Name { get; }

    /// <summary>An upload of bytes whose hash is known.</summary>
    public static UploadKey OfHash(BlobHash hash) => new(hash, true);

    /// <summary>Reads 64 hex digits (a SHA-256) or 32 (an id).</summary>
    public static Result<UploadKey> Parse(string text)
    {
        if (BlobHash.TryParse(text, out BlobHash hash))
        {
            return OfHash(hash);
        }

        return text.Length == IdLength && text.All(char.IsAsciiHexDigit)
            ? new UploadKey(BlobHash.Compute(System.Text.Encoding.ASCII.GetBytes("upload " + text.ToLowerInvariant())), false)
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not an upload: use 64 hex digits (its SHA-256) or 32 (an id of your own).");
    }
}
