using Hutch.Types.Documents;

namespace Hutch.Types.Catalog;

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
