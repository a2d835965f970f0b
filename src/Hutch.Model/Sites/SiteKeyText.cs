namespace Hutch.Model.Sites;

/// <summary>The fingerprint of a site's key, the SHA-256 of its public key, in the form that people compare.</summary>
public static class SiteKeyText
{
    private const string Prefix = "SHA256:";

    /// <summary><c>SHA256:</c> and 64 hexadecimal digits.</summary>
    public static string Format(BlobHash key) => Prefix + key.ToString().ToUpperInvariant();

    /// <summary>Parses a fingerprint, with or without the prefix.</summary>
    public static Result<BlobHash> Parse(string text)
    {
        string digits = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        return BlobHash.TryParse(digits.Trim().ToLowerInvariant(), out BlobHash key)
            ? key
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not the fingerprint of a site's key: use SHA256: and 64 hexadecimal digits, as "
                + "`hutch site show` prints them there.");
    }
}
