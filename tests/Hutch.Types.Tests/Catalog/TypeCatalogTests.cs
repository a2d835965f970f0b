using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Tests.Support;

namespace Hutch.Types.Tests.Catalog;

public sealed class TypeCatalogTests
{
    [Fact]
    public void The_built_in_types_form_one_hierarchy()
    {
        string[] names = [.. TypeCatalog.BuiltIn.Types.Select(type => type.Name)];

        Assert.Equal(
            [
                "cryoem", "cryoem/session", "cryoem/spa", "cryoem/tilt-series", "generic", "image-stack", "mx", "mx/grid-scan", "mx/rotation",
                "table", "tomography/scan", "volume",
            ],
            names);
        Assert.All(TypeCatalog.BuiltIn.Types, type => Assert.Equal("generic", type.Lineage[^1]));
        Assert.Equal(["mx/rotation", "mx", "image-stack", "generic"], TypeCatalog.BuiltIn.Find("mx/rotation")!.Lineage);
    }

    [Fact]
    public void A_type_has_the_attributes_of_its_parent_first_each_as_the_nearest_type_says()
    {
        DatasetType type = Write.Type("""
            name: lab/helical
            parent: mx/rotation
            attributes:
              wavelength: {kind: number, unit: nm, title: Colour, range: [0.05, 0.2]}
              pitch: {kind: number, unit: µm}
            """);

        IReadOnlyList<string> names = [.. type.Attributes.Select(attribute => attribute.Name)];
        Assert.Equal("sample", names[0]);
        Assert.Equal("pitch", names[^1]);
        Assert.Equal(names.Count, names.Distinct().Count());
        TypeAttribute wavelength = type.Attributes.Single(attribute => attribute.Name == "wavelength");
        Assert.Equal(("Colour", "nm"), (wavelength.Title, wavelength.Unit!.Symbol));
        Assert.Contains("*.cbf", type.Files);
    }

    [Fact]
    public void The_order_of_the_documents_does_not_matter()
    {
        TypeDocument child = Write.Document("name: a/child\nparent: a/parent");
        TypeDocument parent = Write.Document("name: a/parent\nparent: generic");

        TypeCatalog catalog = TypeCatalog.WithSite([child, parent], out IReadOnlyList<TypeProblem> problems);

        Assert.Empty(problems);
        Assert.Equal(["a/child", "a/parent", "generic"], catalog.Find("a/child")!.Lineage);
    }

    [Theory]
    [InlineData("name: mx/rotation\nparent: mx", "the type 'mx/rotation' comes with Hutch and cannot be replaced")]
    [InlineData("name: lab\nparent: mx/rotatoin", "its parent 'mx/rotatoin' is not known; did you mean 'mx/rotation'?")]
    [InlineData("name: lab\nparent: lab", "its parent 'lab' is left out too, or inherits from it in a circle")]
    [InlineData("name: lab\nparent: mx\nattributes: {wavelength: {kind: text}}", "the attribute 'wavelength' is inherited as number in Å and cannot become text")]
    [InlineData("name: lab\nparent: mx\nattributes: {wavelength: {kind: number, unit: eV}}", "the attribute 'wavelength' is inherited as number in Å and cannot become number in eV")]
    [InlineData("name: lab\nparent: mx\nattributes: {energy.mean: {kind: text}}", "the attributes 'energy.mean' and 'energy', which is inherited, cannot both be there")]
    public void A_type_that_does_not_fit_is_skipped_and_reported(string text, string expected)
    {
        TypeDocument document = Write.Document(text, "lab.yaml");

        TypeCatalog catalog = TypeCatalog.WithSite([document], out IReadOnlyList<TypeProblem> problems);

        Assert.StartsWith("lab.yaml line 1, column 1: " + expected, Assert.Single(problems).ToString(), StringComparison.Ordinal);
        Assert.Equal(TypeCatalog.BuiltIn.Types.Count, catalog.Types.Count);
    }

    [Fact]
    public void A_second_document_of_the_same_type_is_reported_and_the_first_one_applies()
    {
        TypeCatalog catalog = TypeCatalog.WithSite(
            [Write.Document("name: lab\nparent: mx\ntitle: One", "a.yaml"), Write.Document("name: lab\nparent: mx\ntitle: Two", "b.yaml")],
            out IReadOnlyList<TypeProblem> problems);

        Assert.Equal("One", catalog.Find("lab")!.Document.Title);
        Assert.Contains("is in a.yaml already", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hierarchy_that_is_too_deep_is_cut()
    {
        TypeDocument[] chain = [.. Enumerable.Range(1, 20).Select(i => Write.Document($"name: t{i}\nparent: {(i == 1 ? "generic" : $"t{i - 1}")}"))];

        TypeCatalog catalog = TypeCatalog.WithSite(chain, out IReadOnlyList<TypeProblem> problems);

        Assert.NotNull(catalog.Find("t15"));
        Assert.Null(catalog.Find("t16"));
        Assert.Equal(5, problems.Count);
    }

    [Fact]
    public void A_family_is_a_type_and_all_that_inherit_from_it() =>
        Assert.Equal(["mx", "mx/grid-scan", "mx/rotation"], TypeCatalog.BuiltIn.Family("mx").Select(type => type.Name));

    [Fact]
    public void Another_document_gives_another_fingerprint()
    {
        TypeCatalog one = TypeCatalog.WithSite([Write.Document("name: lab\nparent: mx\ntitle: One")], out _);
        TypeCatalog two = TypeCatalog.WithSite([Write.Document("name: lab\nparent: mx\ntitle: Two")], out _);

        Assert.Equal(3, new[] { one.Fingerprint, two.Fingerprint, TypeCatalog.BuiltIn.Fingerprint }.Distinct().Count());
    }
}
