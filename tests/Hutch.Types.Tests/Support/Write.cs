using System.Text;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;

namespace Hutch.Types.Tests.Support;

internal static class Write
{
    /// <summary>A document of a type, which must be right.</summary>
    public static TypeDocument Document(string text, string file = "site.yaml")
    {
        TypeDocument? document = TypeReader.Read(file, Encoding.UTF8.GetBytes(text), out IReadOnlyList<TypeProblem> problems);
        Assert.Empty(problems);
        return document!;
    }

    /// <summary>The type of a document, among the built-in ones.</summary>
    public static DatasetType Type(string text)
    {
        TypeDocument document = Document(text);
        TypeCatalog catalog = TypeCatalog.WithSite([document], out IReadOnlyList<TypeProblem> problems);
        Assert.Empty(problems);
        return catalog.Find(document.Name)!;
    }
}
