namespace Hutch.Api.Portal;

/// <summary>One file of the portal, with the forms in which it was compressed when it was built.</summary>
internal sealed record PortalFile(string ContentType, byte[] Plain, byte[]? Brotli, byte[]? Gzip)
{
    /// <summary>The smallest form that the client takes: its bytes, and the name of the coding.</summary>
    public (byte[] Bytes, string? Coding) Choose(string acceptEncoding)
    {
        if (Brotli is not null && Accepts(acceptEncoding, "br"))
        {
            return (Brotli, "br");
        }

        return Gzip is not null && Accepts(acceptEncoding, "gzip") ? (Gzip, "gzip") : (Plain, null);
    }

    // "br;q=0" refuses; other weights do not matter with two forms to choose from.
    private static bool Accepts(string header, string coding)
    {
        foreach (string part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            if (words[0].Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return !words.Skip(1).Any(
                    word => word.Replace(" ", "", StringComparison.Ordinal) is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
            }
        }

        return false;
    }
}
