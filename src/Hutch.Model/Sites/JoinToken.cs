using System.Buffers.Text;

namespace Hutch.Model.Sites;

/// <summary>
/// With what a site joins a zone: where the zone is reached, the key that it must show there, and a secret that is good once. Written
/// <c>hutchjoin_ZONE_ID_SECRET_KEY@HOST:PORT</c>.
/// </summary>
/// <param name="Address">Where sites reach the zone, HOST:PORT.</param>
/// <param name="ZoneKey">The fingerprint of the zone's key.</param>
/// <param name="Credential">What proves the invite, <c>hutchjoin_ZONE_ID_SECRET</c>: sent to that key only.</param>
public sealed record JoinToken(string Address, BlobHash ZoneKey, string Credential)
{
    private const int KeyLength = 43;
    private static readonly int CredentialLength = TokenText.Join.Length + (2 * (TokenText.IdLength + 1)) + TokenText.SecretLength;

    private static readonly HutchError Malformed = (ErrorCode.InvalidName with
    {
        Advice = "Copy the whole token, or ask an administrator of the zone for a new one: `hutch site invite NAME`.",
    }).With("This is not a join token, which looks like hutchjoin_ZONE_ID_SECRET_KEY@HOST:PORT.");

    /// <summary>The id of the zone.</summary>
    public string Zone => TokenText.ZoneOf(Credential).ToString();

    /// <summary>Reads the written form. The refusal does not repeat it, as it is a secret.</summary>
    public static Result<JoinToken> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = CredentialLength + 1 + KeyLength;
        if (text.Length <= at + 1 || text[at] != '@' || text[CredentialLength] != '_')
        {
            return Malformed;
        }

        string credential = text[..CredentialLength];
        Span<byte> key = stackalloc byte[BlobHash.Size];
        try
        {
            return Base64Url.TryDecodeFromChars(text.AsSpan(CredentialLength + 1, KeyLength), key, out int length)
                && length == BlobHash.Size
                && !TokenText.ZoneOf(credential).IsEmpty
                && Uri.TryCreate("https://" + text[(at + 1)..], UriKind.Absolute, out Uri? address)
                && address.PathAndQuery == "/" && address.UserInfo.Length == 0
                ? new JoinToken(address.Authority, new BlobHash(key), credential)
                : Malformed;
        }
        catch (FormatException)
        {
            return Malformed;
        }
    }

    /// <summary>The written form, with the secret.</summary>
    public string Reveal() => $"{Credential}_{Base64Url.EncodeToString(ZoneKey.ToBytes())}@{Address}";

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"join token for {Address}";
}
