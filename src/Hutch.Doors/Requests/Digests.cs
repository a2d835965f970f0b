namespace Hutch.Doors.Requests;

/// <summary>The headers <c>Repr-Digest</c> and <c>Content-Digest</c> (RFC 9530): <c>sha-256=:BASE64:</c>.</summary>
public static class Digests
{
    private const string Algorithm = "sha-256=:";

    public static string Write(BlobHash hash) => $"{Algorithm}{Convert.ToBase64String(hash.ToBytes())}:";

    /// <summary>The SHA-256 that a header announces; null when it announces none. Other algorithms are ignored.</summary>
    public static BlobHash? Read(string name, string? header)
    {
        foreach (string part in header?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (!part.StartsWith(Algorithm, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var bytes = new byte[BlobHash.Size];
            return part.EndsWith(':')
                && Convert.TryFromBase64String(part[Algorithm.Length..^1], bytes, out int written)
                && written == BlobHash.Size
                ? new BlobHash(bytes)
                : throw ErrorCode.BadRequest.With(
                    $"The header {name} must have the form 'sha-256=:BASE64:', with the 32 bytes of a SHA-256.").ToException();
        }

        return null;
    }
}
