using System.Buffers.Text;

namespace Hutch.Model.Sites;

/// <summary>
/// The token with which a site joins a zone: the zone's address, the key that the zone must present there, and a secret for single use.
/// Written <c>hutchjoin_ZONE_ID_SECRET_KEY@HOST:PORT</c>.
/// </summary>
/// <param name="Address">The zone's address for sites, HOST:PORT.</param>
/// <param name="Credential">The proof of the invite, <c>hutchjoin_ZONE_ID_SECRET</c>, which is sent to that key only.</param>
public sealed record JoinToken(string Address, BlobHash ZoneKey, string Credential)
{
    private const int KeyLength = 43;
    private static readonly int CredentialLength = TokenText.Join.Length + (2 * (TokenText.IdLength + 1)) + TokenText.SecretLength;

    private static readonly HutchError Malformed = (ErrorCode.InvalidName with
    {
        Advice = "Copy the whole token, or ask an administrator of the zone for a new one: `hutch site invite NAME`.",
    }).With("This is not a join token, which looks like hutchjoin_ZONE_ID_SECRET_KEY@HOST:PORT.");

    public string Zone => TokenText.ZoneOf(Credential).ToString();

    /// <summary>Parses the text. Errors do not repeat it, because it contains a secret.</summary>
    public static Result<JoinToken> Parse(string text)
    {
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

    public string Reveal() => $"{Credential}_{Base64Url.EncodeToString(ZoneKey.ToBytes())}@{Address}";

    /// <summary>A description without the secret.</summary>
    public override string ToString() => $"join token for {Address}";
}
