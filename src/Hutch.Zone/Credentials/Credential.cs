using System.Buffers.Text;
using System.Security.Cryptography;
using Hutch.Model;

namespace Hutch.Zone.Credentials;

/// <summary>
/// A presented secret after reading: its public part and the hash of what is secret in it. The secret itself is not kept.
/// Written form: what it opens (<c>hutch_</c>, <c>hutchlink_</c>, …), in tokens and links the id of the zone and <c>_</c>
/// (<see cref="TokenText"/>), 16 hex digits, <c>_</c>, 32 random bytes in base64url.
/// </summary>
/// <remarks>
/// A plain SHA-256 is enough for the store: the secret is 256 random bits, so that guessing from the hash is hopeless, unlike with
/// passwords.
/// </remarks>
public readonly ref struct Credential
{
    /// <summary>Random bytes in a secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Characters of the public part.</summary>
    public const int IdLength = TokenText.IdLength;

    /// <summary>In the order of <see cref="CredentialKind"/>; none begins another one.</summary>
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

    /// <summary>Reads the written form; false for anything else. Allocates nothing.</summary>
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

        credential = new Credential((CredentialKind)kind, rest[..IdLength], BlobHash.Of(secret));
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    /// <summary>Makes a new secret with a new public part.</summary>
    /// <param name="kind">What it opens.</param>
    /// <param name="zone">The zone that it names, so that a client sends it nowhere else; null for what only a browser presents.</param>
    public static (string Id, BlobHash SecretHash, IssuedSecret Secret) Issue(CredentialKind kind, string? zone = null)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        (BlobHash hash, IssuedSecret secret) = IssueAgain(kind, zone is null ? id : $"{zone}_{id}");
        return (id, hash, secret);
    }

    /// <summary>Makes another secret with a public part that is in use, or with a zone before it.</summary>
    internal static (BlobHash SecretHash, IssuedSecret Secret) IssueAgain(CredentialKind kind, string id)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return (BlobHash.Of(secret), new IssuedSecret($"{Prefixes[(int)kind]}{id}_{Base64Url.EncodeToString(secret)}"));
    }

    /// <summary>
    /// Makes a new identity for a user or group. Identities and secrets come from the system's generator, never from a seeded one.
    /// </summary>
    public static PrincipalId NewPrincipalId() => new(new Guid(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Whether the secret is the one whose hash is stored; takes the same time wherever the two differ.</summary>
    public bool Matches(BlobHash storedHash) => AreEqual(SecretHash, storedHash);

    /// <summary>Whether two hashes of secrets are the same; takes the same time wherever they differ.</summary>
    internal static bool AreEqual(BlobHash presentedHash, BlobHash storedHash)
    {
        Span<byte> presented = stackalloc byte[BlobHash.Size];
        Span<byte> stored = stackalloc byte[BlobHash.Size];
        presentedHash.CopyTo(presented);
        storedHash.CopyTo(stored);
        return CryptographicOperations.FixedTimeEquals(presented, stored);
    }

    /// <summary>The public part only.</summary>
    public override string ToString() => $"{Kind} {Id}";
}

/// <summary>What a secret opens.</summary>
public enum CredentialKind
{
    /// <summary>An account, as far as the token reaches: <c>hutch_ZONE_ID_SECRET</c>, older ones without the zone.</summary>
    Token,

    /// <summary>One dataset: <c>hutchlink_ZONE_ID_SECRET</c>, older ones without the zone.</summary>
    Link,

    /// <summary>What the browser's cookie stands for: <c>hutchsession_ID_SECRET</c>.</summary>
    Session,

    /// <summary>A session, once: <c>hutchlogin_ID_SECRET</c>.</summary>
    LoginLink,

    /// <summary>A right on a dataset, or membership in a group: <c>hutchinvite_ID_SECRET</c>.</summary>
    Invite,

    /// <summary>A site's place in the zone, once: <c>hutchjoin_ZONE_ID_SECRET</c>.</summary>
    Join,
}
