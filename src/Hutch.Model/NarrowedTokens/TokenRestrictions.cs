using System.Collections.Immutable;
using System.Text.Unicode;

namespace Hutch.Model.NarrowedTokens;

/// <summary>
/// The restrictions of one block of a narrowed token, or of all its blocks together. A null restriction restricts nothing. Written as lines
/// <c>NAME=VALUE</c> in the order of their names: see docs/formats/narrowed-tokens.md.
/// </summary>
/// <remarks>Immutable. The only way to combine two of them is <see cref="Intersect"/>, which never permits more than either.</remarks>
public sealed record TokenRestrictions
{
    /// <summary>The last second of the year 9999.</summary>
    private const long LastSecond = 253_402_300_799;

    private const char Separator = ',';

    private static readonly (TokenScopes Flag, string Name)[] ScopeNames =
        [(TokenScopes.Manage, "manage"), (TokenScopes.Read, "read"), (TokenScopes.Write, "write")];

    private static readonly (TokenDoors Flag, string Name)[] DoorNames =
        [(TokenDoors.Git, "git"), (TokenDoors.Rest, "rest"), (TokenDoors.S3, "s3"), (TokenDoors.WebDav, "webdav")];

    /// <summary>No restriction at all; only the intersection of no blocks.</summary>
    public static TokenRestrictions None { get; } = new();

    /// <summary>At most <see cref="TokenScope.MaxDatasets"/>. Empty only in an intersection: no dataset.</summary>
    public ImmutableSortedSet<DatasetId>? Datasets { get; init; }

    /// <summary>The doors that it opens.</summary>
    public TokenDoors? Doors { get; init; }

    /// <summary>The only folder that it reaches, of the only dataset.</summary>
    public FolderOfDataset? Folder { get; init; }

    /// <summary>The beginning, in whole seconds.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The scopes: some of read, write and manage.</summary>
    public TokenScopes? Scopes { get; init; }

    /// <summary>The ids of the sites at which it can be presented; the zone's own server has the id of the zone.</summary>
    public ImmutableSortedSet<string>? Sites { get; init; }

    /// <summary>The end, in whole seconds: from then on it is refused.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>True if two blocks name folders without anything in common: it reaches no dataset.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>Parses the names of scopes, separated by commas, in any order.</summary>
    public static Result<TokenScopes> ParseScopes(string text) =>
        Combine(text, ScopeNames, TokenScopes.None, static (all, one) => all | one, "scope of a key", "read, write and manage");

    /// <summary>Parses the names of doors, separated by commas, in any order.</summary>
    public static Result<TokenDoors> ParseDoors(string text) =>
        Combine(text, DoorNames, TokenDoors.None, static (all, one) => all | one, "door", "git, rest, s3 and webdav");

    public static string NameScopes(TokenScopes scopes) => Join(ScopeNames, flag => (scopes & flag) != 0);

    public static string NameDoors(TokenDoors doors) => Join(DoorNames, flag => (doors & flag) != 0);

    /// <summary>Parses the only form of a block's restrictions; refuses an unknown one, and any other form of a known one.</summary>
    public static Result<TokenRestrictions> Parse(ReadOnlySpan<byte> bytes)
    {
        HutchError other = ErrorCode.InvalidName.With("A block of this key is not in the only form of its restrictions.");
        if (!Utf8.IsValid(bytes))
        {
            return other;
        }

        var all = new TokenRestrictions();
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (!all.With(line[..Math.Max(equals, 0)], line[(equals + 1)..]).TryGet(out all!, out HutchError? error))
            {
                return error;
            }
        }

