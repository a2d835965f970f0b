using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hutch.Disk;
using Hutch.Model.Signatures;
using Hutch.Model.Zone;

namespace Hutch.Datasets.Accounts;

/// <summary>
/// The secrets of S3 keys. SigV4 needs the secret itself, so that no hash of it would do; none is stored: each follows from the key of the
/// site, the id of its token and a generation.
/// </summary>
/// <remarks>Thread-safe. The site's key is 32 random bytes in a file of the data folder that only its owner may read; without it every S3 key is void.</remarks>
public sealed class S3Keys
{
    /// <summary>The file in the data folder.</summary>
    public const string FileName = "s3.key";

    /// <summary>The generation of a new key's secret.</summary>
    public const int FirstGeneration = 1;

    private const string Prefix = "HK";
    private const int KeyBytes = 32;
    private const int MaxDayKeys = 10_000;

    private readonly byte[] _siteKey;
    private readonly ConcurrentDictionary<(string Id, int Generation, string Date, string Region), byte[]> _dayKeys = new();

    private S3Keys(byte[] siteKey) => _siteKey = siteKey;

    /// <summary>Reads the site's key, or makes it on the first start. Returns after it is durable.</summary>
    public static S3Keys Open(IDisk disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            AtomicFile.Replace(disk, path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
        }

        string text = Encoding.ASCII.GetString(disk.ReadAllBytes(path, 4096)).Trim();
        return text.Length == KeyBytes * 2 && text.All(char.IsAsciiHexDigit)
            ? new S3Keys(Convert.FromHexString(text))
            : throw new InvalidDataException($"'{path}' is damaged: it must hold {KeyBytes * 2} hex digits. Copy it back, or delete it and make new S3 keys.");
    }

    /// <summary>The access key of a token.</summary>
    public static string AccessKeyOf(string tokenId)
    {
        ArgumentNullException.ThrowIfNull(tokenId);
        return Prefix + tokenId.ToUpperInvariant();
    }

    /// <summary>The id of the token that an access key belongs to; null for a text that is no access key.</summary>
    public static string? TokenIdOf(string accessKey)
    {
        ArgumentNullException.ThrowIfNull(accessKey);
        return accessKey.Length == Prefix.Length + Credential.IdLength && accessKey.StartsWith(Prefix, StringComparison.Ordinal)
            ? accessKey[Prefix.Length..].ToLowerInvariant()
            : null;
    }

    /// <summary>The secret key of a token that is an S3 key.</summary>
    internal IssuedSecret SecretOf(TokenRecord token) => new(Secret(token.Id, GenerationOf(token)));

    /// <summary>The signing key of one day and region; nothing else can be signed with it.</summary>
    internal byte[] SigningKey(TokenRecord token, string date, string region)
    {
        (string, int, string, string) name = (token.Id, GenerationOf(token), date, region);
        if (_dayKeys.TryGetValue(name, out byte[]? known))
        {
            return known;
        }

        if (_dayKeys.Count >= MaxDayKeys)
        {
            _dayKeys.Clear();
        }

        byte[] made = SigV4.SigningKey(Secret(token.Id, GenerationOf(token)), date, region, SigV4.S3);
        _dayKeys[name] = made;
        return made;
    }

    private string Secret(string id, int generation) => Base64Url.EncodeToString(HMACSHA256.HashData(
        _siteKey, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"hutch-s3-key\n{id}\n{generation}"))));

    private static int GenerationOf(TokenRecord token) =>
        token.S3Generation ?? throw new ArgumentException($"The token {token.Id} is no S3 key.", nameof(token));
}
