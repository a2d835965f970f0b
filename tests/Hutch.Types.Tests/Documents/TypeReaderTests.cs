using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Types.Documents;

namespace Hutch.Types.Tests.Documents;

public sealed class TypeReaderTests
{
    private const string Whole = """
        name: lab/powder
        parent: image-stack
        title: Powder diffraction
        description: Rings.
        attributes:
          temperature: {kind: number, unit: K, range: [0, ~], required: true}
          mount: {kind: choice, choices: [capillary, plate]}
          detector_distances: {kind: list, items: number, unit: mm}
        files: "*.xye"
        extractors: [{run: powder-header}]
        previewers: [plot]
        """;

    private static readonly string[] Pieces =
    [
        "name: a/b\n", "parent: generic\n", "title: T\n", "attributes:\n", "  x: {kind: number}\n", "  y: {kind: choice, choices: [a]}\n", "  x:\n",
        "    kind: list\n", "    unit: mm\n", "    range: [1, 0]\n", "files: [a]\n", "name:\n", "- 1\n", "  : \n", "attributes: 5\n", "title: [1]\n", "é: &a\n", "{", "\t",
    ];

    [Fact]
    public void A_document_is_read_whole()
    {
        TypeDocument type = Read(Whole);

        Assert.Equal(("lab/powder", "image-stack", "Powder diffraction", "Rings."), (type.Name, type.Parent, type.Title, type.Description));
        Assert.Equal(["temperature", "mount", "detector_distances"], type.Attributes.Select(attribute => attribute.Name));
        Assert.Equal(["Temperature", "Mount", "Detector distances"], type.Attributes.Select(attribute => attribute.Title));
        Assert.Equal((0, null), (type.Attributes[0].Min, type.Attributes[0].Max));
        Assert.True(type.Attributes[0].IsRequired);
        Assert.Equal(["capillary", "plate"], type.Attributes[1].Choices);
        Assert.Equal((AttributeKind.List, AttributeKind.Number), (type.Attributes[2].Kind, type.Attributes[2].Items));
        Assert.Equal(["*.xye"], type.Files);
        Assert.Equal("""[{"run":"powder-header"}]""", type.Extractors!.ToJsonString());
        Assert.Equal("""["plot"]""", type.Previewers!.ToJsonString());
    }

    [Theory]
    [InlineData("parent: generic", "line 1, column 1: the type has no name: add a line such as 'name: mx/rotation'.")]
    [InlineData("name: Lab Powder\nparent: generic", "line 1, column 7: 'Lab Powder' is no name of a type: use lowercase words")]
    [InlineData("name: lab", "line 1, column 1: the type has no parent: add a line such as 'parent: generic'.")]
    [InlineData("name: lab\nparent: generic\nparrent: x", "line 3, column 1: 'parrent' is no key of a type; did you mean 'parent'?")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: numbr}", "line 4, column 13: 'numbr' is no kind; use one of text, number,")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {title: X}", "line 4, column 6: the attribute 'x' has no kind; use one of text")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: number, unit: kv}", "line 4, column 27: the unit 'kv' is not known; did you mean")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: text, unit: kV}", "line 4, column 25: 'unit' is for a number; the attribute 'x' is none.")]
    [InlineData("name: lab\nparent: generic\ntechnique: x-ray absorbtion", "line 3, column 12: 'x-ray absorbtion' is no technique of PaNET; did you mean 'x-ray absorption'?")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: text, vocabulary: PANET}", "line 4, column 31: this vocabulary is not known; use PaNET.")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: time, vocabulary: PaNET}", "line 4, column 31: 'vocabulary' is for a text; the attribute 'x' is none.")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: choice}", "line 4, column 6: the attribute 'x' is a choice without choices")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: number, range: [2, 1]}", "line 4, column 28: 'range' of the attribute 'x' must be two numbers")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: list, items: list}", "line 4, column 26: 'list' is no kind; use one of text,")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  X y: {kind: text}", "line 4, column 3: 'X y' is no name of an attribute")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  type: {kind: text}", "line 4, column 3: 'type' is no name of an attribute")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: text", "line 4, column 6: the attribute 'x' must be a section")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  g: {kind: text}\n  g.x: {kind: text}", "line 4, column 3: the attribute 'g' has a value")]
    [InlineData("name: lab\nparent: generic\nattributes:\n  x: {kind: text, required: maybe}", "line 4, column 29: 'required' of the attribute 'x'")]
    [InlineData("name: lab\nparent: generic\nattributes: 5", "line 3, column 13: 'attributes' of a type must be a section")]
    [InlineData("name: lab\nparent: generic\nextractors: 5", "line 3, column 13: 'extractors' of a type must be a list.")]
    public void Problems_are_reported_with_their_position(string text, string expected)
    {
        Assert.Null(TypeReader.Read("lab.yaml", Encoding.UTF8.GetBytes(text), out IReadOnlyList<TypeProblem> problems));

        Assert.StartsWith("lab.yaml " + expected, Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        const string Text = "name: Lab\nparent: generic\nattributes:\n  x: {kind: numbr}\n  y: {kind: number, unit: kv}\n";
        Assert.Null(TypeReader.Read("lab.yaml", Encoding.UTF8.GetBytes(Text), out IReadOnlyList<TypeProblem> problems));

        Assert.Equal([1, 4, 5], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void Garbage_is_reported_and_never_throws() => Prop.ForAll(
        (from count in Gen.Choose(0, 15) from pieces in Gen.Elements(Pieces).ArrayOf(count) select string.Concat(pieces)).ToArbitrary(),
        text => TypeReader.Read("x.yaml", Encoding.UTF8.GetBytes(text), out IReadOnlyList<TypeProblem> problems) is null == problems.Count > 0)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static TypeDocument Read(string text)
    {
        TypeDocument? document = TypeReader.Read("lab.yaml", Encoding.UTF8.GetBytes(text), out IReadOnlyList<TypeProblem> problems);
        Assert.Empty(problems);
        return document!;
    }
}