        return all.ToBytes().AsSpan().SequenceEqual(bytes) ? all : other;
    }

    /// <summary>Returns the only form; empty if nothing is restricted.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join('\n', Lines()));

    /// <summary>Returns the restrictions of both.</summary>
    public TokenRestrictions Intersect(TokenRestrictions other)
    {
        FolderOfDataset? folder = Folder is { } mine && other.Folder is { } its ? mine.Intersect(its) : Folder ?? other.Folder;
        ImmutableSortedSet<DatasetId>? datasets = Datasets is null || other.Datasets is null
            ? Datasets ?? other.Datasets
            : Datasets.Intersect(other.Datasets);
        return new TokenRestrictions
        {
            Datasets = datasets,
            Doors = Doors is null || other.Doors is null ? Doors ?? other.Doors : Doors & other.Doors,
            Folder = folder,
            From = From is null || other.From > From ? other.From ?? From : From,
            Scopes = Scopes is null || other.Scopes is null ? Scopes ?? other.Scopes : Scopes & other.Scopes,
            Sites = Sites is null || other.Sites is null ? Sites ?? other.Sites : Sites.Intersect(other.Sites),
            Until = Until is null || other.Until < Until ? other.Until ?? Until : Until,
            IsNothing = IsNothing || other.IsNothing || (folder is null && (Folder ?? other.Folder) is not null)
                || (folder is { } one && datasets?.Contains(one.Dataset) == false),
        };
    }

    /// <summary>Returns the datasets that it reaches; null for all, none if it reaches nothing.</summary>
    public ImmutableSortedSet<DatasetId>? ReachedDatasets()
    {
        if (IsNothing)
        {
            return [];
        }

        return Folder is { } folder && Datasets?.Contains(folder.Dataset) != false ? [folder.Dataset]
            : Folder is null ? Datasets
            : [];
    }

    /// <summary>Returns what it permits, as the end of a sentence that begins with "It", in English.</summary>
    public string Describe()
    {
        if (IsNothing || Datasets?.Count == 0 || Scopes == TokenScopes.None || Doors == TokenDoors.None || Sites?.Count == 0
            || Until <= From)
        {
            return "opens nothing";
        }

        string verbs = Scopes is { } scopes ? Sentence([.. VerbsOf(scopes)]) : "does everything that its parent does with";
        string what = Folder is { } folder ? $"the folder {Display.Quote(folder.Path.Value)} of the dataset {folder.Dataset}"
            : Datasets is { } datasets ? "the dataset " + Sentence([.. datasets.Select(static id => id.ToString())])
            : "all datasets that its parent reaches";
        string doors = Doors is { } some ? $", through {Sentence(NameDoors(some).Split(Separator))}" : "";
        string sites = Sites is { } ids ? $", at {Sentence([.. ids])}" : "";
        string from = From is { } begin ? $", from {Display.Minute(begin)}" : "";
        string until = Until is { } end ? $", until {Display.Minute(end)}" : "";
        return $"{verbs} {what}{doors}{sites}{from}{until}";
    }

    private static IEnumerable<string> VerbsOf(TokenScopes scopes)
    {
        (TokenScopes Flag, string Verb)[] verbs =
            [(TokenScopes.Read, "reads"), (TokenScopes.Write, "writes"), (TokenScopes.Manage, "manages")];
        return verbs.Where(verb => (scopes & verb.Flag) != 0).Select(static verb => verb.Verb);
    }

    private static string Sentence(string[] words) =>
        words.Length < 2 ? string.Concat(words) : string.Join(", ", words[..^1]) + " and " + words[^1];

    private IEnumerable<string> Lines()
    {
        if (Datasets is not null)
        {
            yield return "datasets=" + string.Join(Separator, Datasets);
        }

        if (Doors is { } doors)
        {
            yield return "doors=" + NameDoors(doors);
        }

        if (Folder is { } folder)
        {
            yield return $"folder={folder}";
        }

        if (From is { } from)
        {
            yield return "from=" + from.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }

        if (Scopes is { } scopes)
        {
            yield return "scopes=" + NameScopes(scopes);
        }

        if (Sites is not null)
        {
            yield return "sites=" + string.Join(Separator, Sites);
        }

        if (Until is { } until)
        {
            yield return "until=" + until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }
    }

    private Result<TokenRestrictions> With(string name, string value) => name switch
    {
        "datasets" => ParseDatasets(value).Then<TokenRestrictions>(datasets => this with { Datasets = datasets }),
        "doors" => ParseDoors(value).Then<TokenRestrictions>(doors => this with { Doors = doors }),
        "folder" => FolderOfDataset.Parse(value).Then<TokenRestrictions>(folder => this with { Folder = folder }),
        "from" => ParseTime(value).Then<TokenRestrictions>(from => this with { From = from }),
        "scopes" => ParseScopes(value).Then<TokenRestrictions>(scopes => this with { Scopes = scopes }),
        "sites" => ParseSites(value).Then<TokenRestrictions>(sites => this with { Sites = sites }),
        "until" => ParseTime(value).Then<TokenRestrictions>(until => this with { Until = until }),
        _ => (ErrorCode.InvalidName with { Advice = "Use a newer release of Hutch, or ask for a key without it." }).With(
            $"This key has the restriction {Display.Quote(name)}, which this release does not know."),
    };

    private static Result<ImmutableSortedSet<DatasetId>> ParseDatasets(string text)
    {
        ImmutableSortedSet<DatasetId> all = [];
        foreach (string word in text.Split(Separator, TokenScope.MaxDatasets + 1))
        {
            if (!DatasetId.TryParse(word, out DatasetId id))
            {
                return all.Count == TokenScope.MaxDatasets
                    ? ErrorCode.InvalidName.With($"A key names at most {TokenScope.MaxDatasets} datasets.")
                    : ErrorCode.InvalidName.With($"{Display.Quote(word)} is not the id of a dataset.");
            }

            all = all.Add(id);
        }

        return all.Count <= TokenScope.MaxDatasets
            ? all
            : ErrorCode.InvalidName.With($"A key names at most {TokenScope.MaxDatasets} datasets.");
    }

    private static Result<ImmutableSortedSet<string>> ParseSites(string text)
    {
        string[] ids = text.Split(Separator);
        return Array.Find(ids, static id => !TokenText.IsId(id)) is { } wrong ? NotASite(wrong)
            : ids.Length > TokenScope.MaxSites ? ErrorCode.InvalidName.With($"A key names at most {TokenScope.MaxSites} sites.")
            : ImmutableSortedSet.Create(StringComparer.Ordinal, ids);
    }

    private static HutchError NotASite(string word) =>
        ErrorCode.InvalidName.With($"{Display.Quote(word)} is not the id of a site: use 16 hex digits.");

    private static Result<DateTimeOffset> ParseTime(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a time: use seconds since 1970.");

    private static Result<T> Combine<T>(string text, (T Flag, string Name)[] names, T none, Func<T, T, T> or, string noun, string known)
        where T : struct, Enum
    {
        T all = none;
        foreach (string word in text.Split(Separator))
        {
            int at = Array.FindIndex(names, name => name.Name == word);
            if (at < 0)
            {
                return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not a {noun}: use {known}.");
            }

            all = or(all, names[at].Flag);
        }

        return all;
    }

    private static string Join<T>((T Flag, string Name)[] names, Func<T, bool> has) =>
        string.Join(Separator, names.Where(name => has(name.Flag)).Select(static name => name.Name));
}
