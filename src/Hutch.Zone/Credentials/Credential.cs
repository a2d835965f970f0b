using System.Buffers.Text;

namespace Hutch.Zone.Credentials;

/// <summary>
/// A presented secret after parsing: its public part and the hash of its secret part. The secret itself is not kept. The written form is a
/// prefix (<c>hutch_</c>, <c>hutchlink_</c>, …), in tokens and links the id of the zone and <c>_</c> (<see cref="TokenText"/>), 16 hex
/// digits, <c>_</c>, and 32 random bytes in base64url.
/// </summary>
/// <remarks>A plain SHA-256 suffices for storage: unlike a password, a secret of 256 random bits cannot be guessed from its hash.</remarks>
public readonly ref struct Credential
{
    public const int SecretBytes = 32;

    public const int IdLength = TokenText.IdLength;

    /// <summary>The prefixes in the order of <see cref="CredentialKind"/>; none begins another one.</summary>
    private static readonly string[] Prefixes =
        [TokenText.Token, TokenText.Link, "hutchsession_", "hutchlogin_", "hutchinvite_", TokenText.Join];

    private Credential(CredentialKind kind, ReadOnlySpan<char> id, BlobHash secretHash)
    {
        Kind = kind;
        Id = id;
        SecretHash = secretHash;
    }

    public CredentialKind Kind { get; }

    public ReadOnlySpan<char> Id { get; }

    public BlobHash SecretHash { get; }

    /// <summary>Parses the written form; false for anything else. Allocates nothing.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Credential credential)
    {
        credential = default;
        int kind = 0;
        while (kind < Prefixes.Length && !text.StartsWith(Prefixes[kind], StringComparison.Ordinal))
        {
            kind++;
        }

        if (kind == Prefixes.Length)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[(Prefixes[kind].Length + (TokenText.ZoneOf(text).IsEmpty ? 0 : IdLength + 1))..];
        if (rest.Length != IdLength + 1 + TokenText.SecretLength || rest[IdLength] != '_' || !TokenText.IsId(rest[..IdLength]))
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[SecretBytes];
        try
        {
            if (!Base64Url.TryDecodeFromChars(rest[(IdLength + 1)..], secret, out int written) || written != SecretBytes)
            {
                return false;
            }
        }
        catch (FormatException)
        {
            return false; // characters outside the alphabet
        }

        credential = new Credential((CredentialKind)kind, rest[..IdLength], BlobHash.Compute(secret));
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    /// <param name="zone">
    /// The zone in the text, so that a client sends it nowhere else; null for secrets that only a browser presents.
    /// </param>
    public static (string Id, BlobHash SecretHash, IssuedSecret Secret) Issue(CredentialKind kind, string? zone = null)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        (BlobHash hash, IssuedSecret secret) = IssueAgain(kind, zone is null ? id : $"{zone}_{id}");
        return (id, hash, secret);
    }

    /// <summary>Creates another secret for a public part that is in use or that has a zone before it.</summary>
    internal static (BlobHash SecretHash, IssuedSecret Secret) IssueAgain(CredentialKind kind, string id)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return (BlobHash.Compute(secret), new IssuedSecret($"{Prefixes[(int)kind]}{id}_{Base64Url.EncodeToString(secret)}"));
    }

    /// <summary>
    /// Creates a new identity for a user or group. Identities and secrets come from the system's generator, never from a seeded one.
    /// </summary>
    public static PrincipalId NewPrincipalId() => new(new Guid(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Returns true if the secret has the stored hash; the time does not depend on the position of a difference.</summary>
    public bool Matches(BlobHash storedHash) => AreEqual(SecretHash, storedHash);

    /// <summary>Compares two hashes of secrets; the time does not depend on the position of a difference.</summary>
    internal static bool AreEqual(BlobHash presentedHash, BlobHash storedHash)
    {
        Span<byte> presented = stackalloc byte[BlobHash.Size];
        Span<byte> stored = stackalloc byte[BlobHash.Size];
        presentedHash.CopyTo(presented);
        storedHash.CopyTo(stored);
        return CryptographicOperations.FixedTimeEquals(presented, stored);
    }

    public override string ToString() => $"{Kind} {Id}";
}

public enum CredentialKind
{
    /// <summary>An account, as far as the token reaches: <c>hutch_ZONE_ID_SECRET</c>, older ones without the zone.</summary>
    Token,

    /// <summary>One dataset: <c>hutchlink_ZONE_ID_SECRET</c>, older ones without the zone.</summary>
    Link,

    /// <summary>A browser session, by its cookie: <c>hutchsession_ID_SECRET</c>.</summary>
    Session,

    /// <summary>A session, once: <c>hutchlogin_ID_SECRET</c>.</summary>
    LoginLink,

    /// <summary>A right on a dataset, or membership in a group: <c>hutchinvite_ID_SECRET</c>.</summary>
    Invite,

    /// <summary>The membership of a site in the zone, once: <c>hutchjoin_ZONE_ID_SECRET</c>.</summary>
    Join,
}
