using System.Security.Cryptography;
using Hutch.Model.Placement;
using Hutch.Types.Documents;

namespace Hutch.Types.Catalog;

/// <summary>All types known at one moment. Immutable.</summary>
public sealed class TypeCatalog
{
    public const int MaxGenerations = 16;

    private readonly SortedDictionary<string, DatasetType> _types = new(StringComparer.Ordinal);

    private TypeCatalog(string fingerprint) => Fingerprint = fingerprint;

    public static TypeCatalog BuiltIn { get; } = WithSite([], out _);

    /// <summary>A fingerprint that changes whenever a type does. Results computed with another catalog must be computed again.</summary>
    public string Fingerprint { get; }

    public IReadOnlyCollection<DatasetType> Types => _types.Values;

    public DatasetType Top => _types[TypeNames.Top];

    /// <param name="problems">The reasons why documents of the site are left out.</param>
    public static TypeCatalog WithSite(IReadOnlyCollection<TypeDocument> site, out IReadOnlyList<TypeProblem> problems)
    {
        var catalog = new TypeCatalog(FingerprintOf([.. BuiltInTypes.Documents, .. site]));
        catalog.Add(BuiltInTypes.Documents, isBuiltIn: true, []);
        var found = new List<TypeProblem>();
        catalog.Add(site, isBuiltIn: false, found);
        problems = found;
        return catalog;
    }

    public DatasetType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>Returns a name and the names of all types that it inherits from. An unknown type inherits from the top type.</summary>
    public IReadOnlyList<string> LineageOf(string name) => Find(name)?.Lineage ?? [name, TypeNames.Top];

    public TypeLineage Lineage(string name) => new(LineageOf(name), Find(name) is not null);

    public IEnumerable<DatasetType> Family(string name) => Types.Where(type => type.Is(name));

    private static string FingerprintOf(IEnumerable<TypeDocument> documents) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', documents.Select(document => document.Source)))));

    /// <summary>Adds documents, parents before children, and reports those that cannot be added.</summary>
    private void Add(IReadOnlyCollection<TypeDocument> documents, bool isBuiltIn, List<TypeProblem> problems)
    {
        var waiting = new List<TypeDocument>();
        foreach (TypeDocument document in documents)
        {
            if (Find(document.Name) is not null)
            {
                problems.Add(Problem(
                    document,
                    $"the type '{document.Name}' comes with Hutch and cannot be replaced: choose another name, "
                    + $"with 'parent: {document.Name}'."));
            }
            else if (waiting.Find(other => other.Name == document.Name) is { } first)
            {
                problems.Add(Problem(
                    document, $"the type '{document.Name}' is in {first.File} already: remove one of the files, or rename the type."));
            }
            else
            {
                waiting.Add(document);
            }
        }

        while (waiting.FindIndex(document => document.Parent is null || Find(document.Parent) is not null) is var ready and >= 0)
        {
            TryAdd(waiting[ready], isBuiltIn, problems);
            waiting.RemoveAt(ready);
        }

        problems.AddRange(waiting.Select(orphan => Problem(orphan, WordsForOrphan(orphan, waiting))));
    }

    private string WordsForOrphan(TypeDocument orphan, List<TypeDocument> others) =>
        others.Exists(other => other.Name == orphan.Parent)
            ? $"its parent '{orphan.Parent}' is left out too, or inherits from it in a circle: see to that type."
            : $"its parent {Display.Quote(orphan.Parent)} is not known{Suggestion.For(orphan.Parent!, _types.Keys)}";

    private void TryAdd(TypeDocument document, bool isBuiltIn, List<TypeProblem> problems)
    {
        DatasetType? parent = document.Parent is null ? null : _types[document.Parent];
        if (parent?.Lineage.Count >= MaxGenerations)
        {
            problems.Add(Problem(document, $"the hierarchy is deeper than {MaxGenerations} types: choose a parent nearer to the top."));
            return;
        }

        List<TypeAttribute> attributes = [.. parent?.Attributes ?? []];
        foreach (TypeAttribute own in document.Attributes)
        {
            int index = attributes.FindIndex(inherited => inherited.Name == own.Name);
            if (Clash(own, index < 0 ? null : attributes[index], attributes) is { } clash)
            {
                problems.Add(Problem(document, clash));
                return;
            }

            if (index < 0)
            {
                attributes.Add(own);
            }
            else
            {
                attributes[index] = own;
            }
        }

        _types[document.Name] = new DatasetType(document, parent, attributes, isBuiltIn);
    }

    /// <summary>Checks that a type refines an inherited attribute only so that its values remain values of the parent.</summary>
    private static string? Clash(TypeAttribute own, TypeAttribute? inherited, List<TypeAttribute> attributes)
    {
        if (attributes.Find(other => TypeNames.IsInside(own.Name, other.Name) || TypeNames.IsInside(other.Name, own.Name)) is { } nested)
        {
            return $"the attributes '{own.Name}' and '{nested.Name}', which is inherited, cannot both be there: rename '{own.Name}'.";
        }

        bool isAlike = inherited is null || (own.Kind == inherited.Kind && own.Items == inherited.Items
            && own.Unit?.Dimension == inherited.Unit?.Dimension);
        return isAlike ? null
            : $"the attribute '{own.Name}' is inherited as {WordsFor(inherited!)} and cannot become {WordsFor(own)}: choose another name.";
    }

    private static string WordsFor(TypeAttribute attribute) =>
        TypeNames.For(attribute.Kind) + (attribute.Kind == AttributeKind.List ? " of " + TypeNames.For(attribute.Items) : "")
            + (attribute.Unit is { } unit ? $" in {unit}" : "");

    private static TypeProblem Problem(TypeDocument document, string words) => new(document.File, document.Line, 1, words);
}
