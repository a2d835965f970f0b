using System.Collections.Immutable;

namespace Hutch.Zone.Credentials;

/// <summary>
/// At a site: the signing keys that its zone derived for it, in memory and in a file that only its owner may read, outside
/// <c>zone.db</c>, segments and backups. Without the file, the zone sends them again.
/// </summary>
/// <remarks>Thread-safe. A signing key is no right: the token that the zone made of the S3 key for this site must be valid, too.</remarks>
public sealed partial class SigningKeys
{
    public const string FileName = "s3-signing.keys";

    private const string Mark = "hutch-signing-keys-1";

    private const long MaxFileBytes = 256L << 20;

    private readonly ZoneDatabase _zone;
    private readonly IDisk _disk;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private volatile State _state = State.None;

    private SigningKeys(ZoneDatabase zone, IDisk disk, string path, ILogger logger) =>
        (_zone, _disk, _path, _logger) = (zone, disk, path, logger);

    /// <summary>The region of this site; null until the zone has given it.</summary>
    public string? Region => _state.Region;

    /// <exception cref="HutchException">Others may read the file.</exception>
    internal static SigningKeys Open(ZoneDatabase zone, IDisk disk, string folder, ILogger logger)
    {
        var keys = new SigningKeys(zone, disk, Path.Combine(folder, FileName), logger);
        if (zone.Joined is not null && disk.FileExists(keys._path))
        {
            keys._state = keys.Read();
        }

        return keys;
    }

    /// <summary>Returns the public part of the token that the zone made of an S3 key for this site; null for an unknown key.</summary>
    public string? FindToken(string key) => _state.ByKey.GetValueOrDefault(key)?.Token;

    /// <summary>Returns the signing key of a day; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Find(string token, string day) =>
        _state.ByToken.TryGetValue(token, out DerivedKey? key) && DerivedKey.TryParseDay(day, out DateOnly date) ? key.Find(date) : default;

    /// <summary>
    /// Forgets the keys whose token has ended and the days that are too long ago. Returns the tokens for which the zone is to send keys.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> FindLackingAsync(CancellationToken ct)
    {
        IReadOnlyList<TokenRecord> valid = await _zone.ReadAsync(tables => tables.Tokens.S3KeysAt(_zone.SiteId), ct);
        DateOnly today = Today();
        Change(before => before.Only(valid.Select(static token => token.Id).ToHashSet(StringComparer.Ordinal), today));
        State now = _state;
        return
        [
            .. valid.Select(static token => token.Id)
                .Where(id => !(now.ByToken.TryGetValue(id, out DerivedKey? key) && key.ReachesAhead(today))),
        ];
    }

    /// <summary>Takes over the region of this site, and keys, which replace those of the same tokens.</summary>
    public void Take(string region, IEnumerable<DerivedKey> keys) => Change(before => before.With(region, keys));

    /// <summary>The present day of the zone.</summary>
    public DateOnly Today() => DateOnly.FromDateTime(_zone.Time.GetUtcNow().UtcDateTime);

    private void Change(Func<State, State> change)
    {
        lock (_gate)
        {
            State before = _state;
            _state = change(before);
            if (ReferenceEquals(before, _state))
            {
                return;
            }

            try
            {
                AtomicFile.Replace(_disk, _path, Encoding.ASCII.GetBytes(_state.Write(_zone.SiteId)));
            }
            catch (IOException e)
            {
                LogNotWritten(_path, e);
            }
        }
    }

    private State Read()
    {
        if (FileFacts.Read(_path) is { IsOpenToOthers: true })
        {
            throw ErrorCode.BadConfiguration.With(
                $"Others may read {_path}, the keys that requests to this site are checked with: delete it, and the zone sends them again. "
                + "If another user may have read it, revoke the S3 keys that open this site, at the zone.").ToException();
        }

        State? read = State.Read(Encoding.ASCII.GetString(_disk.ReadAllBytes(_path, (int)MaxFileBytes)), _zone.SiteId);
        if (read is null)
        {
            LogDamaged(_path);
        }

        return read ?? State.None;
    }

    private sealed record State(
        string? Region, ImmutableDictionary<string, DerivedKey> ByToken, ImmutableDictionary<string, DerivedKey> ByKey)
    {
        public static State None { get; } = new(
            null, ImmutableDictionary.Create<string, DerivedKey>(StringComparer.Ordinal),
            ImmutableDictionary.Create<string, DerivedKey>(StringComparer.Ordinal));

        public State With(string? region, IEnumerable<DerivedKey> keys)
        {
            DerivedKey[] taken = [.. keys];
            return region == Region && taken.Length == 0 ? this : new State(
                region,
                ByToken.SetItems(taken.Select(static key => KeyValuePair.Create(key.Token, key))),
                ByKey.SetItems(taken.Select(static key => KeyValuePair.Create(key.Key, key))));
        }

        public State Only(HashSet<string> tokens, DateOnly today)
        {
            DerivedKey[] left =
            [
                .. ByToken.Values.Where(key => tokens.Contains(key.Token)).Select(key => key.Without(today)).OfType<DerivedKey>(),
            ];
            return left.Length == ByToken.Count && left.All(key => ReferenceEquals(key, ByToken[key.Token])) ? this
                : None.With(Region, left);
        }

        /// <summary>Reads the text of a file; null for a damaged one, and for one of another site.</summary>
        public static State? Read(string text, string siteId)
        {
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.FirstOrDefault()?.Split(' ') is not [Mark, var site, var region] || site != siteId)
            {
                return null;
            }

            var keys = new List<DerivedKey>();
            foreach (string line in lines.Skip(1))
            {
                byte[] bytes = new byte[DerivedKey.Days * HMACSHA256.HashSizeInBytes];
                if (line.Split(' ') is not [var token, var key, var first, var days]
                    || !Convert.TryFromBase64String(days, bytes, out int written)
                    || DerivedKey.Read(token, key, first, bytes[..written]) is not { } read)
                {
                    return null;
                }

                keys.Add(read);
            }

            return None.With(region, keys);
        }

        public string Write(string siteId)
        {
            var text = new StringBuilder($"{Mark} {siteId} {Region}\n");
            foreach (DerivedKey key in ByToken.Values)
            {
                text.Append(key.Token).Append(' ').Append(key.Key).Append(' ').Append(DerivedKey.Format(key.First)).Append(' ')
                    .Append(Convert.ToBase64String(key.Bytes.Span)).Append('\n');
            }

            return text.ToString();
        }

        /// <summary>Returns a constant, never a key.</summary>
        public override string ToString() => nameof(State);
    }

    [LoggerMessage(
        3160, LogLevel.Warning, "Cannot write {Path}. After a restart, S3 keys of the zone work here once the zone has sent them again")]
    private partial void LogNotWritten(string path, Exception exception);

    [LoggerMessage(3161, LogLevel.Warning, "{Path} is damaged or belongs to another site, and is ignored: the zone sends the keys again")]
    private partial void LogDamaged(string path);
}
