using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hutch.Site.Platform.Servers;

/// <summary>
/// Lets one server of a site ask another one a single question, within half a minute. With the same key, the asked server proves that the
/// answer is its own, complete, and to this question.
/// </summary>
public sealed class ServerTicket
{
    public const string Path = "/between-servers/";

    public const string ProofHeader = "Hutch-Proof";

    internal const string Scheme = "Hutch-Server ";

    // Nothing else that is ever signed with the key begins so.
    private const string AskLabel = "hutch-between-servers-1 ask";
    private const string AnswerLabel = "hutch-between-servers-1 answer";

    private readonly byte[] _key;
    private readonly string _mac;

    private ServerTicket(byte[] key, TicketClaims claims, string mac) => (_key, Claims, _mac) = (key, claims, mac);

    public Guid Asker => Claims.Asker;

    public string Header => $"{Scheme}{Claims}.{_mac}";

    internal TicketClaims Claims { get; }

    /// <summary>Returns the proof that an answer comes from the asked server.</summary>
    public string Prove(int status, ReadOnlySpan<byte> answer)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{AnswerLabel}\n{_mac}\n{status}\n")));
        hash.AppendData(answer);
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }

    public bool IsProof(string? proof, int status, ReadOnlySpan<byte> answer) => proof is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(proof), Encoding.UTF8.GetBytes(Prove(status, answer)));

    internal static ServerTicket Make(byte[] key, in TicketClaims claims, ServerQuery question) =>
        new(key, claims, MacOf(key, claims.ToString(), question));

    /// <summary>Reads a ticket; null if it was not made with the key for this question.</summary>
    internal static ServerTicket? Read(byte[] key, string? header, ServerQuery question)
    {
        if (header is null || header.Length > 400 || !header.StartsWith(Scheme, StringComparison.Ordinal)
            || header[Scheme.Length..].Split('.') is not [var asker, var target, var life, var ends, var nonce, var mac]
            || !Guid.TryParseExact(asker, "N", out Guid from) || !Guid.TryParseExact(target, "N", out Guid to)
            || !long.TryParse(life, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            || !long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out long until))
        {
            return null;
        }

        // Uses the text as received, not the parsed values: parsers skip white space and leading zeros.
        string text = header[Scheme.Length..^(mac.Length + 1)];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(MacOf(key, text, question)))
            ? new ServerTicket(key, new TicketClaims(from, to, epoch, until, nonce), mac)
            : null;
    }

    private static string MacOf(byte[] key, string claims, ServerQuery question) => Base64Url.EncodeToString(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{AskLabel}\n{claims}\n{question.Method}\n{question.Text}")));
}

/// <param name="Life">The life of the asked server: it ends when the server restarts.</param>
/// <param name="Ends">The end of its validity, seconds since 1970.</param>
internal readonly record struct TicketClaims(Guid Asker, Guid Target, long Life, long Ends, string Nonce)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Asker:N}.{Target:N}.{Life}.{Ends}.{Nonce}");
}
