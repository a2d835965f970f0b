using System.Collections.Immutable;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Model;

/// <remarks>
/// Written as words separated by one space, always in the same order: <c>read write manage admin</c>; <c>held</c> for a login that reaches
/// what its site has; then <c>dataset:UUID</c> for each dataset of a restricted token, or <c>input:UUID</c> for one that it only reads;
/// <c>folder:PATH</c>, as in a URI, for the only folder of the only dataset;
/// <c>parent:ID</c> for a token that ends with another token; <c>opens:ID</c> for each site that an S3 key opens; and <c>site:ID</c> for a
/// token of one site. <c>narrowable</c> is a token that its holder can narrow, and <c>narrowed</c> what that gives. A worker's token is
/// <c>work namespace:NAME</c>; that of a screen is <c>read instrument:NAME</c>, with the name as in a URI. Immutable; equal if the texts
/// are equal.
/// </remarks>
public sealed class TokenScope : IEquatable<TokenScope>
{
    public const int MaxDatasets = 64;

    /// <summary>The most sites that an S3 key opens.</summary>
    public const int MaxSites = 100;

    /// <summary>The scopes that a token can have which its holder can narrow.</summary>
    public const TokenScopes NarrowableScopes = TokenScopes.Read | TokenScopes.Write | TokenScopes.Manage;

    private const string DatasetPrefix = "dataset:";
    private const string InputPrefix = "input:";
    private const string ParentPrefix = "parent:";
    private const string NamespacePrefix = "namespace:";
    private const string InstrumentPrefix = "instrument:";
    private const string SitePrefix = "site:";
    private const string OpensPrefix = "opens:";
    private const string FolderPrefix = "folder:";
    private const string HeldWord = "held";
    private const string NarrowableWord = "narrowable";
    private const string NarrowedWord = "narrowed";

    private static readonly string[] Marks = [HeldWord, NarrowableWord, NarrowedWord];

    private static readonly (TokenScopes Scope, string Name)[] Names =
    [
        (TokenScopes.Read, "read"), (TokenScopes.Write, "write"), (TokenScopes.Manage, "manage"), (TokenScopes.Admin, "admin"),
        (TokenScopes.Work, "work"), (TokenScopes.Scim, "scim"),
    ];

    /// <summary>Creates restrictions. A null set of datasets means all datasets; an empty set means none.</summary>
    public TokenScope(TokenScopes scopes, ImmutableSortedSet<DatasetId>? datasets = null)
    {
        Scopes = scopes & (TokenScopes.All | TokenScopes.Work | TokenScopes.Scim);
        Datasets = datasets;
    }

    /// <summary>The restrictions of a worker's token for a namespace.</summary>
    public static TokenScope ForWork(string ns) => new(TokenScopes.Work) { Namespace = ns };

    /// <summary>The restrictions of a token for a screen at an instrument.</summary>
    public static TokenScope ForInstrument(string instrument) => new(TokenScopes.Read) { Instrument = instrument };

    /// <summary>Every scope of a person, for every dataset.</summary>
    public static TokenScope Full { get; } = new(TokenScopes.All);

    public TokenScopes Scopes { get; }

    /// <summary>The datasets to which it is restricted; null for all datasets.</summary>
    public ImmutableSortedSet<DatasetId>? Datasets { get; }

    /// <summary>The namespace of a worker; null for a person.</summary>
    public string? Namespace { get; private init; }

    /// <summary>The instrument whose running visit a screen shows; null for all other tokens, which have rights of an account.</summary>
    public string? Instrument { get; private init; }

    /// <summary>The id of the only site that accepts the token; null for the site of the zone's own server.</summary>
    public string? Site { get; private init; }

    /// <summary>
    /// The ids of the sites that an S3 key opens; empty for all other tokens. The token that the zone makes of such a key for a site names
    /// that site alone.
    /// </summary>
    public ImmutableSortedSet<string> Opens { get; private init; } = [];

    /// <summary>True if it reaches only datasets that are at home, or have a copy, at the one site that accepts the token.</summary>
    public bool IsHeldOnly { get; private init; }

    /// <summary>The only folder that it reaches, of its only dataset; null for all folders.</summary>
    public DatasetPath? Folder { get; private init; }

    /// <summary>True for a token whose secret is a private key, so that its holder can narrow it. No token made with it is one.</summary>
    public bool IsNarrowable { get; private init; }

