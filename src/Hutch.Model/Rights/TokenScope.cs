using System.Collections.Immutable;

namespace Hutch.Model;

/// <summary>The reach of a token: which scopes, and on which datasets.</summary>
/// <remarks>
/// Written as words with one space between them, always in the same order: <c>read write manage admin</c>, then
/// <c>dataset:UUID</c> for each dataset when the token is restricted, and <c>site:ID</c> when it is for one site; or
/// <c>work namespace:NAME</c> for a worker. Immutable; equal when written equally.
/// </remarks>
public sealed class TokenScope : IEquatable<TokenScope>
{
    /// <summary>The most datasets that a token can be restricted to.</summary>
    public const int MaxDatasets = 64;

    private const string DatasetPrefix = "dataset:";
    private const string NamespacePrefix = "namespace:";
    private const string SitePrefix = "site:";

    private static readonly (TokenScopes Scope, string Name)[] Names =
    [
        (TokenScopes.Read, "read"), (TokenScopes.Write, "write"), (TokenScopes.Manage, "manage"), (TokenScopes.Admin, "admin"),
        (TokenScopes.Work, "work"),
    ];

    /// <summary>Makes a reach. A null set of datasets means all of them; an empty set means none.</summary>
    public TokenScope(TokenScopes scopes, ImmutableSortedSet<DatasetId>? datasets = null)
    {
        Scopes = scopes & (TokenScopes.All | TokenScopes.Work);
        Datasets = datasets;
    }

    /// <summary>The reach of a worker of a namespace.</summary>
    public static TokenScope ForWork(string ns) => new(TokenScopes.Work) { Namespace = ns };

    /// <summary>Every scope of a person, on every dataset.</summary>
    public static TokenScope Full { get; } = new(TokenScopes.All);

    /// <summary>What the token may be used for.</summary>
    public TokenScopes Scopes { get; }

    /// <summary>The datasets it is restricted to, or null when it is not restricted.</summary>
    public ImmutableSortedSet<DatasetId>? Datasets { get; }

    /// <summary>The namespace of a worker; null for a person.</summary>
    public string? Namespace { get; private init; }

    /// <summary>The id of the only site at which the token is good; null for the one beside the zone.</summary>
    public string? Site { get; private init; }

    /// <summary>The same reach at another site.</summary>
    public TokenScope At(string? site) => new(Scopes, Datasets) { Namespace = Namespace, Site = site };

    /// <summary>Whether each of the wanted scopes is carried; says nothing about datasets.</summary>
    public bool Carries(TokenScopes wanted) => (wanted & ~Scopes) == 0;

    /// <summary>Whether the token reaches this dataset at all.</summary>
    public bool Reaches(DatasetId dataset) => Datasets is null || Datasets.Contains(dataset);

    /// <summary>Whether the token lets its holder use the right on the dataset.</summary>
    public bool Allows(Rights right, DatasetId dataset) => Reaches(dataset) && Carries(right.RequiredScope());

    /// <summary>The reach that both have: a token made from another one is never wider.</summary>
    public TokenScope Narrow(TokenScope other)
    {
        ImmutableSortedSet<DatasetId>? datasets = Datasets is null ? other.Datasets
            : other.Datasets is null ? Datasets
            : Datasets.Intersect(other.Datasets);
        return new TokenScope(Scopes & other.Scopes, datasets)
        {
            Namespace = Namespace == other.Namespace ? Namespace : null,
            Site = Site ?? other.Site,
        };
    }

    /// <summary>Reads the written form; words may come in any order, but each only once.</summary>
    public static Result<TokenScope> Parse(string text)
    {
        var scopes = TokenScopes.None;
        ImmutableSortedSet<DatasetId>.Builder? datasets = null;
        string? ns = null;
        string? site = null;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith(DatasetPrefix, StringComparison.Ordinal))
            {
                if (!DatasetId.TryParse(word[DatasetPrefix.Length..], out DatasetId id))
                {
                    return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not a token restriction: use dataset:UUID.");
                }

                datasets ??= ImmutableSortedSet.CreateBuilder<DatasetId>();
                datasets.Add(id);
                continue;
            }

            if (word.StartsWith(NamespacePrefix, StringComparison.Ordinal))
            {
                if (!WorkNamespace.Parse(word[NamespacePrefix.Length..]).TryGet(out ns, out HutchError? error))
                {
                    return error;
                }

                continue;
            }

            if (word.StartsWith(SitePrefix, StringComparison.Ordinal))
            {
                site = word[SitePrefix.Length..];
                if (!TokenText.IsId(site))
                {
                    return ErrorCode.InvalidName.With($"{Display.Quote(word)} is not the id of a site: use site: and 16 hex digits.");
                }

                continue;
            }

            TokenScopes scope = Array.Find(Names, n => string.Equals(n.Name, word, StringComparison.Ordinal)).Scope;
            if (scope == TokenScopes.None)
            {
                return ErrorCode.InvalidName.With(
                    $"{Display.Quote(word)} is not a token scope: use read, write, manage, admin, work or dataset:UUID.");
            }

            scopes |= scope;
        }

        return datasets?.Count > MaxDatasets
            ? ErrorCode.InvalidName.With($"A token can be restricted to at most {MaxDatasets} datasets, not {datasets.Count}.")
            : new TokenScope(scopes, datasets?.ToImmutable()) { Namespace = ns, Site = site };
    }

    /// <summary>The written form. A reach of no dataset at all is written as a restriction to the zero UUID.</summary>
    public override string ToString()
    {
        IEnumerable<string> scopes = Names.Where(n => Scopes.HasFlag(n.Scope)).Select(n => n.Name);
        IEnumerable<DatasetId> datasets = Datasets switch { null => [], { Count: 0 } => [default], _ => Datasets };
        IEnumerable<string> ns = Namespace is null ? [] : [NamespacePrefix + Namespace];
        IEnumerable<string> site = Site is null ? [] : [SitePrefix + Site];
        return string.Join(' ', scopes.Concat(datasets.Select(d => DatasetPrefix + d)).Concat(ns).Concat(site));
    }

    /// <inheritdoc/>
    public bool Equals(TokenScope? other) => other is not null && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TokenScope);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scopes, Datasets?.Count ?? -1);
}
