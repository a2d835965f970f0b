namespace Hutch.S3.Signing;

/// <summary>The header <c>Authorization</c> of Signature Version 4.</summary>
/// <remarks>
/// <c>AWS4-HMAC-SHA256 Credential=KEY/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=HEX</c>; commas with or
/// without space.
/// </remarks>
internal sealed record AuthorizationHeader(CredentialScope Credential, string SignedHeaders, string Signature)
{
    public static bool TryParse(string header, [NotNullWhen(true)] out AuthorizationHeader? parsed, [NotNullWhen(false)] out string? fault)
    {
        parsed = null;
        if (!header.StartsWith(SigV4.Algorithm, StringComparison.Ordinal)
            || header.Length <= SigV4.Algorithm.Length || header[SigV4.Algorithm.Length] is not (' ' or '\t'))
        {
            fault = $"The header Authorization must start with {SigV4.Algorithm}: only Signature Version 4 is supported.";
            return false;
        }

        string? credential = null, headers = null, signature = null;
        ReadOnlySpan<char> rest = header.AsSpan(SigV4.Algorithm.Length);
        foreach (Range range in rest.Split(','))
        {
            ReadOnlySpan<char> part = rest[range].Trim();
            int equals = part.IndexOf('=');
            string name = equals < 0 ? "" : part[..equals].ToString();
            string value = equals < 0 ? "" : part[(equals + 1)..].ToString();
            bool isKnown = name switch
            {
                "Credential" => Take(ref credential, value),
                "SignedHeaders" => Take(ref headers, value),
                "Signature" => Take(ref signature, value),
                _ => false,
            };
            if (!isKnown)
            {
                fault = "The header Authorization must have Credential, SignedHeaders and Signature, each once, and nothing else.";
                return false;
            }
        }

        if (credential is null || headers is null || signature is null)
        {
            fault = "The header Authorization lacks Credential, SignedHeaders or Signature.";
            return false;
        }

        if (!CredentialScope.TryParse(credential, out CredentialScope? scope, out fault))
        {
            return false;
        }

        parsed = new AuthorizationHeader(scope, headers, signature);
        return true;
    }

    private static bool Take(ref string? field, string value)
    {
        bool isFirst = field is null;
        field ??= value;
        return isFirst && value.Length > 0;
    }
}