    /// <summary>True for what a holder has narrowed: it makes no other credential.</summary>
    public bool IsNarrowed { get; private init; }

    /// <summary>The datasets that can only be read.</summary>
    public ImmutableSortedSet<DatasetId> Inputs { get; private init; } = [];

    /// <summary>The public part of the token on whose validity this token depends; null for none.</summary>
    public string? Parent { get; private init; }

    /// <summary>The same restrictions for another site.</summary>
    public TokenScope At(string? site) =>
        new(Scopes, Datasets)
        {
            IsHeldOnly = IsHeldOnly,
            Folder = Folder,
            IsNarrowable = IsNarrowable,
            IsNarrowed = IsNarrowed,
            Inputs = Inputs,
            Parent = Parent,
            Namespace = Namespace,
            Instrument = Instrument,
            Site = site,
        };

    /// <summary>The same scopes for what the site of a token has.</summary>
    public TokenScope HeldOnly() =>
        new(Scopes, Datasets)
        {
            IsHeldOnly = true,
            Folder = Folder,
            IsNarrowable = IsNarrowable,
            IsNarrowed = IsNarrowed,
            Inputs = Inputs,
            Parent = Parent,
            Site = Site,
            Opens = Opens,
        };

    /// <summary>The restrictions of a token that its holder can narrow. It never has a role.</summary>
    public TokenScope Narrowable() =>
        new(Scopes & NarrowableScopes, Datasets)
        {
            IsHeldOnly = IsHeldOnly,
            IsNarrowable = true,
            Inputs = Inputs,
            Parent = Parent,
            Site = Site,
            Opens = Opens,
        };

    /// <summary>
    /// What a holder has narrowed of such a token: scopes, datasets and folder. Doors, sites and times are not of a scope.
    /// </summary>
    public TokenScope Narrow(TokenRestrictions restrictions)
    {
        ImmutableSortedSet<DatasetId>? reached = restrictions.ReachedDatasets();
        var others = new TokenScope(NarrowableScopes & (restrictions.Scopes ?? TokenScopes.All), reached)
        {
            Folder = reached?.Count == 1 ? restrictions.Folder?.Path : null,
            IsNarrowed = true,
        };
        return Narrow(others);
    }

    /// <summary>The same restrictions for an S3 key that opens sites, by their ids.</summary>
    public TokenScope Opening(IEnumerable<string> sites) =>
        new(Scopes, Datasets)
        {
            IsHeldOnly = IsHeldOnly,
            Folder = Folder,
            IsNarrowable = IsNarrowable,
            IsNarrowed = IsNarrowed,
            Inputs = Inputs,
            Parent = Parent,
            Namespace = Namespace,
            Instrument = Instrument,
            Site = Site,
            Opens = [.. sites],
        };

    /// <summary>
    /// The restrictions of a step's token: it reads the inputs, reads and writes the output, and ends with another token.
    /// </summary>
    /// <param name="parent">The public part of the other token.</param>
    public TokenScope ForStep(IEnumerable<DatasetId> inputs, DatasetId output, string parent)
    {
        ImmutableSortedSet<DatasetId> read = [.. inputs.Where(input => input != output)];
        return new TokenScope(Scopes & (TokenScopes.Read | TokenScopes.Write), read.Add(output))
        {
            IsHeldOnly = IsHeldOnly,
            Folder = Folder,
            IsNarrowed = IsNarrowed,
            Inputs = read,
            Parent = parent,
            Instrument = Instrument,
            Site = Site,
        };
    }

    /// <summary>The restrictions of an attempt of a run: it reads the inputs, and reads and writes the output.</summary>
    public static TokenScope ForAttempt(IEnumerable<DatasetId> inputs, DatasetId output)
    {
        ImmutableSortedSet<DatasetId> read = [.. inputs.Where(input => input != output)];
        return new TokenScope(TokenScopes.Read | TokenScopes.Write, read.Add(output)) { Inputs = read };
    }

    /// <summary>Returns true if the token has all wanted scopes, for any dataset.</summary>
    public bool Carries(TokenScopes wanted) => (wanted & ~Scopes) == 0;

    /// <summary>Returns true if everything that another scope permits is permitted by this one. Both are without datasets.</summary>
    public bool Covers(TokenScope other)
    {
        return Carries(other.Scopes) && (!IsHeldOnly || other.IsHeldOnly);
    }

