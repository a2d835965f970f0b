using System.Buffers.Text;
using System.Collections.Concurrent;
using Hutch.Model.Signatures;

namespace Hutch.Zone.Credentials;

/// <summary>
/// The secrets of S3 keys. Signatures need the secret itself, so a hash would not suffice. None is stored: each is derived from the key of
/// the site, the id of its token and a generation.
/// </summary>
/// <remarks>
/// Thread-safe. The site's key is 32 random bytes in a file of the data folder that only its owner may read. If several servers share the
/// zone, it is in the zone. Without it every S3 key is void.
/// </remarks>
public sealed class S3Keys
{
    public const string FileName = "s3.key";

    public const int FirstGeneration = 1;

    private const string Action = "s3-key.share";

    private const string Prefix = "HK";
    private const int MaxDayKeys = 10_000;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string Id, int Generation, S3Day Day), byte[]> _dayKeys = new();
    private byte[]? _siteKey;

    private S3Keys(IDisk disk, string path)
    {
        _disk = disk;
        _path = path;
    }

    /// <summary>Reads the site's key, if there is one; the first secret creates it.</summary>
    public static S3Keys Open(IDisk disk, string folder)
    {
        var keys = new S3Keys(disk, Path.Combine(folder, FileName));
        keys._siteKey = disk.FileExists(keys._path) ? keys.Read() : null;
        return keys;
    }

    /// <summary>Reads the key that the zone's servers share. The first server creates it or contributes the key of its file.</summary>
    internal static async ValueTask<S3Keys> OpenSharedAsync(ZoneDatabase zone, IDisk disk, string folder, CancellationToken ct)
    {
        S3Keys keys = Open(disk, folder);
        byte[]? mine = keys._siteKey;
        keys._siteKey = await SharedSecret.EnsureAsync(zone, FileName, Action, mine, ct);
        if (mine is not null && mine.AsSpan().SequenceEqual(keys._siteKey))
        {
            disk.Delete(keys._path);
            disk.SyncFolder(folder);
        }

        return keys;
    }

    public static string AccessKeyOf(string tokenId)
    {
        return Prefix + tokenId.ToUpperInvariant();
    }

    /// <summary>Returns the id of an access key's token; null for another text.</summary>
    public static string? TokenIdOf(string accessKey)
    {
        return accessKey.Length == Prefix.Length + Credential.IdLength && accessKey.StartsWith(Prefix, StringComparison.Ordinal)
            ? accessKey[Prefix.Length..].ToLowerInvariant()
            : null;
    }

    internal IssuedSecret SecretOf(TokenRecord token) => new(Secret(token.Id, GenerationOf(token)));

    /// <summary>Returns the signing key of one day and region; it signs nothing else.</summary>
    internal byte[] SigningKey(TokenRecord token, S3Day day)
    {
        (string, int, S3Day) name = (token.Id, GenerationOf(token), day);
        if (_dayKeys.TryGetValue(name, out byte[]? known))
        {
            return known;
        }

        if (_dayKeys.Count >= MaxDayKeys)
        {
            _dayKeys.Clear();
        }

        byte[] made = SigV4.SigningKey(Secret(token.Id, GenerationOf(token)), day.Date, day.Region, SigV4.S3);
        _dayKeys[name] = made;
        return made;
    }

    /// <summary>Returns the signing keys of days in a row for a region, 32 bytes each, for a site.</summary>
    internal byte[] SigningKeys(TokenRecord token, DateOnly first, int days, string region)
    {
        string secret = Secret(token.Id, GenerationOf(token));
        byte[] keys = new byte[days * HMACSHA256.HashSizeInBytes];
        for (int i = 0; i < days; i++)
        {
            SigV4.SigningKey(secret, DerivedKey.Format(first.AddDays(i)), region, SigV4.S3)
                .CopyTo(keys, i * HMACSHA256.HashSizeInBytes);
        }

        return keys;
    }

    internal bool VerifyVersion2(TokenRecord token, string stringToSign, string signature) =>
        SigV2.Verify(Secret(token.Id, GenerationOf(token)), stringToSign, signature);

    private string Secret(string id, int generation) => Base64Url.EncodeToString(HMACSHA256.HashData(
        SiteKey(), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"hutch-s3-key\n{id}\n{generation}"))));

    private byte[] SiteKey()
    {
        lock (_gate)
        {
            return _siteKey ??= Make();
        }
    }

    /// <summary>Creates the site's key. Durable on return: a secret must not outlive the key that it is derived from.</summary>
    private byte[] Make()
    {
        byte[] key = RandomNumberGenerator.GetBytes(SharedSecret.Bytes);
        AtomicFile.Replace(_disk, _path, FileOf(key));
        return key;
    }

    /// <summary>Returns the key in the file of a data folder; null for none.</summary>
    internal static byte[]? FindIn(IDisk disk, string folder) => Open(disk, folder)._siteKey;

    /// <summary>The content of the file with a site's key.</summary>
    internal static byte[] FileOf(byte[] key) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key) + "\n");

    private byte[] Read()
    {
        string text = Encoding.ASCII.GetString(_disk.ReadAllBytes(_path, 4096)).Trim();
        return text.Length == SharedSecret.Bytes * 2 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new InvalidDataException(
                $"'{_path}' is damaged: it must hold {SharedSecret.Bytes * 2} hex digits. Restore it, or delete it and create "
                + "new S3 keys.");
    }

    private static int GenerationOf(TokenRecord token) =>
        token.S3Generation ?? throw new ArgumentException($"The token {token.Id} is not an S3 key.", nameof(token));
}
