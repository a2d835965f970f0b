namespace Hutch.Model.Sites;

/// <summary>The SHA-256 of a server's certificate, in the form that people compare.</summary>
public static class CertificateFingerprint
{
    private const string Prefix = "SHA256:";

    /// <summary><c>SHA256:</c> and 64 capital hexadecimal digits.</summary>
    public static string Format(ReadOnlySpan<byte> hash) => Prefix + Convert.ToHexString(hash);

    /// <summary>Normalizes a fingerprint. The prefix is optional, as are colons between bytes, and case does not matter.</summary>
    public static Result<string> Parse(string text)
    {
        string bare = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        string digits = bare.Replace(":", "", StringComparison.Ordinal).Trim();
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit)
            ? Prefix + digits.ToUpperInvariant()
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a fingerprint: "
                + "use SHA256: and 64 hexadecimal digits, as the server printed them at startup.");
    }
}
