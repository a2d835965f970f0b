namespace Hutch.S3.Signing;

/// <summary>Whose key signed, and for which day and region: <c>KEY/20130524/us-east-1/s3/aws4_request</c>.</summary>
internal sealed record CredentialScope(string AccessKey, string Date, string Region)
{
    private const int DateLength = 8;
    private const int MaxCharacters = 256;

    /// <summary>The scope without the key.</summary>
    public string Scope => SigV4.Scope(Date, Region, SigV4.S3);

    public static bool TryParse(string text, [NotNullWhen(true)] out CredentialScope? scope, [NotNullWhen(false)] out string? fault)
    {
        scope = null;
        string[] parts = text.Length <= MaxCharacters ? text.Split('/') : [];
        fault = parts switch
        {
            not [_, _, _, _, _] => "The credential must have the form KEY/DATE/REGION/s3/aws4_request.",
            [_, var date, ..] when date.Length != DateLength || !date.All(char.IsAsciiDigit) =>
                "The date of the credential must have eight digits, such as 20130524.",
            [_, _, "", ..] => "The region of the credential is empty.",
            [_, _, _, not SigV4.S3, _] => "The service of the credential must be 's3'.",
            [.., not SigV4.Terminator] => $"The credential must end with '{SigV4.Terminator}'.",
            ["", ..] => "The access key of the credential is empty.",
            _ => null,
        };
        if (fault is not null)
        {
            return false;
        }

        scope = new CredentialScope(parts[0], parts[1], parts[2]);
        return true;
    }
}
