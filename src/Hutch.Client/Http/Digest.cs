namespace Hutch.Client.Http;

/// <summary>A SHA-256 in a header, as RFC 9530 writes it: <c>sha-256=:BASE64:</c>.</summary>
internal static class Digest
{
    private const string Prefix = "sha-256=:";

    internal static string Write(BlobHash hash) => Prefix + Convert.ToBase64String(hash.ToBytes()) + ":";

    internal static BlobHash? Read(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(Contracts.HutchHeaders.ReprDigest, out IEnumerable<string>? values))
        {
            return null;
        }

        string text = values.First();
        Span<byte> bytes = stackalloc byte[BlobHash.Size];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && text.EndsWith(':')
            && Convert.TryFromBase64String(text[Prefix.Length..^1], bytes, out int length) && length == BlobHash.Size
            ? new BlobHash(bytes)
            : null;
    }
}