    public bool Carries(TokenScopes wanted, DatasetId dataset) =>
        Carries(wanted) && ((wanted & ~TokenScopes.Read) == 0 || !Inputs.Contains(dataset));

    public bool Reaches(DatasetId dataset) => Datasets is null || Datasets.Contains(dataset);

    /// <summary>Returns true if it reaches a path of a dataset that it reaches.</summary>
    public bool Reaches(DatasetPath path) => Folder is not { } folder || path == folder || path.IsUnder(folder);

    public bool Allows(Rights right, DatasetId dataset) => Reaches(dataset) && Carries(right.RequiredScope(), dataset);

    /// <summary>The intersection of two restrictions: a token created with another token never permits more.</summary>
    public TokenScope Narrow(TokenScope other)
    {
        ImmutableSortedSet<DatasetId>? datasets = Datasets is null ? other.Datasets
            : other.Datasets is null ? Datasets
            : Datasets.Intersect(other.Datasets);
        DatasetPath? folder = Folder ?? other.Folder;
        if (Folder is { } mine && other.Folder is { } its)
        {
            // The deeper one, if it is in the other one; nothing in common reaches nothing.
            (folder, datasets) = Reaches(its) ? (its, datasets)
                : other.Reaches(mine) ? (mine, datasets)
                : (mine, []);
        }

        return new TokenScope(Scopes & other.Scopes, datasets)
        {
            IsHeldOnly = IsHeldOnly || other.IsHeldOnly,
            Folder = datasets?.Count == 1 ? folder : null,
            IsNarrowed = IsNarrowed || other.IsNarrowed,
            Inputs = datasets is null ? [] : Inputs.Union(other.Inputs).Intersect(datasets),
            Parent = Parent ?? other.Parent,
            Namespace = Namespace == other.Namespace ? Namespace : null,
            Instrument = Instrument ?? other.Instrument,
            Site = Site ?? other.Site,
        };
    }

    /// <summary>Parses the text. Words can come in any order, but each only once.</summary>
    public static Result<TokenScope> Parse(string text)
    {
        var scopes = TokenScopes.None;
        ImmutableSortedSet<DatasetId>.Builder? datasets = null;
        ImmutableSortedSet<DatasetId> inputs = [];
        string? parent = null;
        string? ns = null;
        string? site = null;
        ImmutableSortedSet<string> opens = [];
        foreach (string word in WordsOf(text).Where(static word => !IsRead(word)))
        {
            bool isInput = word.StartsWith(InputPrefix, StringComparison.Ordinal);
            if (isInput || word.StartsWith(DatasetPrefix, StringComparison.Ordinal))
            {
                if (!DatasetId.TryParse(word[(isInput ? InputPrefix : DatasetPrefix).Length..], out DatasetId id))
                {
                    return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not a token restriction: use dataset:UUID.");
                }

                datasets ??= ImmutableSortedSet.CreateBuilder<DatasetId>();
                datasets.Add(id);
                inputs = isInput ? inputs.Add(id) : inputs;
                continue;
            }

            if (word.StartsWith(ParentPrefix, StringComparison.Ordinal))
            {
                if (!TokenText.IsId(parent = word[ParentPrefix.Length..]))
                {
                    return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not the id of a token: use parent: and 16 hex digits.");
                }

                continue;
            }

            if (word.StartsWith(NamespacePrefix, StringComparison.Ordinal))
            {
                if (!WorkerNamespace.Parse(word[NamespacePrefix.Length..]).TryGet(out ns, out HutchError? error))
                {
                    return error;
                }

                continue;
            }

            bool isOpened = word.StartsWith(OpensPrefix, StringComparison.Ordinal);
            if (isOpened || word.StartsWith(SitePrefix, StringComparison.Ordinal))
            {
                string id = word[(isOpened ? OpensPrefix : SitePrefix).Length..];
                if (!TokenText.IsId(id))
                {
                    return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not the id of a site: use site: and 16 hex digits.");
                }

                (site, opens) = isOpened ? (site, opens.Add(id)) : (id, opens);
                continue;
            }

            if (!ParseScope(word).TryGet(out TokenScopes scope, out HutchError? unknown))
            {
                return unknown;
            }

            scopes |= scope;
        }

        return FolderIn(text).Then(folder => Check(new TokenScope(scopes, datasets?.ToImmutable())
        {
            IsHeldOnly = WordsOf(text).Contains(HeldWord),
            Folder = folder,
            IsNarrowable = WordsOf(text).Contains(NarrowableWord),
            IsNarrowed = WordsOf(text).Contains(NarrowedWord),
            Inputs = inputs,
            Parent = parent,
            Namespace = ns,
            Instrument = InstrumentIn(text),
            Site = site,
            Opens = opens,
        }));
    }

