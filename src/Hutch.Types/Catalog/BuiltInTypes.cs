using Hutch.Types.Documents;

namespace Hutch.Types.Catalog;

/// <summary>The documents of the types that come with Hutch: the files below <c>BuiltIn/</c>.</summary>
internal static class BuiltInTypes
{
    public static IReadOnlyList<TypeDocument> Documents { get; } = [.. Names().Select(Read)];

    private static IEnumerable<string> Names() =>
        typeof(BuiltInTypes).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("types/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static TypeDocument Read(string resource) =>
        TypeReader.Read(resource + ".yaml", BuiltInFile.Read(resource), out IReadOnlyList<TypeProblem> problems)
            ?? throw new InvalidOperationException($"A built-in type is wrong: {problems[0]}");
}
