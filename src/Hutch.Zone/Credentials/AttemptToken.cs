using System.Buffers.Text;
using Hutch.Model.Records;

namespace Hutch.Zone.Credentials;

/// <summary>
/// The token of one attempt of a run: <c>hutchrun_RUN_ATTEMPT_SECRET</c>. The server issues it for a node that acts for the user of the
/// run. The record of the run has the hash of its secret, so that it ends with the attempt at once, without a change of the zone.
/// </summary>
/// <param name="SecretHash">The SHA-256 of the secret.</param>
public readonly record struct AttemptToken(AttemptKey Attempt, BlobHash SecretHash)
{
    private const string Prefix = "hutchrun_";
    private const int RunLength = 32;

    public static bool IsOne(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Creates a secret, before the attempt has its number.</summary>
    public static (BlobHash Hash, IssuedSecret Secret) Issue(AttemptKey attempt)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(Credential.SecretBytes);
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{attempt.Run:N}_{attempt.Number}_{Base64Url.EncodeToString(secret)}");
        return (BlobHash.Compute(secret), new IssuedSecret(text));
    }

    public static bool TryParse(ReadOnlySpan<char> text, out AttemptToken token)
    {
        token = default;
        if (!IsOne(text) || text.Length > Prefix.Length + RunLength + TokenText.SecretLength + 12)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[Prefix.Length..];
        int numberEnd = rest.Length - TokenText.SecretLength - 1;
        if (numberEnd <= RunLength + 1 || rest[RunLength] != '_' || rest[numberEnd] != '_'
            || !Guid.TryParseExact(rest[..RunLength], "N", out Guid run)
            || !int.TryParse(rest[(RunLength + 1)..numberEnd], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || !TryDecode(rest[(numberEnd + 1)..], out BlobHash hash))
        {
            return false;
        }

        token = new AttemptToken(new AttemptKey(run, number), hash);
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out BlobHash hash)
    {
        hash = default;
        Span<byte> secret = stackalloc byte[Credential.SecretBytes];
        try
        {
            if (!Base64Url.TryDecodeFromChars(text, secret, out int written) || written != secret.Length)
            {
                return false;
            }
        }
        catch (FormatException)
        {
            return false; // characters outside the alphabet
        }

        hash = BlobHash.Compute(secret);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }
}

/// <param name="User">The user on whose behalf it runs.</param>
/// <param name="Secret">The SHA-256 of the secret in its token.</param>
/// <param name="Inputs">The datasets that it reads.</param>
/// <param name="Output">The dataset that it writes.</param>
public sealed record AttemptGrant(string User, BlobHash Secret, IReadOnlyList<DatasetId> Inputs, DatasetId Output);