    private static Result<TokenScopes> ParseScope(string word) =>
        Array.Find(Names, n => string.Equals(n.Name, word, StringComparison.Ordinal)).Scope is var scope and not TokenScopes.None
            ? scope
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(word)} is not a token scope: use read, write, manage, admin, work, scim or dataset:UUID.");

    private static string[] WordsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns true for a word that has been read before all others.</summary>
    private static bool IsRead(string word) =>
        IsInstrument(word) || Marks.Contains(word) || word.StartsWith(FolderPrefix, StringComparison.Ordinal);

    private static Result<DatasetPath?> FolderIn(string text) =>
        Array.Find(WordsOf(text), static word => word.StartsWith(FolderPrefix, StringComparison.Ordinal)) is { } word
            ? DatasetPath.Parse(Uri.UnescapeDataString(word[FolderPrefix.Length..])).Then<DatasetPath?>(static path => path)
            : (DatasetPath?)null;

    private static bool IsInstrument(string word) => word.StartsWith(InstrumentPrefix, StringComparison.Ordinal);

    private static string? InstrumentIn(string text) =>
        WordsOf(text).FirstOrDefault(IsInstrument) is { } word ? Uri.UnescapeDataString(word[InstrumentPrefix.Length..]) : null;

    private static Result<TokenScope> Check(TokenScope scope) =>
        scope.Datasets?.Count > MaxDatasets
            ? ErrorCode.InvalidName.With($"A token can be restricted to at most {MaxDatasets} datasets, not {scope.Datasets.Count}.")
        : scope is { Folder: not null, Datasets: not { Count: 1 } }
            ? ErrorCode.InvalidName.With("A token is restricted to a folder of one dataset, which 'dataset:UUID' names.")
        : CheckSites(scope);

    private static Result<TokenScope> CheckSites(TokenScope scope) =>
        scope.Opens.Count > MaxSites
            ? ErrorCode.InvalidName.With($"An S3 key can open at most {MaxSites} sites, not {scope.Opens.Count}.")
        : scope;

    /// <summary>The text. If no dataset is permitted, it has a restriction to the zero UUID.</summary>
    public override string ToString()
    {
        IEnumerable<string> scopes = Names.Where(n => Scopes.HasFlag(n.Scope)).Select(n => n.Name);
        IEnumerable<DatasetId> datasets = Datasets switch { null => [], { Count: 0 } => [default], _ => Datasets };
        IEnumerable<string> ns = Namespace is null ? [] : [NamespacePrefix + Namespace];
        IEnumerable<string> instrument = Instrument is null ? [] : [InstrumentPrefix + Uri.EscapeDataString(Instrument)];
        IEnumerable<string> site = Site is null ? [] : [SitePrefix + Site];
        IEnumerable<string> parent = Parent is null ? [] : [ParentPrefix + Parent];
        IEnumerable<string> reached = datasets.Select(d => (Inputs.Contains(d) ? InputPrefix : DatasetPrefix) + d);
        IEnumerable<string> opens = Opens.Select(static id => OpensPrefix + id);
        IEnumerable<string> marks = Marks.Zip([IsHeldOnly, IsNarrowable, IsNarrowed]).Where(mark => mark.Second).Select(mark => mark.First);
        IEnumerable<string> folder = Folder is { } path ? [FolderPrefix + Uri.EscapeDataString(path.Value)] : [];
        return string.Join(
            ' ',
            scopes.Concat(marks).Concat(reached).Concat(folder).Concat(parent).Concat(ns).Concat(instrument).Concat(opens).Concat(site));
    }

    public bool Equals(TokenScope? other) => other is not null && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as TokenScope);

    public override int GetHashCode() => HashCode.Combine(Scopes, Datasets?.Count ?? -1);
}
